"""Models against a real MariaDB: what was created from them is found to be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, MetaData, String, Table, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.elements import conv

from idiolect.autogenerate import compare_metadata, produce_migrations
from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

pytestmark = pytest.mark.mariadb


def _model(*items: Any) -> MetaData:
    metadata = MetaData()
    Table("r", metadata, Column("id", Integer, primary_key=True))
    columns = [Column(name, Integer) for name in ("a", "b", "c")]
    Table("t", metadata, Column("id", Integer, primary_key=True), *columns, *items)
    return metadata


def _differences(connection: Connection, metadata: MetaData) -> list[Any]:
    opts = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))


def _kinds(differences: Sequence[Any]) -> list[str]:
    flat = (one[0] if isinstance(one, list) else one for one in differences)
    return [f"{one[0]} {one[1].name}" if len(one) == 2 else one[0] for one in flat]


TYPES = [
    *(sa.Text(length) for length in (10, 255, 300, 16383, 16384, 70000, 5_000_000, 20_000_000)),
    *(sa.LargeBinary(length) for length in (100, 300, 70000)),
    *(sa.Float(precision) for precision in (10, 24, 25, 53)),
    *(sa.REAL(), sa.Double(), sa.DOUBLE_PRECISION(), sa.Numeric(10, 2), sa.DECIMAL(7)),
    *(sa.Boolean(), sa.JSON(), sa.Uuid(), sa.Interval(), sa.TIMESTAMP(), sa.Unicode(5)),
    *(sa.Enum("a", "b'%"), sa.Enum("a", "b", native_enum=False), mysql.SET("a", "b")),
    sa.Enum("x").with_variant(mysql.ENUM("x", "y"), "mysql", "mariadb"),
    *(mysql.TINYINT(1), mysql.TINYINT(), mysql.INTEGER(11, unsigned=True), mysql.BIT(4)),
    *(mysql.VARCHAR(5, charset="latin1"), mysql.VARCHAR(5, collation="latin1_bin")),
    mysql.VARCHAR(5, charset="latin1", collation="latin1_bin"),
    *(sa.String(5, collation="utf8mb4_bin"), mysql.CHAR(4, binary=True), mysql.TEXT(unicode=True)),
    *(mysql.DATETIME(fsp=6), mysql.LONGTEXT(), mysql.YEAR(), mysql.TEXT(70000)),
]


@pytest.mark.parametrize("type_", TYPES, ids=repr)
def test_a_type_is_what_it_was_created_as(connection: Connection, type_: Any) -> None:
    """No type is reported, though the server stores it as another."""
    metadata = _model(Column("x", type_))
    metadata.create_all(connection)
    assert [] == _differences(connection, metadata)


def test_null_is_no_default(connection: Connection) -> None:
    """A default of NULL is what a column has anyway."""
    metadata = _model(Column("x", Integer, server_default=text("NULL")))
    metadata.create_all(connection)
    assert [] == _differences(connection, metadata)


CHANGED_TYPES = {
    "length": (String(5), String(6)),
    "enum": (sa.Enum("a", "b"), sa.Enum("a", "b", "c")),
    "set": (mysql.SET("a", "b"), mysql.SET("a", "b", "c")),
    "unsigned": (Integer(), mysql.INTEGER(unsigned=True)),
    "smaller text": (mysql.MEDIUMTEXT(), sa.Text()),
    "other text": (sa.Text(70000), sa.Text(10)),
    "collation": (String(5, collation="utf8mb4_bin"), String(5, collation="utf8mb4_general_ci")),
    "double": (sa.Double(), sa.Float(24)),
    "microseconds": (sa.DateTime(), mysql.DATETIME(fsp=6)),
    "fractions": (mysql.TIME(fsp=3), mysql.TIME(fsp=6)),
    "fractions of a timestamp": (mysql.TIMESTAMP(), mysql.TIMESTAMP(fsp=3)),
}


@pytest.mark.parametrize(("before", "after"), CHANGED_TYPES.values(), ids=CHANGED_TYPES)
def test_another_type_is_reported(connection: Connection, before: Any, after: Any) -> None:
    """What the server stores differently is a difference."""
    _model(Column("x", before)).create_all(connection)
    assert ["modify_type"] == _kinds(_differences(connection, _model(Column("x", after))))


@pytest.mark.parametrize("model", [sa.DateTime(), mysql.DATETIME(), mysql.DATETIME(fsp=6)])
def test_fractions_that_a_model_does_not_mention_stay(connection: Connection, model: Any) -> None:
    """A type without a number takes what is there: its change would cut values."""
    _model(Column("x", mysql.DATETIME(fsp=6))).create_all(connection)
    assert [] == _differences(connection, _model(Column("x", model)))


def test_no_fractions_are_the_default(connection: Connection) -> None:
    """A number of zero is none."""
    _model(Column("x", sa.DateTime())).create_all(connection)
    assert [] == _differences(connection, _model(Column("x", mysql.DATETIME(fsp=0))))


def test_the_order_of_an_enum_is_none(connection: Connection) -> None:
    """The values count, not their order."""
    _model(Column("x", sa.Enum("a", "b"))).create_all(connection)
    assert [] == _differences(connection, _model(Column("x", sa.Enum("b", "a"))))


def test_lines_of_a_computed_column(
    connection: Connection, recwarn: pytest.WarningsRecorder
) -> None:
    """White space is no difference; an unchangeable expression is a warning."""
    _model(Column("x", Integer, sa.Computed("a*5"))).create_all(connection)
    model = _model(Column("x", Integer, sa.Computed("a * \r\n\t5")))
    assert ([], []) == (_differences(connection, model), recwarn.list)


def test_an_empty_comment_is_none(connection: Connection) -> None:
    """The server does not distinguish the two."""
    metadata = _model(Column("x", Integer, comment=""))
    metadata.tables["t"].comment = ""
    metadata.create_all(connection)
    assert [] == _differences(connection, metadata)
    metadata = _model(Column("x", Integer, comment="new"))
    assert ["modify_comment"] == _kinds(_differences(connection, metadata))


DEFAULTS = [
    *((Integer(), one) for one in ("5", text("5"), text("-5"), text("(1+1)"))),
    *((String(9), one) for one in ("x", "", "it's", "a\\b", "50%", "5", "NULL", text("'x'"))),
    *((sa.Boolean(), one) for one in (sa.true(), sa.false(), "1", text("TRUE"))),
    *((sa.DateTime(), one) for one in (sa.func.now(), text("NOW()"), "2020-01-01 00:00:00")),
    (mysql.TIMESTAMP(fsp=3), text("NOW(3) ON UPDATE NOW(3)")),
    *((String(36), one) for one in (text("(uuid())"), text("uuid()"), sa.func.uuid())),
    *((sa.Numeric(10, 2), one) for one in ("3.50", "3.5", text("0"))),
    *((sa.Date(), one) for one in (text("(curdate())"), sa.func.current_date(), "2020-01-01")),
]


@pytest.mark.parametrize("nullable", [True, False])
@pytest.mark.parametrize(("type_", "default"), DEFAULTS, ids=str)
def test_a_default_is_what_it_was_created_as(
    connection: Connection, type_: Any, default: Any, nullable: bool, is_mysql: bool
) -> None:
    """No difference is reported, though the server normalises defaults."""
    if is_mysql and str(default) == "CURRENT_DATE":
        pytest.skip("MySQL takes it in brackets alone, which SQLAlchemy does not write")
    metadata = _model(x_of(type_, server_default=default, nullable=nullable))
    metadata.create_all(connection)
    assert [] == _differences(connection, metadata)


FUNCTIONAL: dict[str, Callable[[Any], list[Any]]] = {
    "function": lambda c: [sa.func.lower(c.s)],
    "function of text": lambda c: [sa.func.concat(c.s, "it's \\ 5%")],
    "operator": lambda c: [c.a + 1],
    "column first": lambda c: [c.a, sa.func.lower(c.s)],
    "column last": lambda c: [sa.func.lower(c.s), c.a.desc()],
    "column alone": lambda c: [c.a],
    "another column first": lambda c: [c.b, sa.func.lower(c.s)],
}


def _with_index(kind: str, *, unique: bool) -> MetaData:
    metadata = _model(Column("s", String(9)))
    Index("ix", *FUNCTIONAL[kind](metadata.tables["t"].c), unique=unique)
    return metadata


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("kind", FUNCTIONAL)
def test_an_index_on_an_expression(
    connection: Connection, is_mysql: bool, kind: str, unique: bool
) -> None:
    """MySQL's are reflected with their expressions, and a changed one is reported."""
    if not is_mysql:
        pytest.skip("MariaDB has no indexes on expressions")
    _with_index(kind, unique=unique).create_all(connection)
    assert [] == _differences(connection, _with_index(kind, unique=unique))
    changed = ["remove_index ix", "add_index ix"]
    for other in {*FUNCTIONAL} - {kind}:
        assert changed == _kinds(_differences(connection, _with_index(other, unique=unique)))
    other_way = _with_index(kind, unique=not unique)
    assert changed == _kinds(_differences(connection, other_way))
    plain = _model(Column("s", String(9)))
    assert ["remove_index ix"] == _kinds(_differences(connection, plain))


KEY: dict[str, Any] = {"refcolumns": ["r.id"], "columns": ["a"]}
ITEMS: dict[str, list[Any]] = {
    "index": [lambda: Index("ix", "a", "b")],
    "index in falling order": [lambda: Index("ix", text("a DESC"), text("`b` asc"))],
    "index named as its column": [lambda: Index("a", "a")],
    "unique index": [lambda: Index("ix", "a", unique=True)],
    "unique": [lambda: Unique("b", "a", name="uq")],
    "unnamed uniques": [lambda: Unique("b", "a"), lambda: Unique("a"), lambda: Unique("b")],
    "foreign key": [lambda: ForeignKeyConstraint(**KEY)],
    "named foreign key": [lambda: ForeignKeyConstraint(name="fk", **KEY)],
    "restricting": [lambda: ForeignKeyConstraint(ondelete="RESTRICT", onupdate="NO ACTION", **KEY)],
    "cascading": [lambda: ForeignKeyConstraint(ondelete="CASCADE", onupdate="SET NULL", **KEY)],
    "key and index": [lambda: ForeignKeyConstraint(**KEY), lambda: Index("ix", "a")],
    "key and index of a long name": [
        lambda: ForeignKeyConstraint(**KEY),
        lambda: Index(conv(f"ix_{'long' * 20}"), "a"),
    ],
    "key and unique": [lambda: ForeignKeyConstraint(**KEY), lambda: Unique("a")],
}


@pytest.mark.parametrize("items", ITEMS.values(), ids=ITEMS)
def test_items_are_what_they_were_created_as(connection: Connection, items: list[Any]) -> None:
    """Unique constraints are recognised, and indexes of foreign keys are not reported."""
    metadata = _model(*(make() for make in items))
    metadata.create_all(connection)
    assert [] == _differences(connection, metadata)


def prefixed(column: str, length: Any) -> Callable[[], Index]:
    """Return a function that creates an index with a prefix length."""
    lengths = {f"{name}_length": length for name in ("mysql", "mariadb")}
    return lambda: Index("ix", column, **lengths)


CHANGES: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    "index goes": ([lambda: Index("ix", "a")], [], ["remove_index ix"]),
    "unique comes": ([], [lambda: Unique("a", name="uq")], ["add_constraint uq"]),
    "unnamed unique comes": ([], [lambda: Unique("a")], ["add_constraint None"]),
    "unique goes": ([lambda: Unique("a", name="uq")], [], ["remove_index uq"]),
    "unique of other columns": (
        [lambda: Unique("a", name="uq")],
        [lambda: Unique("a", "b", name="uq")],
        ["remove_constraint uq", "add_constraint uq"],
    ),
    "unique index for a unique": (
        [lambda: Unique("a", name="uq")],
        [lambda: Index("uq", "a", unique=True)],
        [],
    ),
    "index becomes unique": (
        [lambda: Index("ix", "a")],
        [lambda: Index("ix", "a", unique=True)],
        ["remove_index ix", "add_index ix"],
    ),
    "order of a column": (
        [lambda: Index("ix", "a", text("b DESC"))],
        [lambda: Index("ix", text("a DESC"), text("b DESC"))],
        ["remove_index ix", "add_index ix"],
    ),
    "order goes": (
        [lambda: Index("ix", text("a DESC"))],
        [lambda: Index("ix", "a")],
        ["remove_index ix", "add_index ix"],
    ),
    "another prefix": (
        [lambda: Column("s", sa.Text), prefixed("s", 9)],
        [lambda: Column("s", sa.Text), prefixed("s", 5)],
        ["remove_index ix", "add_index ix"],
    ),
    "prefix comes": (
        [lambda: Column("s", String(9)), lambda: Index("ix", "s")],
        [lambda: Column("s", String(9)), prefixed("s", {"s": 5})],
        ["remove_index ix", "add_index ix"],
    ),
    "prefix as long as the column": (
        [lambda: Column("s", String(9)), lambda: Index("ix", "s")],
        [lambda: Column("s", String(9)), prefixed("s", 9)],
        [],
    ),
    "prefix that the model does not mention": (
        [lambda: Column("s", String(9)), prefixed("s", 5)],
        [lambda: Column("s", String(9)), lambda: Index("ix", "s")],
        [],
    ),
    "falling index goes": ([lambda: Index("ix", text("a DESC"), "b")], [], ["remove_index ix"]),
    "index of a key goes": (
        [lambda: ForeignKeyConstraint(name="fk", **KEY), lambda: Index("ix", "a")],
        [lambda: ForeignKeyConstraint(name="fk", **KEY)],
        [],
    ),
    "index of a key goes, and another serves": (
        [
            lambda: ForeignKeyConstraint(name="fk", **KEY),
            lambda: Index("ix", "a"),
            lambda: Index("wide", "a", "b"),
        ],
        [lambda: ForeignKeyConstraint(name="fk", **KEY), lambda: Index("wide", "a", "b")],
        ["remove_index ix"],
    ),
    "a key goes": ([lambda: ForeignKeyConstraint(name="fk", **KEY)], [], ["remove_fk fk"]),
    "a key cascades": (
        [lambda: ForeignKeyConstraint(name="fk", **KEY)],
        [lambda: ForeignKeyConstraint(name="fk", ondelete="CASCADE", **KEY)],
        ["remove_fk fk", "add_fk fk"],
    ),
}


def invoke(context: MigrationContext, operation: Any) -> None:
    """Execute an operation, or all of a container."""
    for one in getattr(operation, "ops", ()):
        invoke(context, one)
    if not hasattr(operation, "ops"):
        Operations(context).invoke(operation)


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_changed_items(
    connection: Connection, before: list[Any], after: list[Any], expected: list[str]
) -> None:
    """A change is reported once; the operations make it, and undo it, if there is a name."""
    there, wanted = (_model(*(make() for make in items)) for items in (before, after))
    there.create_all(connection)
    assert expected == _kinds(_differences(connection, wanted))
    context = MigrationContext.configure(connection)
    script = produce_migrations(context, wanted)
    steps = [(script.upgrade_ops, wanted), (script.downgrade_ops, there)]
    for container, model in steps[:1] if "add_constraint None" in expected else steps:
        assert container is not None
        invoke(context, container)
        assert [] == _differences(connection, model)


#: A change of the column, of which SQLAlchemy reads neither the default nor what follows it.
EXPRESSIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "type": ({"type_": String(50)}, ["modify_type"]),
    "NULL": ({"nullable": False}, ["modify_nullable"]),
    "comment": ({"comment": "new"}, ["modify_comment"]),
    "default": ({"server_default": text("(concat('z', '%'))")}, ["modify_default"]),
    "no default": ({"server_default": None}, ["modify_default"]),
}


def _expression(**change: Any) -> MetaData:
    usual = {"server_default": text("(concat('a:b', '%', 'c'))"), "comment": "it's"}
    kw: dict[str, Any] = {"type_": String(40, collation="utf8mb4_bin"), **usual, **change}
    return _model(Column("x", **kw))


@pytest.mark.parametrize(("change", "expected"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_a_default_that_is_an_expression_stays(
    connection: Connection, change: dict[str, Any], expected: list[str]
) -> None:
    """A change of a column repeats such a default, which MODIFY would drop."""
    before, after = _expression(), _expression(**change)
    before.create_all(connection)
    assert expected == _kinds(_differences(connection, after))

    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    script = produce_migrations(context, after)
    operations = Operations(context)
    both: list[tuple[Any, MetaData]] = [(script.upgrade_ops, after), (script.downgrade_ops, before)]
    for container, wanted in both:
        for table in container.ops:
            for operation in table.ops:
                operations.invoke(operation)
        assert [] == _differences(connection, wanted)


def test_an_identity_is_none_here(connection: Connection) -> None:
    """Neither database has identities: SQLAlchemy creates an AUTO_INCREMENT key instead."""
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, sa.Identity(start=10), primary_key=True))
    metadata.create_all(connection)
    assert [] == _differences(connection, metadata)


def x_of(type_: Any, name: str = "x", **kw: Any) -> Column[Any]:
    """Return a column."""
    return Column(name, type_, **kw)


COLUMNS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "JSON keeps its check on MariaDB": (sa.JSON(), {}, "json"),
    "a comment behind an expression": (
        sa.DateTime(),
        {"server_default": text("(now() + interval 1 day)")},
        "interval 1 day",
    ),
}


@pytest.mark.parametrize(("type_", "given", "kept"), COLUMNS.values(), ids=COLUMNS)
def test_a_new_comment_leaves_the_rest_as_it_is(
    connection: Connection, type_: Any, given: dict[str, Any], kept: str
) -> None:
    """A column is defined as a whole to get another comment, and stays what it was."""
    models = [
        # The table is read from the server's own text if it has such a default.
        _model(x_of(type_, comment=word, **given), x_of(sa.BINARY(2), "y", **BYTES))
        for word in ("one", "two")
    ]
    models[0].create_all(connection)
    assert [] == _differences(connection, models[0])
    before = _definition_of_x(connection)
    assert kept in before.lower()
    assert ["modify_comment"] == _kinds(_differences(connection, models[1]))
    script = produce_migrations(MigrationContext.configure(connection), models[1])
    upgrade: Any = script.upgrade_ops
    for operation in upgrade.ops[0].ops:
        Operations(MigrationContext.configure(connection)).invoke(operation)
    assert before.replace("one", "two") == _definition_of_x(connection)


BYTES: dict[str, Any] = {"server_default": text("0x6162")}


def _definition_of_x(connection: Connection) -> str:
    told = str(connection.exec_driver_sql("SHOW CREATE TABLE t").one()[1])
    return next(line for line in told.splitlines() if line.strip().startswith("`x`"))


MOMENTS: dict[str, tuple[Any, str]] = {
    "time without seconds": (sa.Time(), "10:00"),
    "date for a moment": (sa.DateTime(), "2020-01-02"),
    "short date": (sa.Date(), "2020-1-2"),
}


@pytest.mark.parametrize(("type_", "default"), MOMENTS.values(), ids=MOMENTS)
def test_defaults_that_are_stored_in_full(connection: Connection, type_: Any, default: str) -> None:
    """A time or date that the model abbreviates is no difference; another one is."""
    _model(x_of(type_, server_default=default)).create_all(connection)
    assert [] == _differences(connection, _model(x_of(type_, server_default=default)))
    other = default.replace("1", "2")
    found = _differences(connection, _model(x_of(type_, server_default=other)))
    assert ["modify_default"] == _kinds(found)


def test_a_literal_as_expression_comes_back(connection: Connection, is_mysql: bool) -> None:
    """A default of TEXT that is a literal in brackets can be set again, which MySQL does anew."""
    before = _model(x_of(sa.Text(), server_default=text("('abc')"), comment="why"))
    after = _model(x_of(sa.Text(), comment="why"))
    before.create_all(connection)
    definition = _definition_of_x(connection)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    script = produce_migrations(context, after)
    both: list[Any] = [script.upgrade_ops, script.downgrade_ops]
    for container in both:
        for operation in container.ops[0].ops:
            Operations(context).invoke(operation)
    assert definition == _definition_of_x(connection)
    assert is_mysql is ("_utf8mb4" in definition)
