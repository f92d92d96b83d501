"""Describes the result of a comparison: one record per difference, sorted, grouped by object.

Used by the check command on diff tuples. Nothing is compared here, and no operation, whatever its
contents, makes it fail.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Computed, DefaultClause, Identity, Index, Sequence, Table, types
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.schema import Constraint, CreateIndex, CreateSequence

from idiolect.autogenerate.compare.server_defaults import rendered_default
from idiolect.ddl.signatures import final_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.engine import Dialect

    from idiolect.operations.ops.containers import UpgradeOps

_SPACES = re.compile(r"\s+")
_ASPECTS = {
    "modify_type": "type",
    "modify_nullable": "nullable",
    "modify_default": "server_default",
    "modify_comment": "comment",
    "modify_name": "name",
}
_OF_COLUMN = {"add_column": "added", "remove_column": "removed"}
_CHANGES = {"add": "added", "remove": "removed", "modify": "changed", "change": "changed"}
#: Kinds of constraints whose name cannot be derived from the class.
_KINDS = {
    "foreign_key_constraint": "foreign_key",
    "primary_key_constraint": "primary_key",
    "table_or_column_check_constraint": "check_constraint",
    "column_check_constraint": "check_constraint",
}
#: Sort order: the table itself and its columns come before its other objects.
_FIRST = ("table", "column", "primary_key", "unique_constraint", "index", "foreign_key")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the models and the database.

    Attributes:
        change: ``added`` (only in the models), ``removed`` (only in the database), ``changed``, or
            ``other`` for an operation added by user code.
        kind: ``table``, ``column``, ``index``, ``unique_constraint``, ``primary_key``,
            ``foreign_key``, ``check_constraint``...
        schema: the schema of the object or its table; None is the default one.
        table: the table that it belongs to, or None.
        name: its name, or None.
        aspect: what has changed, such as ``type`` for a column; None if unspecified.
        database: the database's side as text, or None.
        models: the models' side as text, or None.
    """

    change: str
    kind: str
    schema: str | None
    table: str | None
    name: str | None
    aspect: str | None = None
    database: str | None = None
    models: str | None = None

    @property
    def place(self) -> str:
        """The heading for it: its table, or its kind and name."""
        name = self.table or self.name or ""
        qualified = f"{self.schema}.{name}" if self.schema else name
        return f"{'table' if self.table else self.kind.replace('_', ' ')} {qualified}".rstrip()

    @property
    def sentence(self) -> str:
        """What differs, below the heading."""
        subject = " ".join(filter(None, self._subject()))
        if self.change == "added":
            return f"{subject}: missing in the database; the models have {self.models}"
        if self.change == "removed":
            return f"{subject}: not in the models; the database has {self.database}"
        if self.change == "other":
            return f"{subject}: {self.models}"
        if self.aspect == "name" and self.kind == "column":
            return f"column {self.name}: renamed to {self.models} in the models"
        before, after = self.database or "nothing", self.models or "nothing"
        if before == after:
            return f"{subject}: dropped and created again, unchanged: {after}"
        return f"{subject}: {before} in the database, {after} in the models"

    def _subject(self) -> Iterator[str | None]:
        if self.table is None or self.kind == "table":
            yield self.aspect.replace("_", " ") if self.aspect else self.kind.replace("_", " ")
            return
        yield self.kind.replace("_", " ")
        yield self.name
        if self.aspect:
            yield self.aspect.replace("_", " ")

    @property
    def _order(self) -> tuple[Any, ...]:
        rank = _FIRST.index(self.kind) if self.kind in _FIRST else len(_FIRST)
        own = (rank, self.kind, self.name or "", self.aspect or "")
        return (self.table is None, self.schema or "", self.table or "", *own)

    def as_dict(self) -> dict[str, str | None]:
        """Return it as in the document of ``--format json``."""
        return asdict(self)


def diffs_of(upgrade_ops: UpgradeOps) -> list[Any]:
    """Return the diff tuples of operations; one without a tuple is given by its class name."""
    try:
        return upgrade_ops.as_diffs()
    except NotImplementedError:
        return [diff for operation in upgrade_ops.ops for diff in _diffs_of_one(operation)]


def _diffs_of_one(operation: Any) -> Iterator[Any]:
    if hasattr(operation, "ops"):
        for inner in operation.ops:
            yield from _diffs_of_one(inner)
        return
    try:
        yield operation.to_diff_tuple()
    except NotImplementedError:
        yield (type(operation).__name__,)


def differences(diffs: Iterable[Any], dialect: Dialect | None = None) -> list[Difference]:
    """Return the differences that diff tuples describe, sorted by table, kind and name.

    An object that is removed and added under the same name is one difference.

    Args:
        diffs: as returned by :meth:`UpgradeOps.as_diffs`.
        dialect: renders types and definitions; None: SQLAlchemy's default.
    """
    words = _Words(dialect or DefaultDialect())
    flat = [one for diff in diffs for one in (diff if isinstance(diff, list) else [diff])]
    return sorted(_merged([words.difference(diff) for diff in flat]), key=lambda one: one._order)  # noqa: SLF001 - of this module


def report_lines(found: list[Difference]) -> list[str]:
    """Format differences as lines, grouped by table."""
    number = len(found)
    lines = [f"{number} difference{'' if number == 1 else 's'} between models and database:"]
    heading = ""
    for one in found:
        if one.place != heading:
            heading = one.place
            lines += ["", heading]
        lines.append(f"  {one.sentence}")
    return lines


def _merged(found: list[Difference]) -> list[Difference]:
    """Merge objects that are removed and added under the same name into changes."""
    left: list[Difference] = []
    removed: dict[tuple[Any, ...], int] = {}
    for one in found:
        key = (one.kind, one.schema, one.table, one.name)
        if one.change == "added" and one.name is not None and key in removed:
            place = removed.pop(key)
            left[place] = replace(one, change="changed", database=left[place].database)
            continue
        if one.change == "removed":
            removed[key] = len(left)
        left.append(one)
    return left


class _Words:
    """Describes schema items in the SQL of a dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.ddl: Any = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type] # as SQLAlchemy's own
        self._formatters: tuple[tuple[Any, Callable[[Any], str]], ...] = (
            (bool, lambda allowed: "NULL allowed" if allowed else "NOT NULL"),
            ((list, tuple), lambda values: f"({', '.join(map(self.text, values))})"),
            (Table, lambda table: f"({', '.join(column.name for column in table.columns)})"),
            (types.TypeEngine, lambda type_: type_.compile(dialect=self.dialect)),
            (Column, self._column),
            (Sequence, self._sequence),
            (Index, self._index),
            ((Constraint, Computed, Identity), lambda item: str(self.ddl.process(item))),
            (DefaultClause, self._default),
        )

    def difference(self, diff: tuple[Any, ...]) -> Difference:
        """Return the difference that one diff tuple describes."""
        word = str(diff[0])
        if word in _ASPECTS and len(diff) == 7:  # noqa: PLR2004 - the documented form
            _word, schema, table, column, _known, before, after = diff
            place = ("changed", "column", schema, table, column, _ASPECTS[word])
            return Difference(*place, self._or_none(before), self._or_none(after))
        if word in _OF_COLUMN:
            _word, schema, table, column = diff
            return self._one(_OF_COLUMN[word], "column", (schema, table, column.name), column)
        if word == "rename_table":
            _word, schema, before, after = diff
            return Difference("changed", "table", schema, after, after, "name", before, after)
        if word in {"add_table_comment", "remove_table_comment"}:
            table = diff[1]
            before = diff[2] if len(diff) > 2 else None  # noqa: PLR2004 - the former comment
            place = ("changed", "table", table.schema, table.name, table.name, "comment")
            return Difference(*place, before, table.comment)
        return self._any(word, diff[1:])

    def _any(self, word: str, facts: tuple[Any, ...]) -> Difference:
        """Return the difference for an index, a constraint, or an object of a plugin."""
        verb, _, kind = word.partition("_")
        item = facts[0] if facts else None
        change = _CHANGES.get(verb, "other")
        if isinstance(item, (Constraint, Index)):
            kind = "index" if isinstance(item, Index) else _kind_of(item)
            table: Any = item.table
            place = (table.schema, table.name, final_name(item, self.dialect))
            return self._one(change, kind, place, item)
        if isinstance(item, Table):
            return self._one(change, kind, (item.schema, item.name, item.name), item)
        if change == "other":
            rest = [self.text(one) for one in facts if one is not None]
            return self._one(change, word, (None, None, None), ", ".join(rest) or "it")
        # A plugin's own object: show its schema, name and text.
        schema, name = getattr(item, "schema", None), getattr(item, "name", None)
        values = list(facts)
        if len(facts) > 1 and all(isinstance(each, (str, type(None))) for each in facts[:2]):
            schema, name, *values = facts
        texts = [self._or_none(value) for value in values]
        if change == "changed" and len(texts) > 1:
            return Difference(change, kind, schema, None, name, None, texts[-2], texts[-1])
        known = ", ".join(text for text in texts if text is not None)
        return self._one(change, kind, (schema, None, name), known or "it")

    def _one(
        self, change: str, kind: str, place: tuple[str | None, str | None, str | None], item: Any
    ) -> Difference:
        text = self.text(item)
        database, models = (text, None) if change == "removed" else (None, text)
        return Difference(change, kind, *place, None, database, models)

    def _or_none(self, value: Any) -> str | None:
        return None if value is None else self.text(value)

    def text(self, value: Any) -> str:
        """Return any value of a tuple as text on one line."""
        try:
            text = self._text(value)
        # Types of other dialects, for example, cannot be compiled, but have a repr().
        except Exception:  # noqa: BLE001 - a report may not fail
            text = repr(value)
        return _SPACES.sub(" ", text).strip()

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        for kinds, tell in self._formatters:
            if isinstance(value, kinds):
                return tell(value)
        return repr(value)

    def _sequence(self, sequence: Sequence) -> str:
        return str(CreateSequence(sequence).compile(dialect=self.dialect))

    def _index(self, index: Index) -> str:
        return str(CreateIndex(index).compile(dialect=self.dialect))

    def _column(self, column: Column[Any]) -> str:
        words = [column.type.compile(dialect=self.dialect)]
        if not column.nullable:
            words.append("NOT NULL")
        if column.server_default is not None:
            default = self.text(column.server_default)
            has_word = isinstance(column.server_default, (Computed, Identity))
            words.append(default if has_word else f"DEFAULT {default}")
        return " ".join(words)

    def _default(self, default: DefaultClause) -> str:
        column = getattr(default, "column", None)
        rendered = None if column is None else rendered_default(column, self.dialect)
        return str(default.arg) if rendered is None else rendered


def _kind_of(constraint: Constraint) -> str:
    name = str(getattr(constraint, "__visit_name__", "constraint"))
    return _KINDS.get(name, name)
