"""Errors of the revision graph under their documented names; each names the revisions at fault.

The script package converts them to command errors. The facts are available as attributes. Texts
that users of Alembic match on are kept, followed by a way to resolve the problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from idiolect.errors import IdiolectError

if TYPE_CHECKING:
    from collections.abc import Sequence


class RevisionError(IdiolectError):
    """The revision graph is invalid, or a request does not fit it."""

    code = "IDI-030"


class RangeNotAncestorError(RevisionError):
    """The lower end of a range is not an ancestor of the upper end.

    Args:
        lower: the lower end as given; None or empty means base.
        upper: the upper end as given.
    """

    code = "IDI-031"

    def __init__(
        self,
        lower: str | Sequence[str] | None,
        upper: str | Sequence[str] | None,
    ) -> None:
        super().__init__(
            f"Revision {_displayed(lower)} is not an ancestor of revision {_displayed(upper)}"
        )
        self.lower = lower
        self.upper = upper


class MultipleHeads(RevisionError):
    """There are several heads where one is expected.

    Args:
        heads: the ids of all heads, in the order of their files.
        argument: the identifier that was given.
    """

    code = "IDI-032"

    def __init__(self, heads: Sequence[str], argument: str | None) -> None:
        super().__init__(
            f"Multiple heads are present for given argument '{argument}'; {', '.join(heads)}"
        )
        self.heads = heads
        self.argument = argument


class ResolutionError(RevisionError):
    """An identifier resolves to no revision, or to more than one.

    Args:
        message: the text shown to the user.
        argument: the identifier that was given.
    """

    code = "IDI-033"

    def __init__(self, message: str, argument: str) -> None:
        super().__init__(message)
        self.argument = argument


class MissingRevisionError(RevisionError, KeyError):
    """A revision has a parent or dependency that no file declares.

    A KeyError as well, because that is what Alembic raises here.

    Args:
        message: the text shown to the user.
        missing: the name that was not found.
        revision: the id of the revision that refers to it.
    """

    code = "IDI-034"

    def __init__(self, message: str, missing: str, revision: str) -> None:
        super().__init__(message)
        self.missing = missing
        self.revision = revision

    def __str__(self) -> str:
        # str() of a KeyError would be the repr of its argument.
        return self.message


class CycleDetected(RevisionError):
    """Revisions form a cycle.

    Args:
        revisions: the ids in the cycle, each followed by the one it refers to.
    """

    code = "IDI-035"
    kind: ClassVar[str] = "Cycle"

    def __init__(self, revisions: Sequence[str]) -> None:
        super().__init__(f"{self.kind} is detected in revisions ({', '.join(revisions)})")
        self.revisions = revisions


class DependencyCycleDetected(CycleDetected):
    """Revisions form a cycle through parents and dependencies.

    Args:
        revisions: the ids in the cycle, each followed by the one it refers to.
    """

    code = "IDI-036"
    kind = "Dependency cycle"


class LoopDetected(CycleDetected):
    """A revision is its own parent.

    Args:
        revision: its id.
    """

    code = "IDI-037"
    kind = "Self-loop"

    def __init__(self, revision: str) -> None:
        super().__init__([revision])


class DependencyLoopDetected(DependencyCycleDetected, LoopDetected):
    """A revision depends on itself.

    Args:
        revision: its id.
    """

    code = "IDI-038"
    kind = "Dependency self-loop"

    def __init__(self, revision: str) -> None:
        CycleDetected.__init__(self, [revision])


def _displayed(end: str | Sequence[str] | None) -> str:
    if not end:
        return "base"
    return end if isinstance(end, str) else ", ".join(end)
