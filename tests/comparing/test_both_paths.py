"""What is proved by signatures and what is compared in full come to the same."""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.autogenerate.builtin import comparators
from idiolect.autogenerate.compare import tables
from idiolect.autogenerate.context import AutogenContext
from idiolect.errors import CommandError
from idiolect.hooks import hookimpl
from idiolect.hooks.manager import get_manager
from idiolect.migration import MigrationContext
from idiolect_sqlite.impl import SQLiteImpl
from tests.comparing.corpus import sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    Outcome = tuple[str, str, list[str], list[str]]

DATABASES = ["sqlite", "postgresql", "mariadb"]
DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return an engine on an empty database."""
    if request.param == "sqlite":
        yield create_engine("sqlite://")
        return
    url = make_url(request.getfixturevalue(f"fresh_{request.param}"))
    engine = create_engine(url.set(drivername=DRIVERS[request.param]))
    yield engine
    engine.dispose()


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of tables that are compared in full."""
    names: list[str] = []
    original = tables._changed

    def changed(context: Any, pair: tables.Pair) -> Any:
        names.append(pair.name)
        return original(context, pair)

    monkeypatch.setattr(tables, "_changed", changed)
    return names


def outcome(
    connection: Connection, models: MetaData, caplog: pytest.LogCaptureFixture, **opts: Any
) -> Outcome:
    """Return the result of a comparison: code up and down, log and warnings."""
    context = MigrationContext.configure(connection, opts=opts)
    caplog.clear()
    with warnings.catch_warnings(record=True) as warned, caplog.at_level(logging.INFO):
        warnings.simplefilter("always")
        found = produce_migrations(context, models)
        code = [
            render_python_code(part, migration_context=context) if part else ""
            for part in (found.upgrade_ops, found.downgrade_ops)
        ]
    return code[0], code[1], caplog.messages[:], sorted(str(one.message) for one in warned)


@pytest.mark.parametrize("asked", [True, False], ids=["defaults", "no_defaults"])
def test_both_paths_find_the_same(
    engine: Engine,
    asked: bool,
    compared: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Over a corpus of changes, code, log and warnings are identical."""
    before, after = sides(engine.dialect.name)
    with engine.begin() as connection:
        before.create_all(connection)
        opts = {"compare_server_default": asked}
        fast = outcome(connection, after, caplog, **opts)
        few = len(compared)
        monkeypatch.setattr(AutogenContext, "by_signature", False)
        full = outcome(connection, after, caplog, **opts)
    assert full == fast
    assert len(compared) - few == len(before.tables) - 1
    assert few < len(before.tables) * 0.55


def test_equal_tables_are_compared_once_a_kind(engine: Engine, compared: list[str]) -> None:
    """Of tables with the same shape, only the first is compared in full."""
    models, _ = sides(engine.dialect.name, rounds=0)
    kept = ("length_x_changed", "default_x_changed")
    for name in models.tables.keys() - set(kept):
        models.remove(models.tables[name])
    for number in range(20):
        for name in kept:
            models.tables[name].to_metadata(models, name=f"{name}_{number}")
    with engine.begin() as connection:
        models.create_all(connection)
        found = produce_migrations(MigrationContext.configure(connection), models)
    assert found.upgrade_ops is not None
    assert found.upgrade_ops.is_empty()
    assert ["default_x_changed", "length_x_changed"] == compared


def nothing(*_given: Any) -> None:
    """Have no opinion."""


def everything(*_given: Any) -> bool:
    """Let all through."""
    return True


@pytest.mark.parametrize(
    "opts",
    [
        {"include_object": everything},
        {"include_name": everything},
        {"compare_type": nothing},
        {"compare_server_default": nothing},
    ],
    ids=lambda opts: next(iter(opts)),
)
def test_options_that_look_on_take_the_full_path(compared: list[str], opts: Any) -> None:
    """If user code must be called, every table is compared in full."""
    assert ["a", "b"] == compared_tables(compared, opts)


def test_listeners_take_the_full_path(compared: list[str]) -> None:
    """Somebody who listens to columns of all tables sees all."""
    seen: list[str] = []

    def listen(_inspector: Any, table: Table, _info: Any) -> None:
        seen.append(table.name)

    event.listen(Table, "column_reflect", listen)
    try:
        assert ["a", "b"] == compared_tables(compared, {})
    finally:
        event.remove(Table, "column_reflect", listen)
    assert ["a", "b"] == seen


@pytest.mark.parametrize("target", ["table", "column"])
def test_own_comparators_take_the_full_path(compared: list[str], target: str) -> None:
    """A comparator without a signature is called for every table."""
    registry = comparators._registry
    before = {key: entries[:] for key, entries in registry.items()}
    comparators.dispatch_for(target)(nothing)
    try:
        assert ["a", "b"] == compared_tables(compared, {})
    finally:
        registry.clear()
        registry.update(before)


@pytest.mark.parametrize("hook", ["compare_type", "compare_server_default"])
def test_plugins_that_answer_take_the_full_path(compared: list[str], hook: str) -> None:
    """A plugin that compares columns is called for each of them."""

    class Plugin:
        pass

    def answer(self: Any, inspector_column: Any) -> None:
        """Have no opinion."""

    setattr(Plugin, hook, hookimpl(answer))
    name = get_manager().register(Plugin())
    try:
        assert ["a", "b"] == compared_tables(compared, {})
    finally:
        get_manager().unregister(name)


def test_own_impl_takes_the_full_path(compared: list[str]) -> None:
    """A subclass with its own comparison is called for every table, unless it opts out."""

    class OwnImpl(SQLiteImpl):
        def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
            return super().compare_type(inspector_column, metadata_column)

    class FastImpl(OwnImpl):
        compares_by_value = True

    assert ["a"] == compared_tables(compared, {})
    for impl_class, expected in ((OwnImpl, ["a", "b"]), (FastImpl, ["a"])):
        compared.clear()
        assert expected == compared_tables(compared, {}, impl_class)


def compared_tables(
    compared: list[str], opts: dict[str, Any], impl_class: type[Any] | None = None
) -> list[str]:
    """Return which of two equal tables are compared in full."""
    models = MetaData()
    for name in ("a", "b"):
        Table(name, models, Column("c", String(9)))
    with create_engine("sqlite://").connect() as connection:
        models.create_all(connection)
        context = MigrationContext.configure(connection, opts=opts)
        if impl_class is not None:
            context.impl.__class__ = impl_class
        assert [] == compare_metadata(context, models)
    return compared


@pytest.mark.parametrize(
    ("fixture", "driver"),
    [(None, "sqlite+aiosqlite"), ("fresh_postgresql", "postgresql+asyncpg")],
    ids=["sqlite", "postgresql"],
)
def test_async_engine(
    fixture: str | None, driver: str, compared: list[str], request: pytest.FixtureRequest
) -> None:
    """Through ``run_sync`` a comparison is the same."""
    url = make_url(request.getfixturevalue(fixture) if fixture else "sqlite://")
    before, after = sides(driver.partition("+")[0], rounds=2)

    def both(connection: Connection) -> tuple[list[str], int]:
        before.create_all(connection)
        context = MigrationContext.configure(connection)
        assert [] == compare_metadata(context, before)
        few = len(compared)
        ops = compare_metadata(context, after)
        return [str(one) for one in ops], few

    async def run() -> tuple[list[str], int]:
        engine = create_async_engine(url.set(drivername=driver))
        async with engine.connect() as connection:
            found = await connection.run_sync(both)
        await engine.dispose()
        return found

    ops, few = asyncio.run(run())
    assert any("remove_table" in op for op in ops)
    assert any("add_table" in op for op in ops)
    assert few < len(before.tables) * 0.6


def test_table_that_has_gone(engine: Engine) -> None:
    """A table that is dropped after the names were listed is named in an error."""
    models = MetaData()
    for name in ("one", "two"):
        Table(name, models, Column("c", String(9)))
    with engine.begin() as connection:
        models.create_all(connection)
        inspector = inspect(connection)
        names = inspector.get_table_names
        context = MigrationContext.configure(connection)

        def listed(self: Any, schema: str | None = None) -> list[str]:
            found = names(schema=schema)
            if "two" in found:
                connection.exec_driver_sql("DROP TABLE two")
            return [*found]

        inspector.__class__ = type("Late", (type(inspector),), {"get_table_names": listed})
        autogen_context = AutogenContext(context, models)
        autogen_context.inspector = inspector
        with pytest.raises(CommandError, match="Table 'two' was there when the tables were listed"):
            tables.compare_tables(autogen_context, {None})
