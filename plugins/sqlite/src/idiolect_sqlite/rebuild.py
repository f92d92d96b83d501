"""Preserves properties of a SQLite table that SQLAlchemy does not reflect, while it is rebuilt.

Used by the impl around the creation of the new table. Queries only SQLite's own catalogue.
Source: "ALTER TABLE" in SQLite's SQL manual, section 7, about what a new table must be given again.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import CompileError, OperationalError
from sqlalchemy.types import UserDefinedType

from idiolect.errors import OperationError
from idiolect.hooks import StepGuard
from idiolect.util import warn
from idiolect_sqlite import clauses
from idiolect_sqlite.definitions import (
    QUOTED,
    definitions,
    expression_of,
    in_schema,
    name_of,
)
from idiolect_sqlite.foreign_keys import is_enforced, unenforced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from idiolect.operations.batch import ApplyBatchImpl

_AUTOINCREMENT = re.compile(r"\bAUTOINCREMENT\b", re.IGNORECASE)
_OPTIONS = re.compile(r"\)(?P<options>[^()]*)$")
_COLLATION = re.compile(r"\bCOLLATE\s+[\"'`\[]?(?P<name>\w+)", re.IGNORECASE)
_ORDERED = re.compile(r"\b(?:DESC|COLLATE)\b", re.IGNORECASE)
#: Actions by which a deletion affects other rows.
_REACHING = ("CASCADE", "SET NULL", "SET DEFAULT")


class RowsAtRiskError(OperationError):
    """Rows that refer to a table would be deleted or changed by rebuilding it."""


class LeftoverError(OperationError):
    """A killed run has left a table with rows under the temporary name of the new one."""


class DeclaredType(UserDefinedType[Any]):
    """A type given by the words in a column's declaration.

    Args:
        words: the words; empty for a column without a type.
    """

    cache_ok = True

    def __init__(self, words: str) -> None:
        self.words = words

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the words."""
        return self.words


class Rebuild:
    """One table that is rebuilt.

    Args:
        connection: to the database, in the transaction of the batch.
        batch: describes the new table.
        table: the existing table.
    """

    def __init__(self, connection: Connection, batch: ApplyBatchImpl, table: Table) -> None:
        self.connection = connection
        self.batch = batch
        self.table = table
        self.name = str(table.name)
        quote = connection.dialect.identifier_preparer
        self.main = str(table.schema or "main")
        self.schema = f"{quote.quote(table.schema)}." if table.schema else ""
        self.master = {
            (kind, str(name)): (str(owner), sql)
            for kind, name, owner, sql in self._rows(
                f"SELECT type, name, tbl_name, sql FROM {self.schema}sqlite_master"  # noqa: S608 - quoted
            )
        }

    def _rows(self, sql: str, *parameters: Any) -> list[Any]:
        return list(self.connection.exec_driver_sql(sql, parameters))

    def _own(self, kind: str) -> dict[str, str]:
        return {
            name: sql
            for (each, name), (owner, sql) in self.master.items()
            if each == kind and owner == self.name and sql
        }

    def require_safety(self) -> None:
        """Request that the revision runs again without enforcement if rows refer to the old table.

        With foreign keys enforced, SQLite deletes all rows of a dropped table, and with them the
        rows that refer to them with an action (or sets them to NULL); without an action it raises.
        It also refuses to copy rows that violate a foreign key.

        Raises:
            RowsAtRiskError: the revision cannot be run again, and SQLite would not raise.
        """
        if not is_enforced(self.connection):
            return
        found = self._referring()
        if found is None:
            if self._has_orphans():
                self._ask("some of its rows violate a foreign key")
            return
        child, action = found
        self._ask(f"rows of {child!r} refer to it")
        if action not in _REACHING:
            return
        raise RowsAtRiskError(
            f"batch_alter_table on table {self.name!r}: table {child!r} has rows that refer to it "
            f"ON DELETE {action}, foreign keys are enforced, and dropping the old table would "
            "affect them. The revision would be run again without enforcement, but that is "
            "impossible here: it has to be run by a command, inside context.begin_transaction(), "
            "with no transaction begun by env.py, and must not commit itself. Or switch "
            "enforcement off for the run, with connection.exec_driver_sql('PRAGMA "
            "foreign_keys=OFF') in env.py before context.configure()."
        )

    def _ask(self, why: str) -> None:
        reason = f"Table {self.name!r} is recreated, {why}, and foreign keys are enforced"
        self.batch.impl.ask_for_guard(StepGuard(reason, unenforced))

    def _has_orphans(self) -> bool:
        """Return whether the new table would reject rows that the old one has."""
        query = "SELECT 1 FROM pragma_foreign_key_check(?, ?) LIMIT 1"
        try:
            return bool(self._rows(query, self.name, self.main))
        except OperationalError:
            return True  # the referred columns are not a key, or do not exist

    def _referring(self) -> tuple[str, str] | None:
        """Return a table with rows that refer to the old one (perhaps itself), and how.

        A table whose rows would be affected comes first.
        """
        quote = self.connection.dialect.identifier_preparer.quote_identifier
        schema = self.main
        found: list[tuple[str, str]] = []
        for child in (name for kind, name in self.master if kind == "table"):
            keys = self._rows(
                'SELECT "table", "from", on_delete FROM pragma_foreign_key_list(?, ?)',
                child,
                schema,
            )
            for referred, column, action in keys:
                if str(referred).lower() != self.name.lower():
                    continue
                source = f"{self.schema}{quote(child)}"
                if self._rows(f"SELECT 1 FROM {source} WHERE {quote(column)} IS NOT NULL LIMIT 1"):  # noqa: S608 - names quoted
                    found.append((child, action))
        return min(found, key=lambda each: each[1] not in _REACHING, default=None)

    def clear_away(self) -> None:
        """Drop what a killed run has left under the temporary name of the new table.

        Such runs created it without a transaction, and filled it in one with everything else.

        Raises:
            LeftoverError: it has rows.
        """
        leftover = str(self.batch.temp_table_name)
        if ("table", leftover) not in self.master:
            return
        source = f"{self.schema}{self.connection.dialect.identifier_preparer.quote(leftover)}"
        if self._rows(f"SELECT 1 FROM {source} LIMIT 1"):  # noqa: S608 - quoted
            raise LeftoverError(
                f"batch_alter_table on table {self.name!r}: there is a table {leftover!r} with "
                "rows, left by a run that was killed. It is a copy of the other table: check "
                f"that this one has all rows, then DROP TABLE {source}."
            )
        warn(f"The empty table {leftover!r}, left by a run that was killed, is dropped")
        self.connection.exec_driver_sql(f"DROP TABLE {source}")

    def keep_options(self) -> None:
        """Set AUTOINCREMENT, WITHOUT ROWID and STRICT on the new table if the old one has them."""
        _owner, sql = self.master.get(("table", self.name), ("", ""))
        bare = QUOTED.sub("", sql or "")
        found = _OPTIONS.search(bare)
        words = found["options"].upper() if found else ""
        options = self.batch.new_table.dialect_options["sqlite"]
        given = {name.removeprefix("sqlite_") for name in self.batch.table_kwargs}
        if _AUTOINCREMENT.search(bare) and self._has_one_integer_key():
            self._set(options, given, "autoincrement", value=True)
        if "WITHOUT ROWID" in " ".join(words.split()):
            self._set(options, given, "with_rowid", value=False)
        if re.search(r"\bSTRICT\b", words):
            self._set(options, given, "strict", value=True)

    def keep_collations(self) -> None:
        """Restore the declared collations of text columns, which are not reflected.

        A column whose type changes gets the collation of its new type.
        """
        _owner, sql = self.master.get(("table", self.name), ("", ""))
        for definition in definitions(sql or ""):
            found = _COLLATION.search(definition)
            name = name_of(definition)
            column = self.batch.new_table.c.get(name)
            if found is None or column is None or name not in self.table.c:
                continue
            if str(column.type) == str(self.table.c[name].type) and isinstance(column.type, String):
                column.type = column.type.copy()
                column.type.collation = found["name"]

    def keep_types(self) -> None:
        """Restore the words of column types for which SQLAlchemy only has an approximation.

        Source: "Datatypes In SQLite", section 3.1: any words are a type, or none.
        """
        dialect: Any = self.connection.dialect
        declared = self._rows(
            "SELECT name, type FROM pragma_table_info(?, ?)", self.name, self.main
        )
        for name, words in declared:
            column = self.batch.new_table.c.get(name)
            if column is None or name not in self.table.c:
                continue
            known = dialect._resolve_type_affinity(words.upper())  # noqa: SLF001 - what reflection asks
            if repr(column.type) == repr(known) and not _has_words(column.type, words, dialect):
                column.type = DeclaredType(words)

    def keep_computed(self) -> None:
        """Restore the expressions of computed columns, which SQLAlchemy reflects incompletely."""
        _owner, sql = self.master.get(("table", self.name), ("", ""))
        for definition in definitions(sql or ""):
            name = name_of(definition)
            column = self.batch.new_table.c.get(name)
            before = self.table.c[name].computed if name in self.table.c else None
            said = expression_of(definition)
            if said is None or before is None or column is None or column.computed is None:
                continue
            if str(column.computed.sqltext) == self.batch.renamed_sql(str(before.sqltext)):
                anew = self.batch.renamed_sql(said).replace(":", r"\:")
                column.computed.sqltext = text(anew)

    @staticmethod
    def _set(options: Any, given: set[str], name: str, *, value: bool) -> None:
        if name not in given:
            options[name] = value

    def _has_one_integer_key(self) -> bool:
        key = list(self.batch.new_table.primary_key.columns)
        return len(key) == 1 and key[0].type._type_affinity.__name__ == "Integer"  # noqa: SLF001 - what SQLAlchemy's own compiler asks

    def indexes_by_text(self) -> dict[str, str]:
        """Return the SQL of indexes that SQLAlchemy cannot reflect completely.

        Those that it reflects without order or collation are removed from the batch.
        """
        read = self.batch.indexes
        kept = {}
        for name, sql in self._own("index").items():
            if name in self.batch.dropped_indexes or name in self.batch.new_indexes:
                continue
            if name not in read:
                kept[name] = self._index_sql(name, sql)
            elif _ORDERED.search(QUOTED.sub("", sql)) and self._keeps_its_columns(name):
                kept[name] = sql
                del read[name]
        return kept

    def _index_sql(self, index: str, sql: str) -> str:
        """Return an index's SQL for the new table.

        Raises:
            OperationError: it uses a column that is dropped.
        """
        head, bracket, rest = sql.partition("(")
        dropped = self.batch.dropped_in(rest)
        if dropped:
            raise OperationError(
                f"Index {index!r} of table {self.name!r} uses the column {dropped[0]!r}, which is "
                f"dropped: drop the index in the same batch, by batch_op.drop_index({index!r})"
            )
        return f"{head}{bracket}{self.batch.renamed_sql(rest)}"

    @contextlib.contextmanager
    def _ignoring_managed_triggers(self, triggers: dict[str, str]) -> Iterator[None]:
        """Remove triggers that other code manages from ``triggers``, as SpatiaLite manages its own.

        A listener may drop some before the old table is dropped; the new table may already have
        some.
        """

        def forget(*_args: Any, **_kw: Any) -> None:
            here = self._names_of_triggers()
            for name in triggers.keys() - here:
                del triggers[name]

        event.listen(self.table, "before_drop", forget)
        try:
            yield
        finally:
            event.remove(self.table, "before_drop", forget)
        for name in triggers.keys() & self._names_of_triggers():
            del triggers[name]

    def _names_of_triggers(self) -> set[str]:
        sql = f"SELECT name FROM {self.schema}sqlite_master WHERE type = 'trigger'"  # noqa: S608 - quoted
        return {name for (name,) in self._rows(sql)}

    def warn_of_triggers(self, triggers: dict[str, str]) -> None:
        """Warn about triggers that may use a dropped column."""
        new_names = self.batch.columns
        gone = [
            name
            for name in map(str, self.table.c.keys())
            if name not in new_names or new_names[name].name != name
        ]
        for trigger, sql in triggers.items():
            words = {word.lower() for word in re.findall(r"\w+", sql)}
            named = [name for name in gone if name.lower() in words]
            if named:
                warn(
                    f"Trigger {trigger!r} of table {self.name!r} was recreated unchanged, but may "
                    f"refer to the column {named[0]!r}, which the table no longer has: drop the "
                    "trigger before the batch and create it again after it"
                )

    def _keeps_its_columns(self, index: str) -> bool:
        columns = self.batch.columns
        return all(
            each.name in columns and columns[each.name].name == each.name
            for each in self.batch.indexes[index].columns
        )

    def sequence(self) -> int | None:
        """Return the current AUTOINCREMENT number, or None."""
        if ("table", "sqlite_sequence") not in self.master:
            return None
        found = self._rows(
            f"SELECT seq FROM {self.schema}sqlite_sequence WHERE name = ?",  # noqa: S608 - quoted
            self.name,
        )
        return int(found[0][0]) if found else None

    @contextlib.contextmanager
    def views_ignored(self) -> Iterator[None]:
        """Keep SQLite from parsing views and triggers while their table does not exist.

        Source: "ALTER TABLE RENAME", compatibility note on PRAGMA legacy_alter_table.
        """
        is_read = any(kind in {"view", "trigger"} for kind, _name in self.master)
        before = self._rows("PRAGMA legacy_alter_table")[0][0]
        if is_read and not before:
            self.connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
        try:
            yield
        finally:
            if is_read and not before:
                self.connection.exec_driver_sql("PRAGMA legacy_alter_table=OFF")

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Wrap the creation of the new table, and restore what it would lack.

        Raises:
            RowsAtRiskError: see :meth:`require_safety`.
        """
        self.require_safety()
        self.clear_away()
        self.keep_options()
        self.keep_collations()
        self.keep_computed()
        self.keep_types()
        clauses.keep(self.batch.new_table)
        indexes = self.indexes_by_text()
        triggers = self._own("trigger")
        reached = self.sequence()
        with self.views_ignored(), self._ignoring_managed_triggers(triggers):
            yield
        self.warn_of_triggers(triggers)
        for sql in (*indexes.values(), *triggers.values()):
            self.connection.exec_driver_sql(in_schema(sql, self.schema))
        if reached is not None:
            self.connection.exec_driver_sql(
                f"UPDATE {self.schema}sqlite_sequence SET seq = ? WHERE name = ? AND seq < ?",  # noqa: S608 - quoted
                (reached, self.name, reached),
            )


def _has_words(type_: TypeEngine[Any], words: str, dialect: Dialect) -> bool:
    """Return whether a type is rendered with these words; not all reflected ones can be."""
    try:
        written = type_.compile(dialect=dialect)
    except (CompileError, AttributeError):
        return False
    return written.replace(" ", "").upper() == words.replace(" ", "").upper()


def kept(
    connection: Any, batch: ApplyBatchImpl, table: Table
) -> contextlib.AbstractContextManager[None]:
    """Wrap the creation of a new table; does nothing in a script.

    A table given as ``copy_from`` is considered complete; only rows elsewhere are protected.
    """
    if not isinstance(connection, Connection):
        return contextlib.nullcontext()
    rebuild = Rebuild(connection, batch, table)
    if batch.reflected:
        return rebuild.kept()
    rebuild.require_safety()
    rebuild.clear_away()
    return contextlib.nullcontext()
