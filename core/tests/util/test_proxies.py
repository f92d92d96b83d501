"""The modules ``op`` and ``context``: names at import, at call, in mocks and in errors."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from idiolect import context, op
from idiolect.migration import MigrationContext
from idiolect.operations.base import Operations
from idiolect.runtime.environment import EnvironmentContext

if TYPE_CHECKING:
    from projects import Project

CREATE = "op.create_table('t', sa.Column('id', sa.Integer))"


def public(cls: type) -> set[str]:
    """Return the names of a class that are for users."""
    return {name for name in dir(cls) if not name.startswith("_")}


@pytest.mark.parametrize("module", ["op", "context"])
def test_a_star_import_with_nothing_bound(module: str) -> None:
    """It takes the directives, and nothing that has no value yet."""
    namespace: dict[str, Any] = {}
    exec(f"from idiolect.{module} import *", namespace)
    cls = {"op": Operations, "context": EnvironmentContext}[module]
    del namespace["__builtins__"]
    assert public(cls) == namespace.keys()
    assert all(map(callable, namespace.values()))


def test_names_taken_at_import_work_later(project: Project) -> None:
    """A library may import directives at its top; they bind when they are called."""
    from idiolect.op import create_table, execute

    project.attributes["taken"] = (create_table, execute)
    project.revision(
        "a",
        None,
        """
        create_table, execute = op.get_context().config.attributes["taken"]
        create_table("t", sa.Column("id", sa.Integer))
        execute("INSERT INTO t VALUES (1)")
        """,
    )
    with pytest.raises(NameError, match="'execute'"):
        execute("SELECT 1")
    project.upgrade()
    assert [1] == project.rows("SELECT id FROM t")


def test_a_call_with_nothing_bound() -> None:
    """The documented text, and where it may be called."""
    with pytest.raises(NameError) as caught:
        op.create_table("t")
    assert str(caught.value).startswith(
        "Can't invoke function 'create_table', as the proxy object has not yet been established "
        "for the Alembic 'Operations' class.  Try placing this code inside a callable."
    )
    with pytest.raises(NameError, match="'EnvironmentContext' class"):
        context.configure()


def test_hasattr() -> None:
    """It is an answer, not an error, bound or not."""
    assert hasattr(op, "create_table")
    assert hasattr(context, "configure")
    assert not hasattr(op, "create_tabel")
    assert not hasattr(op, "impl")
    assert not hasattr(context, "config")
    assert not hasattr(op, "__wrapped__")


def test_values_are_there_while_a_command_runs(project: Project) -> None:
    """``context.config``, ``context.script`` and ``op.impl`` are read at once."""
    project.revision(
        "a",
        None,
        """
        from idiolect import context
        seen = context.config.attributes["seen"]
        seen.append(context.script.get_current_head())
        seen.append(op.impl is op.get_context().impl)
        seen.append(hasattr(op, "migration_context"))
        """,
    )
    seen = project.attributes["seen"] = []
    project.upgrade()
    assert ["a", True, True] == seen


UNKNOWN = [
    (op, "create_tabel", "Did you mean 'create_table'?"),
    (op, "zzz", "Nothing is bound: it is available while a command runs (Operations)."),
    (
        context,
        "config",
        "Nothing is bound: it is available while a command runs (EnvironmentContext).",
    ),
    (context, "run_migration", "Did you mean 'run_migrations'?"),
]


@pytest.mark.parametrize(("module", "name", "hint"), UNKNOWN)
def test_an_unknown_name(module: Any, name: str, hint: str) -> None:
    """The error suggests the nearest known name."""
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert f"module {module.__name__!r} has no attribute {name!r}. {hint}" == str(caught.value)


@pytest.mark.parametrize(
    "use",
    [
        "from idiolect import op; op.create_tabel",
        "from idiolect.operations import Operations; object.__new__(Operations).create_tabel",
    ],
    ids=["op", "Operations"],
)
def test_one_suggestion(use: str) -> None:
    """In a traceback, Python does not suggest the same name again."""
    done = subprocess.run([sys.executable, "-c", use], capture_output=True, text=True, check=False)
    assert done.stderr.endswith("Did you mean 'create_table'?\n")


def test_dir() -> None:
    """Interactive shells show the available names."""
    assert public(Operations) == set(dir(op))
    assert public(EnvironmentContext) | {"config", "script"} == set(dir(context))


def test_a_mock_takes_a_directives_place(project: Project) -> None:
    """Users mock directives in tests; afterwards the directive is restored."""
    project.revision("a", None, CREATE)
    with mock.patch.object(op, "create_table") as fake:
        project.upgrade()
    fake.assert_called_once()
    assert ["alembic_version"] == project.tables()
    assert "create_table" not in vars(op)
    with mock.patch("idiolect.op.execute") as fake:
        op.execute("SELECT 1")
    fake.assert_called_once_with("SELECT 1")


def test_the_object_behind_op_is_there_while_a_revision_runs(project: Project) -> None:
    """Published revisions ask ``op._proxy`` for the dialect."""
    dialect = "op._proxy.migration_context.dialect"
    project.revision("a", None, f"op.execute(f'CREATE TABLE {{{dialect}.name}} (id INT)')")
    project.upgrade()
    assert ["alembic_version", "sqlite"] == project.tables()
    assert not hasattr(op, "_proxy")


def test_an_object_put_behind_op_is_used_where_nothing_is_bound(
    monkeypatch: pytest.MonkeyPatch, project: Project
) -> None:
    """Published tests call directives so; a command's own binding comes first."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="sqlite", opts={"as_sql": True, "output_buffer": buffer}
    )
    monkeypatch.setattr(op, "_proxy", Operations(context), raising=False)
    op.execute("SELECT 1")
    assert "SELECT 1;\n\n" == buffer.getvalue()
    project.revision("a", None, CREATE)
    project.upgrade()
    assert ["alembic_version", "t"] == project.tables()


def test_a_directive_keeps_its_signature() -> None:
    """Help and editors show the method's own."""
    assert "create_table" == op.create_table.__name__
    assert op.create_table.__doc__ == Operations.create_table.__doc__
    assert Operations is op.Operations


def test_importing_the_proxies_loads_no_database_library() -> None:
    """They cost nothing until a name is used."""
    code = "import idiolect.op, idiolect.context, sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()


def test_a_reload_changes_nothing(project: Project) -> None:
    """The binding is stored elsewhere."""
    importlib.reload(op)
    project.revision("a", None, CREATE)
    project.upgrade()
    assert ["a"] == project.heads()
