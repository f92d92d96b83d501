"""Inserts a few rows into every table, so that a history has data to migrate.

Values are derived from the column alone, so databases with the same schema get the same rows. A
row that a table rejects, such as by a CHECK, is omitted from both.
"""

from __future__ import annotations

import datetime as dt
import uuid
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 3
MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as the columns, without a zone

MAKERS: tuple[tuple[type[Any], Callable[[Any, int], Any]], ...] = (
    (sa.Enum, lambda type_, n: type_.enums[n % len(type_.enums)]),
    (sa.Boolean, lambda _, n: bool(n % 2)),
    (sa.Uuid, lambda _, n: uuid.UUID(int=n)),
    (sa.Integer, lambda _, n: n),
    (sa.Numeric, lambda _, n: n),
    (sa.Float, lambda _, n: n / 2),
    (sa.DateTime, lambda _, n: MOMENT + dt.timedelta(days=n)),
    (sa.Date, lambda _, n: MOMENT.date() + dt.timedelta(days=n)),
    (sa.Time, lambda *_: MOMENT.time()),
    (sa.Interval, lambda _, n: dt.timedelta(days=n)),
    (sa.LargeBinary, lambda _, n: str(n).encode()),
    (sa.JSON, lambda _, n: {"n": n}),
    (sa.ARRAY, lambda *_: []),
    (sa.String, lambda type_, n: f"{n}o'hara 50%"[: type_.length or 20]),
)
"""The first type that fits makes the value, from the type and the number of the row."""


def put_rows(url: str) -> Counter[str]:
    """Put rows into every table that takes them, those that others refer to first.

    Args:
        url: the database.

    Returns:
        By table, how many rows it took.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    metadata = sa.MetaData()
    taken: Counter[str] = Counter()
    with engine.connect() as connection:
        metadata.reflect(connection)
        with warnings.catch_warnings():
            # Of tables that refer to each other, none can be the first.
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            tables = metadata.sorted_tables
        for table in tables:
            # Heads are no rows of the history's own.
            if table.name.endswith("alembic_version"):
                continue
            taken[table.name] = sum(_takes(connection, table, n) for n in range(1, ROWS + 1))
        connection.commit()
    return taken


def _takes(connection: sa.Connection, table: sa.Table, number: int) -> bool:
    row = {
        column.name: _value(column, number)
        for column in table.columns
        if column.computed is None and column.identity is None
    }
    try:
        with connection.begin_nested():
            connection.execute(table.insert(), row)
    except (sa.exc.DBAPIError, sa.exc.StatementError):
        return False
    return True


def _value(column: sa.Column[Any], number: int) -> Any:
    for foreign_key in column.foreign_keys:
        # A table that refers to itself: the first row has nothing to refer to.
        if foreign_key.column.table is column.table:
            return None
    return next(
        (make(column.type, number) for kind, make in MAKERS if isinstance(column.type, kind)), None
    )
