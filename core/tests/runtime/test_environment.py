"""EnvironmentContext: every documented member, as env.py and programs use it."""

from __future__ import annotations

import argparse
import asyncio
import io
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from idiolect.ddl.impl import DefaultImpl
from idiolect.environment import EnvironmentContext
from idiolect.errors import CommandError
from idiolect.migration import MigrationContext
from idiolect.script.base import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Callable

    from projects import Project


@pytest.fixture
def make(project: Project) -> Callable[..., EnvironmentContext]:
    """Return a function that creates an environment with a short history."""
    project.revision("aaa1")
    project.revision("bbb2", "aaa1")

    def environment(**kw: Any) -> EnvironmentContext:
        config = project.config()
        return EnvironmentContext(config, ScriptDirectory.from_config(config), **kw)

    return environment


def test_config_and_script(make: Callable[..., EnvironmentContext]) -> None:
    """The constructor's arguments."""
    environment = make()
    assert environment.config.get_main_option("script_location") == environment.script.dir


@pytest.mark.parametrize(
    ("given", "as_dictionary", "expected"),
    [
        (None, False, []),
        (None, True, {}),
        (["y=5", "z"], False, ["y=5", "z"]),
        (["y=5", "z", "w=", "y=6=7"], True, {"y": "6=7", "z": "", "w": ""}),
    ],
)
def test_x_arguments(
    make: Callable[..., EnvironmentContext], given: Any, as_dictionary: bool, expected: Any
) -> None:
    """As a list of texts, or a dictionary in which the last of equal keys counts."""
    environment = make()
    environment.config.cmd_opts = argparse.Namespace(x=given)
    assert expected == environment.get_x_argument(as_dictionary)  # type: ignore[call-overload] # both


def test_x_arguments_without_a_command_line(make: Callable[..., EnvironmentContext]) -> None:
    """A program passes none."""
    assert [] == make().get_x_argument()
    assert {} == make().get_x_argument(as_dictionary=True)


def test_tag(make: Callable[..., EnvironmentContext]) -> None:
    """The command's, unless configure() overrides it."""
    assert make().get_tag_argument() is None
    environment = make(tag="x")
    assert "x" == environment.get_tag_argument()
    environment.configure(dialect_name="sqlite", tag="y")
    assert "y" == environment.get_tag_argument()


def test_heads(project: Project, make: Callable[..., EnvironmentContext]) -> None:
    """One id, or all of them; several are no one."""
    assert "bbb2" == make().get_head_revision()
    assert ("bbb2",) == make().get_head_revisions()
    project.revision("ccc3", "aaa1")
    assert {"bbb2", "ccc3"} == {*(make().get_head_revisions() or ())}
    with pytest.raises(CommandError, match="Multiple head revisions are present"):
        make().get_head_revision()


DESTINATIONS = [("head", "bbb2"), ("heads", ("bbb2",)), ("base", None), ("aaa1", "aaa1")]


@pytest.mark.parametrize(("given", "expected"), DESTINATIONS)
def test_destination(make: Callable[..., EnvironmentContext], given: str, expected: Any) -> None:
    """Symbols become ids."""
    assert expected == make(destination_rev=given).get_revision_argument()


def test_start(make: Callable[..., EnvironmentContext]) -> None:
    """The id before the colon; configure() may override it."""
    with pytest.raises(CommandError, match="No starting revision argument is available"):
        make().get_starting_revision_argument()
    environment = make(starting_rev="aaa1", as_sql=True)
    assert "aaa1" == environment.get_starting_revision_argument()
    environment.configure(dialect_name="sqlite", starting_rev="bbb2")
    assert "bbb2" == environment.get_starting_revision_argument()
    assert make(starting_rev="base", as_sql=True).get_starting_revision_argument() is None


@pytest.mark.parametrize("as_sql", [True, False])
def test_offline_mode(make: Callable[..., EnvironmentContext], as_sql: bool) -> None:
    """A script needs no connection."""
    environment = make(as_sql=as_sql)
    assert as_sql is environment.is_offline_mode()
    assert as_sql is not environment.requires_connection()
    assert make().is_offline_mode() is False


@pytest.mark.parametrize("option", [None, True, False])
def test_transactional_ddl(make: Callable[..., EnvironmentContext], option: bool | None) -> None:
    """The dialect's, unless configure() overrides it."""
    environment = make()
    environment.configure(dialect_name="sqlite", transactional_ddl=option)
    assert (option is not False) is environment.is_transactional_ddl()


NEED_CONFIGURE: list[tuple[str, tuple[Any, ...]]] = [
    ("get_context", ()),
    ("get_bind", ()),
    ("get_impl", ()),
    ("is_transactional_ddl", ()),
    ("begin_transaction", ()),
    ("run_migrations", ()),
    ("execute", ("SELECT 1",)),
    ("static_output", ("-- text",)),
]


@pytest.mark.parametrize(("name", "arguments"), NEED_CONFIGURE)
def test_before_configure(
    make: Callable[..., EnvironmentContext], name: str, arguments: tuple[Any, ...]
) -> None:
    """Methods that need a dialect say what to call first."""
    with pytest.raises(CommandError, match=r"call context\.configure\(\) in env\.py"):
        getattr(make(), name)(*arguments)


def test_a_script_by_hand(make: Callable[..., EnvironmentContext]) -> None:
    """Statements are terminated, other text is unchanged, all in the given stream."""
    environment = make(as_sql=True)
    buffer = io.StringIO()
    environment.configure(dialect_name="sqlite", output_buffer=buffer)
    with environment.begin_transaction():
        environment.static_output("-- text")
        environment.execute("SELECT 1")
        environment.execute(text("SELECT 2"))
    assert "BEGIN;\n\n-- text\n\nSELECT 1;\n\nSELECT 2;\n\nCOMMIT;\n\n" == buffer.getvalue()


def test_where_a_script_goes(
    project: Project, capsys: pytest.CaptureFixture[str], make: Callable[..., EnvironmentContext]
) -> None:
    """configure()'s stream, or the Config's, or stdout, in the given encoding."""
    environment = make(as_sql=True)
    environment.configure(dialect_name="sqlite")
    environment.static_output("one")
    assert "one\n\n" == capsys.readouterr().out
    buffer = io.StringIO()
    config = project.config(output_buffer=buffer)
    environment = EnvironmentContext(config, ScriptDirectory.from_config(config), as_sql=True)
    environment.configure(dialect_name="sqlite")
    environment.static_output("two")
    assert "two\n\n" == buffer.getvalue()
    raw = io.BytesIO()
    environment.configure(dialect_name="sqlite", output_buffer=raw, output_encoding="utf-16-le")  # type: ignore[arg-type] # bytes
    environment.static_output("é")
    assert "é\n\n".encode("utf-16-le") == raw.getvalue()


def test_online(make: Callable[..., EnvironmentContext]) -> None:
    """The bind is the connection, and the context has its environment."""
    environment = make()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        environment.configure(connection=connection)
        context = environment.get_context()
        assert environment.get_bind() is connection
        assert environment.get_impl() is context.impl
        assert isinstance(environment.get_impl(), DefaultImpl)
        assert context.config is environment.config
        assert context.environment_context is environment
        assert context.script is environment.script
    engine.dispose()


def test_the_latest_configure_counts(make: Callable[..., EnvironmentContext]) -> None:
    """Several databases, one after the other."""
    environment = make()
    environment.configure(dialect_name="sqlite", version_table="one")
    environment.configure(dialect_name="sqlite", version_table="two")
    assert "two" == environment.get_context().version_table


def test_options_reach_the_context(make: Callable[..., EnvironmentContext]) -> None:
    """The command's, overridden by those of configure(); dialect options are unchanged."""
    environment = make(kept=1, replaced=1, as_sql=True)
    environment.configure(dialect_name="sqlite", replaced=2, mssql_batch_separator="GO")
    opts = environment.get_context().opts
    assert (1, 2, "GO") == (opts["kept"], opts["replaced"], opts["mssql_batch_separator"])
    assert opts["as_sql"] is True
    assert opts["compare_type"] is True
    assert opts["compare_server_default"] is False
    assert "op." == opts["alembic_module_prefix"]


def test_template_arguments_reach_the_command(make: Callable[..., EnvironmentContext]) -> None:
    """The command's dict is modified in place."""
    passed = {"config": 1}
    environment = make(template_args=passed)
    environment.configure(dialect_name="sqlite", template_args={"mine": 2})
    assert {"config": 1, "mine": 2} == passed


DIALECTS: list[dict[str, Any]] = [
    {"url": "sqlite:///x.db"},
    {"url": make_url("sqlite://")},
    {"dialect_name": "sqlite"},
    {"dialect_name": "sqlite", "dialect_opts": {"paramstyle": "named"}},
]


@pytest.mark.parametrize("given", DIALECTS)
def test_what_tells_the_dialect(make: Callable[..., EnvironmentContext], given: Any) -> None:
    """A URL as text or object, or a name; options go to the dialect."""
    environment = make()
    environment.configure(**given)
    dialect = environment.get_context().dialect
    assert "sqlite" == dialect.name
    if "dialect_opts" in given:
        assert "named" == dialect.paramstyle


def test_nothing_tells_the_dialect(make: Callable[..., EnvironmentContext]) -> None:
    """The message names what may."""
    with pytest.raises(CommandError, match="connection, url, dialect_name, dialect"):
        make().configure()


@pytest.mark.parametrize("thing", [create_engine("sqlite://"), Session(), "sqlite://", 5])
def test_what_is_no_connection(make: Callable[..., EnvironmentContext], thing: Any) -> None:
    """An Engine, most of all."""
    with pytest.raises(CommandError, match=r"'connection' argument to configure\(\) is expected"):
        make().configure(connection=thing)


def test_an_asynchronous_connection(make: Callable[..., EnvironmentContext]) -> None:
    """The message says how to get one that is not."""
    pytest.importorskip("aiosqlite")

    async def configure() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.connect() as connection:
            for thing in (engine, connection):
                with pytest.raises(CommandError, match=r"await connection\.run_sync"):
                    make().configure(connection=cast("Any", thing))
        await engine.dispose()

    asyncio.run(configure())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dialect_name", 5),
        ("dialect_opts", ["paramstyle"]),
        ("template_args", "x"),
        ("output_encoding", "klingon"),
    ],
)
def test_a_value_that_is_needed_at_once(
    make: Callable[..., EnvironmentContext], name: str, value: Any
) -> None:
    """Options used before all are resolved are validated as well."""
    environment = make(as_sql=True, template_args={})
    with pytest.raises(CommandError, match=rf"configure\({name}="):
        environment.configure(**{"dialect_name": "sqlite", name: value})


def test_a_url_where_a_connection_is_needed(make: Callable[..., EnvironmentContext]) -> None:
    """The error of an online run says what is missing."""
    environment = make(fn=lambda _heads, _context: [])
    environment.configure(url="sqlite://")
    with (
        pytest.raises(CommandError, match=r"no connection\. Pass connection=\.\.\., or use --sql"),
        environment.begin_transaction(),
    ):
        environment.run_migrations()


def test_a_program_runs_its_own_function(project: Project) -> None:
    """As documented: it gets the heads and the context created by env.py."""
    calls: list[Any] = []

    def function(heads: tuple[str, ...], context: MigrationContext) -> list[Any]:
        calls.append((heads, type(context)))
        return []

    project.revision("aaa1")
    project.upgrade()
    config = project.config()
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=function, destination_rev="head"):
        script.run_env()
    assert [(("aaa1",), MigrationContext)] == calls


def test_arguments_reach_the_revisions(project: Project) -> None:
    """Those of run_migrations() are passed to each function."""
    seen = project.attributes["seen"] = []
    project.attributes["run_args"] = {"tenant": "x"}
    note = "op.get_context().config.attributes['seen'].append(kw)"
    project.revision("a", None, note, note)
    project.upgrade()
    project.downgrade("base")
    assert [{"tenant": "x"}, {"tenant": "x"}] == seen
