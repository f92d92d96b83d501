"""Errors of the revision graph under their documented names, each naming the revisions at fault.

Every room may catch them; the script room turns them into command errors. They hold the facts
as attributes. Texts that Alembic's users match on are kept, and followed by the way out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from idiolect.errors import IdiolectError

if TYPE_CHECKING:
    from collections.abc import Sequence


class RevisionError(IdiolectError):
    """A revision graph is broken, or a request does not fit it."""

    code = "IDI-030"


class RangeNotAncestorError(RevisionError):
    """The lower end of a range does not lie below the upper end.

    Args:
        lower: the lower end as it was asked for; None or empty means base.
        upper: the upper end, likewise.
    """

    code = "IDI-031"

    def __init__(
        self,
        lower: str | Sequence[str] | None,
        upper: str | Sequence[str] | None,
    ) -> None:
        super().__init__(
            f"Revision {_spoken(lower)} is not an ancestor of revision {_spoken(upper)}"
        )
        self.lower = lower
        self.upper = upper


class MultipleHeads(RevisionError):
    """One head was asked for where there are several.

    Args:
        heads: the ids of all of them, in the order of their files.
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
    """An identifier means no revision, or more than one.

    Args:
        message: the text shown to the user.
        argument: the identifier that was given.
    """

    code = "IDI-033"

    def __init__(self, message: str, argument: str) -> None:
        super().__init__(message)
        self.argument = argument


class MissingRevisionError(RevisionError, KeyError):
    """A revision follows or depends on one that no file declares.

    A KeyError too, because that is what Alembic raises here.

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
        # KeyError would show the repr of its argument.
        return self.message


class CycleDetected(RevisionError):
    """Revisions follow each other in a circle.

    Args:
        revisions: the ids on the circle, in the order in which they refer to each other.
    """

    code = "IDI-035"
    kind: ClassVar[str] = "Cycle"

    def __init__(self, revisions: Sequence[str]) -> None:
        super().__init__(f"{self.kind} is detected in revisions ({', '.join(revisions)})")
        self.revisions = revisions


class DependencyCycleDetected(CycleDetected):
    """Revisions follow or depend on each other in a circle.

    Args:
        revisions: the ids on the circle, in the order in which they refer to each other.
    """

    code = "IDI-036"
    kind = "Dependency cycle"


class LoopDetected(CycleDetected):
    """A revision follows itself.

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


def _spoken(end: str | Sequence[str] | None) -> str:
    if not end:
        return "base"
    return end if isinstance(end, str) else ", ".join(end)
