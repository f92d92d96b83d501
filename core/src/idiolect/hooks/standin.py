"""What a plugin reads tables with: a connection that knows some answers, and facts on demand.

SQLAlchemy reads some databases table by table, and reads their answers with care. A plugin that
fetches what is asked of all tables at once lets SQLAlchemy ask a stand-in: the result is
SQLAlchemy's own, whichever version it is. Plugins come in; the core does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection, ObjectKind, ObjectScope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy.engine import Inspector

    from idiolect.hooks.reflected import TableKey

    Row = Sequence[Any]


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
        """Tell whether the table is there."""
        return key in self._keys

    def __iter__(self) -> Iterator[Any]:
        """Return an iterator of the tables."""
        return iter(self._keys)

    def __len__(self) -> int:
        """Return how many tables there are."""
        return len(self._keys)
