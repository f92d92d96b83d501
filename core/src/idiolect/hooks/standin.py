"""Ways to reflect tables with SQLAlchemy's inspector: all at once, in batches or on demand.

Some SQLAlchemy dialects query the catalogue table by table and parse the results with care. A
plugin that fetches the catalogue of all tables at once can hand the rows to SQLAlchemy through a
:class:`StandIn` connection, so that the result is SQLAlchemy's own in every version. Used by
plugins; the core uses :func:`ask`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection, ObjectKind, ObjectScope

from idiolect.hooks.reflected import ReflectedTables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy.engine import Inspector

    from idiolect.hooks.reflected import TableKey

    Row = Sequence[Any]

#: What every dialect can reflect, and what only some can.
_ALWAYS = ("columns", "pk_constraint", "foreign_keys", "indexes")
_WHERE_KNOWN = ("unique_constraints", "check_constraints", "table_comment", "table_options")
KINDS = (*_ALWAYS, *_WHERE_KNOWN)
#: Above this many tables, the whole schema is read if most are wanted: faster than a name list.
_MANY = 100


def ask(inspector: Inspector, names: Mapping[str | None, Collection[str]]) -> ReflectedTables:
    """Reflect tables, a whole schema at a time.

    Args:
        inspector: SQLAlchemy's inspector.
        names: the tables, by schema.
    """
    found: dict[str, Any] = {kind: {} for kind in KINDS}
    unreflectable: dict[Any, Exception] = {}
    for schema, wanted in names.items():
        options = {
            "schema": schema,
            "filter_names": _filter(inspector, schema, wanted),
            "kind": ObjectKind.TABLE,
            "scope": ObjectScope.ANY,
            "unreflectable": unreflectable,
        }
        for kind, facts in found.items():
            if facts is None:
                continue
            try:
                answer = getattr(inspector, f"get_multi_{kind}")(**options)
            except NotImplementedError:
                if kind in _ALWAYS:
                    raise
                found[kind] = None
            else:
                facts.update({key: answer[key] for key in answer if key[1] in wanted})
    return ReflectedTables(**found, unreflectable=unreflectable)


def _filter(
    inspector: Inspector, schema: str | None, wanted: Collection[str]
) -> Sequence[str] | None:
    """Return the table names to filter by; None to read the whole schema."""
    many = len(wanted) > _MANY and len(wanted) * 2 > len(inspector.get_table_names(schema=schema))
    return None if many else list(wanted)


class Batches:
    """Reflects tables in at most two batches per kind.

    For plugins that compute signatures, so that few tables need to be reflected: prefetched tables
    are read together; the first lookup of any other table reads all that are left.

    Args:
        inspector: SQLAlchemy's inspector.
        names: the existing tables, by schema.
    """

    def __init__(self, inspector: Inspector, names: Mapping[str | None, Collection[str]]) -> None:
        self._inspector = inspector
        self._left = {(schema, name) for schema, chosen in names.items() for name in chosen}
        self._keys = frozenset(self._left)
        self._found: dict[str, dict[TableKey, Any] | None] = {kind: {} for kind in KINDS}
        self._has_read = False

    def prefetch(self, keys: Collection[TableKey]) -> None:
        """Read the given tables unless already read; on the second call, read all tables."""
        wanted = self._left & set(keys)
        if not wanted:
            return
        if self._has_read:
            wanted = self._left
        self._has_read = True
        self._left = self._left - wanted
        names: dict[str | None, list[str]] = {}
        for schema, name in sorted(wanted, key=lambda key: (key[0] or "", key[1])):
            names.setdefault(schema, []).append(name)
        reflected = ask(self._inspector, names)
        for kind, known in self._found.items():
            facts = getattr(reflected, kind)
            self._found[kind] = None if facts is None else {**(known or {}), **facts}

    def facts(self, kind: str) -> Mapping[Any, Any]:
        """Return the lazily read results of one kind, by table key."""
        return LazyFacts(self._keys, lambda key: self._look_up(kind, key))

    def _look_up(self, kind: str, key: TableKey) -> Any:
        self.prefetch([key])
        known = self._found[kind]
        if known is None:
            raise NotImplementedError(f"{self._inspector.dialect.name} does not reflect {kind}")
        return known[key]


class StandIn(Connection):
    """A connection that answers the catalogue queries of SQLAlchemy's dialect from known rows.

    Args:
        connection: executes the statements that ``answer`` does not know.
        answer: takes a statement and its parameters, returns rows; None if unknown.
    """

    def __init__(
        self, connection: Connection, answer: Callable[[str, Any], Sequence[Row] | None]
    ) -> None:
        # SQLAlchemy requires a Connection; this one shares the state of the original.
        vars(self).update(vars(connection))
        self._real = connection
        self._answer = answer

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        """Return known rows, or execute the statement on the connection."""
        rows = self._answer(statement, parameters)
        if rows is None:
            return self._real.exec_driver_sql(statement, parameters, execution_options)
        return Rows(rows)

    def execution_options(self, **opt: Any) -> Any:
        """Return self: the known rows do not depend on options."""
        return self


class Rows:
    """A result of rows, with the methods of Result that dialects use.

    Args:
        rows: the rows.
    """

    _soft_closed = False

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows."""
        return iter(self._rows)

    def fetchall(self) -> Sequence[Row]:
        """Return all rows."""
        return self._rows

    all = fetchall

    def first(self) -> Row | None:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    fetchone = first

    def scalar(self) -> Any:
        """Return the first value of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def close(self) -> None:
        """Do nothing."""


class LazyFacts(Mapping[Any, Any]):
    """Mapping from table key to reflected data, loaded on first access.

    Args:
        keys: the tables.
        find: loads the data of one table; called at most once per table.
    """

    def __init__(self, keys: Collection[TableKey], find: Callable[[TableKey], Any]) -> None:
        self._keys = keys
        self._find = find
        self._found: dict[Any, Any] = {}

    @classmethod
    def of(cls, inspector: Inspector, kind: str, keys: Collection[TableKey]) -> LazyFacts:
        """Reflect tables lazily with an inspector, one table at a time.

        Args:
            inspector: SQLAlchemy's inspector.
            kind: the suffix of its ``get_...`` method: ``columns``, ``indexes``...
            keys: the tables.
        """
        look = getattr(inspector, f"get_multi_{kind}")
        every = {"kind": ObjectKind.ANY, "scope": ObjectScope.ANY}
        return cls(keys, lambda key: look(schema=key[0], filter_names=[key[1]], **every)[key])

    def __getitem__(self, key: Any) -> Any:
        """Return the data of a table."""
        if key not in self._found:
            if key not in self._keys:
                raise KeyError(key)
            self._found[key] = self._find(key)
        return self._found[key]

    def __contains__(self, key: object) -> bool:
        """Return whether the table exists."""
        return key in self._keys

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the table keys."""
        return iter(self._keys)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self._keys)
