"""Capabilities of a dialect, as declared by its author and verified by the contract suite.

Contract tests that not every database can pass are marked with a capability. A test class declares
the capabilities that it lacks. Tests for these are run as well, and a capability that works
although it is declared impossible is a failure, so that declarations stay accurate.
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

#: Version of the contract; the minor number increases with each new test.
CONTRACT_VERSION = (1, 0)
_MARK = "idiolect_contract"


class Support(Enum):
    """The possible declarations for a capability."""

    YES = "yes"
    NO = "no"
    IMPOSSIBLE = "not possible"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Answer:
    """One declaration.

    Attributes:
        support: the level of support.
        reason: why it is not YES, in a few words; "" for YES.
    """

    support: Support
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.support.value}: {self.reason}" if self.reason else self.support.value


YES = Answer(Support.YES)


def no(reason: str, *capabilities: str) -> dict[str, Answer]:
    """Declare capabilities that the plugin does not support, although the database does.

    Args:
        reason: why, in a few words.
        capabilities: their names.

    Raises:
        ValueError: there is no reason.
    """
    return _all(Support.NO, reason, capabilities)


def impossible(reason: str, *capabilities: str) -> dict[str, Answer]:
    """Declare capabilities that the database does not support; otherwise as :func:`no`."""
    return _all(Support.IMPOSSIBLE, reason, capabilities)


def not_yet(reason: str, *capabilities: str) -> dict[str, Answer]:
    """Declare capabilities that are planned; otherwise as :func:`no`."""
    return _all(Support.NOT_YET, reason, capabilities)


def answers(*given: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """Return the declarations of a test class.

    Args:
        given: results of :func:`no`, :func:`impossible` and :func:`not_yet`.

    Raises:
        ValueError: a capability is declared twice.
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
    """Properties of a contract test.

    Attributes:
        capability: the capability it tests; "" if every plugin has to pass it.
        since: the contract version that added the test.
    """

    capability: str = ""
    since: tuple[int, int] = (1, 0)


def clause(
    capability: str = "", since: tuple[int, int] = (1, 0), *, steady: bool = True
) -> Callable[[Test], Test]:
    """Mark a method as a test of the contract.

    Args:
        capability: the capability it tests; "" if every plugin has to pass it.
        since: the contract version that added the test; classes for an older one skip it.
        steady: whether it fails reliably on a database without the capability. If not, it is only
            run if the capability is declared as supported.
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
    """Return the properties of a contract test; None for other functions."""
    found: Clause | None = getattr(test, _MARK, None)
    return found


def with_answer(
    contract: Any, capability: str, since: tuple[int, int], test: Callable[[], None]
) -> None:
    """Run a test according to the author's declaration.

    Args:
        contract: the instance of the test class.
        capability: the capability; "" if there is none.
        since: the contract version that added the test.
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
    """Raise if a declaration is for an unknown capability.

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
