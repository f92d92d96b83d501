"""Changes of columns and constraints: what is redefined and what is rejected."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Identity,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import CompileError

from idiolect.ddl.base import ColumnNullable
from idiolect.errors import CommandError, OperationError
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_mysql.compile import MySQLDropConstraint, NotOnMySQLError, TypeMissingError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

TYPED: dict[str, Any] = {"existing_type": Integer()}
COMPUTED: dict[str, Any] = {"existing_server_default": Computed("a * 2"), **TYPED}
STATEMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({**TYPED, "existing_nullable": False, "existing_comment": "x"}, ""),
    "name": ({"new_column_name": "d e", **TYPED}, "CHANGE c `d e` INTEGER NULL"),
    "nullable": ({"nullable": False, **TYPED}, "MODIFY c INTEGER NOT NULL"),
    "comment": (
        {"comment": "it's", "existing_nullable": False, **TYPED},
        "MODIFY c INTEGER NOT NULL COMMENT 'it''s'",
    ),
    "autoincrement stays": (
        {"nullable": False, "existing_autoincrement": True, **TYPED},
        "MODIFY c INTEGER NOT NULL AUTO_INCREMENT",
    ),
    "autoincrement goes": (
        {"autoincrement": False, "existing_autoincrement": True, **TYPED},
        "MODIFY c INTEGER NULL",
    ),
    "default alone": ({"server_default": "x"}, "ALTER COLUMN c SET DEFAULT 'x'"),
    "default goes": ({"server_default": None}, "ALTER COLUMN c DROP DEFAULT"),
    "on update stays": (
        {
            "comment": "x",
            "existing_type": mysql.TIMESTAMP(),
            "existing_server_default": text("NOW() ON UPDATE NOW()"),
        },
        "CHANGE c c TIMESTAMP NULL DEFAULT NOW() ON UPDATE NOW() COMMENT 'x'",
    ),
    "default of a moment": (
        {"server_default": text("CURRENT_TIMESTAMP"), "existing_type": DateTime()},
        "CHANGE c c DATETIME NULL DEFAULT CURRENT_TIMESTAMP",
    ),
    "a class is no moment": (
        {"server_default": "2000-01-01", "existing_type": DateTime},
        "ALTER COLUMN c SET DEFAULT '2000-01-01'",
    ),
    "a class of a moment": (
        {"nullable": False, "existing_type": DateTime},
        "MODIFY c DATETIME NOT NULL",
    ),
    "collation stays": (
        {"nullable": False, "existing_type": String(5, collation="utf8mb4_bin")},
        "MODIFY c VARCHAR(5) COLLATE utf8mb4_bin NOT NULL",
    ),
    "computed stays": (
        {"comment": "x", **COMPUTED},
        "MODIFY c INTEGER GENERATED ALWAYS AS (a * 2) COMMENT 'x'",
    ),
    "identity is a number": (
        {"nullable": False, "existing_server_default": Identity(), **TYPED},
        "MODIFY c INTEGER NOT NULL",
    ),
}


@pytest.mark.parametrize(("changes", "expected"), STATEMENTS.values(), ids=STATEMENTS)
def test_a_change_states_the_whole_column(
    offline: Operations, buffer: io.StringIO, changes: dict[str, Any], expected: str
) -> None:
    """Known properties of the column are repeated in MODIFY and CHANGE; not for a default alone."""
    offline.alter_column("t", "c", **changes)
    assert (f"ALTER TABLE t {expected};\n\n" if expected else "") == buffer.getvalue()


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("mysql", "ALTER TABLE t MODIFY c INTEGER GENERATED ALWAYS AS (a * 2) NOT NULL"),
        ("mariadb", "ALTER TABLE t MODIFY c INTEGER GENERATED ALWAYS AS (a * 2)"),
    ],
)
def test_not_null_of_a_computed_column(dialect: str, expected: str) -> None:
    """MySQL takes it, MariaDB's syntax has no place for it."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    op = Operations(MigrationContext.configure(dialect_name=dialect, opts=opts))
    op.alter_column("t", "c", nullable=False, **COMPUTED)
    assert f"{expected};\n\n" == buffer.getvalue()


REFUSED: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no type": ({"nullable": False}, TypeMissingError, "require the existing type.*'c'.*'t'"),
    "no type for a name": ({"new_column_name": "d"}, CommandError, "require the existing type"),
    "becomes computed": (
        {"server_default": Computed("a"), "nullable": False, **TYPED},
        CompileError,
        'Adding or removing a "computed"',
    ),
    "ceases to be computed": (
        {"server_default": None, **COMPUTED},
        CompileError,
        'Adding or removing a "computed"',
    ),
    "becomes an identity": (
        {"server_default": Identity(), **TYPED},
        CompileError,
        'Adding, removing or modifying an "identity"',
    ),
}


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(
    offline: Operations,
    buffer: io.StringIO,
    changes: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    """Unsupported changes are rejected, and nothing is written."""
    with pytest.raises(error, match=message):
        offline.alter_column("t", "c", **changes)
    assert "" == buffer.getvalue()


def test_an_unknown_option_is_told_and_ignored(offline: Operations, buffer: io.StringIO) -> None:
    """Published histories have misspelt arguments, and run again as they ran."""
    with pytest.warns(UserWarning, match="'c' on table 't': the argument 'mysql_foo' is unknown"):
        offline.alter_column("t", "c", nullable=False, mysql_foo=1, **TYPED)
    assert "NOT NULL" in buffer.getvalue()


def test_a_single_change_has_no_text(offline: Operations) -> None:
    """The errors of the common constructs, which users may execute, say what to use instead."""
    with pytest.raises(NotOnMySQLError, match="Individual alter column"):
        offline.execute(ColumnNullable("t", "c", nullable=True))


DROPS = {
    ("mysql", "check"): "DROP CHECK `Ck`",
    ("mariadb", "check"): "DROP CONSTRAINT `Ck`",
    ("mysql", "foreignkey"): "DROP FOREIGN KEY `Ck`",
    ("mariadb", "foreignkey"): "DROP FOREIGN KEY `Ck`",
    ("mysql", "unique"): "DROP INDEX `Ck`",
    ("mariadb", "unique"): "DROP INDEX `Ck`",
    ("mysql", "primary"): "DROP PRIMARY KEY",
    ("mariadb", "primary"): "DROP PRIMARY KEY",
}


@pytest.mark.parametrize(("case", "expected"), DROPS.items(), ids=map("-".join, DROPS))
def test_dropping_a_constraint(case: tuple[str, str], expected: str) -> None:
    """Each kind has its own syntax, and checks of MySQL and MariaDB differ."""
    dialect, kind = case
    context = MigrationContext.configure(dialect_name=dialect)
    constraint = Operations(context).schema_obj.generic_constraint("Ck", "t", kind, schema="S t")
    statement = MySQLDropConstraint(constraint).compile(dialect=context.dialect)
    assert f"ALTER TABLE `S t`.t {expected}" == str(statement)


IF_EXISTS = {
    "check": "DROP CONSTRAINT IF EXISTS ck",
    "foreignkey": "DROP FOREIGN KEY IF EXISTS ck",
    "unique": "DROP INDEX IF EXISTS ck",
    "primary": "DROP CONSTRAINT IF EXISTS `PRIMARY`",
}


@pytest.mark.parametrize(("kind", "expected"), IF_EXISTS.items(), ids=IF_EXISTS)
def test_dropping_a_constraint_if_it_exists(kind: str, expected: str) -> None:
    """MariaDB supports it in all four statements."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    op = Operations(MigrationContext.configure(dialect_name="mariadb", opts=opts))
    op.drop_constraint("ck", "t", kind, if_exists=True)
    assert f"ALTER TABLE t {expected};\n\n" == buffer.getvalue()


def test_dropping_a_constraint_if_it_exists_on_mysql() -> None:
    """MySQL does not support it: there is a warning."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    op = Operations(MigrationContext.configure(dialect_name="mysql", opts=opts))
    with pytest.warns(UserWarning, match="'ck' on table 't': MySQL cannot drop a constraint only"):
        op.drop_constraint("ck", "t", "check", if_exists=True)
    assert "ALTER TABLE t DROP CHECK ck;\n\n" == buffer.getvalue()


UNDROPPABLE: dict[str, tuple[str | None, str | None, type[Exception], str]] = {
    "no kind": ("ck", None, NotImplementedError, "No generic 'DROP CONSTRAINT' in MySQL.*'ck'"),
    "unknown kind": ("ck", "typo", TypeError, "'check', 'foreignkey', 'primary', 'unique'"),
    "no name": (None, "check", OperationError, "without a name cannot be dropped"),
}


@pytest.mark.parametrize(
    ("name", "kind", "error", "message"), UNDROPPABLE.values(), ids=UNDROPPABLE
)
def test_undroppable(
    offline: Operations, name: Any, kind: str | None, error: type[Exception], message: str
) -> None:
    """A constraint of an unknown kind, or without a name, is rejected."""
    with pytest.raises(error, match=message):
        offline.drop_constraint(name, "t", kind)


def test_a_check_of_a_type_goes_with_it(offline: Operations, buffer: io.StringIO) -> None:
    """The name of such a check is unknown, and MODIFY does not require dropping it."""
    offline.alter_column(
        "t", "c", type_=Integer(), existing_type=Boolean(name="ck", create_constraint=True)
    )
    assert "ALTER TABLE t MODIFY c INTEGER NULL;\n\n" == buffer.getvalue()


@pytest.fixture
def thing(connection: Connection) -> None:
    """A table whose column has every property of a definition."""
    Table(
        "thing",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column(
            "name",
            mysql.VARCHAR(20, charset="latin1", collation="latin1_bin"),
            nullable=False,
            server_default="it's",
            comment="5% of \\ it's",
        ),
        Column(
            "moment",
            mysql.TIMESTAMP(fsp=3),
            server_default=text("CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"),
            nullable=False,
        ),
        Column("size", Integer),
        Column("twice", Integer, Computed("size * 2", persisted=False)),
    ).create(connection)


def _facts(connection: Connection, name: str) -> dict[str, Any]:
    found = next(
        column for column in inspect(connection).get_columns("thing") if column["name"] == name
    )
    return {**found, "type": str(found["type"].compile(dialect=connection.dialect))}


@pytest.mark.mariadb
@pytest.mark.parametrize("column", ["id", "name", "moment", "twice"])
@pytest.mark.parametrize("change", [{"new_column_name": "other"}, {"comment": "new"}], ids=str)
@pytest.mark.usefixtures("thing")
def test_nothing_is_lost_on_a_server(
    online: Operations, connection: Connection, column: str, change: dict[str, Any]
) -> None:
    """A change with all reflected properties repeated preserves them."""
    table = Table("thing", MetaData(), autoload_with=connection)
    known = table.c[column]
    before = _facts(connection, column)
    # AUTO_INCREMENT cannot leave the primary key, so a new name needs it restated, too.
    online.alter_column(
        "thing",
        column,
        existing_type=known.type,
        existing_nullable=known.nullable,
        existing_server_default=known.server_default,
        existing_comment=known.comment,
        existing_autoincrement=column == "id",
        **change,
    )
    name = change.get("new_column_name", column)
    expected = {**before, "name": name, "comment": change.get("comment", before["comment"])}
    assert expected == _facts(connection, name)


ADDED = {
    "mysql": "c INTEGER CONSTRAINT ck CHECK (c > 5) CHECK (c < 9)",
    "mariadb": "c INTEGER CHECK (c < 9), ADD CONSTRAINT ck CHECK (c > 5)",
}


@pytest.mark.parametrize(("dialect", "expected"), ADDED.items())
def test_a_check_of_an_added_column(dialect: str, expected: str) -> None:
    """A named check follows the column on MariaDB, where it cannot be part of the definition."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    op = Operations(MigrationContext.configure(dialect_name=dialect, opts=opts))
    checks = (CheckConstraint("c > 5", name="ck"), CheckConstraint("c < 9"))
    op.add_column("t", Column("c", Integer, *checks))
    assert f"ALTER TABLE t ADD COLUMN {expected};\n\n" == buffer.getvalue()


@pytest.mark.mariadb
def test_a_named_check_of_an_added_column_on_a_server(
    online: Operations, connection: Connection
) -> None:
    """It has its name in the database."""
    online.create_table("t", Column("a", Integer))
    online.add_column("t", Column("c", Integer, CheckConstraint("c > 5", name="ck")))
    assert ["ck"] == [one["name"] for one in inspect(connection).get_check_constraints("t")]


@pytest.mark.mariadb
def test_constraints_come_and_go_on_a_server(
    online: Operations, connection: Connection, is_mysql: bool
) -> None:
    """Each kind can be created and dropped by its name."""
    online.create_table("r", Column("id", Integer, primary_key=True))
    online.create_table("t", Column("id", Integer, nullable=False), Column("r", Integer))
    online.create_primary_key(None, "t", ["id"])
    online.create_unique_constraint("uq", "t", ["r"])
    online.create_check_constraint("ck", "t", "r > 5")
    online.create_foreign_key("fk", "t", "r", ["r"], ["id"])
    online.drop_constraint("fk", "t", "foreignkey")
    online.drop_constraint("ck", "t", "check")
    online.drop_constraint("uq", "t", "unique")
    online.drop_constraint(None, "t", "primary")  # type: ignore[arg-type] # it has no name
    inspector = inspect(connection)
    assert [] == inspector.get_pk_constraint("t")["constrained_columns"]
    found = (inspector.get_foreign_keys, inspector.get_check_constraints, inspector.get_indexes)
    assert [[], [], []] == [get("t") for get in found]
    for name, kind in {"fk": "foreignkey", "ck": "check", "uq": "unique", "": "primary"}.items():
        if not is_mysql:  # which has no such clause
            online.drop_constraint(name or "PRIMARY", "t", kind, if_exists=True)


@pytest.mark.mariadb
def test_a_check_where_the_url_says_mysql(connection: Connection) -> None:
    """A MariaDB server is known for what it is under the name of MySQL as well, and MySQL is."""
    url = connection.engine.url.set(drivername="mysql+pymysql")
    with create_engine(url, poolclass=NullPool).connect() as other:
        op = Operations(MigrationContext.configure(other))
        op.create_table("t", Column("a", Integer))
        op.create_check_constraint("ck", "t", "a > 5")
        op.drop_constraint("ck", "t", "check")
        assert [] == inspect(other).get_check_constraints("t")
