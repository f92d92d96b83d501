"""Round trips of views and functions."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.hooks.manager import get_manager
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.testing.project import Project
from idiolect_views import function, plugin, view
from idiolect_views.operations import FunctionOp, ViewOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUERY = "SELECT id, name FROM person WHERE age >= 18"
HALF = "RETURNS integer LANGUAGE sql AS 'SELECT $1 / 2'"


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    name = get_manager().register(plugin, "views")
    yield
    get_manager().unregister(name)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """A connection to an empty database, on each dialect."""
    url = "sqlite://"
    if request.param != "sqlite":
        url = request.getfixturevalue(f"fresh_{request.param}")
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def models(query: str = QUERY) -> sa.MetaData:
    """Return models with a table and a view."""
    metadata = sa.MetaData()
    sa.Table(
        "person",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20)),
        sa.Column("age", sa.Integer),
    )
    view(metadata, "adults", query)
    return metadata


def differences(connection: sa.Connection, metadata: sa.MetaData) -> list[Any]:
    """Return the differences that autogenerate finds."""
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
    return found


def run(connection: sa.Connection, metadata: sa.MetaData) -> Callable[[], None]:
    """Generate a revision; run its upgrade now, and return a function for its downgrade."""
    context = MigrationContext.configure(connection)
    script = produce_migrations(context, metadata)
    halves = [
        render_python_code(ops, migration_context=context)
        for ops in (script.upgrade_ops, script.downgrade_ops)
        if ops is not None
    ]

    def play(code: str) -> None:
        with Operations.context(MigrationContext.configure(connection)) as op:
            exec(f"def run():\n    {code}\nrun()", {"op": op, "sa": sa})

    play(halves[0])
    return lambda: play(halves[1])


def test_a_new_view(connection: sa.Connection) -> None:
    """It is created after its table, shows no difference afterwards, and is dropped before it."""
    metadata = models()
    assert ["add_table", "create_view"] == [each[0] for each in differences(connection, metadata)]
    back = run(connection, metadata)
    assert [] == differences(connection, metadata)
    back()
    assert [] == sa.inspect(connection).get_view_names()


def test_a_changed_view(connection: sa.Connection) -> None:
    """A different query is found, however the database normalises it."""
    run(connection, models())
    other = "SELECT id, name, age FROM person WHERE age >= 21"
    (diff,) = differences(connection, models(other))
    assert ("replace_view", "adults", other) == diff
    back = run(connection, models(other))
    assert [] == differences(connection, models(other))
    back()
    assert [] == differences(connection, models())


def test_a_view_that_is_gone(connection: sa.Connection) -> None:
    """A view that no model declares is dropped, and created again by the downgrade."""
    run(connection, models())
    without = models()
    without.info.clear()
    back = run(connection, without)
    assert [] == sa.inspect(connection).get_view_names()
    back()
    assert [] == differences(connection, models())


@pytest.mark.postgresql
def test_functions(fresh_postgresql: str) -> None:
    """A function is created, changed and dropped like a view; PostgreSQL's own are ignored."""
    engine = sa.create_engine(fresh_postgresql)
    with engine.connect() as connection:
        metadata = sa.MetaData()
        function(metadata, "half(integer)", HALF)
        assert ["create_function"] == [each[0] for each in differences(connection, metadata)]
        run(connection, metadata)
        assert [] == differences(connection, metadata)
        function(metadata, "half(integer)", HALF.replace("2", "3"))
        assert ["replace_function"] == [each[0] for each in differences(connection, metadata)]
        assert ["drop_function"] == [each[0] for each in differences(connection, sa.MetaData())]
    engine.dispose()


def test_a_script() -> None:
    """Directives write SQL; colons and quotes are unchanged."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    context = MigrationContext.configure(dialect_name="postgresql", opts=opts)
    with Operations.context(context) as bound:
        op: Any = bound
        op.create_view("v", "SELECT 'a:b'::text")
        op.drop_function("half(integer)")
    assert "CREATE VIEW v AS SELECT 'a:b'::text;\n\nDROP FUNCTION half(integer);\n\n" == (
        buffer.getvalue()
    )


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (ViewOp("v", "SELECT 1"), "op.create_view('v', 'SELECT 1')"),
        (ViewOp("v", "SELECT 1", "SELECT 2"), "op.replace_view('v', 'SELECT 1', 'SELECT 2')"),
        (ViewOp("v", None, "SELECT 2"), "op.drop_view('v', 'SELECT 2')"),
        (FunctionOp("f()", None), "op.drop_function('f()')"),
        (ViewOp("v", "SELECT\n1"), 'op.create_view(\'v\', """SELECT\n1""")'),
    ],
)
def test_lines_of_a_revision(op: Any, expected: str) -> None:
    """Each operation is a call of its directive."""
    assert expected == op.as_code("op.")


@pytest.mark.usefixtures("found")
def test_an_installed_plugin(tmp_path: Path) -> None:
    """A revision file can use the directives without importing anything."""
    project = Project(tmp_path / "project", f"sqlite:///{tmp_path}/shop.db")
    project.revision("a1", None, "op.create_view('one', 'SELECT 1')", "op.drop_view('one')")
    status, _, errors = project.apart("upgrade", "head")
    assert 0 == status, errors
    status, _, errors = project.apart("downgrade", "base")
    assert 0 == status, errors
