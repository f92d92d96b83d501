"""Steps of a run: a revision upgraded or downgraded, or a stamp, and its effect on the heads.

The script directory plans steps; :mod:`idiolect.runtime.migration` runs them. A step is read-only:
:meth:`MigrationStep.head_changes` computes the changes to version rows, and
:mod:`idiolect.runtime.heads` writes them. Imports no SQLAlchemy.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from idiolect.errors import ScriptError
from idiolect.revisions.node import tuple_rev_as_scalar
from idiolect.util.langhelpers import to_tuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from idiolect.revisions.graph import RevisionMap


class HeadChanges:
    """The changes of a step to the version table, in the order in which they are written.

    Attributes:
        delete: ids whose rows are deleted.
        insert: ids to insert.
        update: the old and the new id of an updated row; None if no row is updated.
    """

    __slots__ = ("delete", "insert", "update")

    def __init__(
        self, delete: tuple[str, ...], insert: tuple[str, ...], update: tuple[str, str] | None
    ) -> None:
        self.delete = delete
        self.insert = insert
        self.update = update


def plan_head_changes(
    heads: Collection[str], leaving: Iterable[str], arriving: Iterable[str]
) -> HeadChanges:
    """Return the smallest set of row changes that takes ``heads`` past a step.

    Args:
        heads: the ids that have a row now.
        leaving: ids that the step replaces, in the order in which the revision names them; ids
            without a row are ignored.
        arriving: ids that represent the step's result; ids that already have a row are ignored.
    """
    gone = [rev for rev in leaving if rev in heads]
    new = [rev for rev in arriving if rev not in heads or rev in gone]
    if gone and new:
        return HeadChanges(tuple(gone[:-1]), tuple(new[1:]), (gone[-1], new[0]))
    return HeadChanges(tuple(gone), tuple(new), None)


def in_order_of_files(steps: Iterable[MigrationStep]) -> list[MigrationStep]:
    """Return the steps sorted by the paths of their files, those without a file first."""
    return sorted(steps, key=lambda step: str(getattr(getattr(step, "revision", None), "path", "")))


def _load_all(revision_map: RevisionMap) -> bool:
    """Load all revision files, ignoring errors; return whether one was loaded."""
    known: Iterable[Any] = revision_map._revision_map.values()  # noqa: SLF001 - no other walk tells of all
    scripts = {script.path: script for script in known if hasattr(script, "path")}
    loaded = False
    for path in sorted(scripts):
        if scripts[path]._module is None:  # noqa: SLF001 - asking for the module would load it
            with contextlib.suppress(Exception):
                loaded = bool(scripts[path].module) or loaded
    return loaded


class MigrationStep:
    """Base class of steps: a direction, the ids on both sides, a function to run.

    Args:
        up_revision: the id or ids nearer to the heads; None for the base.
        down_revision: the id or ids nearer to the base; None for the base.
        is_upgrade: the direction.
        migration_fn: the function to run.
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
        """The id nearer to the heads, or a tuple of several; None for the base."""
        ids = self.to_revisions_no_deps if self.is_upgrade else self.from_revisions_no_deps
        scalar: str | tuple[str, ...] | None = tuple_rev_as_scalar(ids)
        return scalar

    @property
    def down_revision(self) -> str | tuple[str, ...] | None:
        """The id nearer to the base, or a tuple of several; None for the base itself."""
        ids = self.from_revisions_no_deps if self.is_upgrade else self.to_revisions_no_deps
        scalar: str | tuple[str, ...] | None = tuple_rev_as_scalar(ids)
        return scalar

    def load(self) -> None:
        """Make sure that the function can be called; done for all steps before the first runs."""

    @property
    def name(self) -> str:
        """The name of the function that runs: ``upgrade``, ``downgrade`` or ``stamp_revision``."""
        return self.migration_fn.__name__

    @property
    def is_downgrade(self) -> bool:
        """Whether the step leads towards the base."""
        return not self.is_upgrade

    @property
    def short_log(self) -> str:
        """One line about the step, for scripts and logs."""
        return "{} {} -> {}".format(
            self.name,
            ", ".join(self.from_revisions_no_deps),
            ", ".join(self.to_revisions_no_deps),
        )

    def __str__(self) -> str:
        return f"{self.short_log}, {self.doc}" if self.doc else self.short_log

    @property
    def info(self) -> MigrationInfo:
        """The step as passed to callbacks of ``on_version_apply``."""
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
        """Return the step that reverts ``script``."""
        return RevisionStep(revision_map, script, is_upgrade=False)

    def should_delete_branch(self, heads: Collection[str]) -> bool:
        """Return whether the step only deletes rows."""
        changes = self.head_changes(heads)
        return bool(changes.delete) and not changes.insert and changes.update is None

    def should_create_branch(self, heads: Collection[str]) -> bool:
        """Return whether the step only inserts rows."""
        changes = self.head_changes(heads)
        return bool(changes.insert) and not changes.delete and changes.update is None

    def should_merge_branches(self, heads: Collection[str]) -> bool:
        """Return whether the step merges several rows into one."""
        changes = self.head_changes(heads)
        return bool(changes.delete) and changes.update is not None

    def should_unmerge_branches(self, heads: Collection[str]) -> bool:
        """Return whether the step splits one row into several."""
        changes = self.head_changes(heads)
        return bool(changes.insert) and changes.update is not None

    def update_version_num(self, heads: Collection[str]) -> tuple[str, str]:
        """Return the old and the new id of the updated row."""
        return self._update(heads)

    def merge_branch_idents(self, heads: Collection[str]) -> tuple[list[str], str, str]:
        """Return the ids of deleted rows, then the old and the new id of the updated row."""
        return [*self.head_changes(heads).delete], *self._update(heads)

    def unmerge_branch_idents(self, heads: Collection[str]) -> tuple[str, str, tuple[str, ...]]:
        """Return the old and the new id of the updated row, and the inserted ids."""
        return *self._update(heads), self.head_changes(heads).insert

    def _update(self, heads: Collection[str]) -> tuple[str, str]:
        update = self.head_changes(heads).update
        if update is None:
            message = f"step {self.short_log!r} changes no version row of {sorted(heads)}"
            raise ValueError(message)
        return update


class MissingFunctionError(ScriptError, AttributeError):
    """A revision file lacks ``upgrade()`` or ``downgrade()``; also an AttributeError, as before."""


class RevisionStep(MigrationStep):
    """One revision file, upgraded or downgraded.

    Args:
        revision_map: the graph of the revision.
        revision: the Script; its module is loaded when the function is needed.
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
        """``upgrade`` or ``downgrade``; does not load the file."""
        return "upgrade" if self.is_upgrade else "downgrade"

    @property
    def migration_fn(self) -> Callable[..., Any]:  # type: ignore[override]
        """The function of the revision file; loads the file on first use."""
        module = self.revision.module
        fn: Callable[..., Any] | None = getattr(module, self.name, None)
        if fn is None:
            raise MissingFunctionError(
                f"The revision file {self.revision.path!r} has no function {self.name}(). Add it; "
                "if there is nothing to do, its body is 'pass'.",
                path=self.revision.path,
            )
        return fn

    def load(self) -> None:
        """Load the revision file.

        Files of long histories may depend on imports made by other files: one says ``import shop``
        and uses ``shop.models``, which only another file imports. So if a file fails, all files of
        the directory are loaded in order, and then this one again; and all are loaded if a function
        of the file seems to use such a module.

        Raises:
            RevisionError: two files declare the revision.
        """
        # Imported here because most runs have no step.
        from idiolect.runtime.submodules import lacks_submodule

        self.revision_map.check_single(self.revision.revision)
        try:
            _ = self.migration_fn
        except Exception:
            if not _load_all(self.revision_map):
                raise
            _ = self.migration_fn
        else:
            if lacks_submodule(self.revision.module):
                _load_all(self.revision_map)

    @property
    def doc(self) -> str | None:  # type: ignore[override]
        """The revision's message."""
        doc: str | None = self.revision.doc
        return doc

    @property
    def from_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids the step starts from, including dependencies."""
        return self._downs(with_deps=True) if self.is_upgrade else (self.revision.revision,)

    @property
    def to_revisions(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids the step leads to, including dependencies."""
        return (self.revision.revision,) if self.is_upgrade else self._downs(with_deps=True)

    @property
    def from_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids the step starts from, by ``down_revision`` only."""
        return self._downs(with_deps=False) if self.is_upgrade else (self.revision.revision,)

    @property
    def to_revisions_no_deps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The ids the step leads to, by ``down_revision`` only."""
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
        """The id that a step which only inserts a row inserts."""
        return str(self.revision.revision)

    @property
    def delete_version_num(self) -> str:
        """The id that a step which only deletes a row deletes."""
        return str(self.revision.revision)

    def head_changes(self, heads: Collection[str]) -> HeadChanges:
        """Return the changes of this revision to a version table that holds ``heads``.

        An upgrade replaces all parents and dependencies of the revision. A downgrade restores them,
        except those that are ancestors of another head, because a row implies all its ancestors.
        """
        this = self.revision.revision
        if self.is_upgrade:
            return plan_head_changes(heads, self.from_revisions, (this,))
        others = [rev for rev in heads if rev != this]
        back = self.revision_map.uncovered(self.to_revisions, others, leaving=this)
        return plan_head_changes(heads, (this,), back)

    @property
    def info(self) -> MigrationInfo:
        """The step as passed to callbacks of ``on_version_apply``."""
        return MigrationInfo(
            revision_map=self.revision_map,
            is_upgrade=self.is_upgrade,
            is_stamp=False,
            up_revisions=self.revision.revision,
            down_revisions=self._downs(with_deps=True),
        )


class StampStep(MigrationStep):
    """A change of version rows without running a revision.

    Args:
        from_: the ids whose rows are removed; None or () for none.
        to_: the ids that represent the result; None or () for the base.
        is_upgrade: the direction.
        branch_move: whether rows are inserted or deleted rather than updated.
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
        """Do nothing: a stamp only changes version rows."""

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
        """The id that a stamp towards the base deletes."""
        (only,) = self.from_
        return str(only)

    @property
    def insert_version_num(self) -> str:
        """The id that a stamp of a new branch inserts."""
        (only,) = self.to_
        return str(only)

    def head_changes(self, heads: Collection[str]) -> HeadChanges:
        """Return the changes of this stamp to a version table that holds ``heads``."""
        return plan_head_changes(heads, self.from_, self.to_)

    @property
    def info(self) -> MigrationInfo:
        """The step as passed to callbacks of ``on_version_apply``."""
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
    """A step as passed to callbacks of ``on_version_apply``.

    Args:
        revision_map: the graph that all ids belong to; or, in the older signature with three
            arguments, the id of the step's revision.
        is_upgrade: the direction.
        is_stamp: whether no revision is run.
        up_revisions: the ids nearer to the heads.
        down_revisions: the ids nearer to the base.
        revision: the id of the step's revision, as a keyword.

    Attributes:
        is_upgrade: whether the step leads towards the heads.
        is_stamp: whether version rows were changed without running a revision.
        up_revision_ids: the ids nearer to the heads.
        down_revision_ids: the ids nearer to the base, parents first, then dependencies; () is the
            base itself.
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
        """The id nearer to the heads, the first of several; None for the base.

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
        """The ids that were current before the step."""
        return self.down_revision_ids if self.is_upgrade else self.up_revision_ids

    @property
    def destination_revision_ids(self) -> tuple[str, ...]:
        """The ids that are current after the step."""
        return self.up_revision_ids if self.is_upgrade else self.down_revision_ids

    @property
    def source_revisions(self) -> tuple[Any, ...]:
        """The Scripts that were current before the step."""
        return self._scripts(self.source_revision_ids)

    @property
    def destination_revisions(self) -> tuple[Any, ...]:
        """The Scripts that are current after the step."""
        return self._scripts(self.destination_revision_ids)

    @property
    def _graph(self) -> RevisionMap:
        if self.revision_map is None:
            message = "a MigrationInfo made without a revision map knows ids alone"
            raise ValueError(message)
        return self.revision_map

    def _scripts(self, ids: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(self._graph.get_revisions(ids)) if ids else ()
