"""Scripts that MariaDB's own client reads leave what the run on a connection leaves."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from mariadb_client import run_script
from projects import Project
from sqlalchemy.dialects import mysql

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.mariadb

NAMES = ("t", "My Table", "größe", "a;b", "c%d", "select", "it's", "q`uo", 'd"q')
TEXTS = ("x", "it's", "100%", ":colon", "a;b", "ü", "", "back\\slash", "line\nbreak", "a\tb", '"')
TYPES: dict[str, Any] = {
    "number": sa.Integer(),
    "words": mysql.VARCHAR(60, charset="utf8mb4", collation="utf8mb4_bin"),
    "moment": mysql.DATETIME(fsp=3),
    "sum": sa.Numeric(10, 2),
    "kind": sa.Enum("x", "it's", "100%", ""),
}
DEFAULTS: dict[str, tuple[Any, ...]] = {
    "number": (None, "5", sa.text("(1 + 1)")),
    "words": (None, *TEXTS[:8], sa.text("(uuid())")),
    "moment": (None, sa.text("CURRENT_TIMESTAMP(3)"), "2020-01-02 03:04:05"),
    "sum": (None, "3.50"),
    "kind": (None, "it's", "100%"),
}


class Play:
    """Random operations on tables that are there.

    Args:
        seed: decides everything.
        op: what carries them out.
    """

    def __init__(self, seed: int, op: Operations) -> None:
        self.random = random.Random(seed)
        self.op = op
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.made = 0

    def run(self, count: int) -> None:
        """Carry out one table and ``count`` operations more."""
        self.create_table()
        choices: tuple[Callable[[], None], ...] = (
            *(self.create_table, self.add_column, self.drop_column, self.rename_table),
            *(self.alter_column,) * 4,
            *(self.items, self.comment, self.rows, self.trigger),
        )
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
        return {
            "kind": kind,
            "nullable": self.one((True, False)),
            "default": self.one(DEFAULTS[kind]),
            "comment": self.one((None, *TEXTS)),
        }

    def column(self, name: str, facts: dict[str, Any]) -> sa.Column[Any]:
        """Return a column."""
        given = {"nullable": facts["nullable"], "comment": facts["comment"]}
        return sa.Column(name, TYPES[facts["kind"]], server_default=facts["default"], **given)

    def create_table(self) -> None:
        """Make a table with a column of each kind."""
        name = self.name()
        columns = {self.name(): self.facts(kind) for kind in TYPES}
        self.tables[name] = columns
        self.op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            *(self.column(*item) for item in columns.items()),
            comment=self.one((None, *TEXTS)),
        )

    def add_column(self) -> None:
        """Add a column."""
        table, name, kind = self.one(self.tables), self.name(), self.one(TYPES)
        self.tables[table][name] = self.facts(kind)
        self.op.add_column(table, self.column(name, self.tables[table][name]))

    def drop_column(self) -> None:
        """Add a column and drop it, as others may have constraints."""
        table, name = self.one(self.tables), self.name()
        self.op.add_column(table, sa.Column(name, sa.Integer, index=True))
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
            existing_type=TYPES[facts["kind"]],
            existing_nullable=facts["nullable"],
            existing_server_default=facts["default"],
            existing_comment=facts["comment"],
            nullable=new["nullable"],
            **changes,
        )
        self.tables[table][changes.get("new_column_name", column)] = new

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
        """Put a row into a table of its own, and change it."""
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
        quoted = table.replace("`", "``")
        self.op.execute(
            sa.text(
                f"CREATE TRIGGER `{name}` BEFORE INSERT ON `{quoted}` FOR EACH ROW BEGIN\n"
                "SET NEW.a = NEW.a + 1; -- a; b\n SET NEW.b = 'it''s; $$';\nEND"
            )
        )
        self.op.execute(sa.table(table, sa.column("a")).insert().values(a=sa.literal(1)))


def _held(url: str) -> dict[str, Any]:
    """Return what a database holds, in its own words."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        held: dict[str, Any] = {}
        for (name,) in connection.exec_driver_sql("SHOW TABLES").all():
            quoted = f"`{name.replace('`', '``').replace('%', '%%')}`"
            created = connection.exec_driver_sql(f"SHOW CREATE TABLE {quoted}").one()
            held[name] = (created[1], connection.exec_driver_sql(f"SELECT * FROM {quoted}").all())
        triggers = connection.exec_driver_sql("SHOW TRIGGERS").all()
        held["(triggers)"] = sorted(tuple(one[:4]) for one in triggers)
    return held


SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(6, 150))]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_operations(seed: int, fresh_mariadb: str, second_mariadb: str) -> None:
    """Tables, rows and triggers are the same, whatever stands in names, literals and comments."""
    engine = sa.create_engine(fresh_mariadb, poolclass=sa.NullPool)
    with engine.begin() as connection:
        Play(seed, Operations(MigrationContext.configure(connection))).run(12)
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    context = MigrationContext.configure(
        dialect_name="mariadb", dialect_opts={"paramstyle": "named"}, opts=opts
    )
    Play(seed, Operations(context)).run(12)
    run_script(second_mariadb, buffer.getvalue())
    assert _held(fresh_mariadb) == _held(second_mariadb)


def test_a_whole_history(fresh_mariadb: str, second_mariadb: str, tmp_path: Path) -> None:
    """A script of ``upgrade --sql`` and one of ``downgrade --sql`` move the version table, too."""
    project = Project(tmp_path / "project", fresh_mariadb)
    project.revision(
        "a",
        None,
        """
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END")
        """,
        "op.execute('DROP PROCEDURE p')\nop.drop_table('t')",
    )
    project.revision("b", "a", "op.add_column('t', sa.Column('b;', sa.String(9)))", "pass")
    project.upgrade()
    run_script(second_mariadb, project.sql(transaction_per_migration=True))
    assert _held(fresh_mariadb) == _held(second_mariadb)
    run_script(second_mariadb, project.sql("b:base", down=True))
    assert ["alembic_version"] == [name for name in _held(second_mariadb) if name[0] != "("]
