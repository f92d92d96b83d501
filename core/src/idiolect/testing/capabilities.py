"""What a dialect can do, as its author declares it and the contract suite finds it.

A contract test that not every database can pass bears the name of a capability. A class of tests
answers for each; where it is silent, the answer is yes. An answer other than yes is tried too: what
works although it is declared impossible fails, so no table of capabilities grows old unseen.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Test = TypeVar("Test", bound=Callable[..., Any])

#: Of the contract; the second number grows with each test that is added.
CONTRACT_VERSION = (1, 0)
_MARK = "idiolect_contract"


class Support(Enum):
    """How an author answers for a capability."""

    YES = "yes"
    NO = "no"
    IMPOSSIBLE = "not possible"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        support: the answer.
        reason: why it is not yes, in a few words; "" for yes.
    """

    support: Support
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.support.value}: {self.reason}" if self.reason else self.support.value


YES = Answer(Support.YES)


def no(reason: str, *capabilities: str) -> dict[str, Answer]:
    """Say that the plugin does not do it, although the database could.

    Args:
        reason: why, in a few words.
        capabilities: what is not done.

    Raises:
        ValueError: there is no reason.
    """
    return _all(Support.NO, reason, capabilities)


def impossible(reason: str, *capabilities: str) -> dict[str, Answer]:
    """Say that the database cannot do it; as :func:`no`."""
    return _all(Support.IMPOSSIBLE, reason, capabilities)


def not_yet(reason: str, *capabilities: str) -> dict[str, Answer]:
    """Say that the plugin is going to do it; as :func:`no`."""
    return _all(Support.NOT_YET, reason, capabilities)


def answers(*given: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """Return the answers of a class of tests.

    Args:
        given: what :func:`no`, :func:`impossible` and :func:`not_yet` have returned.

    Raises:
        ValueError: a capability is answered for twice.
    """
    found: dict[str, Answer] = {}
    for each in given:
        twice = sorted(found.keys() & each.keys())
        if twice:
            raise ValueError(f"{twice[0]!r} is answered for twice")
        found.update(each)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Clause:
    """What a contract test is about.

    Attributes:
        capability: the name to answer for; "" where every plugin has to pass.
        since: the version of the contract that brought the test.
    """

    capability: str = ""
    since: tuple[int, int] = (1, 0)


def clause(
    capability: str = "", since: tuple[int, int] = (1, 0), *, steady: bool = True
) -> Callable[[Test], Test]:
    """Make a method a test of the contract.

    Args:
        capability: the name to answer for; "" where every plugin has to pass.
        since: the version of the contract that brings the test; a class that is made for an older
            one leaves it out.
        steady: whether it fails each time on a database that cannot do it. Otherwise it is not
            tried where the answer is not yes.
    """

    def mark(test: Test) -> Test:
        @functools.wraps(test)
        def run(self: Any, *args: Any, **kw: Any) -> None:
            if steady or self.answer(capability).support is Support.YES:
                with_answer(self, capability, since, functools.partial(test, self, *args, **kw))

        setattr(run, _MARK, Clause(capability, since))
        return run  # type: ignore[return-value] # the same signature, which pytest reads

    return mark


def clause_of(test: object) -> Clause | None:
    """Return what a test function is about; None for one that is not of the contract."""
    found: Clause | None = getattr(test, _MARK, None)
    return found


def with_answer(
    contract: Any, capability: str, since: tuple[int, int], test: Callable[[], None]
) -> None:
    """Run a test as the author's answer wants it.

    Args:
        contract: the instance of the class of tests.
        capability: the capability; "" where there is nothing to answer.
        since: the version of the contract that brought the test.
        test: the test.
    """
    if since > contract.contract:
        pytest.skip(f"new in contract {since[0]}.{since[1]}: set the class's attribute `contract`")
    answer = contract.answer(capability)
    if answer.support is Support.YES:
        test()
        return
    try:
        test()
    except pytest.skip.Exception:
        raise
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever it is, it does not work
        return
    pytest.fail(f"{capability!r} works, and is declared {str(answer)!r}: take the answer out")


def check_names(answers: Mapping[str, Answer], known: Mapping[str, str], owner: str) -> None:
    """Raise where an answer is for a capability that no test asks for.

    Raises:
        ValueError: there is one.
    """
    unknown = sorted(set(answers) - set(known))
    if not unknown:
        return
    from idiolect.util.langhelpers import nearest

    alike = nearest(unknown[0], known)
    hint = f"Did you mean {alike[0]!r}?" if alike else f"Known: {', '.join(sorted(known))}."
    raise ValueError(
        f"{owner} answers for {unknown[0]!r}, which is not a capability of the contract. {hint}"
    )


def _all(support: Support, reason: str, capabilities: Iterable[str]) -> dict[str, Answer]:
    if not reason.strip():
        message = "give the reason in a few words: the table shows it"
        raise ValueError(message)
    return dict.fromkeys(capabilities, Answer(support, reason))
