"""Names that Alembic does not document and published code imports all the same."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from idiolect import op
from idiolect.ddl.impl import ComparisonResult, DefaultImpl, _impls
from idiolect.migration import MigrationContext
from idiolect.util import sqla_compat

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "alembic-api.md"
NAMES = {
    "autogenerate.api": "AutogenContext RevisionContext compare render",
    "ddl.impl": "ComparisonResult _impls",
    "operations.batch": "ApplyBatchImpl BatchOperationsImpl",
    "runtime.environment": """
        CompareServerDefault CompareType IncludeNameFn IncludeObjectFn NameFilterParentNames
        NameFilterType OnVersionApplyFn ProcessRevisionDirectiveFn RenderItemFn _GetRevArg
        _RevNumber
    """,
    "script.base": "_default_file_template _only_source_rev_file _slug_re _sourceless_rev_file",
    "script.revision": """
        _GetRevArg _RevIdType _RevisionIdentifierType _RevisionOrBase _RevisionOrStr
    """,
    "util.sqla_compat": """
        AUTOINCREMENT_DEFAULT _columns_for_constraint _connectable_has_table
        _get_connection_in_transaction _table_for_constraint compiles
    """,
}
CASES = [(module, name) for module, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), CASES)
def test_a_published_name_is_there_and_listed(module: str, name: str) -> None:
    """It can be imported, and the page of names lists it."""
    found = getattr(importlib.import_module(f"idiolect.{module}"), name)
    assert found is not None
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")


def test_the_documented_path_of_the_environment_has_the_types() -> None:
    """As Alembic's module of that name has them; others are no attributes."""
    environment: Any = importlib.import_module("idiolect.environment")
    assert environment.NameFilterType is environment.IncludeNameFn.__args__[1]
    assert not hasattr(environment, "Nothing")
    assert not hasattr(environment, "_nothing")


def test_types_cost_nothing_until_they_are_wanted() -> None:
    """A run without annotations does not load them."""
    imports = "import idiolect.runtime.environment, sys"
    code = f"{imports}; print('idiolect.runtime.callbacks' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()


@pytest.fixture
def nobodys() -> Iterator[str]:
    """Give the name of a dialect that has no class, and leave the process without one."""
    yield "nobodysdb"
    _impls.pop("nobodysdb", None)


def test_an_env_py_may_put_a_class_in(nobodys: str) -> None:
    """A class registered for another dialect then serves this one."""
    assert nobodys not in _impls
    _impls[nobodys] = _impls["postgresql"]
    dialect = DefaultDialect()
    dialect.name = nobodys
    context = MigrationContext.configure(dialect=dialect)
    assert _impls["postgresql"] is type(context.impl)
    del _impls[nobodys]
    assert nobodys not in list(_impls)


def test_the_classes_of_plugins_are_among_those_that_are_known() -> None:
    """Also where nothing has loaded the plugin yet."""
    code = (
        "from idiolect.ddl.impl import _impls; print(*_impls);"
        "print(_impls['mysql'].__name__, _impls['sqlite'].__name__, len(_impls))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = "default mariadb mssql mysql oracle postgresql sqlite\nMySQLImpl SQLiteImpl 7"
    assert expected == done.stdout.strip()
    assert DefaultImpl is _impls["default"]
    with pytest.raises(KeyError, match="nothing"):
        _impls["nothing"]


def test_the_tables_and_columns_of_constraints() -> None:
    """What published comparisons ask of a constraint."""
    parent = sa.Table("parent", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    child = sa.Table(
        "child",
        parent.metadata,
        sa.Column("parent_id", sa.ForeignKey("parent.id")),
        sa.Column("name", sa.String, unique=True),
    )
    (foreign_key,) = child.foreign_key_constraints
    (unique,) = (one for one in child.constraints if isinstance(one, sa.UniqueConstraint))
    for constraint, column in ((foreign_key, "parent_id"), (unique, "name")):
        assert child is sqla_compat.table_for_constraint(constraint)
        assert [child.c[column]] == sqla_compat.columns_for_constraint(constraint)
    with sa.create_engine("sqlite://").connect() as connection:
        parent.create(connection)
        assert sqla_compat.has_table(connection, "parent", None)
        assert not sqla_compat.has_table(connection, "child", None)


def test_file_names_are_made_as_programs_do() -> None:
    """Slugs come from the message, and revision files are recognised."""
    base: Any = importlib.import_module("idiolect.script.base")
    assert ["add", "a_b", "c"] == base._slug_re.findall("add a_b, c!")
    assert base._only_source_rev_file.match("a1_x.py")
    assert not base._only_source_rev_file.match("__init__.py")
    assert base._sourceless_rev_file.match("a1_x.pyc")
    assert not hasattr(base, "_nothing")
    assert not hasattr(op, "_nothing")


def test_an_impl_class_that_compares_indexes_itself() -> None:
    """Dialects import the result's class from the module of impls, and call its helper."""

    class OwnImpl(DefaultImpl):
        def compare_indexes(self, metadata_index: Any, reflected_index: Any) -> Any:
            found = self._compare_index_unique(metadata_index, reflected_index)
            return ComparisonResult.Different([found]) if found else ComparisonResult.Equal()

    def index(*, unique: bool) -> sa.Index:
        table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer))
        return sa.Index("i", table.c.a, unique=unique)

    impl = OwnImpl(DefaultDialect(), None, True, None, io.StringIO(), {})
    plain, unique = index(unique=False), index(unique=True)

    assert impl.compare_indexes(plain, plain).is_equal
    result = impl.compare_indexes(unique, plain)
    assert (True, "unique=False to unique=True") == (result.is_different, result.message)
