"""Changes that PostgreSQL accepts in one order only: what depends on a column goes before it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from idiolect.autogenerate import produce_migrations, render_python_code
from idiolect.migration import MigrationContext
from idiolect_postgresql.generated import names_in
from plugins.postgresql.tests.roundtrip import OPTIONS, diffs, executed, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    Make = Callable[[sa.MetaData], Any]

pytestmark = pytest.mark.postgresql

ALL: dict[str, Any] = {"autogenerate_plugins": ["*"]}
KEY = "id"


def table(*items: Any, name: str = "t") -> Make:
    """Return a function that creates a table with copies of the items."""

    def make(metadata: sa.MetaData) -> sa.Table:
        given = [one._copy() if isinstance(one, sa.Column) else one() for one in items]
        return sa.Table(name, metadata, sa.Column(KEY, sa.Integer, primary_key=True), *given)

    return make


def both(*makes: Make) -> Make:
    """Return a function that creates several tables."""
    return lambda metadata: [make(metadata) for make in makes]


def made(make: Make) -> sa.MetaData:
    """Return the models."""
    metadata = sa.MetaData()
    make(metadata)
    return metadata


def column(type_: Any, *args: Any, name: str = "c", **kw: Any) -> sa.Column[Any]:
    """Return a column."""
    return sa.Column(name, type_, *args, **kw)


def gin(**options: Any) -> Callable[[], sa.Index]:
    """Return a function that creates an index that JSON cannot have."""
    return lambda: sa.Index("i", "c", postgresql_using="gin", **options)


def unique(*names: str, name: str | None = "uq") -> Callable[[], sa.UniqueConstraint]:
    """Return a function that creates a unique constraint."""
    return lambda: sa.UniqueConstraint(*names, name=name)


def computed(sql: str, type_: Any = sa.Integer) -> sa.Column[Any]:
    """Return a column that is computed from c."""
    return column(type_, sa.Computed(sql, persisted=True), name="d")


def catalogue(connection: Connection) -> set[str]:
    """Return columns, indexes and constraints as PostgreSQL describes them."""
    columns = """
        SELECT attrelid::regclass || attname || format_type(atttypid, atttypmod)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND attnum > 0 AND NOT attisdropped
    """
    constraints = """
        SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """
    expressions = "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef"
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    queries = (columns, constraints, expressions, indexes)
    return {row for query in queries for row in connection.scalars(sa.text(query))}


def referring(name: str, type_: Any, *, key: bool = True, to: str = "t.c") -> Make:
    """Return a function that creates a table with a column that may refer to another."""
    keys = [sa.ForeignKey(to, name=f"fk_{name}")] if key else []
    return table(column(type_, *keys, name="r"), name=name)


TARGET, OTHER = column(sa.Integer, unique=True), column(sa.Text, unique=True)
CHANGES: dict[str, tuple[Make, Make, list[str]]] = {
    "an index goes": (
        table(column(pg.JSONB), gin()),
        table(column(pg.JSON)),
        ["drop_index", "alter_column"],
    ),
    "an index comes": (
        table(column(pg.JSON)),
        table(column(pg.JSONB), gin()),
        ["alter_column", "create_index"],
    ),
    "an index changes": (
        table(column(pg.JSONB), gin()),
        table(column(sa.Text), lambda: sa.Index("i", "c")),
        ["drop_index", "alter_column", "create_index"],
    ),
    "a check goes": (
        table(column(sa.Text), lambda: sa.CheckConstraint("c <> ''", name="ck")),
        table(column(sa.Integer)),
        ["drop_constraint", "alter_column"],
    ),
    "a computed column goes": (
        table(column(sa.Integer), computed("c * 2")),
        table(column(sa.BigInteger)),
        ["drop_column", "alter_column"],
    ),
    "an indexed computed column goes": (
        table(column(sa.Integer), computed("c * 2"), lambda: sa.Index("i", "d")),
        table(column(sa.BigInteger)),
        ["drop_index", "drop_column", "alter_column"],
    ),
    "a computed column and its base go": (
        table(column(sa.Integer), computed("c * 2")),
        table(),
        ["drop_column", "drop_column"],
    ),
    "a computed column and its base come": (
        table(),
        table(computed("c * 2"), column(sa.Integer)),
        ["add_column", "add_column"],
    ),
    "a computed column stays": (
        table(column(sa.String(5)), computed("length(c)"), lambda: sa.Index("i", "d")),
        table(column(sa.String(9)), computed("length(c)"), lambda: sa.Index("i", "d")),
        ["drop_index", "drop_column", "alter_column", "add_column", "create_index"],
    ),
    "a computed column changes as well": (
        table(column(sa.String(5)), computed("length(c)"), unique("d")),
        table(column(sa.String(9)), computed("length(c) + 1"), lambda: sa.Index("i", "d")),
        ["drop_constraint", "drop_column", "alter_column", "add_column", "create_index"],
    ),
    "a computed column uses another": (
        table(column(sa.String(5)), column(sa.Integer, name="e"), computed("e + length('c')")),
        table(column(sa.String(9)), column(sa.Integer, name="e"), computed("e + length('c')")),
        ["alter_column"],
    ),
    "foreign keys go": (
        both(table(TARGET), referring("s", sa.Integer), referring("u", sa.Integer)),
        both(
            table(OTHER),
            referring("s", sa.Text, key=False),
            referring("u", sa.Integer, key=False),
        ),
        ["drop_constraint", "drop_constraint", "alter_column", "alter_column"],
    ),
    "foreign keys come": (
        both(
            table(OTHER),
            referring("s", sa.Text, key=False),
            referring("u", sa.Integer, key=False),
        ),
        both(table(TARGET), referring("s", sa.Integer), referring("u", sa.Integer)),
        ["alter_column", "alter_column", "create_foreign_key", "create_foreign_key"],
    ),
}


@pytest.mark.parametrize(("before", "after", "order"), CHANGES.values(), ids=CHANGES)
def test_a_changed_type(
    connection: Connection, before: Make, after: Make, order: list[str]
) -> None:
    """What is dropped in the same revision goes first, what is added comes last."""
    made(before).create_all(connection)
    there = catalogue(connection)

    def restored() -> None:
        assert there == catalogue(connection)

    code = round_trip(connection, made(after), restored, **ALL)

    assert order == [line.removeprefix("op.").partition("(")[0] for line in executed(code)]


TWICE, THRICE = computed("c * 2"), computed("c * 3")
EXPRESSIONS: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    "alone": ([], [], ["drop_column", "add_column"]),
    "index stays": (
        [lambda: sa.Index("i", "d")],
        [lambda: sa.Index("i", "d")],
        ["drop_index", "drop_column", "add_column", "create_index"],
    ),
    "index goes": (
        [lambda: sa.Index("i", "d")],
        [],
        ["drop_index", "drop_column", "add_column"],
    ),
    "index changes": (
        [lambda: sa.Index("i", "d")],
        [lambda: sa.Index("i", "d", "c")],
        ["drop_index", "drop_column", "add_column", "create_index"],
    ),
    "index comes": (
        [],
        [lambda: sa.Index("i", "d", "c")],
        ["drop_column", "add_column", "create_index"],
    ),
    "unique stays": (
        [unique("d", "c")],
        [unique("d", "c")],
        ["drop_constraint", "drop_column", "add_column", "create_unique_constraint"],
    ),
    "unique changes": (
        [unique("d", "c")],
        [unique("d")],
        ["drop_constraint", "drop_column", "add_column", "create_unique_constraint"],
    ),
    "unique goes, and others stay": (
        [unique("d", "c"), unique("c", name="other"), lambda: sa.Index("i", "c")],
        [unique("c", name="other"), lambda: sa.Index("i", "c")],
        ["drop_constraint", "drop_column", "add_column"],
    ),
}


@pytest.mark.parametrize(("before", "after", "order"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_a_changed_expression(
    connection: Connection, before: list[Any], after: list[Any], order: list[str]
) -> None:
    """Indexes and unique constraints on the column are dropped once, and created again."""
    made(table(column(sa.Integer), TWICE, *before)).create_all(connection)
    there = catalogue(connection)

    def restored() -> None:
        assert there == catalogue(connection)

    wanted = made(table(column(sa.Integer), THRICE, *after))
    code = round_trip(connection, wanted, restored, **ALL)

    assert order == [line.removeprefix("op.").partition("(")[0] for line in executed(code)]
    assert "Perhaps a new name" not in code


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("length((c)::text)", {"length", "c", "text"}),
        ("""'c' || "It""s" || 'it''s d'""", {'It"s'}),
        ("a1 + $2 + 3", {"a1"}),
    ],
)
def test_names(sql: str, names: set[str]) -> None:
    """Literals hold no names."""
    assert names == names_in(sql)


def test_the_log_says_why(connection: Connection, caplog: pytest.LogCaptureFixture) -> None:
    """A column that is the same in the models is recreated because of another."""
    length = computed("length(c)")
    made(table(column(sa.String(5)), length)).create_all(connection)
    caplog.set_level(logging.INFO)

    diffs(connection, made(table(column(sa.String(9)), length)))

    expected = "Recreating computed column 't.d': it uses 'c', whose type changes"
    assert expected in caplog.messages


def test_a_dropped_table_gets_its_exclusions_back(connection: Connection) -> None:
    """The downgrade creates the table with them, which SQLAlchemy does not reflect."""
    exclude = pg.ExcludeConstraint(
        (sa.column("c"), "&&"), name="ex", using="gist", where=sa.text("id > 5"), deferrable=True
    )
    made(table(column(pg.INT4RANGE), lambda: exclude)).create_all(connection)
    there = catalogue(connection)

    def restored() -> None:
        assert there == catalogue(connection)

    assert ["op.drop_table('t')"] == executed(round_trip(connection, sa.MetaData(), restored))


@pytest.mark.parametrize("type_", [pg.ENUM, sa.Enum])
def test_a_new_default_that_is_a_new_value(connection: Connection, type_: Any) -> None:
    """The value is committed before it is used, whichever class the type has."""

    def model(*values: str) -> sa.MetaData:
        return made(table(column(type_(*values, name="mood"), server_default=values[0])))

    model("a").create_all(connection)
    context = MigrationContext.configure(connection, opts=OPTIONS)
    script = produce_migrations(context, model("b", "a"))
    assert script.upgrade_ops is not None

    code = render_python_code(script.upgrade_ops, migration_context=context)

    assert "with op.get_context().autocommit_block():" in code


def test_what_is_committed_comes_first(connection: Connection) -> None:
    """No other statement is committed together with a new value of an enum type."""

    def model(*values: str, more: Sequence[sa.Column[Any]] = ()) -> sa.MetaData:
        mood = column(sa.Enum(*values, name="mood"), server_default=values[0])
        return made(table(mood, *more))

    model("a").create_all(connection)
    context = MigrationContext.configure(connection, opts=OPTIONS)
    kind = column(sa.Enum("x", name="a_kind"), name="kind")
    word = column(pg.DOMAIN("a_word", sa.Text), name="word")
    script = produce_migrations(context, model("b", "a", more=[kind, word]))
    assert script.upgrade_ops is not None

    words = [type(one).__name__ for one in script.upgrade_ops.ops]
    code = render_python_code(script.upgrade_ops, migration_context=context)

    assert ["ChangeEnumOp", "ChangeEnumOp", "ChangeDomainOp", "ModifyTableOps"] == words
    block = code.index("autocommit_block()")
    assert block < code.index("CREATE TYPE a_kind") < code.index("CREATE DOMAIN a_word")
