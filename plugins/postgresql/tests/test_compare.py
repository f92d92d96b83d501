"""Comparison of what PostgreSQL reports differently, with a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Index,
    Integer,
    Interval,
    MetaData,
    NullPool,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    func,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from idiolect.autogenerate import compare_metadata
from idiolect.migration import MigrationContext
from idiolect_postgresql import compare
from idiolect_postgresql.compare import parts_with_operator_class, plain_computed, stored_type
from plugins.postgresql.tests.roundtrip import round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    Make = Callable[[Table], Any]


_DEFINITIONS = """
    SELECT pg_get_expr(adbin, adrelid) AS sql FROM pg_attrdef
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY sql
"""


@pytest.fixture
def connection(fresh_postgresql: str) -> Iterator[Connection]:
    """A connection to an empty database."""
    engine = create_engine(fresh_postgresql, poolclass=NullPool)
    with engine.connect() as made:
        yield made
    engine.dispose()


def model(make: Make) -> MetaData:
    """Return a model with one table and the index that ``make`` puts on it."""
    metadata = MetaData()
    table = Table(
        "Ex",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("x", String(10)),
        Column("Y", Text),
        Column("n", Integer),
        Column("j", JSONB),
    )
    make(table)
    return metadata


def differences(connection: Connection, before: Make, after: Make) -> list[str]:
    """Return the kinds of differences between the database of one model and another model."""
    model(before).create_all(connection)
    connection.commit()
    context = MigrationContext.configure(connection)
    found = [entry[0] for entry in compare_metadata(context, model(after))]
    assert ["Ex"] == inspect(connection).get_table_names()
    return found


OPS = {"l": "text_pattern_ops"}
SAME: dict[str, tuple[Make, Make]] = {
    "sum of texts": (
        lambda t: Index("i", text("(x || ' ' || \"Y\")"), _table=t),
        lambda t: Index("i", t.c.x + " " + t.c.Y),
    ),
    "list": (
        lambda t: Index("i", text("(x IN ('a', 'b'))"), _table=t),
        lambda t: Index("i", t.c.x.in_(["a", "b"]).self_group()),
    ),
    "cast": (
        lambda t: Index("i", text("cast(j->'a' as text)"), _table=t),
        lambda t: Index("i", text("((j -> 'a')::text)"), _table=t),
    ),
    "default order": (
        lambda t: Index("i", func.lower(t.c.x)),
        lambda t: Index("i", func.lower(t.c.x).asc().nulls_last()),
    ),
    "operator class": (
        lambda t: Index(
            "i", func.lower(t.c.x).label("l"), postgresql_ops={"l": "text_pattern_ops"}
        ),
        lambda t: Index(
            "i", func.lower(t.c.x).label("l"), postgresql_ops={"l": "text_pattern_ops"}
        ),
    ),
}
OTHER: dict[str, tuple[Make, Make]] = {
    "order": (
        lambda t: Index("i", func.lower(t.c.x)),
        lambda t: Index("i", func.lower(t.c.x).desc()),
    ),
    "number": (lambda t: Index("i", t.c.n + 1), lambda t: Index("i", t.c.n + 3)),
    "case of a literal": (
        lambda t: Index("i", text("coalesce(x, 'a')"), _table=t),
        lambda t: Index("i", text("coalesce(x, 'A')"), _table=t),
    ),
    "operator class": (
        lambda t: Index("i", func.lower(t.c.x).label("l")),
        lambda t: Index(
            "i", func.lower(t.c.x).label("l"), postgresql_ops={"l": "text_pattern_ops"}
        ),
    ),
}


@pytest.mark.postgresql
@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME.keys())
def test_an_index_that_is_worded_differently_is_the_same(
    connection: Connection, before: Make, after: Make
) -> None:
    """The server normalises both, and nothing is left in the database."""
    assert [] == differences(connection, before, after)


@pytest.mark.postgresql
@pytest.mark.parametrize(("before", "after"), OTHER.values(), ids=OTHER.keys())
def test_an_index_that_is_another_is_seen(
    connection: Connection, before: Make, after: Make
) -> None:
    """What the text does not show is seen: order, operator class, case of literals."""
    assert ["remove_index", "add_index"] == differences(connection, before, after)


@pytest.mark.postgresql
def test_without_the_right_to_make_tables_text_decides(connection: Connection) -> None:
    """A read-only transaction compares by text."""
    model(lambda t: Index("i", func.lower(t.c.x))).create_all(connection)
    connection.commit()
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    context = MigrationContext.configure(connection)

    same = compare_metadata(context, model(lambda t: Index("i", func.lower(t.c.x))))
    other = compare_metadata(context, model(lambda t: Index("i", func.upper(t.c.x))))

    assert [] == same
    assert ["remove_index", "add_index"] == [entry[0] for entry in other]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("aa array_ops", {0: "aa array_ops"}),
        ("(j->'x')jsonb_path_ops", {0: "(j->'x')jsonb_path_ops"}),
        ("not_jsonb_path_ops", {}),
        ("lower(x)", {}),
    ],
)
def test_an_operator_class_in_the_text_is_found(sql: str, found: dict[int, str]) -> None:
    """A word after a column or a parenthesis that ends like all classes."""
    table = Table("t", MetaData(), Column("x", Text))

    assert found == parts_with_operator_class(Index("i", text(sql), _table=table))


@pytest.mark.parametrize(
    ("model_sql", "told"),
    [
        ("lower(name) IS NULL", "(lower((name)::text) IS NULL)"),
        ("bar * 2", "((bar)::numeric(10,2) * (2)::numeric)"),
        ("ts > '2020-01-01'", "(ts > '2020-01-01'::timestamp(3) without time zone)"),
        ("s = 'x'", "(s = 'x'::my_schema.\"MyEnum\")"),
        ("n = ANY(ARRAY['a'])", "(n = ANY ((ARRAY['a'::text])::text[]))"),
        ("a = 'x' AND b = 'y'", "(((a)::text = 'x'::text) AND (b = 'y'::character varying))"),
    ],
)
def test_computed_expressions_are_compared_without_casts(model_sql: str, told: str) -> None:
    """PostgreSQL puts a cast at every literal and column."""
    assert plain_computed(model_sql) == plain_computed(told)


def test_the_case_of_a_literal_counts() -> None:
    """Keywords are case-insensitive, quoted text is not."""
    assert plain_computed("LOWER(x) || 'a'") == plain_computed("lower(x) || 'a'")
    assert plain_computed("lower(x) || 'a'") != plain_computed("lower(x) || 'A'")


@pytest.mark.postgresql
def test_a_computed_column_is_quiet(connection: Connection) -> None:
    """A column that is the same is no difference, and no warning."""

    def computed(table: Table) -> None:
        table.append_column(Column("c", Boolean, Computed("x = 'a' AND n > 1", persisted=True)))

    assert [] == differences(connection, computed, computed)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("before", "after", "found"),
    [("14 days", "2 weeks", []), ("14 days", "1 day", ["modify_default"])],
    ids=["same", "other"],
)
def test_a_default_of_a_type_that_is_no_text(
    connection: Connection, before: str, after: str, found: list[str]
) -> None:
    """The server compares values of the type."""

    def column(default: str) -> Make:
        return lambda t: t.append_column(Column("i", Interval, server_default=default))

    model(column(before)).create_all(connection)
    connection.commit()
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})

    entries = compare_metadata(context, model(column(after)))

    assert found == [each[0][0] for each in entries]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("default", "expected"), [(r"E'a\tb'", []), (r"'a\tb'", ["modify_default"])]
)
def test_a_default_with_a_backslash(
    connection: Connection, default: str, expected: list[str]
) -> None:
    """The value counts: PostgreSQL stores an escaped string without its escapes."""
    connection.exec_driver_sql(r"CREATE TABLE ex (x TEXT DEFAULT E'a\tb')")
    connection.commit()
    metadata = MetaData()
    Table("ex", metadata, Column("x", Text, server_default=text(default)))
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    found = [kind for ((kind, *_),) in compare_metadata(context, metadata)]
    assert expected == found


@pytest.mark.parametrize("literal", ["':b'", r"'C:\:b'", "'[[:alpha:]] :b'"])
def test_a_downgrade_restores_colons(connection: Connection, literal: str) -> None:
    """Text of the database is written so that SQLAlchemy finds no parameter in it."""
    for statement in (
        f"CREATE TABLE ex (x TEXT DEFAULT {literal}, CONSTRAINT ck CHECK (x <> {literal}))",
        f"ALTER TABLE ex ADD y TEXT GENERATED ALWAYS AS (x || {literal}) STORED",
        f"CREATE INDEX i ON ex (x) WHERE x <> {literal}",
        f"CREATE INDEX j ON ex (lower(x || {literal}) DESC)",
    ):
        connection.exec_driver_sql(statement)
    connection.commit()
    expected = connection.exec_driver_sql(_DEFINITIONS).all()

    def restored() -> None:
        assert expected == connection.exec_driver_sql(_DEFINITIONS).all()

    round_trip(connection, MetaData(), restored)


@pytest.mark.parametrize("default", [text("NULL"), text("NULL::varchar"), None])
def test_a_default_of_null_is_none(connection: Connection, default: Any) -> None:
    """PostgreSQL stores NULL as a default of a type with a length; it is equivalent to none."""
    connection.exec_driver_sql(
        "CREATE TABLE t (id serial PRIMARY KEY, s varchar(9) DEFAULT NULL, "
        "a varchar(3)[] DEFAULT NULL)"
    )
    metadata = MetaData()
    columns = [Column("s", String(9), server_default=default), Column("a", ARRAY(String(3)))]
    Table("t", metadata, Column("id", Integer, primary_key=True), *columns)
    context = MigrationContext.configure(connection)

    assert [] == compare_metadata(context, metadata)


RENAMED = {
    "table": 'CREATE TABLE "Old one" ("Id" serial PRIMARY KEY); ALTER TABLE "Old one" RENAME TO t; '
    'ALTER TABLE t RENAME "Id" TO id',
    "column": "CREATE TABLE t (former serial PRIMARY KEY); ALTER TABLE t RENAME former TO id",
    "sequence": "CREATE TABLE t (id bigserial PRIMARY KEY); "
    'ALTER SEQUENCE t_id_seq RENAME TO "It\'s"',
    "owned-later": "CREATE SEQUENCE s; CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('s')); "
    "ALTER SEQUENCE s OWNED BY t.id",
}


@pytest.mark.postgresql
@pytest.mark.parametrize("statements", RENAMED.values(), ids=RENAMED)
def test_a_serial_column_whose_sequence_has_another_name(
    connection: Connection, statements: str
) -> None:
    """The column owns it, as after a rename: its default belongs to the type."""
    connection.exec_driver_sql(statements)
    kind = BigInteger if "bigserial" in statements else Integer
    metadata = MetaData()
    Table("t", metadata, Column("id", kind, primary_key=True))
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})

    assert [] == compare_metadata(context, metadata)


@pytest.mark.postgresql
def test_a_sequence_of_nobody_is_a_default(connection: Connection) -> None:
    """Another column may use it, too."""
    connection.exec_driver_sql("CREATE SEQUENCE s")
    connection.exec_driver_sql("CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('s'))")
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True))
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})

    [[(kind, *_)]] = compare_metadata(context, metadata)

    assert "modify_default" == kind


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param("a", [], id="same-columns"),
        pytest.param("b", ["remove_constraint", "remove_constraint", "add_constraint"], id="other"),
    ],
)
def test_a_unique_constraint_that_the_database_has_twice(
    connection: Connection, wanted: str, expected: list[str]
) -> None:
    """One without a name is met by both: histories that create it again leave two."""
    connection.exec_driver_sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, EXCLUDE USING btree (id WITH =)); "
        "ALTER TABLE t ADD UNIQUE (a); ALTER TABLE t ADD CONSTRAINT again UNIQUE (a)"
    )
    metadata = MetaData()
    columns = [Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer)]
    Table("t", metadata, *columns, UniqueConstraint(wanted))
    context = MigrationContext.configure(connection)

    assert expected == [diff[0] for diff in compare_metadata(context, metadata)]


@pytest.mark.parametrize(
    ("type_", "stored"),
    [
        ('VARCHAR(9) COLLATE "C"', "varchar(9)"),
        ('TEXT COLLATE pg_catalog."de-x-icu"[]', "text[]"),
        ("TEXT", "text"),
    ],
)
def test_collations_that_are_not_reflected_are_not_compared(
    monkeypatch: pytest.MonkeyPatch, type_: str, stored: str
) -> None:
    """With releases of SQLAlchemy that do not reflect them, a model's collation is ignored."""
    monkeypatch.setattr(compare, "REFLECTS_COLLATIONS", False)

    assert stored == stored_type(type_)
