"""Changes of models with descriptions, tried on databases: which of them a comparison detects.

``docs/reference/detected.md`` contains the results; ``test_detected.py`` compares them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from tests.rendering.complete_models import both, index, sequence, table
from tests.rendering.revision import differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    from tests.rendering.complete_models import Make

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "detected.md"
DATABASES = ("SQLite", "PostgreSQL", "MariaDB")
DEFAULTS: dict[str, Any] = {"compare_server_default": True}
ALL: dict[str, Any] = {**DEFAULTS, "autogenerate_plugins": ["*"]}
YES, ASKED_FOR, NO, IMPOSSIBLE = "yes", "asked for", "no", "-"


def c(*items: Any, type_: Any = sa.Integer, **facts: Any) -> Callable[[], Any]:
    """Return a function that creates a column ``c``."""
    return lambda: sa.Column("c", type_, *items, **facts)


def key_to(*, key: bool = True, **options: Any) -> Make:
    """Return a function that creates a table with or without a foreign key to ``t``."""
    keys = [sa.ForeignKey("t.id", name="fk", **options)] if key else []
    return both(
        table(),
        lambda metadata: sa.Table(
            "u",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("t_id", sa.Integer, *[one._copy() for one in keys]),
        ),
    )


def computed(sql: str) -> Make:
    """Return a function that creates a table with a computed column."""
    return table(c(sa.Computed(sql, persisted=True)))


def check(sql: str, name: str | None = "ck") -> Make:
    """Return a function that creates a table with a CHECK."""
    return table(lambda: sa.CheckConstraint(sql, name=name))


def key(*columns: str) -> Make:
    """Return a function that creates a table with a primary key and a further NOT NULL column."""
    return table(c(nullable=False), lambda: sa.PrimaryKeyConstraint(*columns, name="pk"), key=False)


def mood(*values: str, native: bool = True) -> Make:
    """Return a function that creates a table with an enumerated column."""
    type_ = sa.Enum(*values, name="mood", native_enum=native, create_constraint=not native)
    return table(c(type_=type_))


def domain(type_: Any = sa.Integer, **facts: Any) -> Make:
    """Return a function that creates a table with a column of a domain."""
    return table(c(type_=pg.DOMAIN("number", type_, **facts)))


def exclude(where: str | None = None) -> Make:
    """Return a function that creates a table with an EXCLUDE constraint."""
    return table(
        lambda: pg.ExcludeConstraint(
            (sa.text("int4range(id, a)"), "&&"),
            name="ex",
            where=None if where is None else sa.text(where),
        )
    )


def where(sql: str) -> dict[str, Any]:
    """Return the options of a partial index."""
    return {f"{name}_where": sa.text(sql) for name in ("postgresql", "sqlite")}


COLUMN = table(c())
INDEX = table(index("a"))
CHANGES: dict[str, tuple[Make, Make]] = {
    "table added": (both(), table()),
    "table removed": (table(), both()),
    "column added": (table(), COLUMN),
    "column removed": (COLUMN, table()),
    "column that takes NULL no longer": (COLUMN, table(c(nullable=False))),
    "type: another": (COLUMN, table(c(type_=sa.Text))),
    "type: another length": (table(c(type_=sa.String(5))), table(c(type_=sa.String(9)))),
    "type: another precision": (
        table(c(type_=sa.Numeric(9, 2))),
        table(c(type_=sa.Numeric(9, 3))),
    ),
    "type: with a time zone": (
        table(c(type_=sa.DateTime())),
        table(c(type_=sa.DateTime(timezone=True))),
    ),
    "type: another collation": (
        table(c(type_=sa.Text(collation="C"))),
        table(c(type_=sa.Text(collation="POSIX"))),
    ),
    "enumerated type: value added": (mood("a", "b"), mood("a", "b", "x")),
    "enumerated type: value removed": (mood("a", "b"), mood("a")),
    "domain: another CHECK": (domain(check="VALUE > 0"), domain(check="VALUE > 5")),
    "domain: another type": (domain(), domain(sa.BigInteger)),
    "Enum as text: value added": (mood("a", "b", native=False), mood("a", "x", native=False)),
    "default added": (COLUMN, table(c(server_default="5"))),
    "default changed": (table(c(server_default="5")), table(c(server_default="6"))),
    "default removed": (table(c(server_default="5")), COLUMN),
    "computed column: another expression": (computed("a + 1"), computed("a + 2")),
    "identity: other options": (
        table(c(sa.Identity(start=1))),
        table(c(sa.Identity(start=5, increment=2))),
    ),
    "comment of a column": (COLUMN, table(c(comment="new"))),
    "comment of a table": (table(), table(comment="new")),
    "primary key: other columns": (key("id"), key("id", "c")),
    "primary key: another order": (key("id", "c"), key("c", "id")),
    "index added": (table(), INDEX),
    "index removed": (INDEX, table()),
    "index: other columns": (INDEX, table(index("a", "id"))),
    "index: unique": (INDEX, table(index("a", unique=True))),
    "index: order of a column": (INDEX, table(index(sa.text("a DESC")))),
    "index: collation of a column": (
        table(index(sa.text('b COLLATE "C"'))),
        table(index(sa.text('b COLLATE "POSIX"'))),
    ),
    "index: expression": (
        table(index(sa.text("(a + 1)"))),
        table(index(sa.text("(a + 2)"))),
    ),
    "index: WHERE": (table(index("a", **where("a > 0"))), table(index("a", **where("a > 5")))),
    "index: method": (INDEX, table(index("a", postgresql_using="hash"))),
    "index: INCLUDE": (INDEX, table(index("a", postgresql_include=["b"]))),
    "index: operator class": (
        table(index("b")),
        table(index("b", postgresql_ops={"b": "varchar_pattern_ops"})),
    ),
    "unique constraint added": (table(), table(lambda: sa.UniqueConstraint("a", name="uq"))),
    "unique constraint: other columns": (
        table(lambda: sa.UniqueConstraint("a", name="uq")),
        table(lambda: sa.UniqueConstraint("a", "id", name="uq")),
    ),
    "unique constraint: DEFERRABLE": (
        table(lambda: sa.UniqueConstraint("a", name="uq")),
        table(lambda: sa.UniqueConstraint("a", name="uq", deferrable=True)),
    ),
    "foreign key added": (key_to(key=False), key_to()),
    "foreign key: ON DELETE": (key_to(), key_to(ondelete="CASCADE")),
    "CHECK with a name added": (table(), check("a > 0")),
    "CHECK with a name removed": (check("a > 0"), table()),
    "CHECK with a name: another condition": (check("a > 0"), check("a > 5")),
    "CHECK without a name added": (table(), check("a > 0", None)),
    "EXCLUDE constraint added": (table(), exclude()),
    "EXCLUDE constraint: another condition": (exclude(), exclude("a > 5")),
    "sequence added": (both(), sequence("counter")),
    "table renamed, as declared": (
        table(),
        lambda metadata: sa.Table(
            "new",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.String(20)),
            info={"renamed_from": "t"},
        ),
    ),
    "column renamed, as declared": (
        COLUMN,
        table(lambda: sa.Column("d", sa.Integer, info={"renamed_from": "c"})),
    ),
}
#: What a database does not have: what the models say of it is nothing to it.
FOREIGN: dict[str, tuple[str, ...]] = {
    "type: with a time zone": ("SQLite", "MariaDB"),
    "type: another collation": ("SQLite", "MariaDB"),
    "enumerated type: value added": ("SQLite",),
    "enumerated type: value removed": ("SQLite",),
    "domain: another CHECK": ("SQLite", "MariaDB"),
    "domain: another type": ("SQLite", "MariaDB"),
    "identity: other options": ("SQLite", "MariaDB"),
    "comment of a column": ("SQLite",),
    "comment of a table": ("SQLite",),
    "index: collation of a column": ("SQLite", "MariaDB"),
    "index: expression": ("MariaDB",),
    "index: WHERE": ("MariaDB",),
    "index: method": ("SQLite", "MariaDB"),
    "index: INCLUDE": ("SQLite", "MariaDB"),
    "index: operator class": ("SQLite", "MariaDB"),
    "unique constraint: DEFERRABLE": ("SQLite", "MariaDB"),
    "EXCLUDE constraint added": ("SQLite", "MariaDB"),
    "EXCLUDE constraint: another condition": ("SQLite", "MariaDB"),
    "sequence added": ("SQLite",),
}


def outcomes(connection: Connection, database: str) -> dict[str, str]:
    """Try every change on an empty database, and return the cells of its column."""
    return {name: _outcome(connection, name, database) for name in CHANGES}


def _outcome(connection: Connection, name: str, database: str) -> str:
    if database in FOREIGN.get(name, ()):
        return IMPOSSIBLE
    before, after = (_made(make) for make in CHANGES[name])
    before.create_all(connection)
    try:
        assert [] == differences(connection, before, **ALL), f"{database}, {name}: not quiet"
        if differences(connection, after, **DEFAULTS):
            return YES
        return ASKED_FOR if differences(connection, after, **ALL) else NO
    finally:
        before.drop_all(connection)


def _made(make: Make) -> sa.MetaData:
    metadata = sa.MetaData()
    make(metadata)
    return metadata


def documented(database: str) -> dict[str, str]:
    """Return the cells of a database's column as the page has them."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    place = 1 + DATABASES.index(database)
    return {row[0]: row[place] for row in rows if row[0] in CHANGES}
