"""Batches on a real SQLite database: what becomes of the table, and of its rows."""

from __future__ import annotations

import sqlite3
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Integer,
    String,
    Text,
    create_engine,
    event,
    func,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError, NoSuchTableError, OperationalError

from idiolect.errors import CommandError
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_sqlite.impl import SQLiteImpl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

TABLE = """
    CREATE TABLE t (
        id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'x', b INTEGER NOT NULL, c TEXT,
        CONSTRAINT u UNIQUE (a), CONSTRAINT k CHECK (b > 1), FOREIGN KEY (b) REFERENCES p (id)
    )
"""
REST = (
    "PRIMARY KEY (id), CONSTRAINT u UNIQUE (a), CONSTRAINT k CHECK (b > 1), "
    "FOREIGN KEY(b) REFERENCES p (id)"
)
START = "id INTEGER, a VARCHAR(5) DEFAULT 'x', b INTEGER NOT NULL, c TEXT"


class Database:
    """A database in memory, the operations on it, and the statements that changed it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sent: list[str] = []
        event.listen(connection, "before_cursor_execute", self._note)
        self.op = Operations(MigrationContext.configure(connection))

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().startswith(("PRAGMA", "SELECT")):
            self.sent.append(" ".join(statement.split()))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows as tuples."""
        return [tuple(row) for row in self.connection.exec_driver_sql(query)]


@pytest.fixture
def database() -> Iterator[Database]:
    """A table with everything, and a row."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        for statement in (
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            TABLE,
            "CREATE INDEX i ON t (b, c)",
            "INSERT INTO t VALUES (1, '7', 2, 'w')",
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
        yield Database(connection)
    engine.dispose()


PLAIN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "column": (
        lambda batch: batch.add_column(Column("q", Integer, server_default="1", nullable=False)),
        "ALTER TABLE t ADD COLUMN q INTEGER DEFAULT '1' NOT NULL",
    ),
    "computed column": (
        lambda batch: batch.add_column(Column("q", Integer, Computed("b + 1"))),
        "ALTER TABLE t ADD COLUMN q INTEGER GENERATED ALWAYS AS (b + 1)",
    ),
    "index": (lambda batch: batch.create_index("j", ["a"]), "CREATE INDEX j ON t (a)"),
    "dropped index": (lambda batch: batch.drop_index("i"), "DROP INDEX i"),
}


@pytest.mark.parametrize(("change", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_what_alter_can_do_needs_no_new_table(
    database: Database, change: Callable[[Any], Any], expected: str
) -> None:
    """Plain columns and indexes are added and dropped by their own statements."""
    with database.op.batch_alter_table("t") as batch:
        change(batch)

    assert [expected] == database.sent


REBUILT: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "default that is an expression": (
        lambda batch: batch.add_column(Column("q", DateTime, server_default=func.now())),
        f"{START}, q DATETIME DEFAULT CURRENT_TIMESTAMP, {REST}",
        "t.id, t.a, t.b, t.c",
    ),
    "default in parentheses": (
        lambda batch: batch.add_column(Column("q", Integer, server_default=text("(1+1)"))),
        f"{START}, q INTEGER DEFAULT (1+1), {REST}",
        "t.id, t.a, t.b, t.c",
    ),
    "stored computed column": (
        lambda batch: batch.add_column(Column("q", Integer, Computed("b+1", persisted=True))),
        f"{START}, q INTEGER GENERATED ALWAYS AS (b+1) STORED, {REST}",
        "t.id, t.a, t.b, t.c",
    ),
    "nullability": (
        lambda batch: batch.alter_column("c", nullable=False),
        f"{START} NOT NULL, {REST}",
        "t.id, t.a, t.b, t.c",
    ),
    "number out of text": (
        lambda batch: batch.alter_column("a", type_=Integer()),
        f"{START.replace('VARCHAR(5)', 'INTEGER')}, {REST}",
        "t.id, CAST(t.a AS INTEGER) AS a, t.b, t.c",
    ),
    "longer text": (
        lambda batch: batch.alter_column("a", type_=String(50)),
        f"{START.replace('(5)', '(50)')}, {REST}",
        "t.id, t.a, t.b, t.c",
    ),
    "date out of text, which is one": (
        lambda batch: batch.alter_column("c", type_=Date()),
        f"{START.replace('c TEXT', 'c DATE')}, {REST}",
        "t.id, t.a, t.b, t.c",
    ),
    "check of a boolean": (
        lambda batch: batch.alter_column("c", type_=Boolean(create_constraint=True, name="q")),
        ", ".join(
            (
                START.replace("c TEXT", "c BOOLEAN"),
                REST.replace(", FOREIGN", ", CONSTRAINT q CHECK (c IN (0, 1)), FOREIGN"),
            )
        ),
        "t.id, t.a, t.b, CAST(t.c AS BOOLEAN) AS c",
    ),
}


@pytest.mark.parametrize(("change", "columns", "values"), REBUILT.values(), ids=REBUILT.keys())
def test_the_rest_makes_a_new_table(
    database: Database, change: Callable[[Any], Any], columns: str, values: str
) -> None:
    """Other changes rebuild the table; its columns, indexes and rows are kept."""
    with database.op.batch_alter_table("t") as batch:
        change(batch)

    create, insert, *rest = database.sent
    assert f"CREATE TABLE _alembic_tmp_t ( {columns} )" == create
    assert f"INSERT INTO _alembic_tmp_t (id, a, b, c) SELECT {values} FROM t" == insert
    assert [
        "DROP TABLE t",
        "ALTER TABLE _alembic_tmp_t RENAME TO t",
        "CREATE INDEX i ON t (b, c)",
    ] == rest
    assert [(1, 2)] == database.rows("SELECT id, b FROM t")


def test_a_new_table_can_be_asked_for_and_forbidden(database: Database) -> None:
    """recreate='always' rebuilds unconditionally; 'never' sends ALTER, which SQLite rejects."""
    with database.op.batch_alter_table("t", recreate="always"):
        pass
    assert "DROP TABLE t" in database.sent

    database.connection.dialect.server_version_info = (3, 52, 0)
    with (
        pytest.raises(CommandError, match="No support for ALTER of a column's nullability"),
        database.op.batch_alter_table("t", recreate="never") as batch,
    ):
        batch.alter_column("c", nullable=False)


def test_nullability_is_altered_since_sqlite_3_53(database: Database) -> None:
    """Older versions reject the statements."""
    database.connection.dialect.server_version_info = (3, 53, 0)
    is_old = sqlite3.sqlite_version_info < (3, 53)
    fails: Any = pytest.raises(OperationalError, match="syntax error") if is_old else nullcontext()
    with fails:
        database.op.alter_column("t", "c", nullable=False)
    with fails:
        database.op.alter_column("t", "b", nullable=True)

    assert [
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL",
        "ALTER TABLE t ALTER COLUMN b DROP NOT NULL",
    ] == database.sent
    with pytest.raises(CommandError, match="No support for ALTER of a column's type in SQLite"):
        database.op.alter_column("t", "c", nullable=False, type_=Integer())


DEFAULTS = {
    "'x'": "'x'",
    "'it''s (y'": "'it''s (y'",
    "-1.5": "(-1.5)",
    "CURRENT_TIMESTAMP": "CURRENT_TIMESTAMP",
    "(lower('X'))": "(lower('X'))",
    "('a:b' || 'c')": "('a:b' || 'c')",
    "((1) + (2))": "((1) + (2))",
    "((1 + 2))": "(1 + 2)",
    "((1 +\n2))": "((1 + 2))",
}


@pytest.mark.parametrize(("default", "expected"), DEFAULTS.items(), ids=DEFAULTS)
def test_a_default_is_the_same_after_two_rebuilds(
    database: Database, default: str, expected: str
) -> None:
    """The outer parentheses, which SQLite does not report, are restored."""
    database.connection.exec_driver_sql(f"CREATE TABLE d (id INTEGER, x TEXT DEFAULT {default})")
    database.connection.exec_driver_sql("INSERT INTO d (id) VALUES (1)")
    before = database.rows("SELECT x FROM d")
    for _ in range(2):
        with database.op.batch_alter_table("d", recreate="always"):
            pass
        made = [one for one in database.sent if one.startswith("CREATE TABLE _alembic_tmp_d")]
        assert f"CREATE TABLE _alembic_tmp_d ( id INTEGER, x TEXT DEFAULT {expected} )" == made[-1]
    database.connection.exec_driver_sql("DELETE FROM d")
    database.connection.exec_driver_sql("INSERT INTO d (id) VALUES (2)")
    assert default == "CURRENT_TIMESTAMP" or before == database.rows("SELECT x FROM d")


def test_constraints_without_a_name_are_dropped_by_a_convention(database: Database) -> None:
    """Unnamed constraints are named on reflection; named ones keep their names."""
    convention = {"fk": "fk_%(table_name)s_%(column_0_name)s", "ck": "ck_%(constraint_name)s"}
    with database.op.batch_alter_table("t", naming_convention=convention) as batch:
        batch.drop_constraint("fk_t_b", type_="foreignkey")

    assert (
        f"CREATE TABLE _alembic_tmp_t ( {START}, PRIMARY KEY (id), CONSTRAINT u UNIQUE (a), "
        "CONSTRAINT k CHECK (b > 1) )"
    ) == database.sent[0]


def test_a_check_without_a_name_is_told(database: Database) -> None:
    """An unnamed CHECK is dropped with a warning unless it is passed again."""
    database.connection.exec_driver_sql("CREATE TABLE n (a INTEGER, CHECK (a > 5))")

    with (
        pytest.warns(UserWarning, match="Unnamed CHECK constraint on reflected table 'n' .*a > 5"),
        database.op.batch_alter_table("n") as batch,
    ):
        batch.alter_column("a", nullable=False)

    assert "CREATE TABLE _alembic_tmp_n ( a INTEGER NOT NULL )" in database.sent


def test_the_named_check_of_a_boolean_follows_its_column(database: Database) -> None:
    """existing_type identifies the type's CHECK; its text uses the new column name."""
    database.connection.exec_driver_sql(
        "CREATE TABLE n (a BOOLEAN, CONSTRAINT q CHECK (a IN (0, 1)))"
    )
    with database.op.batch_alter_table("n") as batch:
        batch.alter_column(
            "a", new_column_name="z", existing_type=Boolean(create_constraint=True, name="q")
        )

    assert (
        "CREATE TABLE _alembic_tmp_n ( z BOOLEAN, CONSTRAINT q CHECK (z IN (0, 1)) )"
        in database.sent
    )


def test_rows_that_do_not_fit_leave_everything_as_it_was(database: Database) -> None:
    """The new table is dropped, and the old one keeps its rows."""
    database.connection.exec_driver_sql("UPDATE t SET c = NULL")
    with (
        pytest.raises(IntegrityError, match="NOT NULL constraint failed"),
        database.op.batch_alter_table("t") as batch,
    ):
        batch.alter_column("c", nullable=False)

    assert [("p",), ("t",)] == database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    )
    assert [(1, None)] == database.rows("SELECT id, c FROM t")


def test_a_table_that_is_not_there_is_named(database: Database) -> None:
    """The error is SQLAlchemy's NoSuchTableError too, for revisions that expect it."""
    with (
        pytest.raises(NoSuchTableError, match="there is no table 'nope' in the database") as caught,
        database.op.batch_alter_table("nope") as batch,
    ):
        batch.drop_column("a")

    assert CommandError in caught.type.__mro__


def test_a_foreign_key_to_a_table_that_is_not_there(database: Database) -> None:
    """SQLite allows it, and the key is in the new table like the others."""
    key = "r INTEGER REFERENCES missing (id) ON DELETE CASCADE"
    database.connection.exec_driver_sql(f"CREATE TABLE u (n INTEGER, {key})")
    with database.op.batch_alter_table("u") as batch:
        batch.alter_column("n", nullable=False)
    (found,) = inspect(database.connection).get_foreign_keys("u")
    assert ("missing", ["id"], {"ondelete": "CASCADE"}) == (
        found["referred_table"],
        found["referred_columns"],
        found["options"],
    )


def test_a_batch_outside_of_a_transaction_is_one(database: Database) -> None:
    """What a program does in a batch, with no transaction open, is committed with it."""
    with database.op.batch_alter_table("t") as batch:
        batch.alter_column("a", type_=Text())

    assert not database.connection.in_transaction()


def test_an_impl_class_that_corrects_reflected_columns(database: Database) -> None:
    """The method by which published classes correct comparisons also sees a batch's columns."""

    class Correcting(SQLiteImpl):
        def autogen_column_reflect(self, inspector: Any, table: Any, column_info: Any) -> None:
            super().autogen_column_reflect(inspector, table, column_info)
            seen.append(column_info["name"])
            if column_info["name"] == "a":
                column_info["default"] = "'corrected'"

    seen: list[str] = []
    told: list[str] = []
    user = ("column_reflect", lambda _inspector, _table, info: told.append(info["name"]))
    context = database.op.migration_context
    context.impl = Correcting(context.dialect, database.connection, False, None, None, {})
    operations = Operations(context)
    with operations.batch_alter_table("t", reflect_kwargs={"listeners": [user]}) as batch:
        batch.alter_column("c", type_=Integer())

    assert ["id", "a", "b", "c"] == seen == told
    assert "DEFAULT 'corrected'" in database.rows("SELECT sql FROM sqlite_master")[1][0]
