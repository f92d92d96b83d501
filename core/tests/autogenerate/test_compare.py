"""What a comparison finds: any dialect's share of it, on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)

from idiolect.autogenerate import compare_metadata
from idiolect.errors import CommandError
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable

#: A plugin for SQLite that is made for tests: the core has none.
pytestmark = pytest.mark.usefixtures("sqlite")

WITH_CHECKS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]


def models(*tables: Callable[[MetaData], Any]) -> MetaData:
    """Return a MetaData with tables."""
    metadata = MetaData()
    for make in tables:
        make(metadata)
    return metadata


def table(*items: Callable[[], Any], name: str = "t") -> Callable[[MetaData], Table]:
    """Return a function that creates a table with a key and the items."""
    return lambda metadata: Table(
        name, metadata, Column("id", Integer, primary_key=True), *[make() for make in items]
    )


def differences(database: MetaData, wanted: Any, **opts: Any) -> list[Any]:
    """Return the tuples of a comparison with a new database."""
    with create_engine("sqlite://").connect() as connection:
        database.create_all(connection)
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, wanted)
        return found


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (None, ["add_table", "add_index"]),
        ([], []),
        (["alembic.autogenerate.schemas"], []),
        (["alembic.autogenerate.schemas", "alembic.autogenerate.tables"], ["add_table"]),
        (["alembic.autogenerate.*", "~alembic.autogenerate.constraints"], ["add_table"]),
        (["*", "~*.tables"], []),
    ],
    ids=str,
)
def test_sets_are_chosen(sets: list[str] | None, expected: list[str]) -> None:
    """Only the named sets run; none if no set is named."""
    wanted = models(table(lambda: Column("a", Integer, index=True)))
    options = {} if sets is None else {"autogenerate_plugins": sets}
    assert expected == words(differences(MetaData(), wanted, **options))


def test_an_index_that_no_convention_names() -> None:
    """It has SQLAlchemy's usual name, in the database and where it is written."""
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})
    Table("t", metadata, Column("id", Integer, primary_key=True), Column("a", Integer, index=True))
    named = models(table(lambda: Column("a", Integer, index=True)))
    assert [] == differences(named, metadata)
    without = models(table(lambda: Column("a", Integer)))
    assert [("add_index", "ix_t_a")] == [
        (each[0], each[1].name) for each in differences(without, metadata)
    ]


def words(found: list[Any]) -> list[str]:
    """Return what each difference does."""
    return [each[0][0] if isinstance(each, list) else each[0] for each in found]


PLAIN = table(lambda: Column("a", String(10)))


@pytest.mark.parametrize(
    ("database", "wanted", "expected"),
    [
        pytest.param((), (PLAIN,), ["add_table"], id="table-added"),
        pytest.param((PLAIN,), (), ["remove_table"], id="table-removed"),
        pytest.param((PLAIN,), (PLAIN,), [], id="same"),
        pytest.param((table(),), (PLAIN,), ["add_column"], id="column-added"),
        pytest.param((PLAIN,), (table(),), ["remove_column"], id="column-removed"),
        pytest.param(
            (PLAIN,), (table(lambda: Column("a", String(20))),), ["modify_type"], id="type"
        ),
        pytest.param(
            (PLAIN,),
            (table(lambda: Column("a", String(10), nullable=False)),),
            ["modify_nullable"],
            id="nullable",
        ),
        pytest.param(
            (PLAIN,),
            (table(lambda: Column("a", String(10)), lambda: Index("ix", "a")),),
            ["add_index"],
            id="index-added",
        ),
        pytest.param(
            (table(lambda: Column("a", String(10)), lambda: Index("ix", "a")),),
            (table(lambda: Column("a", String(10)), lambda: Index("ix", "a", unique=True)),),
            ["remove_index", "add_index"],
            id="index-changed",
        ),
        pytest.param(
            (PLAIN,),
            (table(lambda: Column("a", String(10)), lambda: UniqueConstraint("a", name="u")),),
            ["add_constraint"],
            id="unique-added",
        ),
        pytest.param(
            (PLAIN, table(lambda: Column("t_id", Integer), name="c")),
            (PLAIN, table(lambda: Column("t_id", ForeignKey("t.id")), name="c")),
            ["add_fk"],
            id="foreign-key-added",
        ),
    ],
)
def test_each_kind_of_change_is_found(
    database: tuple[Any, ...], wanted: tuple[Any, ...], expected: list[str]
) -> None:
    """Each change of the models is reported with its documented name."""
    assert expected == words(differences(models(*database), models(*wanted)))


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        pytest.param(None, [], id="not-asked-for"),
        pytest.param(WITH_CHECKS, ["add_constraint"], id="asked-for"),
        pytest.param([*WITH_CHECKS, "~alembic.ext.*"], [], id="left-out"),
    ],
)
def test_named_checks_are_compared_on_demand(sets: list[str] | None, expected: list[str]) -> None:
    """The set of CHECK constraints is chosen by autogenerate_plugins."""
    wanted = models(table(lambda: CheckConstraint("id > 0", name="ck")))

    assert expected == words(differences(models(table()), wanted, autogenerate_plugins=sets))


def test_defaults_are_compared_on_demand() -> None:
    """A changed server default is found only with compare_server_default."""
    before = models(table(lambda: Column("a", Integer, server_default="5")))
    after = models(table(lambda: Column("a", Integer, server_default="6")))

    assert [] == differences(before, after)
    assert ["modify_default"] == words(differences(before, after, compare_server_default=True))


@pytest.mark.parametrize(
    ("default", "given", "stored"),
    [("it's", "it's", "'it''s'"), (text("'it'"), "'it'", "'it'"), ("5", "5", "'5'")],
    ids=["string", "SQL", "number"],
)
def test_a_function_gets_a_default_as_the_model_gives_it(
    default: Any, given: str, stored: str
) -> None:
    """Without added quotes, as published functions expect, and impls of other packages."""
    same = models(table(lambda: Column("s", String(9), server_default=default)))
    told = []

    def compare(_context: Any, _column: Any, _model: Any, *defaults: Any) -> None:
        told.append(defaults)

    assert [] == differences(same, same, compare_server_default=compare)

    ((inspected, clause, rendered),) = told
    assert (stored, default, given) == (inspected, clause.arg, rendered)


def test_an_identity_is_none_where_the_database_has_none() -> None:
    """SQLAlchemy omits an Identity there, so it causes no difference."""
    identity = models(table(lambda: Column("n", Integer, Identity(start=5))))
    plain = models(table(lambda: Column("n", Integer, nullable=False)))
    assert [] == differences(identity, identity, compare_server_default=True)
    assert [] == differences(plain, identity, compare_server_default=True)


def test_dropped_tables_come_before_those_that_they_refer_to() -> None:
    """A table is dropped before the one that its foreign key needs, whatever their names."""
    database = models(
        table(name="a_referred"), table(lambda: Column("x", ForeignKey("a_referred.id")), name="z")
    )

    found = differences(database, MetaData())

    assert ["z", "a_referred"] == [each[1].name for each in found]


def test_filters_leave_objects_out() -> None:
    """Objects that include_name or include_object reject are not compared."""
    database = models(table(name="legacy"))

    def by_name(name: str | None, type_: str, _parents: Any) -> bool:
        return type_ != "table" or name != "legacy"

    def by_object(item: Any, _name: str, _type: str, _reflected: bool, _to: Any) -> bool:
        return not item.info.get("skip")

    wanted = models(lambda metadata: Table("n", metadata, Column("x", Integer), info={"skip": 1}))

    assert [] == differences(database, wanted, include_name=by_name, include_object=by_object)


def test_a_table_of_two_metadata_is_refused() -> None:
    """Several MetaData with the same table are an error that names the table."""
    with pytest.raises(ValueError, match='multiple MetaData objects: "t"'):
        differences(MetaData(), [models(PLAIN), models(PLAIN)])


def test_something_that_is_no_metadata_is_refused() -> None:
    """The error for a declarative class passed as target_metadata names it."""
    with pytest.raises(CommandError, match="expected to be a MetaData"):
        differences(MetaData(), object)


def test_a_misspelt_set_is_refused_with_the_nearest() -> None:
    """An unknown name in autogenerate_plugins is an error that suggests the nearest one."""
    with pytest.raises(CommandError, match=r"'alembic\.autogenerate\.tables'"):
        differences(MetaData(), MetaData(), autogenerate_plugins=["alembic.autogenerate.table"])


def test_a_comparison_leaves_the_models_alone() -> None:
    """Tables and columns of the models are the same after a comparison."""
    wanted = models(PLAIN)
    before = (set(wanted.tables), len(wanted.tables["t"].c))
    with create_engine("sqlite://").connect() as connection:
        wanted.create_all(connection)
        assert [] == compare_metadata(MigrationContext.configure(connection), wanted)

    assert before == (set(wanted.tables), len(wanted.tables["t"].c))


def test_filters_see_the_table_that_a_foreign_key_refers_to() -> None:
    """Where the referred table is left out, its place is taken by one with the columns named."""
    seen: list[list[str]] = []

    def note(item: Any, _name: Any, kind: str, *_rest: Any) -> bool:
        if kind == "foreign_key_constraint":
            seen.append([column.name for column in item.referred_table.c])
        return True

    child = table(lambda: Column("p_id", Integer, ForeignKey("p.id")), name="c")
    found = differences(
        models(table(name="p"), child),
        models(table(lambda: Column("p_id", Integer), name="c")),
        include_name=lambda name, kind, _parents: kind != "table" or name != "p",
        include_object=note,
    )

    assert ["remove_fk"] == words(found)
    assert [["id"]] == seen
