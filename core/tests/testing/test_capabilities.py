"""Answers of a dialect's author, and how tests run under them."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import pytest

from idiolect.testing.capabilities import (
    Support,
    answers,
    clause,
    impossible,
    no,
    not_yet,
    with_answer,
)
from idiolect.testing.suite import (
    Contract,
    DialectContract,
    RulesContract,
    contract_tests,
    needs_database,
)

NAMES = answers(impossible("none", "identity"))


class Acme(Contract):
    """A dialect without identities."""

    dialect = "acme"
    capabilities = NAMES


def fail() -> None:
    """Fail as a test does."""
    raise AssertionError


def succeed() -> None:
    """Pass."""


run = partial(with_answer, Acme())


def test_yes_is_what_the_test_says() -> None:
    """A capability without a declaration has to be supported."""
    run("computed", (1, 0), succeed)
    with pytest.raises(AssertionError):
        run("computed", (1, 0), fail)


def test_impossible_is_tried() -> None:
    """What is declared impossible may fail, and must not work."""
    run("identity", (1, 0), fail)
    with pytest.raises(pytest.fail.Exception, match="'identity' works, and is declared"):
        run("identity", (1, 0), succeed)


def test_a_skip_stays_one() -> None:
    """A missing database proves nothing."""
    with pytest.raises(pytest.skip.Exception, match="no server"):
        run("identity", (1, 0), partial(pytest.skip, "no server"))


def test_a_newer_test_is_left_out() -> None:
    """A class written for an older contract does not fail because of newer tests."""
    with pytest.raises(pytest.skip.Exception, match=r"new in contract 1\.1"):
        run("computed", (1, 1), fail)


@pytest.mark.parametrize(
    ("say", "support"),
    [(no, Support.NO), (impossible, Support.IMPOSSIBLE), (not_yet, Support.NOT_YET)],
)
def test_an_answer_has_a_reason(say: object, support: Support) -> None:
    """Each declaration except YES has a reason; the table shows both."""
    assert callable(say)
    (answer,) = say("too old", "identity").values()
    assert (support, f"{support.value}: too old") == (answer.support, str(answer))
    with pytest.raises(ValueError, match="the reason"):
        say(" ", "identity")


def test_an_answer_is_given_once() -> None:
    """Two answers for one capability are a mistake."""
    with pytest.raises(ValueError, match="'identity' is answered for twice"):
        answers(no("old", "identity"), not_yet("soon", "identity"))


def test_a_misspelt_capability() -> None:
    """The error for an unknown capability suggests the nearest one."""
    with pytest.raises(ValueError, match=r"'identitty', which .* Did you mean 'identity'"):
        type("Bad", (Contract,), {"dialect": "x", "capabilities": no("old", "identitty")})


def test_without_a_database_scripts_are_tested() -> None:
    """A class that names a reason has the tests that need none."""
    without = type("Without", (DialectContract,), {"dialect": "x", "untried": "no server"})
    found = {name for name, _ in contract_tests(without)}
    assert "test_script_of" in found
    assert not {"test_operation", "test_failed_run", "test_columns"} & found


def test_a_test_of_ones_own_takes_the_name_of_a_capability() -> None:
    """What a plugin adds to the contract can be answered for like the rest."""
    passed = []

    class Mine(RulesContract):
        @clause("identity")
        def test_mine(self) -> None:
            """Mine."""
            passed.append(1)

    Mine().test_mine()
    assert [1] == passed


def test_a_test_that_is_not_steady_is_not_tried() -> None:
    """If it might pass by chance, the declaration is used without running it."""

    class Timed(RulesContract):
        capabilities = NAMES

        @clause("identity", steady=False)
        def test_timed(self) -> None:
            """Timed."""

        @clause("computed", steady=False)
        def test_other(self) -> None:
            """Other."""
            raise AssertionError

    Timed().test_timed()
    with pytest.raises(AssertionError):
        Timed().test_other()


@pytest.mark.skipif(
    sys.version_info < (3, 14), reason="before Python 3.14, unknown annotations are errors"
)
def test_annotations_are_not_evaluated() -> None:
    """A test may be annotated with names that are only imported for type checking."""
    text = "def test_own(self, connection: Missing) -> None: ..."
    names: dict[str, Any] = {}
    exec(compile(text, "own.py", "exec", dont_inherit=True), names)

    assert needs_database(names["test_own"])
