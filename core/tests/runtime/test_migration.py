"""MigrationContext: every documented member, with a database and without."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.dialects import sqlite as sqlite_dialect

from idiolect.errors import CommandError, VersionTableError
from idiolect.migration import MigrationContext, StampStep
from idiolect.operations import Operations
from idiolect.script.base import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager


@pytest.fixture
def connection(sqlite: PluginManager) -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def offline(**opts: Any) -> MigrationContext:
    """Return a context that writes a script."""
    opts.setdefault("output_buffer", io.StringIO())
    return MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True, **opts})


TABLES: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
    ({}, ("alembic_version", None, "alembic_version_pkc")),
    ({"version_table": "explicit"}, ("explicit", None, "explicit_pkc")),
    ({"version_table_schema": "s"}, ("alembic_version", "s", "alembic_version_pkc")),
    ({"version_table_pk": False}, ("alembic_version", None, None)),
]


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(("opts", "expected"), TABLES)
def test_the_version_table(opts: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """Name, schema and primary key are configured; the column is documented."""
    context = offline(**opts)
    table = context._version
    assert expected == (table.name, table.schema, table.primary_key.name)
    assert (table.name, table.schema) == (context.version_table, context.version_table_schema)
    (column,) = table.columns
    assert ("version_num", "VARCHAR(32)", False) == (
        column.name,
        str(column.type),
        column.nullable,
    )


def test_reading_the_revision_makes_nothing(connection: Connection) -> None:
    """Without a version table there is no revision."""
    context = MigrationContext.configure(connection)
    assert (None, ()) == (context.get_current_revision(), context.get_current_heads())
    assert [] == inspect(connection).get_table_names()


def test_the_current_revision(connection: Connection) -> None:
    """One row is the revision, none is the base, two are an error."""
    context = MigrationContext.configure(connection, opts={"version_table": "v"})
    context._ensure_version_table()
    assert context.get_current_revision() is None
    connection.execute(text("INSERT INTO v VALUES ('a')"))
    assert ("a", ("a",)) == (context.get_current_revision(), context.get_current_heads())
    connection.execute(text("INSERT INTO v VALUES ('b')"))
    assert {"a", "b"} == {*context.get_current_heads()}
    with pytest.raises(VersionTableError) as caught:
        context.get_current_revision()
    assert str(caught.value).startswith(
        "Version table 'v' has more than one head present; please use get_current_heads()"
    )
    assert isinstance(caught.value, CommandError)


def test_a_version_table_of_a_program(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program replaces the method that creates the table, with Alembic's one parameter."""
    made: list[bool] = []
    create = MigrationContext._ensure_version_table

    def ensure(self: MigrationContext, purge: bool = False) -> None:
        made.append(purge)
        create(self, purge)

    monkeypatch.setattr(MigrationContext, "_ensure_version_table", ensure)
    project.revision("a")

    project.upgrade()

    assert [False] == made
    assert ["a"] == project.heads()


def test_a_start_with_a_database(connection: Connection) -> None:
    """The heads come from the database."""
    context = MigrationContext.configure(connection, opts={"starting_rev": "boo"})
    with pytest.raises(CommandError, match="Can't specify current_revision"):
        context.get_current_revision()


STARTS: list[tuple[Any, tuple[str, ...]]] = [
    (None, ()),
    ("base", ()),
    ("start", ("start",)),
    (("x", "y"), ("x", "y")),
]


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(("start", "expected"), STARTS)
def test_the_heads_of_a_script(start: Any, expected: tuple[str, ...]) -> None:
    """The given start, because there is no database."""
    assert expected == offline(starting_rev=start).get_current_heads()


def test_the_heads_of_a_script_are_full_ids(project: Project) -> None:
    """Prefixes and symbols are resolved where the scripts are known."""
    project.revision("abcdef")
    script = ScriptDirectory.from_config(project.config())
    for start in ("abc", "head", ("abc",)):
        assert ("abcdef",) == offline(starting_rev=start, script=script).get_current_heads()


class Stamps:
    """Stands for a script directory with two branches."""

    def _stamp_revs(self, revision: str, heads: tuple[str, ...]) -> list[StampStep]:
        return [StampStep(None, "a", True, True), StampStep(None, revision, True, True)]


def test_stamp(connection: Connection) -> None:
    """It creates the table and changes the rows; the program commits."""
    context = MigrationContext.configure(connection)
    context.stamp(Stamps(), "b")
    assert ("a", "b") == tuple(sorted(context.get_current_heads()))
    connection.commit()
    assert ("a", "b") == tuple(sorted(context.get_current_heads()))


def test_execute_and_bind(connection: Connection) -> None:
    """Statements go to the connection, as text or as constructs."""
    context = MigrationContext.configure(connection)
    assert context.bind is connection is context.connection
    context.execute("CREATE TABLE t (id INTEGER)")
    context.execute(text("INSERT INTO t VALUES (:id)").bindparams(id=1))
    assert [1] == list(connection.execute(text("SELECT id FROM t")).scalars())


@pytest.mark.usefixtures("sqlite")
def test_a_script() -> None:
    """The bind writes, and returns nothing."""
    buffer = io.StringIO()
    context = offline(output_buffer=buffer)
    context.execute("ONE")
    assert context.bind is not None
    assert context.bind.execute(text("TWO")) is None
    assert "ONE;\n\nTWO;\n\n" == buffer.getvalue()


@pytest.mark.usefixtures("sqlite")
def test_ways_to_make_one() -> None:
    """A dialect object serves too; without any, the message names the ways."""
    dialect = sqlite_dialect.dialect()
    assert dialect is MigrationContext.configure(dialect=dialect).dialect
    assert dialect is MigrationContext(dialect, None, {}).dialect
    assert MigrationContext(dialect, None, {}).config is None
    with pytest.raises(CommandError, match="needs one of: connection, url, dialect_name, dialect"):
        MigrationContext.configure()


@pytest.mark.usefixtures("sqlite")
def test_no_database_to_ask() -> None:
    """A context without a connection raises an error."""
    with pytest.raises(CommandError, match="no connection"):
        MigrationContext.configure(dialect_name="sqlite").get_current_heads()


def test_opts_are_not_the_callers(connection: Connection) -> None:
    """The context copies them."""
    opts: dict[str, Any] = {"version_table": "v"}
    MigrationContext.configure(connection, opts=opts).opts["version_table"] = "w"
    assert {"version_table": "v"} == opts


def test_operations_in_a_program(connection: Connection) -> None:
    """As documented: outside of any environment."""
    context = MigrationContext.configure(connection)
    Operations(context).execute("CREATE TABLE t (id INTEGER)")
    assert ["t"] == inspect(connection).get_table_names()


def test_a_purging_stamp(project: Project) -> None:
    """All rows are deleted first, known or not."""
    from idiolect import command

    project.revision("a")
    project.upgrade()
    with project.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'gone'"))
    command.stamp(project.config(), "a", purge=True)
    assert ["a"] == project.heads()
    command.stamp(project.config(), "base", purge=True)
    assert [] == project.heads()


def test_what_is_logged(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    """The impl, the rule about transactions, and each step."""
    project.revision("a").write_text(
        '"""First."""\nrevision = "a"\ndown_revision = None\ndef upgrade(): pass\n'
    )
    with caplog.at_level(logging.INFO, logger="idiolect.runtime.migration"):
        project.upgrade()
        project.sql()
    messages = [record.getMessage() for record in caplog.records]
    expected = [
        "Context impl PlainSQLite.",
        "Will assume transactional DDL.",
        "Running upgrade  -> a, First.",
        "Context impl PlainSQLite.",
        "Generating static SQL",
        "Will assume transactional DDL.",
        "Running upgrade  -> a, First.",
    ]
    assert expected == [each for each in messages if each in set(expected)]


def test_a_failure_names_the_revision(project: Project) -> None:
    """A note names the function and the file, whatever was raised."""
    path = project.revision("a", None, "raise ValueError('broken')", "1 / 0")
    with pytest.raises(ValueError, match="broken") as caught:
        project.upgrade()
    assert [f"in upgrade() of revision 'a' ({path})"] == caught.value.__notes__


def test_two_bases_in_one_script(project: Project) -> None:
    """The version table is created once, before the first row."""
    project.revision("a")
    project.revision("x")
    script = project.sql("heads")
    assert 1 == script.count("CREATE TABLE alembic_version")
    assert 2 == script.count("INSERT INTO alembic_version")


def test_a_script_from_a_start(project: Project) -> None:
    """Above the base the table exists already; a downgrade keeps it."""
    project.revision("a", None, "op.execute('A')", "op.execute('UN A')")
    project.revision("b", "a", "op.execute('B')", "op.execute('UN B')")
    up = project.sql("a:b")
    assert "CREATE" not in up
    assert "-- Running upgrade a -> b\n\nB;\n\nUPDATE alembic_version" in up
    back = project.sql("b:base", down=True)
    assert back.index("UN B;") < back.index("UPDATE alembic_version") < back.index("UN A;")
    assert back.index("UN A;") < back.index("DELETE FROM alembic_version")
    assert "DROP TABLE" not in back
