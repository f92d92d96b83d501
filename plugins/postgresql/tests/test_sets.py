"""PostgreSQL's sets of comparators: which run by default, and which objects they ignore."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from idiolect.autogenerate import compare_metadata, produce_migrations
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_postgresql.enums import OTHERS
from idiolect_postgresql.excludes import drop_exclude
from idiolect_postgresql.sets import comparators

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection


def models(*values: str, extra: Callable[[sa.MetaData], Any] | None = None) -> sa.MetaData:
    """Return a table with a column of an enumerated type, and more."""
    metadata = sa.MetaData()
    items: list[Any] = [sa.Column("mood", sa.Enum(*values, name="mood"))] if values else []
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *items)
    if extra is not None:
        extra(metadata)
    return metadata


def words(connection: Connection, metadata: sa.MetaData, **opts: Any) -> list[str]:
    """Return what each difference does."""
    context = MigrationContext.configure(connection, opts=opts)
    diffs = compare_metadata(context, metadata)
    return [diff[0][0] if isinstance(diff, list) else diff[0] for diff in diffs]


def test_which_run_unasked() -> None:
    """Those that cannot be wrong."""
    found = {one.set_name: one.by_default for one in comparators()}

    assert {
        "idiolect.postgresql.computed": True,
        "idiolect.postgresql.domains": True,
        "idiolect.postgresql.enum_order": False,
        "idiolect.postgresql.enums": True,
        "idiolect.postgresql.exclude": True,
        "idiolect.postgresql.indexes": True,
        "idiolect.postgresql.sequences": True,
    } == found


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        pytest.param(None, ["change_enum_type"], id="default"),
        pytest.param(["alembic.autogenerate.*"], [], id="as-alembic"),
        pytest.param(["*", "~idiolect.postgresql.enums"], [], id="left-out"),
    ],
)
def test_enums_are_compared_unless_left_out(
    connection: Connection, sets: list[str] | None, expected: list[str]
) -> None:
    """The switch is ``autogenerate_plugins``."""
    models("a").create_all(connection)

    assert expected == words(connection, models("a", "b"), autogenerate_plugins=sets)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("wanted", "sets", "expected"),
    [
        pytest.param("cab", None, [], id="default"),
        pytest.param("cab", ["*"], ["change_enum_type"], id="asked-for"),
        pytest.param("abc", ["*"], [], id="same-order"),
        pytest.param("cabd", None, ["change_enum_type"], id="also-added"),
        pytest.param("ca", None, ["change_enum_type"], id="also-removed"),
    ],
)
def test_the_order_of_values_is_compared_if_asked_for(
    connection: Connection, wanted: str, sets: list[str] | None, expected: list[str]
) -> None:
    """ADD VALUE usually appends, wherever the model has the value: no reason to rewrite tables."""
    models("a", "b", "c").create_all(connection)

    assert expected == words(connection, models(*wanted), autogenerate_plugins=sets)


@pytest.mark.postgresql
def test_a_value_is_added_to_values_in_another_order(connection: Connection) -> None:
    """The type is extended in place, and is then equal."""
    models("b", "a").create_all(connection)
    wanted = models("a", "new", "b")
    context = MigrationContext.configure(connection)

    operations = Operations(context)
    for operation in produce_migrations(context, wanted).upgrade_ops_list[0].ops:
        operations.invoke(operation)

    assert [] == words(connection, wanted)
    found = connection.exec_driver_sql(
        "SELECT enumlabel FROM pg_enum WHERE enumtypid = 'mood'::regtype ORDER BY enumsortorder"
    )
    assert ["b", "a", "new"] == found.scalars().all()


@pytest.mark.postgresql
@pytest.mark.parametrize("program", OTHERS)
def test_enums_are_left_to_a_program_that_compares_them(
    connection: Connection, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that write the same change would make a revision that fails."""
    models("a").create_all(connection)
    monkeypatch.setitem(sys.modules, program, types.ModuleType(program))

    assert [] == words(connection, models("a", "b"))


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TYPE other_mood AS ENUM ('x')",
        "CREATE SEQUENCE lonely",
        "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING btree (id WITH =)",
    ],
)
def test_what_no_model_names_is_left_alone(connection: Connection, statement: str) -> None:
    """It may belong to another program."""
    models("a").create_all(connection)
    connection.exec_driver_sql(statement)

    assert [] == words(connection, models("a"), autogenerate_plugins=["*"])


@pytest.mark.postgresql
def test_filters_are_asked(connection: Connection) -> None:
    """Objects that include_object rejects are not reported: tables with types, sequences."""
    models("a").create_all(connection)
    wanted = models("a", "b", extra=lambda metadata: sa.Sequence("s", metadata=metadata))

    def include(_item: Any, _name: Any, kind: str, *_more: Any) -> bool:
        return kind not in left_out

    left_out = {"sequence"}
    assert ["change_enum_type"] == words(connection, wanted, include_object=include)
    left_out = {"table", "sequence"}
    assert [] == words(connection, wanted, include_object=include)


@pytest.mark.postgresql
def test_a_type_whose_columns_disagree_is_skipped(connection: Connection) -> None:
    """Two columns declare one type with different values: it is unknown which are meant."""
    models("a").create_all(connection)
    wanted = models(
        "a",
        "b",
        extra=lambda metadata: metadata.tables["t"].append_column(
            sa.Column("mood2", pg.ENUM("a", "c", name="mood"))
        ),
    )

    assert ["add_column"] == words(connection, wanted)


DEFINITIONS: dict[str, tuple[str, list[tuple[str, str]], dict[str, Any]]] = {
    "plain": ("EXCLUDE USING gist (a WITH =)", [("a", "=")], {"using": "gist"}),
    "several": (
        "EXCLUDE USING gist (f(a, ')') WITH =, b COLLATE \"C\" WITH &&) WHERE (((a > 5) AND b))",
        [("f(a, ')')", "="), ('b COLLATE "C"', "&&")],
        {"using": "gist", "where": "((a > 5) AND b)"},
    ),
    "deferred": (
        "EXCLUDE USING gist (a WITH =) DEFERRABLE INITIALLY DEFERRED",
        [("a", "=")],
        {"using": "gist", "deferrable": True, "initially": "DEFERRED"},
    ),
}


@pytest.mark.parametrize(
    ("definition", "elements", "options"), DEFINITIONS.values(), ids=DEFINITIONS
)
def test_a_constraint_is_read_back(
    definition: str, elements: list[tuple[str, str]], options: dict[str, Any]
) -> None:
    """The constraint's definition in the catalogue is used to create it again on downgrade."""
    table = sa.Table("t", sa.MetaData())
    added: Any = drop_exclude("ex", table, definition)._reverse
    made = {name: getattr(value, "text", value) for name, value in added.kw.items()}
    if added.where is not None:
        made["where"] = added.where.text

    assert elements == [(what.text, operator) for what, operator in added.elements]
    assert options == made


def test_a_constraint_of_another_form_is_not_read() -> None:
    """Its removal cannot be reversed; rendering a downgrade raises an error."""
    drop = drop_exclude(
        "ex", sa.Table("t", sa.MetaData()), "EXCLUDE USING gist (a WITH =) NEW WORDS"
    )

    with pytest.raises(ValueError, match="original constraint is not present: 'ex'"):
        drop.reverse()
