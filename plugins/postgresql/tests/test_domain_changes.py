"""Domains whose definition differs from the models': each change runs, and can be undone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Enum,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import DOMAIN

from idiolect_postgresql.domaintypes import DomainType, domain_types
from plugins.postgresql.tests.roundtrip import diffs, executed, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    Make = Callable[[], Sequence[Table | Column[Any]]]

pytestmark = pytest.mark.postgresql


def email(**kw: Any) -> DOMAIN:
    """Return the domain that most cases change."""
    return DOMAIN("email", kw.pop("type_", Text()), **kw)


def models(*types: Any, also: Sequence[Any] = ()) -> MetaData:
    """Return a table with one column per type, and others with a single column."""
    metadata = MetaData()
    columns = [Column(f"x{number}", type_) for number, type_ in enumerate(types)]
    Table("t", metadata, Column("id", Integer, primary_key=True), *columns)
    for number, type_ in enumerate(also):
        Table(f"u{number}", metadata, Column("x", type_))
    return metadata


def domains(connection: Connection) -> dict[tuple[str, str], DomainType]:
    """Return all domains of the database by schema and name."""
    found = domain_types(connection, "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'")
    return {(schema, name): definition for schema, name, definition in found}


def migrate(connection: Connection, metadata: MetaData, *, back: bool = True) -> str:
    """Run the generated code and the downgrade; see ``round_trip()``."""
    before = domains(connection)

    def restored() -> None:
        assert before == domains(connection)

    return round_trip(connection, metadata, restored if back else None)


ADD = "ALTER DOMAIN email ADD CONSTRAINT email_check"
CHANGES: dict[str, tuple[DOMAIN, DOMAIN, list[str]]] = {
    "check added": (
        email(),
        email(check="VALUE ~ '@'"),
        ["ALTER DOMAIN email ADD CONSTRAINT email_check CHECK ((VALUE ~ '@'::text))"],
    ),
    "check removed": (
        email(check="VALUE ~ '@'"),
        email(),
        ["ALTER DOMAIN email DROP CONSTRAINT email_check"],
    ),
    "check changed": (
        email(check="VALUE ~ '@'"),
        email(check="VALUE LIKE '%@%'", constraint_name="ck"),
        [
            "ALTER DOMAIN email DROP CONSTRAINT email_check",
            "ALTER DOMAIN email ADD CONSTRAINT ck CHECK ((VALUE ~~ '%@%'::text))",
        ],
    ),
    "check with colons": (
        email(),
        email(check=r"VALUE ~ '^[[:alpha:]]+\:x$'"),
        [rf"{ADD} CHECK ((VALUE ~ '^[[:alpha:]]+\:x$'::text))"],
    ),
    "check with a parameter's colon": (
        email(),
        email(check=r"VALUE <> '\:x'"),
        [rf"{ADD} CHECK ((VALUE <> '\:x'::text))"],
    ),
    "default added": (
        email(),
        email(default="a:b"),
        ["ALTER DOMAIN email SET DEFAULT 'a:b'::text"],
    ),
    "default changed": (
        email(default="a"),
        email(default=text("lower('B')")),
        ["ALTER DOMAIN email SET DEFAULT lower('B'::text)"],
    ),
    "default removed": (email(default="a"), email(), ["ALTER DOMAIN email DROP DEFAULT"]),
    "not null": (email(), email(not_null=True), ["ALTER DOMAIN email SET NOT NULL"]),
    "null": (email(not_null=True), email(), ["ALTER DOMAIN email DROP NOT NULL"]),
    "type": (
        DOMAIN("n", Integer(), check="VALUE > 0"),
        DOMAIN("n", BigInteger(), check="VALUE > 0"),
        [
            "ALTER DOMAIN n RENAME TO n_old",
            "CREATE DOMAIN n AS bigint CONSTRAINT n_check CHECK ((VALUE > 0))",
            "ALTER TABLE t ALTER COLUMN x0 TYPE n",
            "ALTER TABLE t ALTER COLUMN x1 TYPE n[]",
            "DROP DOMAIN n_old",
        ],
    ),
    "type without an assignment cast": (
        DOMAIN("n", Text()),
        DOMAIN("n", Integer()),
        [
            "ALTER DOMAIN n RENAME TO n_old",
            "CREATE DOMAIN n AS integer",
            "ALTER TABLE t ALTER COLUMN x0 TYPE n USING x0::integer::n",
            "ALTER TABLE t ALTER COLUMN x1 TYPE n[] USING x1::integer[]::n[]",
            "DROP DOMAIN n_old",
        ],
    ),
    "collation": (
        DOMAIN("D", String(5)),
        DOMAIN("D", String(5), collation="C"),
        [
            'ALTER DOMAIN "D" RENAME TO "D_old"',
            'CREATE DOMAIN "D" AS character varying(5) COLLATE pg_catalog."C"',
            'ALTER TABLE t ALTER COLUMN x0 TYPE "D"',
            'ALTER TABLE t ALTER COLUMN x1 TYPE "D"[]',
            'DROP DOMAIN "D_old"',
        ],
    ),
}


@pytest.mark.parametrize(("before", "after", "statements"), CHANGES.values(), ids=CHANGES)
def test_a_changed_domain(
    connection: Connection, before: DOMAIN, after: DOMAIN, statements: list[str]
) -> None:
    """Each property is changed in place, or by a new domain if PostgreSQL cannot change it."""
    with_array = [before, ARRAY(before)] if len(statements) > 2 else [before]
    models(*with_array).create_all(connection)
    wanted = [after, ARRAY(after)] if len(statements) > 2 else [after]

    code = migrate(connection, models(*wanted))

    assert [f"op.execute({one!r})" for one in statements] == executed(code)


SAME: dict[str, tuple[str, DOMAIN]] = {
    "check": ("text CHECK (VALUE IN ('a', 'b'))", email(check="value in ('a','b')")),
    "another name": ("text CONSTRAINT ck CHECK (VALUE > 'a')", email(check="value > 'a'")),
    "not validated": ("text", email(check="value > 'a'")),
    "more checks": ("text CHECK (VALUE > 'a') CHECK (VALUE < 'z')", email(check="value < 'z'")),
    "default": ("text DEFAULT 'a'", email(default="a")),
    "type": ("numeric(10,2) DEFAULT 0", email(type_=Numeric(10, 2), default=text("0"))),
    "synonym": ("varchar(5)", email(type_=String(5))),
    "collation": ('text COLLATE "C"', email(collation="C")),
    "not the models' own": ("text NOT NULL DEFAULT 'x'", email(create_type=False)),
}


@pytest.mark.parametrize(("definition", "model"), SAME.values(), ids=SAME)
def test_an_equal_domain(connection: Connection, definition: str, model: DOMAIN) -> None:
    """What the database reports differently is no difference."""
    connection.exec_driver_sql(f"CREATE DOMAIN email AS {definition}")
    if model.check is not None and "CHECK" not in definition:
        statement = "ALTER DOMAIN email ADD CHECK (VALUE > 'a') NOT VALID"
        connection.exec_driver_sql(statement)
    models(model).create_all(connection)

    assert [] == diffs(connection, models(model))


def test_further_checks_stay(connection: Connection) -> None:
    """SQLAlchemy declares one CHECK: others of the database are not dropped with a changed one."""
    connection.exec_driver_sql(
        "CREATE DOMAIN email AS text CHECK (VALUE > 'a') CHECK (VALUE < 'z')"
    )
    models(email()).create_all(connection)

    code = migrate(connection, models(email(check="VALUE <> 'q'", constraint_name="email_check")))

    statements = [
        "DROP CONSTRAINT email_check",
        "ADD CONSTRAINT email_check CHECK ((VALUE <> 'q'::text))",
    ]
    assert [f"op.execute({f'ALTER DOMAIN email {one}'!r})" for one in statements] == executed(code)
    found = {sql for _, sql in domains(connection)["public", "email"].checks}
    assert {"CHECK ((VALUE < 'z'::text))", "CHECK ((VALUE <> 'q'::text))"} == found


def test_rows_keep_their_values(connection: Connection) -> None:
    """A new base type converts the rows, and the default of a column survives."""
    before, after = DOMAIN("n", Text()), DOMAIN("n", Integer())

    def with_default(domain: DOMAIN) -> MetaData:
        metadata = MetaData()
        Table("t", metadata, Column("x", domain, server_default="7"), Column("y", Integer))
        return metadata

    with_default(before).create_all(connection)
    connection.exec_driver_sql("INSERT INTO t (x) VALUES ('42')")

    migrate(connection, with_default(after), back=False)
    connection.exec_driver_sql("INSERT INTO t (y) VALUES (1)")

    assert [42, 7] == [*connection.scalars(text("SELECT x FROM t ORDER BY y NULLS FIRST"))]


def test_values_are_not_cut_silently(connection: Connection) -> None:
    """A narrower type is assigned, not cast: PostgreSQL refuses values that do not fit."""
    models(email(type_=String(9))).create_all(connection)

    code = migrate(connection, models(email(type_=String(3))))

    assert "USING" not in code


NEW: dict[str, tuple[MetaData, MetaData]] = {
    "table": (models(), models(also=[email(check="VALUE ~ '@'")])),
    "two tables": (models(), models(also=[email(), ARRAY(email())])),
    "table of an existing domain": (models(email()), models(email(), also=[email()])),
    "column": (models(), models(email(check="VALUE ~ '@'", not_null=True))),
    "column of an array": (models(), models(ARRAY(email()))),
    "column and table": (models(), models(email(), also=[email()])),
    "column's type": (models(Text()), models(email())),
    "another domain": (models(email()), models(DOMAIN("word", String(9)))),
    "of a domain": (models(), models(DOMAIN("outer", email(), not_null=True))),
    "of a domain, with a table": (models(), models(also=[DOMAIN("outer", email())])),
}


@pytest.mark.parametrize(("before", "after"), NEW.values(), ids=NEW)
@pytest.mark.parametrize("forth", [True, False], ids=["added", "removed"])
def test_domains_come_and_go(
    connection: Connection, before: MetaData, after: MetaData, forth: bool
) -> None:
    """A domain is created with the first column that uses it, and dropped with the last."""
    if not forth:
        before, after = after, before
    for table in before.tables.values():
        for column in table.c:
            base = getattr(column.type, "data_type", None)
            # SQLAlchemy does not create the base type of a domain.
            if isinstance(base, DOMAIN):
                base.create(connection)
    before.create_all(connection)

    migrate(connection, after)


def test_a_domain_that_is_used_otherwise_is_not_dropped(connection: Connection) -> None:
    """Another domain, or a function, may depend on it."""
    models(email()).create_all(connection)
    connection.exec_driver_sql("CREATE DOMAIN other AS email")

    migrate(connection, models())

    assert {("public", "email"), ("public", "other")} == domains(connection).keys()


def test_columns_that_disagree(connection: Connection, caplog: pytest.LogCaptureFixture) -> None:
    """A domain that the models declare twice is not compared, and a warning names it."""
    models(email(), email()).create_all(connection)
    caplog.set_level(logging.WARNING)

    assert [] == diffs(connection, models(email(not_null=True), email(default="a")))
    assert ["Columns disagree about the domain 'email'; skipping it"] == caplog.messages


def test_what_the_log_and_check_say(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """Every changed property is named; the tuple shows both definitions."""
    models(email(default="a")).create_all(connection)
    caplog.set_level(logging.INFO)

    found = diffs(connection, models(email(check="VALUE ~ '@'", not_null=True, default="b")))

    name = "CREATE DOMAIN email AS text"
    before = f"{name} DEFAULT 'a'::text"
    check = "CONSTRAINT email_check CHECK ((VALUE ~ '@'::text))"
    after = f"{name} DEFAULT 'b'::text NOT NULL {check}"
    assert [("change_domain", None, "email", before, after)] == found
    assert (
        "Detected changed domain 'email': default 'a'::text to 'b'::text, NOT NULL, "
        "no CHECK to CHECK ((VALUE ~ '@'::text))"
    ) in caplog.messages


def test_another_schema(connection: Connection) -> None:
    """The domain and its tables are named with their schema."""
    connection.exec_driver_sql("CREATE SCHEMA other")
    models(email(schema="other")).create_all(connection)

    code = migrate(connection, models(email(schema="other", type_=String(9))))

    assert "op.execute('ALTER DOMAIN other.email RENAME TO email_old')" in code
    assert "op.execute('DROP DOMAIN other.email_old')" in code


def test_the_schema_of_a_tenant_is_not_named(connection: Connection) -> None:
    """With another default schema, the code names none, and so runs for every tenant."""
    connection.exec_driver_sql("CREATE SCHEMA tenant")
    connection.exec_driver_sql("SET search_path TO tenant")
    connection.dialect.default_schema_name = "tenant"
    before, after = Enum("a", "b", name="mood"), Enum("b", name="mood")
    models(email(), before).create_all(connection)

    code = migrate(connection, models(email(type_=String(9)), after))

    assert "ALTER TABLE t ALTER COLUMN x0 TYPE email" in code
    assert "ALTER TABLE t ALTER COLUMN x1 TYPE mood" in code
    assert "tenant" not in code


def test_no_privilege_for_temporary_objects(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """Without it, nothing is compared, and the log says so."""
    models(email()).create_all(connection)
    caplog.set_level(logging.INFO)
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    assert [] == diffs(connection, models(email(not_null=True)))
    assert "Cannot compare domain 'email', assuming equal and skipping." in caplog.messages
    assert inspect(connection).has_table("t")
