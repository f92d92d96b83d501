"""Updates the version table after each step of a run.

Called by the migration context after a step has run, inside the step's transaction. The step
determines the row changes; this module writes them and checks the affected row counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, text

from idiolect.errors import VersionTableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep


#: Placeholders for the ids in the SQL text that most updates share.
_OLD, _NEW = "idiolect_old_version", "idiolect_new_version"
#: Where the ``_exec`` is defined that treats text and constructs alike.
_SHARES_TEXT = "idiolect.ddl.impl"
#: Characters that ``text()`` or a driver would interpret.
_ACTIVE = frozenset("%:\\")


class HeadMaintainer:
    """The version table's heads during a run.

    Args:
        context: the context whose version table is written.
        heads: the ids that have a row now.

    Attributes:
        heads: the ids that have a row after the steps so far.
    """

    def __init__(self, context: MigrationContext, heads: Iterable[str]) -> None:
        self.context = context
        self.heads = set(heads)
        # Databases return rows in no defined order; a fixed one makes runs and scripts repeatable.
        self._order = list(heads)
        # Compiled with the first update; "" if the text cannot be shared.
        self._update_text: str | None = None
        self._step: MigrationStep | None = None

    def update_to_step(self, step: MigrationStep) -> None:
        """Write the row changes of ``step``.

        Raises:
            VersionTableError: not exactly one row matched an update or delete.
        """
        changes = step.head_changes(self._ordered())
        # Not as an argument: published subclasses have methods without one.
        self._step = step
        for version in changes.delete:
            self._delete_version(version)
        for version in changes.insert:
            self._insert_version(version)
        if changes.update is not None:
            self._update_version(*changes.update)
        self._order = self._ordered()

    def _ordered(self) -> list[str]:
        """Return the heads, initial ones first, then in the order in which steps added them."""
        kept = [rev for rev in self._order if rev in self.heads]
        return kept + sorted(self.heads.difference(kept))

    def _insert_version(self, version: str) -> None:
        if version in self.heads:
            message = f"the version table has a row for {version!r} already"
            raise VersionTableError(message)
        self.heads.add(version)
        table = self.context._version
        row = table.insert().values(version_num=self._literal(version))
        self.context.impl._exec(self._with_details(row, version))

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)
        table = self.context._version
        found = self.context.impl._exec(
            table.delete().where(table.c.version_num == self._literal(version))
        )
        self._expect_one(found, f"deleting {version!r}")

    def _update_version(self, from_: str, to_: str) -> None:
        self.heads.remove(from_)
        self.heads.add(to_)
        statement = self._shared_update(from_, to_)
        if statement is None:
            statement = self._with_details(self._update(from_, to_), to_)
        found = self.context.impl._exec(statement)
        self._expect_one(found, f"updating {from_!r} to {to_!r}")

    def _update(self, from_: str, to_: str) -> Any:
        table = self.context._version
        return (
            table.update()
            .values(version_num=self._literal(to_))
            .where(table.c.version_num == self._literal(from_))
        )

    def _shared_update(self, from_: str, to_: str) -> Any:
        """Return the update as text; None if it has to be built as a construct.

        Almost every step runs this update with different ids. It is compiled once because
        compilation takes a considerable part of the time of a short revision.
        """
        if self.context.has_version_details or not (from_.isalnum() and to_.isalnum()):
            return None
        execute: Any = self.context.impl._exec
        if execute.__module__ != _SHARES_TEXT or hasattr(execute, "__wrapped__"):
            # Dialects without UPDATE, such as ClickHouse, replace the construct.
            return None
        if self._update_text is None:
            compiled = str(self._update(_OLD, _NEW).compile(dialect=self.context.dialect))
            self._update_text = "" if _ACTIVE.intersection(compiled) else compiled
        if not self._update_text:
            return None
        return text(self._update_text.replace(_OLD, from_).replace(_NEW, to_))

    def _with_details(self, row: Any, version: str) -> Any:
        """Add values for the columns other than ``version_num``, if any."""
        step = self._step
        if step is None or not self.context.has_version_details:
            return row
        details = self.context.hooks.version_record(self.context, step, version)
        return row.values(details) if details else row

    @staticmethod
    def _literal(version: str) -> Any:
        """Return the id as a SQL literal, so that logs and scripts show the same statement."""
        escaped = version.replace("'", "''")
        return literal_column(f"'{escaped}'")

    def _expect_one(self, found: Any, action: str) -> None:
        context = self.context
        if context.as_sql or not context.dialect.supports_sane_rowcount or found.rowcount == 1:
            return
        raise VersionTableError(
            "Online migration expected to match one row when "
            f"{action} in {context._version.name!r}; {found.rowcount} found. Another run may "
            "have changed the table meanwhile: see 'current', and 'stamp' the right revision.",
            found=found.rowcount,
        )
