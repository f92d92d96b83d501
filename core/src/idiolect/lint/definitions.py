"""Recognises the definitions of columns and constraints in ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idiolect.hooks.lint import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks.lint import ConstraintKind, Kind
    from idiolect.lint.cursor import Cursor

_CONSTRAINTS: Final[dict[str, ConstraintKind]] = {
    "PRIMARY KEY": "primary key",
    "UNIQUE": "unique",
    "FOREIGN KEY": "foreign key",
    "CHECK": "check",
    "EXCLUDE": "exclude",
}
_INDEXES: Final = ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
_FILLED: Final = (
    ("GENERATED",),
    ("IDENTITY",),
    ("AUTO_INCREMENT",),
    ("AUTOINCREMENT",),
    ("AS", "("),
)
_SERIAL: Final = ("SERIAL", "BIGSERIAL", "SMALLSERIAL")


def is_constraint(cursor: Cursor) -> bool:
    """Return whether a constraint or an index comes next, rather than a column."""
    words = ("CONSTRAINT", *_CONSTRAINTS, *_INDEXES)
    return any(cursor.peeks(*each.split()) for each in words)


def constraint_of(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    """Yield the constraint or index that ALTER TABLE ... ADD defines."""
    name = cursor.name() if cursor.accept("CONSTRAINT") else None
    kind = next(
        (kind for words, kind in _CONSTRAINTS.items() if cursor.accept(*words.split())), None
    )
    if kind is None:
        yield from _index_of(cursor, table)
        return
    if kind == "unique" and cursor.accept_any("INDEX", "KEY"):
        name = name or (None if cursor.peeks("(") else cursor.name())
    cursor.accept_any("CLUSTERED", "NONCLUSTERED")
    columns = cursor.columns() if kind not in {"check", "exclude"} else ()
    referred = cursor.table() if cursor.skip_to("REFERENCES") else None
    online = cursor.has("NOT", "VALID") or cursor.has("NOVALIDATE")
    yield Change(
        "add constraint",
        table[1],
        table[0],
        name=name or None,
        constraint=kind,
        columns=columns,
        referred=referred,
        online=online,
    )


def _index_of(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    while cursor.accept_any(*_INDEXES):
        pass
    name = None if cursor.peeks("(") else cursor.name()
    if columns := cursor.columns():
        yield Change("create index", table[1], table[0], name=name, columns=columns)


def definition_of(
    kind: Kind,
    cursor: Cursor,
    table: tuple[str | None, str],
    *,
    name: str = "",
    guarded: bool = False,
) -> Iterator[Change]:
    """Yield the column that a definition adds or alters, and the constraints in it.

    Args:
        kind: ``add column`` or ``alter column``.
        cursor: at the column's name, or after it if ``name`` is given.
        table: schema and name of the table.
        name: the column.
        guarded: whether an existing column is ignored.
    """
    name = name or cursor.name()
    type_ = cursor.type() if name else ""
    if not name or not (type_ or kind == "alter column"):
        return
    flat = cursor.flat()
    yield Change(
        kind,
        table[1],
        table[0],
        name=name,
        type=type_ or None,
        nullable=_nullable(flat, kind),
        columns=(name,),
        guarded=guarded,
        **_default(cursor, type_, kind),
    )
    if kind == "add column":
        yield from _constraints(cursor, table, name)


def _nullable(cursor: Cursor, kind: Kind) -> bool | None:
    if kind == "alter column":
        # Such a statement repeats the whole definition, whether NOT NULL is new or not.
        return None
    return not (cursor.has("NOT", "NULL") or cursor.has("PRIMARY", "KEY"))


def _default(cursor: Cursor, type_: str, kind: Kind) -> dict[str, Any]:
    """Return what a definition says about the values of existing rows."""
    if any(cursor.has(*words) for words in _FILLED) or type_.upper() in _SERIAL:
        return {"default": True, "volatile": True}
    probe = cursor.copy()
    if not probe.skip_to("DEFAULT"):
        return {"default": False if kind == "add column" else None}
    text, is_constant = probe.default()
    if text.upper() == "NULL":
        return {"default": False}
    return {"default": True, "default_sql": text, "volatile": False if is_constant else None}


def _constraints(cursor: Cursor, table: tuple[str | None, str], column: str) -> Iterator[Change]:
    flat = cursor.flat()
    names: dict[str, Any] = {"columns": (column,)}
    for words, kind in _CONSTRAINTS.items():
        if kind in {"primary key", "unique", "check"} and flat.has(*words.split()):
            yield Change("add constraint", table[1], table[0], constraint=kind, **names)
    if flat.skip_to("REFERENCES"):
        referred = flat.table()
        yield Change(
            "add constraint",
            table[1],
            table[0],
            constraint="foreign key",
            referred=referred,
            **names,
        )
