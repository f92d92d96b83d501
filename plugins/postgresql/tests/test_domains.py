"""Columns whose type is a domain: no difference where there is none, and code that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    ARRAY,
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
from sqlalchemy.engine import make_url

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_postgresql.shared import native_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.types import TypeEngine

    Make = Callable[[], TypeEngine[Any]]

pytestmark = pytest.mark.postgresql
#: What the models leave to others to make.
THERE = (
    "CREATE SCHEMA other",
    "CREATE TYPE mood AS ENUM ('a', 'b')",
    "CREATE DOMAIN email AS text CHECK (VALUE ~ '@')",
    "CREATE DOMAIN other.email AS text",
    'CREATE DOMAIN "Amount" AS numeric(10, 2) DEFAULT 5 NOT NULL',
    "CREATE DOMAIN number AS integer",
    "CREATE DOMAIN big AS number",
    "CREATE DOMAIN moody AS mood",
    "CREATE DOMAIN numbers AS integer[]",
    'CREATE DOMAIN word AS varchar(20) COLLATE "C"',
)


class Email(TypeDecorator[str]):
    """A type of a program, which is a domain on PostgreSQL alone."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the domain, or text."""
        type_ = domain("email", Text()) if dialect.name == "postgresql" else String(99)
        return dialect.type_descriptor(type_)


def domain(name: str, type_: TypeEngine[Any], **kw: Any) -> DOMAIN:
    """Return a domain that is there."""
    return DOMAIN(name, type_, create_type=False, **kw)


SAME: dict[str, Make] = {
    "check": lambda: domain("email", Text(), check="VALUE ~ '@'"),
    "what it says is not told": lambda: domain("email", Text()),
    "schema": lambda: domain("email", Text(), schema="other"),
    "quoted": lambda: domain("Amount", Numeric(10, 2), not_null=True),
    "of a domain": lambda: domain("big", domain("number", Integer())),
    "of a domain as what it is": lambda: domain("big", Integer()),
    "of an enum": lambda: domain("moody", ENUM("a", "b", name="mood", create_type=False)),
    "of an array": lambda: domain("numbers", ARRAY(Integer)),
    "array": lambda: ARRAY(domain("number", Integer()), dimensions=2),
    "collation": lambda: domain("word", String(20), collation="C"),
    "decorated": Email,
    "variant": lambda: Text().with_variant(domain("email", Text()), "postgresql"),
}
CHANGED: dict[str, tuple[Make, Make]] = {
    "to a domain": (Text, lambda: domain("email", Text())),
    "to another": (lambda: domain("email", Text()), lambda: domain("word", String(20))),
    "to another schema": (
        lambda: domain("email", Text()),
        lambda: domain("email", Text(), schema="other"),
    ),
    "to its type": (lambda: domain("number", Integer()), Integer),
    "arrays": (lambda: ARRAY(domain("number", Integer())), lambda: ARRAY(Integer)),
    "decorated": (lambda: String(99), Email),
}


@pytest.fixture
def with_domains(connection: Connection) -> Connection:
    """A connection to a database with the domains."""
    for statement in THERE:
        connection.exec_driver_sql(statement)
    return connection


def made(make: Make) -> MetaData:
    """Return a model with a column of a type."""
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", make()))
    return metadata


def differences(connection: Connection, make: Make) -> list[str]:
    """Return the kinds of differences to a model."""
    opts = {"compare_server_default": True}
    context = MigrationContext.configure(connection, opts=opts)
    return [one[0][0] for one in compare_metadata(context, made(make))]


@pytest.mark.parametrize("make", SAME.values(), ids=SAME)
def test_the_same_domain(with_domains: Connection, make: Make) -> None:
    """A column of a domain is what the model says; what the domain says for it is not its own."""
    made(make).create_all(with_domains)
    assert [] == differences(with_domains, make)


@pytest.mark.parametrize(("before", "after"), CHANGED.values(), ids=CHANGED)
def test_another_domain(with_domains: Connection, before: Make, after: Make) -> None:
    """A change of the type is told, and the code that is written makes it, there and back."""
    made(before).create_all(with_domains)
    assert ["modify_type"] == differences(with_domains, after)
    context = MigrationContext.configure(with_domains)
    script = produce_migrations(context, made(after))
    for container, wanted in ((script.upgrade_ops, after), (script.downgrade_ops, before)):
        assert container is not None
        code = render_python_code(container, migration_context=context)
        lines = "\n".join(line.removeprefix("    ") for line in code.splitlines())
        imports = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n"
        own = lines.replace(f"{Email.__module__}.", "")
        exec(imports + own, {"op": Operations(context), "Email": Email})
        assert [] == differences(with_domains, wanted)


class Decorated(TypeDecorator[str]):
    """A type of a program, which is a domain everywhere."""

    impl = DOMAIN
    cache_ok = True


def test_a_domain_is_taken_as_declared() -> None:
    """SQLAlchemy's copy of a domain, which lacks properties in some releases, is not used."""
    declared = domain("email", Text(), check="value > ''", default="a")
    decorated = Decorated("email", Text(), check="value > ''")
    dialect = make_url("postgresql://").get_dialect()()

    assert declared is native_type(declared, dialect)
    assert declared is native_type(String().with_variant(declared, "postgresql"), dialect)
    assert decorated.impl is native_type(decorated, dialect)
