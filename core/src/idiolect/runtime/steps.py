"""Steps of a run: one revision applied or taken back, or a stamp, and what each does to the heads.

The script directory plans in these; :mod:`idiolect.runtime.migration` runs them. A step knows
the graph and changes nothing: :meth:`MigrationStep.head_changes` says which version rows come
and go, and :mod:`idiolect.runtime.heads` writes them. Imports no SQLAlchemy.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from idiolect.revisions.node import tuple_rev_as_scalar
from idiolect.util.langhelpers import to_tuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from idiolect.revisions.graph import RevisionMap


class HeadChanges(NamedTuple):
    """What a step does to the version table, in the order in which the rows are written.

    Attributes:
        delete: ids whose rows go.
        insert: ids that get a row.
        update: the id whose row changes and the id it then holds; None where no row does.
    """

    delete: tuple[str, ...]
    insert: tuple[str, ...]
    update: tuple[str, str] | None


def plan_head_changes(
    heads: Collection[str], leaving: Iterable[str], arriving: Iterable[str]
) -> HeadChanges:
    """Return the fewest row changes that take ``heads`` past a step.

    Args:
        heads: the ids that have a row now.
        leaving: ids that the step replaces, in the order that the revision names them; those
            without a row are passed over.
        arriving: ids that stand for the step's result; those with a row already likewise.
    """
    gone = [rev for rev in leaving if rev in heads]
    new = [rev for rev in arriving if rev not in heads or rev in gone]
    if gone and new:
        return HeadChanges(tuple(gone[:-1]), tuple(new[1:]), (gone[-1], new[0]))
    return HeadChanges(tuple(gone), tuple(new), None)


def in_order_of_files(steps: Iterable[MigrationStep]) -> list[MigrationStep]:
    """Return the steps in the order of their files' paths, those without a file first."""
    return sorted(steps, key=lambda step: str(getattr(getattr(step, "revision", None), "path", "")))


def _load_all(revision_map: RevisionMap) -> bool:
    """Load all revision files, whatever they raise; tell whether one was loaded."""
    known: Iterable[Any] = revision_map._revision_map.values()  # noqa: SLF001 - no other walk tells of all
    scripts = {script.path: script for script in known if hasattr(script, "path")}
    loaded = False
    for path in sorted(scripts):
        if scripts[path]._module is None:  # noqa: SLF001 - asking for the module would load it
            with contextlib.suppress(Exception):
                loaded = bool(scripts[path].module) or loaded
    return loaded


class MigrationStep:
    """What all steps have in common: a direction, the ids on both sides, a function to run.

    Args:
        up_revision: the id at the heads' end; several, or None for the base.
        down_revision: the id at the base's end, likewise.
        is_upgrade: the direction.
        migration_fn: the function that runs.
    """

    from_revisions_no_deps: tuple[str, ...]
    to_revisions_no_deps: tuple[str, ...]
    from_revisions: tuple[str, ...]
    to_revisions: tuple[str, ...]
    is_upgrade: bool
    migration_fn: Callable[..., Any]
    doc: str | None = None

    def __init__(
        self,
        up_revision: str | Collection[str] | None,
        down_revision: str | Collection[str] | None,
        is_upgrade: bool,
        migration_fn: Callable[..., Any],
    ) -> None:
        ends = to_tuple(down_revision, ()), to_tuple(up_revision, ())
        start, end = ends if is_upgrade else ends[::-1]
        self.from_revisions = self.from_revisions_no_deps = start
        self.to_revisions = self.to_revisions_no_deps = end
        self.is_upgrade = is_upgrade
        self.migration_fn = migration_fn

    @property
    def up_revision(self) -> str | tuple[str, ...] | None:
        """The id at the heads' end of the step, several of them, or None for the base."""
        ids = self.to_revisions_no_deps if self.is_upgrade else self.from_revisions_no_deps
        scalar: str | tuple[str, ...] | None = tuple_rev_as_scalar(ids)
        return scalar

    @property
    def down_revision(self) -> str | tuple[str, ...] | None:
        """The id at the base's end of the step, several of them, or None for the base itself."""
        ids = self.from_revisions_no_deps if self.is_upgrade else self.to_revisions_no_deps
        scalar: str | tuple[str, ...] | None = tuple_rev_as_scalar(ids)
        return scalar

    def load(self) -> None:
        """Make sure that the function can be called, before the first step of a run is."""

    @property
    def name(self) -> str:
        """The name of the function that runs: ``upgrade``, ``downgrade`` or ``stamp_revision``."""
        return self.migration_fn.__name__

    @property
    def is_downgrade(self) -> bool:
        """Whether the step goes towards the base."""
        return not self.is_upgrade

    @property
    def short_log(self) -> str:
        """One line about the step, as it stands in scripts and logs."""
        return "{} {} -> {}".format(
            self.name,
            ", ".join(self.from_revisions_no_deps),
            ", ".join(self.to_revisions_no_deps),
        )

    def __str__(self) -> str:
        return f"{self.short_log}, {self.doc}" if self.doc else self.short_log

    @property
    def info(self) -> MigrationInfo:
        """The step as callbacks of ``on_version_apply`` see it."""
        raise NotImplementedError

    def head_changes(self, heads: Collection[str]) -> HeadChanges:
        """Return what this step does to a version table that holds ``heads``."""
        return plan_head_changes(heads, self.from_revisions, self.to_revisions)

    @classmethod
    def upgrade_from_script(cls, revision_map: RevisionMap, script: Any) -> RevisionStep:
        """Return the step that applies ``script``."""
        return RevisionStep(revision_map, script, is_upgrade=True)

    @classmethod
    def downgrade_from_script(cls, revision_map: RevisionMap, script: Any) -> RevisionStep:
        """Return the step that takes ``script`` back."""
        return RevisionStep(revision_map, script, is_upgrade=False)

    def should_delete_branch(self, heads: Collection[str]) -> bool:
        """Whether the step only removes rows."""
        changes = self.head_changes(heads)
        return bool(changes.delete) and not changes.insert and changes.update is None

    def should_create_branch(self, heads: Collection[str]) -> bool:
        """Whether the step only adds rows."""
        changes = self.head_changes(heads)
        return bool(changes.insert) and not changes.delete and changes.update is None

    def should_merge_branches(self, heads: Collection[str]) -> bool:
        """Whether the step makes one row of several."""
        changes = self.head_changes(heads)
        return bool(changes.delete) and changes.update is not None

    def should_unmerge_branches(self, heads: Collection[str]) -> bool:
        """Whether the step makes several rows of one."""
        changes = self.head_changes(heads)
        return bool(changes.insert) and changes.update is not None

    def update_version_num(self, heads: Collection[str]) -> tuple[str, str]:
        """Return the id whose row changes and the id that it then holds."""
        return self._update(heads)

    def merge_branch_idents(self, heads: Collection[str]) -> tuple[list[str], str, str]:
        """Return the ids whose rows go, then the id whose row changes and what it becomes."""
        return [*self.head_changes(heads).delete], *self._update(heads)

    def unmerge_branch_idents(self, heads: Collection[str]) -> tuple[str, str, tuple[str, ...]]:
        """Return the id whose row changes, what it becomes, and the ids that get a row."""
        return *self._update(heads), self.head_changes(heads).insert

    def _update(self, heads: Collection[str]) -> tuple[str, str]:
        update = self.head_changes(heads).update
        if update is None:
            message = f"step {self.short_log!r} changes no version row of {sorted(heads)}"
            raise ValueError(message)
        return update


class RevisionStep(MigrationStep):
    """One revision file, applied or taken back.

    Args:
        revision_map: the graph that the revision stands in.
        revision: the Script; its module is loaded when the function is asked for.
        is_upgrade: the direction.
    """

    def __init__(self, revision_map: RevisionMap, revision: Any, is_upgrade: bool) -> None:
        self.revision_map = revision_map
        self.revision = revision
        self.is_upgrade = is_upgrade

    def __repr__(self) -> str:
        return f"RevisionStep({self.revision.revision!r}, is_upgrade={self.is_upgrade!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RevisionStep)
            and other.revision == self.revision
            and other.is_upgrade == self.is_upgrade
        )

    def __hash__(self) -> int:
        return hash((self.revision.revision, self.is_upgrade))

    @property
    def name(self) -> str:
        """``upgrade`` or ``downgrade``; the file is not loaded for it."""
        return "upgrade" if self.is_upgrade else "downgrade"

    @property
    def migration_fn(self) -> Callable[..., Any]:  # type: ignore[override]
        """The function of the revision file; loads the file on first use."""
        fn: Callable[..., Any] = getattr(self.revision.module, self.name)
        return fn

    def load(self) -> None:
        """Load the revision file.

        Files of long histories count on what others import: one says ``import shop`` and uses
        ``shop.models``, which only another's import has loaded. So where one fails, all files of
        the directory are loaded in their order, and then this one again.

        Raises:
            RevisionError: two files declare the revision.
        """
        self.revision_map.check_single(self.revision.revision)
        try:
            _ = self.migration_fn
        except Exception:
            if not _load_all(self.revision_map):
                raise
            _ = self.migration_fn

    @property
    def doc(self) -> str | None:  # type: ignore[override]
        """The revision's message."""
        doc: str | None = self.revision.doc
        return doc

    @property
    def from_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids that the step starts from, dependencies included."""
        return self._downs(with_deps=True) if self.is_upgrade else (self.revision.revision,)

    @property
    def to_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids that the step leads to, dependencies included."""
        return (self.revision.revision,) if self.is_upgrade else self._downs(with_deps=True)

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids that the step starts from, by ``down_revision`` alone."""
        return self._downs(with_deps=False) if self.is_upgrade else (self.revision.revision,)

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids that the step leads to, by ``down_revision`` alone."""
        return (self.revision.revision,) if self.is_upgrade else self._downs(with_deps=False)

    def _downs(self, *, with_deps: bool) -> tuple[str, ...]:
        downs: tuple[str, ...] = (
            self.revision._normalized_down_revisions
            if with_deps
            else self.revision._versioned_down_revisions
        )
        return downs

    @property
    def insert_version_num(self) -> str:
        """The id that a step which only adds a row adds."""
        return str(self.revision.revision)

    @property
    def delete_version_num(self) -> str:
        """The id that a step which only removes a row removes."""
        return str(self.revision.revision)

    def head_changes(self, heads: Collection[str]) -> HeadChanges:
        """Return what this revision does to a version table that holds ``heads``.

        Upgrading replaces all that the revision stands on. Downgrading brings back what it
        stood on, but for what another head has beneath it: a row stands for all its ancestors.
        """
        this = self.revision.revision
        if self.is_upgrade:
            return plan_head_changes(heads, self.from_revisions, (this,))
        others = [rev for rev in heads if rev != this]
        back = self.revision_map.uncovered(self.to_revisions, others, leaving=this)
        return plan_head_changes(heads, (this,), back)

    @property
    def info(self) -> MigrationInfo:
        """The step as callbacks of ``on_version_apply`` see it."""
        return MigrationInfo(
            revision_map=self.revision_map,
            is_upgrade=self.is_upgrade,
            is_stamp=False,
            up_revisions=self.revision.revision,
            down_revisions=self._downs(with_deps=True),
        )


class StampStep(MigrationStep):
    """A move of version rows with nothing run.

    Args:
        from_: the ids that have rows and lose them; None or () for none.
        to_: the ids that stand for the result; None or () for the base.
        is_upgrade: the direction.
        branch_move: whether rows come or go, rather than change their value.
        revision_map: the graph, for :attr:`info`.
    """

    doc: str | None = None

    def __init__(
        self,
        from_: str | Collection[str] | None,
        to_: str | Collection[str] | None,
        is_upgrade: bool,
        branch_move: bool = False,
        revision_map: RevisionMap | None = None,
    ) -> None:
        self.from_ = to_tuple(from_, ())
        self.to_ = to_tuple(to_, ())
        self.is_upgrade = is_upgrade
        self.branch_move = branch_move
        self.revision_map = revision_map
        self.migration_fn = self.stamp_revision

    def __repr__(self) -> str:
        return (
            f"StampStep({self.from_!r}, {self.to_!r}, is_upgrade={self.is_upgrade!r}, "
            f"branch_move={self.branch_move!r})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StampStep) and (
            (other.from_, other.to_, other.is_upgrade, other.branch_move)
            == (self.from_, self.to_, self.is_upgrade, self.branch_move)
        )

    def __hash__(self) -> int:
        return hash((self.from_, self.to_, self.is_upgrade, self.branch_move))

    def stamp_revision(self, **kw: Any) -> None:
        """Do nothing: a stamp moves version rows alone."""

    @property
    def from_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids whose rows the stamp replaces."""
        return self.from_

    @property
    def to_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids that the stamp leads to; () is the base."""
        return self.to_

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The same as :attr:`from_revisions`: a stamp has no dependencies."""
        return self.from_

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The same as :attr:`to_revisions`: a stamp has no dependencies."""
        return self.to_

    @property
    def delete_version_num(self) -> str:
        """The one id that a stamp towards the base removes."""
        (only,) = self.from_
        return str(only)

    @property
    def insert_version_num(self) -> str:
        """The one id that a stamp of a new branch adds."""
        (only,) = self.to_
        return str(only)

    def head_changes(self, heads: Collection[str]) -> HeadChanges:
        """Return what this stamp does to a version table that holds ``heads``."""
        return plan_head_changes(heads, self.from_, self.to_)

    @property
    def info(self) -> MigrationInfo:
        """The step as callbacks of ``on_version_apply`` see it."""
        if self.revision_map is None:
            message = "a stamp step made without a revision map has no info"
            raise ValueError(message)
        up, down = (self.to_, self.from_) if self.is_upgrade else (self.from_, self.to_)
        return MigrationInfo(
            revision_map=self.revision_map,
            is_upgrade=self.is_upgrade,
            is_stamp=True,
            up_revisions=up,
            down_revisions=down,
        )


class MigrationInfo:
    """A step as ``on_version_apply`` callbacks see it.

    Args:
        revision_map: the graph that all ids belong to; or, in the older form of the call with
            three arguments, the id that the step is about.
        is_upgrade: the direction.
        is_stamp: whether nothing is run.
        up_revisions: the ids at the heads' end.
        down_revisions: the ids at the base's end.
        revision: the id that the step is about, by name.

    Attributes:
        is_upgrade: whether the step goes towards the heads.
        is_stamp: whether version rows were moved without running anything.
        up_revision_ids: the ids at the heads' end of the step.
        down_revision_ids: the ids at the base's end of the step, the parents first, then what
            the revision depends on; () is the base itself.
        revision_map: the graph that all ids belong to.
    """

    def __init__(
        self,
        revision_map: RevisionMap | str | None = None,
        is_upgrade: bool = True,
        is_stamp: bool = False,
        up_revisions: str | tuple[str, ...] | None = None,
        down_revisions: str | tuple[str, ...] | None = None,
        *,
        revision: str | None = None,
    ) -> None:
        if isinstance(revision_map, str):
            revision_map, revision = None, revision_map
        if up_revisions is None:
            up_revisions = revision
        self.revision_map = revision_map
        self.is_upgrade = is_upgrade
        self.is_stamp = is_stamp
        self.up_revision_ids: tuple[str, ...] = to_tuple(up_revisions, ())
        self.down_revision_ids: tuple[str, ...] = to_tuple(down_revisions, ())

    @property
    def revision(self) -> str | None:
        """The same as :attr:`up_revision_id`."""
        return self.up_revision_id

    @property
    def is_migration(self) -> bool:
        """Whether a revision file ran, as opposed to a stamp."""
        return not self.is_stamp

    @property
    def up_revision_id(self) -> str | None:
        """The id at the heads' end, the first of several; None where that is the base.

        A stamp can lead from several heads to one revision: ``up_revision_ids`` has them all.
        """
        return self.up_revision_ids[0] if self.up_revision_ids else None

    @property
    def up_revision(self) -> Any:
        """The Script of :attr:`up_revision_id`."""
        return self._graph.get_revision(self.up_revision_id)

    @property
    def up_revisions(self) -> tuple[Any, ...]:
        """The Scripts of ``up_revision_ids``."""
        return self._scripts(self.up_revision_ids)

    @property
    def down_revisions(self) -> tuple[Any, ...]:
        """The Scripts of ``down_revision_ids``."""
        return self._scripts(self.down_revision_ids)

    @property
    def source_revision_ids(self) -> tuple[str, ...]:
        """The ids that were active before the step."""
        return self.down_revision_ids if self.is_upgrade else self.up_revision_ids

    @property
    def destination_revision_ids(self) -> tuple[str, ...]:
        """The ids that are active after the step."""
        return self.up_revision_ids if self.is_upgrade else self.down_revision_ids

    @property
    def source_revisions(self) -> tuple[Any, ...]:
        """The Scripts that were active before the step."""
        return self._scripts(self.source_revision_ids)

    @property
    def destination_revisions(self) -> tuple[Any, ...]:
        """The Scripts that are active after the step."""
        return self._scripts(self.destination_revision_ids)

    @property
    def _graph(self) -> RevisionMap:
        if self.revision_map is None:
            message = "a MigrationInfo made without a revision map knows ids alone"
            raise ValueError(message)
        return self.revision_map

    def _scripts(self, ids: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(self._graph.get_revisions(ids)) if ids else ()
