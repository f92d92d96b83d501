"""PostgreSQL's impl, in a script and on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Column,
    Enum,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
    select,
    text,
)

from idiolect_postgresql.impl import PostgresqlImpl

if TYPE_CHECKING:
    import io

    from sqlalchemy.engine import Connection

    from idiolect.operations import Operations


def test_postgresql_has_its_impl(offline: Operations) -> None:
    """A context on PostgreSQL uses PostgresqlImpl, with transactional DDL."""
    assert type(offline.impl) is PostgresqlImpl
    assert PostgresqlImpl.transactional_ddl is True


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"postgresql_include": ["inc"]}, "CREATE INDEX i ON t (c1, c2) INCLUDE (inc)"),
        ({"postgresql_include": ["inc", "c1"]}, "CREATE INDEX i ON t (c1, c2) INCLUDE (inc, c1)"),
        ({"postgresql_include": None}, "CREATE INDEX i ON t (c1, c2)"),
        ({"postgresql_concurrently": True}, "CREATE INDEX CONCURRENTLY i ON t (c1, c2)"),
        (
            {"postgresql_where": text("c1 > 5"), "postgresql_using": "gin"},
            "CREATE INDEX i ON t USING gin (c1, c2) WHERE c1 > 5",
        ),
    ],
    ids=["include", "include an indexed one", "include none", "concurrently", "where, using"],
)
def test_options_of_indexes(
    offline: Operations, buffer: io.StringIO, options: dict[str, Any], expected: str
) -> None:
    """PostgreSQL's options of an index are written."""
    offline.create_index("i", "t", ["c1", "c2"], **options)
    assert buffer.getvalue() == f"{expected};\n\n"


def test_enum_is_created_once_a_script(offline: Operations, buffer: io.StringIO) -> None:
    """Two tables that share an enum make its type once."""
    for name in ("t", "u"):
        offline.create_table(name, Column("e", Enum("a", name="en")))
    assert buffer.getvalue() == (
        "CREATE TYPE en AS ENUM ('a');\n\n"
        "CREATE TABLE t (\n    e en\n);\n\nCREATE TABLE u (\n    e en\n);\n\n"
    )


@pytest.mark.postgresql
def test_nine_operations_on_a_server(online: Operations, connection: Connection) -> None:
    """Everything a first project needs works on a real server."""
    accounts = online.create_table(
        "account",
        Column("id", Integer, Identity(), primary_key=True),
        Column("name", String(50), nullable=False, index=True, comment="it's 5%"),
        Column("kind", Enum("a", "b", name="kind")),
        comment="accounts",
    )
    online.bulk_insert(accounts, [{"name": "100% :x", "kind": "a"}, {"name": "b"}])
    online.add_column("account", Column("parent", Integer, ForeignKey("account.id", name="fk")))
    online.add_column("account", Column("age", Integer, server_default="7", comment="years"))
    online.execute("UPDATE account SET age = 8 WHERE name LIKE 'b%'")
    online.create_index("ix_age", "account", ["age"], postgresql_include=["name"], unique=True)
    online.drop_index("ix_account_name", "account")
    online.rename_table("account", "Person")

    people = Table("Person", MetaData(), autoload_with=connection)
    rows = connection.execute(select(people.c.name, people.c.kind, people.c.age).order_by("age"))
    assert [tuple(row) for row in rows] == [("100% :x", "a", 7), ("b", None, 8)]
    assert (people.comment, people.c.name.comment) == ("accounts", "it's 5%")
    assert people.c.age.comment == "years"
    assert [key["name"] for key in inspect(connection).get_foreign_keys("Person")] == ["fk"]

    online.drop_index("ix_age")
    online.drop_column("Person", "age", if_exists=True)
    online.drop_table("Person")
    assert inspect(connection).get_table_names() == []


@pytest.mark.postgresql
def test_schema_is_kept(online: Operations, connection: Connection) -> None:
    """Operations with a schema stay in it."""
    online.execute('CREATE SCHEMA "My s"')
    online.create_table("t", Column("a", Integer, index=True), schema="My s")
    online.rename_table("t", "u", schema="My s")
    inspector = inspect(connection)
    assert inspector.get_table_names(schema="My s") == ["u"]
    online.drop_index("ix_My s_t_a", schema="My s")
    assert inspect(connection).get_indexes("u", schema="My s") == []
