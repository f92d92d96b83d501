"""What the documentation of the operations shows, done by one of the tools; the outcome as JSON.

    python -m tests.differential.documented idiolect sqlite:// postgresql+psycopg://...

Each example is a function of ``op``. Scripts are written for every dialect; on databases, the
schema and rows afterwards are told. Run by an interpreter that has the tool.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Enum, ForeignKey, Integer, String, Table, func, text
from sqlalchemy.sql import column, table

if TYPE_CHECKING:
    from collections.abc import Callable

    Example = Callable[[Any], Any]

NOON = dt.datetime.fromisoformat("2024-01-31 12:00:00")
DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")
FACTS = ("name", "type", "nullable", "default", "comment", "computed")
EXAMPLES: dict[str, Example] = {}


def schema() -> sa.MetaData:
    """Return the tables that the examples are about."""
    metadata = sa.MetaData()
    Table("accounts", metadata, Column("id", Integer, primary_key=True), Column("note", Integer))
    Table("organization", metadata, Column("id", Integer, primary_key=True))
    Table(
        "user",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("q", Integer, server_default="5"),
    )
    Table("address", metadata, Column("id", Integer), Column("user_id", Integer))
    Table(
        "some_table",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("bar", String(50)),
        Column("x", Integer),
        Column("q", Boolean(create_constraint=True, name="ck_q")),
        sa.UniqueConstraint("x", name="uq_x"),
        sa.CheckConstraint("x > 5", name="ck1"),
    )
    Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer, ForeignKey("child.id", name="fk_self")),
        Column("acc_id", Integer, ForeignKey("accounts.id", name="fk_acc", ondelete="CASCADE")),
    )
    return metadata


def rows(connection: Any) -> None:
    """Fill the tables."""
    for statement in (
        "INSERT INTO accounts (id, note) VALUES (1, 10), (2, 20)",
        "INSERT INTO some_table (id, bar, x, q) VALUES (1, 'a', 6, true), (2, NULL, 7, false)",
        "INSERT INTO child (id, parent_id, acc_id) VALUES (1, NULL, 1), (2, 1, 2)",
    ):
        connection.exec_driver_sql(statement)


def example(function: Example) -> Example:
    """Take a function for an example under its own name."""
    EXAMPLES[function.__name__] = function
    return function


def also(name: str, function: Example) -> None:
    """Take a function for an example under a name."""
    EXAMPLES[name] = function


# Columns

also("add", lambda op: op.add_column("organization", Column("name", String(50))))
also(
    "add_foreign_key",
    lambda op: op.add_column("organization", Column("a_id", Integer, ForeignKey("accounts.id"))),
)
also(
    "add_inline_references",
    lambda op: op.add_column(
        "organization",
        Column("a_id", Integer, ForeignKey("accounts.id", name="f")),
        inline_references=True,
    ),
)
also(
    "add_default",
    lambda op: op.add_column(
        "organization", Column("made", sa.TIMESTAMP, server_default=func.now())
    ),
)
also("add_comment", lambda op: op.add_column("organization", Column("c", Integer, comment="it's")))
also(
    "add_index",
    lambda op: op.add_column("organization", Column("c", Integer, index=True, unique=True)),
)
also("add_computed", lambda op: op.add_column("user", Column("t", Integer, sa.Computed("q * 2"))))
also(
    "add_if_not_exists",
    lambda op: op.add_column("user", Column("name", String(50)), if_not_exists=True),
)
also(
    "add_named_boolean",
    lambda op: op.add_column(
        "user", Column("b", Boolean(name=op.f("ck_bool_t_x"), create_constraint=True))
    ),
)
also("drop", lambda op: op.drop_column("user", "name"))
also("drop_if_exists", lambda op: op.drop_column("user", "nosuch", if_exists=True))
also(
    "drop_mssql",
    lambda op: op.drop_column(
        "user", "q", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True
    ),
)
also(
    "alter_nullable",
    lambda op: op.alter_column("user", "name", existing_type=String(50), nullable=False),
)
also(
    "alter_type",
    lambda op: op.alter_column(
        "user", "name", type_=String(70), existing_type=String(50), existing_nullable=True
    ),
)
also(
    "alter_using",
    lambda op: op.alter_column(
        "user", "name", type_=Integer, postgresql_using="name::integer", existing_nullable=True
    ),
)
also(
    "alter_default",
    lambda op: op.alter_column("user", "q", server_default=text("7"), existing_type=Integer),
)
also(
    "alter_no_default",
    lambda op: op.alter_column("user", "q", server_default=None, existing_type=Integer),
)
also(
    "alter_name",
    lambda op: op.alter_column(
        "user", "name", new_column_name="title", existing_type=String(50), existing_nullable=True
    ),
)
also(
    "alter_comment",
    lambda op: op.alter_column("user", "name", comment="a: 5%", existing_type=String(50)),
)
also(
    "alter_all",
    lambda op: op.alter_column(
        "user",
        "q",
        new_column_name="r",
        type_=sa.BigInteger,
        nullable=False,
        server_default="9",
        existing_type=Integer,
        existing_nullable=True,
        existing_server_default="5",
    ),
)
also(
    "alter_identity",
    lambda op: op.alter_column(
        "user", "id", server_default=sa.Identity(start=5), existing_type=Integer
    ),
)
also(
    "alter_from_boolean",
    lambda op: op.alter_column(
        "some_table",
        "q",
        type_=sa.SmallInteger,
        existing_type=Boolean(create_constraint=True, name="ck_q"),
        postgresql_using="q::integer",
    ),
)
also(
    "alter_autoincrement",
    lambda op: op.alter_column(
        "user", "id", existing_type=Integer, autoincrement=True, existing_nullable=False
    ),
)

# Tables


@example
def create_table(op: Any) -> None:
    """The table is returned, with its columns."""
    made = op.create_table(
        "account",
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False),
        Column("description", sa.Unicode(200)),
        Column("timestamp", sa.TIMESTAMP, server_default=func.now()),
        Column("state", Enum("open", "shut", name="state"), comment="how it is"),
        sa.CheckConstraint("id > 0", name="ck_id"),
        sa.UniqueConstraint("name", name="uq_name"),
        comment="accounts",
    )
    op.bulk_insert(made, [{"id": 1, "name": "wendy's", "timestamp": NOON}])


@example
def create_table_of_parts(op: Any) -> None:
    """Keys and indexes of columns, and a type that is used twice."""
    op.create_table(
        "parts",
        Column("a", Integer, ForeignKey("accounts.id", onupdate="CASCADE"), primary_key=True),
        Column("b", Integer, index=True),
        Column("c", sa.Numeric(10, 2), unique=True),
        Column("d", sa.Date, server_default=text("'2024-01-31'")),
        Column("e", sa.LargeBinary),
        sa.ForeignKeyConstraint(["b"], ["user.id"], name="f", ondelete="SET NULL"),
        sa.Index("i", "b", "c"),
    )


also("create_table_there", lambda op: op.create_table("user", Column("id"), if_not_exists=True))
also("drop_table", lambda op: op.drop_table("address"))
also("drop_table_missing", lambda op: op.drop_table("nosuch", if_exists=True))
also("rename_table", lambda op: op.rename_table("address", "place"))
also("table_comment", lambda op: op.create_table_comment("user", "it's 5%", existing_comment=None))
also("no_table_comment", lambda op: op.drop_table_comment("user", existing_comment="x"))

# Indexes and constraints

also("index", lambda op: op.create_index("ik_test", "user", ["name", "q"], unique=True))
also("index_of_function", lambda op: op.create_index("ik_test", "user", [text("lower(name)")]))
also("index_expression", lambda op: op.create_index("ik", "user", [func.lower(column("name"))]))
also(
    "index_options",
    lambda op: op.create_index(
        "ik",
        "user",
        ["name"],
        if_not_exists=True,
        postgresql_where=text("q > 5"),
        postgresql_using="btree",
        postgresql_include=["q"],
        sqlite_where=text("q > 5"),
        mysql_length=9,
        mariadb_length=9,
        mssql_include=["q"],
    ),
)
also("drop_index_missing", lambda op: op.drop_index("nosuch", table_name="user", if_exists=True))
also("primary_key", lambda op: op.create_primary_key("pk_a", "address", ["id", "user_id"]))
also("unique", lambda op: op.create_unique_constraint("uq_user_name", "user", ["name"]))
also(
    "check",
    lambda op: op.create_check_constraint(
        "ck_user_name_len", "user", func.length(column("name")) > 5
    ),
)
also("check_text", lambda op: op.create_check_constraint("ck", "user", "q > 5 AND name <> 'a%'"))
also(
    "foreign_key",
    lambda op: op.create_foreign_key(
        "fk_user_address", "address", "user", ["user_id"], ["id"], ondelete="CASCADE"
    ),
)
also(
    "foreign_key_options",
    lambda op: op.create_foreign_key(
        "f", "address", "user", ["user_id"], ["id"], deferrable=True, initially="DEFERRED"
    ),
)
also("drop_unique", lambda op: op.drop_constraint("uq_x", "some_table", type_="unique"))
also("drop_check", lambda op: op.drop_constraint("ck1", "some_table", type_="check"))
also("drop_foreign_key", lambda op: op.drop_constraint("fk_acc", "child", type_="foreignkey"))
also("drop_unnamed_type", lambda op: op.drop_constraint("uq_x", "some_table"))

# Rows and statements

ACCOUNT = table("accounts", column("id", Integer), column("note", Integer))
also("bulk", lambda op: op.bulk_insert(ACCOUNT, [{"id": 3, "note": 4}, {"id": 4, "note": None}]))
also(
    "bulk_one_by_one",
    lambda op: op.bulk_insert(
        ACCOUNT,
        [{"id": 3, "note": op.inline_literal(4)}, {"id": 4, "note": op.inline_literal(5)}],
        multiinsert=False,
    ),
)
also("bulk_none", lambda op: op.bulk_insert(ACCOUNT, []))
also("execute", lambda op: op.execute("INSERT INTO accounts (id) VALUES (9)"))
also(
    "execute_update",
    lambda op: op.execute(
        ACCOUNT.update()
        .where(ACCOUNT.c.note == op.inline_literal(10))
        .values({"note": op.inline_literal(11)})
    ),
)
also(
    "execute_bound",
    lambda op: op.execute(text("UPDATE accounts SET note = :n").bindparams(n=12)),
)
also(
    "execute_options",
    lambda op: op.execute("DELETE FROM accounts", execution_options={"compiled_cache": None}),
)
also("bind", lambda op: op.get_bind().execute(text("UPDATE accounts SET note = 5 WHERE id = 1")))
also("escaped_colon", lambda op: op.execute(r"UPDATE some_table SET bar = '12\:30 5% a''b'"))

# Batches


def batch(name: str, change: Example, table_name: str = "some_table", **options: Any) -> None:
    """Take a change in a batch for an example."""

    def play(op: Any) -> None:
        with op.batch_alter_table(table_name, **options) as inner:
            change(inner)

    EXAMPLES[f"batch_{name}"] = play


batch("add", lambda b: b.add_column(Column("foo", Integer)))
batch("add_and_drop", lambda b: (b.add_column(Column("foo", Integer)), b.drop_column("bar")))
batch("always", lambda b: b.add_column(Column("foo", Integer)), recreate="always")
batch(
    "never",
    lambda b: b.alter_column("bar", nullable=False, existing_type=String(50)),
    recreate="never",
)
batch(
    "reflect_args",
    lambda b: b.alter_column("q", new_column_name="p", existing_type=Boolean),
    reflect_args=[Column("q", Boolean(create_constraint=False))],
)


def _as_enum(_inspector: Any, _table: Any, info: dict[str, Any]) -> None:
    if info["name"] == "bar":
        info["type"] = Enum("a", "b", native_enum=False)


batch(
    "reflect_kwargs",
    lambda b: b.alter_column("x", new_column_name="y", existing_type=Integer),
    reflect_kwargs={"listeners": [("column_reflect", _as_enum)]},
)
batch(
    "naming_convention",
    lambda b: b.drop_constraint("uq_some_table_x", type_="unique"),
    naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"},
)
batch(
    "from_boolean",
    lambda b: b.alter_column(
        "q", type_=Integer, existing_type=Boolean(create_constraint=True, name="ck_q")
    ),
)
batch(
    "drop_boolean",
    lambda b: b.drop_column("q", existing_type=Boolean(create_constraint=True, name="ck_q")),
)
batch(
    "drop_checked",
    lambda b: (
        b.drop_constraint("ck1", type_="check"),
        b.drop_constraint("uq_x", type_="unique"),
        b.drop_column("x"),
    ),
)
batch(
    "table_args",
    lambda b: b.drop_column("bar"),
    table_args=[sa.CheckConstraint("x > 4", name="ck9")],
)
batch("self", lambda b: b.drop_constraint("fk_self", type_="foreignkey"), "child")
batch("self_stays", lambda b: b.alter_column("acc_id", nullable=False), "child")
batch(
    "foreign_key",
    lambda b: b.create_foreign_key("fk_u", "user", ["parent_id"], ["id"], ondelete="CASCADE"),
    "child",
)
batch("primary_key", lambda b: b.create_primary_key("pk_a", ["id"]), "address")
batch("unique", lambda b: b.create_unique_constraint("uq_b", ["bar"]))
batch("check", lambda b: b.create_check_constraint("ck_b", text("length(bar) < 9")))
batch("index", lambda b: b.create_index("ix_b", ["bar"]))
batch(
    "copy_from",
    lambda b: (b.add_column(Column("foo", Integer)), b.drop_column("note")),
    "accounts",
    copy_from=Table(
        "accounts",
        sa.MetaData(),
        Column("id", Integer, primary_key=True),
        Column("note", Integer),
    ),
)
batch(
    "places",
    lambda b: b.add_column(Column("foo", Integer), insert_after="id"),
    recreate="always",
)
batch(
    "reordering",
    lambda b: b.alter_column("x", type_=sa.BigInteger, existing_type=Integer),
    partial_reordering=[("x", "id"), ("q", "bar")],
    recreate="always",
)
batch("comment", lambda b: b.create_table_comment("hello"))
batch("execute", lambda b: b.execute("UPDATE some_table SET x = 8"))
batch("nothing", lambda _b: None)


def main(tool: str, *urls: str) -> None:
    """Print what comes of each example, in scripts and in databases."""
    warnings.simplefilter("ignore")
    found: dict[str, Any] = {}
    for name, play in EXAMPLES.items():
        for dialect in DIALECTS:
            found[f"{name} {dialect} script"] = _script(tool, dialect, play)
    for url in urls:
        engine = sa.create_engine(url, poolclass=sa.pool.StaticPool)
        for name, play in EXAMPLES.items():
            found[f"{name} {engine.dialect.name} database"] = _done(tool, engine, play)
        engine.dispose()
    json.dump(found, sys.stdout)


def _context(tool: str, **given: Any) -> Any:
    context = importlib.import_module(f"{tool}.migration").MigrationContext.configure(**given)
    return importlib.import_module(f"{tool}.operations").Operations(context)


def _script(tool: str, dialect: str, play: Example) -> str:
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    if dialect == "oracle":
        opts["oracle_sqlplus"] = False
    try:
        play(_context(tool, dialect_name=dialect, opts=opts))
    except Exception as exc:  # noqa: BLE001 - both must refuse, in whatever words
        return f"refused: {type(exc).__name__} {exc}"
    return buffer.getvalue()


def _done(tool: str, engine: Any, play: Example) -> Any:
    metadata = schema()
    with engine.connect() as connection:
        metadata.create_all(connection)
        rows(connection)
        connection.commit()
        try:
            play(_context(tool, connection=connection))
            connection.commit()
            outcome: Any = _told(connection)
        except Exception as exc:  # noqa: BLE001 - as above
            connection.rollback()
            outcome = f"refused: {type(exc).__name__} {exc}"
        connection.rollback()
        there = sa.MetaData()
        there.reflect(connection, resolve_fks=False)
        there.drop_all(connection)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP TYPE IF EXISTS state")
        connection.commit()
    return outcome


def _told(connection: Any) -> Any:
    inspector = sa.inspect(connection)
    told = {}
    for name in sorted(inspector.get_table_names()):
        of_table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        told[name] = [
            [[str(each.get(fact)) for fact in FACTS] for each in inspector.get_columns(name)],
            sorted(_listed(inspector, name)),
            sorted(map(str, connection.execute(of_table.select()))),
        ]
    return told


def _listed(inspector: Any, name: str) -> list[str]:
    found: list[dict[str, Any]] = [inspector.get_pk_constraint(name)]
    for kind in ("indexes", "unique_constraints", "foreign_keys", "check_constraints"):
        found += getattr(inspector, f"get_{kind}")(name)
    if inspector.dialect.supports_comments:
        found.append(inspector.get_table_comment(name))
    return [", ".join(f"{key}: {_said(each[key])}" for key in sorted(each)) for each in found]


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return str({name: str(value[name]) for name in sorted(value)})
    return str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
