"""Random operations on tables, for runs and scripts that shall come to the same.

Tests of the databases' clients come in. A seed does the same on a connection and in a script.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAMES = ("t", "My Table", "größe", "a;b", "c%d", "select", "it's", "q`uo", 'd"q')
TEXTS = ("x", "it's", "100%", ":colon", "a;b", "ü", "", "back\\slash", "line\nbreak", "a\tb", '"')


_MARIADB_TRIGGER = """\
CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW BEGIN
SET NEW.a = NEW.a + 1; -- a; b
 SET NEW.b = 'it''s; $$';
END"""
_POSTGRESQL_FUNCTION = """\
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
NEW.a = NEW.a + 1; -- a; b
 NEW.b = 'it''s; $$'; RETURN NEW;
END $body$"""
_POSTGRESQL_TRIGGER = (
    "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
)
_SQLITE_TRIGGER = """\
CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN
UPDATE {table} SET a = a + 1; -- a; b
 UPDATE {table} SET b = 'it''s; $$';
END"""


@dataclass(frozen=True, slots=True)
class Database:
    """What is drawn for a dialect.

    Attributes:
        types: by kind.
        defaults: by kind.
        trigger: statements that create one, in which ``{name}`` and ``{table}`` are quoted names.
        alters: ALTER can change columns and constraints, and add columns with any default.
    """

    types: Mapping[str, Any]
    defaults: Mapping[str, tuple[Any, ...]]
    trigger: tuple[str, ...]
    alters: bool = True


DATABASES = {
    "mariadb": Database(
        {
            "number": sa.Integer(),
            "words": mysql.VARCHAR(60, charset="utf8mb4", collation="utf8mb4_bin"),
            "moment": mysql.DATETIME(fsp=3),
            "sum": sa.Numeric(10, 2),
            "kind": sa.Enum("x", "it's", "100%", ""),
        },
        {
            "number": (None, "5", sa.text("(1 + 1)")),
            "words": (None, *TEXTS[:8], sa.text("(uuid())")),
            "moment": (None, sa.text("CURRENT_TIMESTAMP(3)"), "2020-01-02 03:04:05"),
            "sum": (None, "3.50"),
            "kind": (None, "it's", "100%"),
        },
        (_MARIADB_TRIGGER,),
    ),
    "postgresql": Database(
        {
            "number": sa.BigInteger(),
            "words": sa.String(60, collation="C"),
            "moment": sa.DateTime(timezone=True),
            "sum": sa.Numeric(10, 2),
            "kind": sa.Enum("x", "it's", "100%", "", native_enum=False, length=20),
        },
        {
            "number": (None, "5", sa.text("1 + 1")),
            "words": (None, *TEXTS, sa.text("lower('A;B')")),
            "moment": (None, sa.func.now(), "2020-01-02 03:04:05+00"),
            "sum": (None, "3.50"),
            "kind": (None, "it's", "100%"),
        },
        (_POSTGRESQL_FUNCTION, _POSTGRESQL_TRIGGER),
    ),
    "sqlite": Database(
        {
            "number": sa.Integer(),
            "words": sa.String(60),
            "moment": sa.DateTime(),
            "sum": sa.Numeric(10, 2),
            "kind": sa.Enum("x", "it's", "100%", ""),
        },
        {
            "number": (None, "5"),
            "words": (None, *TEXTS),
            "moment": (None, "2020-01-02 03:04:05"),
            "sum": (None, "3.50"),
            "kind": (None, "it's", "100%"),
        },
        (_SQLITE_TRIGGER,),
        alters=False,
    ),
}


class Play:
    """Random operations on existing tables.

    Args:
        seed: determines everything.
        op: the operations to use.
        dialect: one of :data:`DATABASES`.
    """

    def __init__(self, seed: int, op: Operations, dialect: str) -> None:
        self.random = random.Random(seed)
        self.op = op
        self.database = DATABASES[dialect]
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.made = 0

    def run(self, count: int) -> None:
        """Carry out one table and ``count`` operations more."""
        self.create_table()
        choices: tuple[Callable[[], None], ...] = (
            *(self.create_table, self.add_column, self.drop_column, self.rename_table),
            *(self.rows, self.trigger),
        )
        if self.database.alters:
            choices += (*(self.alter_column,) * 4, self.items, self.comment)
        else:
            choices += (self.rename_column, self.index)
        for _number in range(count):
            self.random.choice(choices)()

    def one(self, items: Any) -> Any:
        """Return one of the items."""
        return self.random.choice(list(items))

    def name(self) -> str:
        """Return a name that no table, column or constraint has."""
        self.made += 1
        return f"{self.one(NAMES)}{self.made}"

    def facts(self, kind: str) -> dict[str, Any]:
        """Return what a new column of a kind is."""
        default = self.one(self.database.defaults[kind])
        nullable = self.one((True, False)) or (default is None and not self.database.alters)
        comment = self.one((None, *TEXTS)) if self.database.alters else None
        return {"kind": kind, "nullable": nullable, "default": default, "comment": comment}

    def column(self, name: str, facts: dict[str, Any]) -> sa.Column[Any]:
        """Return a column."""
        given = {"nullable": facts["nullable"], "comment": facts["comment"]}
        return sa.Column(
            name, self.database.types[facts["kind"]], server_default=facts["default"], **given
        )

    def create_table(self) -> None:
        """Make a table with a column of each kind."""
        name = self.name()
        columns = {self.name(): self.facts(kind) for kind in self.database.types}
        self.tables[name] = columns
        self.op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            *(self.column(*item) for item in columns.items()),
            comment=self.one((None, *TEXTS)) if self.database.alters else None,
        )

    def add_column(self) -> None:
        """Add a column."""
        table, name, kind = self.one(self.tables), self.name(), self.one(self.database.types)
        self.tables[table][name] = self.facts(kind)
        self.op.add_column(table, self.column(name, self.tables[table][name]))

    def drop_column(self) -> None:
        """Add a column and drop it, as others may have constraints."""
        table, name = self.one(self.tables), self.name()
        self.op.add_column(table, sa.Column(name, sa.Integer, index=self.database.alters))
        self.op.drop_column(table, name)

    def alter_column(self) -> None:
        """Change a column in one point, everything else restated."""
        table = self.one(self.tables)
        column = self.one(self.tables[table])
        facts = self.tables[table][column]
        new = {**facts, **self.one(({k: v} for k, v in self.facts(facts["kind"]).items()))}
        changes: dict[str, Any] = {}
        if new["default"] is not facts["default"]:
            changes["server_default"] = new["default"]
        if new["comment"] != facts["comment"]:
            changes["comment"] = new["comment"]
        if self.random.random() < 1 / 3:
            changes["new_column_name"] = self.name()
            del self.tables[table][column]
        self.op.alter_column(
            table,
            column,
            existing_type=self.database.types[facts["kind"]],
            existing_nullable=facts["nullable"],
            existing_server_default=facts["default"],
            existing_comment=facts["comment"],
            nullable=new["nullable"],
            **changes,
        )
        self.tables[table][changes.get("new_column_name", column)] = new

    def rename_column(self) -> None:
        """Give a column another name, and nothing else."""
        table = self.one(self.tables)
        old, new = self.one(self.tables[table]), self.name()
        self.tables[table][new] = self.tables[table].pop(old)
        self.op.alter_column(table, old, new_column_name=new)

    def index(self) -> None:
        """Make an index, and drop it or not."""
        table, name = self.one(self.tables), self.name()
        column = self.one(self.tables[table])
        self.op.create_index(name, table, [column, "id"], unique=self.one((True, False)))
        if self.one((True, False)):
            self.op.drop_index(name, table_name=table)

    def rename_table(self) -> None:
        """Give a table another name."""
        old, new = self.one(self.tables), self.name()
        self.tables[new] = self.tables.pop(old)
        self.op.rename_table(old, new)

    def items(self) -> None:
        """Add and drop constraints and indexes, and leave some."""
        table, names = self.one(self.tables), [self.name() for _number in range(5)]
        for column in names[:2]:
            self.op.add_column(table, sa.Column(column, sa.Integer))
        self.op.create_unique_constraint(names[2], table, names[:2])
        self.op.create_index(names[3], table, names[1::-1])
        self.op.create_foreign_key(names[4], table, self.one(self.tables), [names[0]], ["id"])
        self.op.create_check_constraint(f"ck{names[0]}", table, sa.column(names[1]) > 5)
        if self.one((True, False)):
            self.op.drop_constraint(names[4], table, "foreignkey")
            self.op.drop_constraint(names[2], table, "unique")
            self.op.drop_index(names[3], table_name=table)
            self.op.drop_constraint(f"ck{names[0]}", table, "check")

    def comment(self) -> None:
        """Set or drop the comment of a table."""
        table = self.one(self.tables)
        if self.one((True, False)):
            self.op.create_table_comment(table, self.one(TEXTS))
        else:
            self.op.drop_table_comment(table)

    def rows(self) -> None:
        """Insert a row into a separate table, and update it."""
        name = self.name()
        table = self.op.create_table(
            name, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a%;", sa.String(60))
        )
        assert table is not None
        self.op.bulk_insert(table, [{"a%;": self.one(TEXTS)}, {"a%;": None}])
        self.op.execute(table.update().values({"a%;": self.op.inline_literal(self.one(TEXTS))}))

    def trigger(self) -> None:
        """Make a trigger of several statements."""
        table, name = self.name(), self.name().replace("`", "")
        self.op.create_table(table, sa.Column("a", sa.Integer), sa.Column("b", sa.String(60)))
        quote = self.op.get_context().dialect.identifier_preparer.quote_identifier
        for statement in self.database.trigger:
            # Quoting for a driver's parameters doubles this sign.
            names = {"name": quote(name), "table": quote(table)}
            sql = statement.format(**{key: each.replace("%%", "%") for key, each in names.items()})
            self.op.execute(sa.text(sql))
        self.op.execute(sa.table(table, sa.column("a")).insert().values(a=sa.literal(1)))


def script_of(seed: int, dialect: str, count: int) -> str:
    """Return what the operations of a seed write for a dialect."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    context = MigrationContext.configure(
        dialect_name=dialect, dialect_opts={"paramstyle": "named"}, opts=opts
    )
    Play(seed, Operations(context), dialect).run(count)
    return buffer.getvalue()
