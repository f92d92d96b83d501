"""One revision: the declarations of its file, and its links in a graph.

:class:`Revision` is the documented base class of scripts. It never accesses other revisions; the
graph sets links, labels and resolved dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from idiolect.revisions.errors import DependencyLoopDetected, LoopDetected, RevisionError

ILLEGAL_CHARACTERS = "@-+:"
#: Identifiers that are resolved to other revisions.
SYMBOLS = frozenset({"base", "current", "head", "heads"})

Names: TypeAlias = str | Iterable[str] | None
#: Children, users, labels, dependencies, dependencies not implied by parents; or only the children,
#: if these are the users and everything else is empty.
Links: TypeAlias = (
    list[str] | tuple[list[str], list[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
)
_NO_LABELS: frozenset[str] = frozenset()


class Revision:
    """A revision of the graph.

    Args:
        revision: the id, unique in the graph.
        down_revision: the id of the parent; several for a merge, None or empty for a base.
        dependencies: ids or branch labels that must be applied first.
        branch_labels: labels of the revision's branch.

    Raises:
        RevisionError: the id is empty or contains one of ``@ - + :``.
        LoopDetected: the revision is its own parent.
        DependencyLoopDetected: the revision depends on itself.
    """

    # Slots halve the memory of a long history; programs may still add attributes.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_normalized_resolved_dependencies",
        "_resolved_dependencies",
        "branch_labels",
        "children",
        "dependencies",
        "down_revision",
        "own_labels",
        "parents",
        "requirements",
        "revision",
        "users",
    )

    #: the id
    revision: str
    #: as declared: an id, a tuple of ids for a merge, None for a base
    down_revision: str | tuple[str, ...] | None
    #: as declared: an id or label, a tuple of them, or None
    dependencies: str | tuple[str, ...] | None
    #: all labels of the branch or branches of this revision, own or inherited
    branch_labels: frozenset[str]
    #: the ids in ``down_revision``
    parents: tuple[str, ...]
    #: the labels declared in the file itself
    own_labels: tuple[str, ...]
    #: the ids of parents and dependencies: everything that must be applied first
    requirements: tuple[str, ...]
    #: the ids of the children, each once
    children: list[str]
    #: the ids of children and dependents, each once
    users: list[str]

    def __init__(
        self,
        revision: str,
        down_revision: Names,
        dependencies: Names = None,
        branch_labels: Names = None,
    ) -> None:
        parents, needed = as_tuple(down_revision), as_tuple(dependencies)
        self.verify_rev_id(revision)
        if revision in parents:
            raise LoopDetected(revision)
        if revision in needed:
            raise DependencyLoopDetected(revision)
        self._declare(revision, parents, needed, as_tuple(branch_labels))
        self.reset_links()

    def _declare(
        self,
        revision: str,
        parents: tuple[str, ...],
        needed: tuple[str, ...],
        labels: tuple[str, ...],
    ) -> None:
        self.revision = revision
        self.down_revision = tuple_rev_as_scalar(parents)
        self.dependencies = tuple_rev_as_scalar(needed)
        self.parents = parents if len(parents) < 2 else tuple(dict.fromkeys(parents))  # noqa: PLR2004
        self.own_labels = labels

    def reset_links(self) -> None:
        """Remove what a graph has set: links upwards, inherited labels, resolved names."""
        # One list for both until a revision depends on this one without being its child: most
        # histories have no dependencies. Sets would take half of the memory of a revision.
        self.children = self.users = []
        self.branch_labels = frozenset(self.own_labels)
        self.set_dependencies(as_tuple(self.dependencies))

    def set_dependencies(self, ids: tuple[str, ...]) -> None:
        """Set the resolved ids of ``dependencies``."""
        self._resolved_dependencies = ids
        self._normalized_resolved_dependencies = ids
        # Not a property, because building a graph reads it more often than anything else.
        self.requirements = _joined(self.parents, ids)

    def keep_dependencies(self, ids: tuple[str, ...]) -> None:
        """Set the dependencies that parents do not already imply."""
        self._normalized_resolved_dependencies = ids

    def links(self) -> Links:
        """Return what a graph has set, for :meth:`take`."""
        resolved, kept = self._resolved_dependencies, self._normalized_resolved_dependencies
        if self.users is self.children and not (self.branch_labels or resolved):
            return self.children
        return self.children, self.users, tuple(sorted(self.branch_labels)), resolved, kept

    def take(
        self, revision: str, down_revision: Names, needed: Names, labels: Names, links: Links
    ) -> None:
        """Restore the state of a revision that was validated and linked before, without __init__.

        Args:
            revision: as in ``__init__``.
            down_revision: as in ``__init__``.
            needed: ids or branch labels that must be applied first.
            labels: its branch labels.
            links: the result of :meth:`links`.
        """
        if isinstance(links, list) and not (needed or labels):
            # The usual case, and most of the time that a long history takes to load.
            self.revision = revision
            self.parents = self.requirements = parents = as_tuple(down_revision)
            self.down_revision = tuple_rev_as_scalar(parents)
            self.dependencies = None
            self.children = self.users = links
            self.branch_labels = _NO_LABELS
            self.own_labels = ()
            self._resolved_dependencies = self._normalized_resolved_dependencies = ()
            if len(parents) > 1:
                self.parents = self.requirements = tuple(dict.fromkeys(parents))
            return
        self._declare(revision, as_tuple(down_revision), as_tuple(needed), as_tuple(labels))
        if isinstance(links, list):
            links = links, links, (), (), ()
        self.children, users, all_labels, resolved, kept = links
        self.users = self.children if users == self.children else users
        self.branch_labels = frozenset(all_labels)
        self.set_dependencies(resolved)
        self.keep_dependencies(kept)

    @classmethod
    def verify_rev_id(cls, revision: str) -> None:
        """Validate an id.

        Raises:
            RevisionError: it is empty, or contains a character with a meaning in identifiers.
        """
        if not revision:
            raise RevisionError(
                f"Revision identifier {revision!r} is empty; give the revision an id"
            )
        if revision.isalnum():
            return
        illegal = sorted(set(ILLEGAL_CHARACTERS).intersection(revision))
        if illegal:
            raise RevisionError(
                f"Character(s) '{', '.join(illegal)}' not allowed in revision identifier "
                f"'{revision}'"
            )

    def add_nextrev(self, revision: Revision) -> None:
        """Add ``revision`` as a child or dependent."""
        name = revision.revision
        if self.users is not self.children:
            self.users.append(name)
        elif self.revision not in revision.parents:
            self.users = [*self.children, name]
        if self.revision in revision.parents:
            self.children.append(name)

    @property
    def resolved_dependencies(self) -> tuple[str, ...]:
        """The resolved ids of ``dependencies``."""
        return self._resolved_dependencies

    @property
    def order_links(self) -> tuple[str, ...]:
        """The ids of parents and dependencies, including changes by programs; used by plans."""
        return _joined(self.parents, self._resolved_dependencies)

    @property
    def nextrev(self) -> frozenset[str]:
        """The ids of the children."""
        return frozenset(self.children)

    @property
    def is_head(self) -> bool:
        """Whether this revision has no children."""
        return not self.children

    @property
    def is_base(self) -> bool:
        """Whether this revision has no parents."""
        return not self.parents

    @property
    def is_branch_point(self) -> bool:
        """Whether this revision has more than one child."""
        return len(self.children) > 1

    @property
    def is_merge_point(self) -> bool:
        """Whether this revision has more than one parent."""
        return len(self.parents) > 1

    # Names that are used by existing programs written for Alembic.

    @property
    def _orig_branch_labels(self) -> tuple[str, ...]:
        return self.own_labels

    @property
    def _all_nextrev(self) -> frozenset[str]:
        return frozenset(self.users)

    @property
    def _versioned_down_revisions(self) -> tuple[str, ...]:
        return self.parents

    @property
    def _all_down_revisions(self) -> tuple[str, ...]:
        return self.requirements

    @property
    def _normalized_down_revisions(self) -> tuple[str, ...]:
        return _joined(self.parents, self._normalized_resolved_dependencies)

    @property
    def _is_real_head(self) -> bool:
        return not self.users

    @property
    def _is_real_base(self) -> bool:
        return not self.parents and self.dependencies is None

    @property
    def _is_real_branch_point(self) -> bool:
        return len(self.users) > 1

    def __repr__(self) -> str:
        extras = {"dependencies": self.dependencies, "branch_labels": set(self.branch_labels)}
        shown = "".join(f", {name}={value!r}" for name, value in extras.items() if value)
        return f"{type(self).__name__}({self.revision!r}, {self.down_revision!r}{shown})"


def as_tuple(names: Names) -> tuple[str, ...]:
    """Convert ids or labels as written in files (one, several, None) to a tuple."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def label_fault(label: str) -> str | None:
    """Return why no identifier can refer to a branch label, or None if one can."""
    if label in SYMBOLS:
        return "this word stands for other revisions"
    for character in "@:":
        if character in label:
            return f"identifiers give {character!r} a meaning"
    if label[:1] in {"+", "-"} and label[1:].isdigit():
        return "it reads as a number of steps"
    return None


def tuple_rev_as_scalar(rev: Any) -> Any:
    """Return None for an empty value, the element of a single one, otherwise ``rev`` itself."""
    if not rev:
        return None
    return rev[0] if len(rev) == 1 else rev


def is_revision(rev: Any) -> Revision:
    """Return ``rev`` after checking that it is a :class:`Revision`."""
    if not isinstance(rev, Revision):
        message = f"Expected a Revision, got {rev!r}"
        raise TypeError(message)
    return rev


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second)) if second else first
