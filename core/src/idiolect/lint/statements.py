"""Recognises changes of tables in SQL text: the common forms of all databases.

Revisions often pass text to ``op.execute()``. SQL is not parsed in full: what is not recognised
yields no change, and so no finding.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from idiolect.hooks.lint import Change
from idiolect.lint.cursor import Cursor
from idiolect.lint.definitions import constraint_of, definition_of, is_constraint
from idiolect.lint.tokens import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idiolect.lint.tokens import Token

_ONLINE: Final = (
    ("ONLINE",),
    ("ALGORITHM", "=", "INPLACE"),
    ("ALGORITHM", "=", "INSTANT"),
    ("LOCK", "=", "NONE"),
)
_INDEX_KINDS: Final = ("FULLTEXT", "SPATIAL", "BITMAP", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE")
_TABLE_KINDS: Final = ("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "FOREIGN", "PRIVATE")


def changes_in(sql: str, *, escapes: bool = False) -> Iterator[Change]:
    """Yield the changes that statements make to tables, in order.

    Args:
        sql: the text of one or several statements.
        escapes: whether a backslash escapes a quote in the dialect's literals.
    """
    for tokens in statements(sql, escapes=escapes):
        yield from _changes(tokens)


def _changes(tokens: list[Token]) -> Iterator[Change]:
    cursor = Cursor(tokens)
    for words, describe in _FORMS.items():
        if cursor.accept(*words.split()):
            yield from describe(cursor)
            return


def _create(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("OR", "REPLACE")
    unique = cursor.accept("UNIQUE")
    while cursor.accept_any(*_TABLE_KINDS, *_INDEX_KINDS):
        unique = unique or cursor.accept("UNIQUE")
    if cursor.accept("TABLE"):
        guarded = cursor.accept("IF", "NOT", "EXISTS")
        if name := cursor.table():
            yield Change("create table", name[1], name[0], guarded=guarded)
    elif cursor.accept("INDEX"):
        yield from _create_index(cursor, unique=unique)


def _create_index(cursor: Cursor, *, unique: bool) -> Iterator[Change]:
    online = cursor.accept("CONCURRENTLY")
    guarded = cursor.accept("IF", "NOT", "EXISTS")
    index = None if cursor.peeks("ON") else cursor.table()
    if not cursor.accept("ON"):
        return
    cursor.accept("ONLY")
    table = cursor.table()
    if not table:
        return
    if cursor.accept("USING"):
        cursor.name()
    columns = cursor.columns()
    yield Change(
        "create index",
        table[1],
        table[0],
        name=index[1] if index else None,
        columns=columns,
        unique=unique,
        online=online or _is_online(cursor),
        guarded=guarded,
    )


def _drop_table(cursor: Cursor) -> Iterator[Change]:
    guarded = cursor.accept("IF", "EXISTS")
    while name := cursor.table():
        yield Change("drop table", name[1], name[0], guarded=guarded)
        if not cursor.accept(","):
            return


def _drop_index(cursor: Cursor) -> Iterator[Change]:
    online = cursor.accept("CONCURRENTLY")
    guarded = cursor.accept("IF", "EXISTS")
    while index := cursor.table():
        table = cursor.table() if cursor.accept("ON") else None
        schema = table[0] if table else index[0]
        yield Change(
            "drop index",
            table[1] if table else "",
            schema,
            name=index[1],
            online=online or _is_online(cursor),
            guarded=guarded,
        )
        if not cursor.accept(","):
            return


def _rename_tables(cursor: Cursor) -> Iterator[Change]:
    while (old := cursor.table()) and cursor.accept("TO") and (new := cursor.table()):
        yield Change("rename table", old[1], old[0], new_name=new[1])
        if not cursor.accept(","):
            return


def _insert(cursor: Cursor) -> Iterator[Change]:
    if name := cursor.table():
        yield Change("insert", name[1], name[0])


def _update(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("ONLY")
    if name := cursor.table():
        yield Change("update", name[1], name[0], where=_is_limited(cursor))


def _delete(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("ONLY")
    if name := cursor.table():
        yield Change("delete", name[1], name[0], where=_is_limited(cursor))


def _truncate(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("TABLE")
    cursor.accept("ONLY")
    while name := cursor.table():
        yield Change("truncate", name[1], name[0])
        if not cursor.accept(","):
            return


def _alter_table(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("IF", "EXISTS")
    cursor.accept("ONLY")
    name = cursor.table()
    if not name:
        return
    cursor.accept("WITH", "NOCHECK") or cursor.accept("WITH", "CHECK")
    online = _is_online(cursor)
    verb = ""
    for action in cursor.parts():
        # Some databases continue a list without repeating the verb: ADD a INT, b INT.
        verb = action.accept_any(*_ACTIONS) or (verb if verb == "ADD" else "")
        if verb:
            for change in _ACTIONS[verb](action, name):
                yield replace(change, online=True) if online else change


def _add(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    is_column = cursor.accept("COLUMN")
    guarded = cursor.accept("IF", "NOT", "EXISTS")
    if cursor.peeks("("):
        for each in cursor.inside():
            yield from _add(each, table)
    elif not is_column and is_constraint(cursor):
        yield from constraint_of(cursor, table)
    else:
        yield from definition_of("add column", cursor, table, guarded=guarded)


def _drop(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    kind, schema = "drop column", table[0]
    constraint = None
    if cursor.accept("PRIMARY", "KEY"):
        yield Change("drop constraint", table[1], schema, constraint="primary key")
        return
    if cursor.accept("FOREIGN", "KEY"):
        kind, constraint = "drop constraint", "foreign key"
    elif cursor.accept_any("CONSTRAINT", "CHECK"):
        kind = "drop constraint"
    elif cursor.accept_any("INDEX", "KEY"):
        kind = "drop index"
    elif cursor.accept_any("DEFAULT", "PARTITION", "IDENTITY", "NOT", "EXPRESSION", "PERIOD"):
        return
    else:
        cursor.accept("COLUMN")
    guarded = cursor.accept("IF", "EXISTS")
    names = [each.name() for each in cursor.inside()] if cursor.peeks("(") else [cursor.name()]
    for name in names:
        if name:
            columns = (name,) if kind == "drop column" else ()
            options: dict[str, Any] = {"columns": columns, "constraint": constraint}
            yield Change(kind, table[1], schema, name=name, guarded=guarded, **options)  # type: ignore[arg-type]


def _alter(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    if cursor.accept_any("CONSTRAINT", "INDEX"):
        return
    cursor.accept("COLUMN")
    name = cursor.name()
    if not name:
        return
    facts: dict[str, Any] = {"name": name, "columns": (name,)}
    if cursor.accept("SET", "NOT", "NULL"):
        facts["nullable"] = False
    elif cursor.accept("DROP", "NOT", "NULL"):
        facts["nullable"] = True
    elif cursor.accept("SET", "DEFAULT"):
        facts |= {"default": True, "default_sql": cursor.rest()}
    elif cursor.accept("DROP", "DEFAULT"):
        facts["default"] = False
    elif cursor.accept("SET", "DATA", "TYPE") or cursor.accept("TYPE"):
        facts["type"] = cursor.type()
    elif cursor.peeks("SET") or cursor.peeks("DROP") or cursor.peeks("ADD"):
        return
    else:
        yield from definition_of("alter column", cursor, table, name=name)
        return
    yield Change("alter column", table[1], table[0], **facts)


def _modify(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    cursor.accept("COLUMN")
    for each in cursor.inside() if cursor.peeks("(") else [cursor]:
        yield from definition_of("alter column", each, table)


def _change(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    cursor.accept("COLUMN")
    old = cursor.name()
    new = cursor.peek_name()
    if not old or not new:
        return
    if old.lower() != new.lower():
        yield Change("rename column", table[1], table[0], name=old, new_name=new, columns=(old,))
    yield from definition_of("alter column", cursor, table)


def _rename(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    if cursor.accept_any("CONSTRAINT", "INDEX", "KEY", "PARTITION"):
        return
    if cursor.accept_any("TO", "AS"):
        if new := cursor.table():
            yield Change("rename table", table[1], table[0], new_name=new[1])
        return
    cursor.accept("COLUMN")
    old = cursor.name()
    if old and cursor.accept("TO") and (new_name := cursor.name()):
        yield Change(
            "rename column", table[1], table[0], name=old, new_name=new_name, columns=(old,)
        )


def _validate(cursor: Cursor, table: tuple[str | None, str]) -> Iterator[Change]:
    if cursor.accept("CONSTRAINT") and (name := cursor.name()):
        yield Change("validate constraint", table[1], table[0], name=name)


def _is_limited(cursor: Cursor) -> bool:
    """Return whether an UPDATE or DELETE chooses rows."""
    return any(cursor.has(word) for word in ("WHERE", "JOIN", "LIMIT"))


def _is_online(cursor: Cursor) -> bool:
    return any(cursor.has(*words) for words in _ONLINE)


_FORMS: Final[dict[str, Callable[[Cursor], Iterator[Change]]]] = {
    "CREATE": _create,
    "DROP TABLE": _drop_table,
    "DROP INDEX": _drop_index,
    "ALTER TABLE": _alter_table,
    "RENAME TABLE": _rename_tables,
    "INSERT INTO": _insert,
    "UPDATE": _update,
    "DELETE FROM": _delete,
    "TRUNCATE": _truncate,
}
_ACTIONS: Final[dict[str, Callable[[Cursor, tuple[str | None, str]], Iterator[Change]]]] = {
    "ADD": _add,
    "DROP": _drop,
    "ALTER": _alter,
    "MODIFY": _modify,
    "CHANGE": _change,
    "RENAME": _rename,
    "VALIDATE": _validate,
}
