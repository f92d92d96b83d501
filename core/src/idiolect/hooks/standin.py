"""What tables are read with: SQLAlchemy's inspector, all at once, in batches or on demand.

SQLAlchemy reads some databases table by table, and reads their answers with care. A plugin that
fetches what is asked of all tables at once lets SQLAlchemy ask a stand-in: the result is
SQLAlchemy's own, whichever version it is. Used by plugins, and by the core for :func:`ask`.
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

#: What every dialect tells, and what some do not.
_ALWAYS = ("columns", "pk_constraint", "foreign_keys", "indexes")
_WHERE_KNOWN = ("unique_constraints", "check_constraints", "table_comment", "table_options")
KINDS = (*_ALWAYS, *_WHERE_KNOWN)
#: Of more tables than this all are read, if most are wanted: faster than naming each.
_MANY = 100


def ask(inspector: Inspector, names: Mapping[str | None, Collection[str]]) -> ReflectedTables:
    """Return what an inspector tells of tables, of all of a schema together.

    Args:
        inspector: is asked.
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
    """Return the names to ask for; None: all, of which most are wanted."""
    many = len(wanted) > _MANY and len(wanted) * 2 > len(inspector.get_table_names(schema=schema))
    return None if many else list(wanted)


class Batches:
    """What an inspector tells of tables, asked for in two batches at most.

    For a plugin that knows signatures, so that few tables are looked up: those that are foreseen
    are read together, and if others are looked up all the same, all that are left.

    Args:
        inspector: is asked.
        names: the tables that there are, by schema.
    """

    def __init__(self, inspector: Inspector, names: Mapping[str | None, Collection[str]]) -> None:
        self._inspector = inspector
        self._left = {(schema, name) for schema, chosen in names.items() for name in chosen}
        self._keys = frozenset(self._left)
        self._found: dict[str, dict[TableKey, Any] | None] = {kind: {} for kind in KINDS}
        self._has_read = False

    def prefetch(self, keys: Collection[TableKey]) -> None:
        """Read what is not known yet of tables; the second time, of all tables."""
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
        told = ask(self._inspector, names)
        for kind, known in self._found.items():
            facts = getattr(told, kind)
            self._found[kind] = None if facts is None else {**(known or {}), **facts}

    def facts(self, kind: str) -> Mapping[Any, Any]:
        """Return one kind of facts by schema and name of a table."""
        return LazyFacts(self._keys, lambda key: self._look_up(kind, key))

    def _look_up(self, kind: str, key: TableKey) -> Any:
        self.prefetch([key])
        known = self._found[kind]
        if known is None:
            raise NotImplementedError(f"{self._inspector.dialect.name} tells no {kind}")
        return known[key]


class StandIn(Connection):
    """Stands in for a connection while SQLAlchemy's dialect looks at tables.

    Args:
        connection: is asked what this one does not know.
        answer: given a statement and its parameters, returns rows; None is not to know.
    """

    def __init__(
        self, connection: Connection, answer: Callable[[str, Any], Sequence[Row] | None]
    ) -> None:
        # SQLAlchemy wants a Connection, and this one lives from the other's.
        vars(self).update(vars(connection))
        self._real = connection
        self._answer = answer

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        """Answer a statement from what is known, or pass it on."""
        rows = self._answer(statement, parameters)
        if rows is None:
            return self._real.exec_driver_sql(statement, parameters, execution_options)
        return Rows(rows)

    def execution_options(self, **opt: Any) -> Any:
        """Return itself: what is known does not depend on options."""
        return self


class Rows:
    """Rows in the manner of a result, as far as dialects read results.

    Args:
        rows: the rows.
    """

    _soft_closed = False

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        """Return an iterator of the rows."""
        return iter(self._rows)

    def fetchall(self) -> Sequence[Row]:
        """Return all rows."""
        return self._rows

    all = fetchall

    def first(self) -> Row | None:
        """Return the first row; None where there is none."""
        return self._rows[0] if self._rows else None

    fetchone = first

    def scalar(self) -> Any:
        """Return the first value of the first row; None where there is none."""
        return self._rows[0][0] if self._rows else None

    def close(self) -> None:
        """Do nothing."""


class LazyFacts(Mapping[Any, Any]):
    """Facts by schema and name of a table, each found out when it is looked up.

    Args:
        keys: the tables.
        find: called with one of them, once.
    """

    def __init__(self, keys: Collection[TableKey], find: Callable[[TableKey], Any]) -> None:
        self._keys = keys
        self._find = find
        self._found: dict[Any, Any] = {}

    @classmethod
    def of(cls, inspector: Inspector, kind: str, keys: Collection[TableKey]) -> LazyFacts:
        """Return what an inspector tells of tables.

        Args:
            inspector: is asked about one table at a time.
            kind: as in the names of its methods: ``columns``, ``indexes``...
            keys: the tables.
        """
        look = getattr(inspector, f"get_multi_{kind}")
        every = {"kind": ObjectKind.ANY, "scope": ObjectScope.ANY}
        return cls(keys, lambda key: look(schema=key[0], filter_names=[key[1]], **every)[key])

    def __getitem__(self, key: Any) -> Any:
        """Return what there is to tell of a table."""
        if key not in self._found:
            if key not in self._keys:
                raise KeyError(key)
            self._found[key] = self._find(key)
        return self._found[key]

    def __contains__(self, key: object) -> bool:
        """Return whether the table is there."""
        return key in self._keys

    def __iter__(self) -> Iterator[Any]:
        """Return an iterator of the tables."""
        return iter(self._keys)

    def __len__(self) -> int:
        """Return how many tables there are."""
        return len(self._keys)
