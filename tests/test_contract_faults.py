"""The contract finds planted faults: a test of it that could not fail would promise nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Fault(NamedTuple):
    """A fault in SQLite's plugin, and the tests that have to find it.

    Attributes:
        code: the body of a fixture that breaks something.
        found_by: names of tests.
    """

    code: str
    found_by: tuple[str, ...]


_HOOK = "patch.setattr(SQLitePlugin, {!r}, hookimpl(lambda self: {}))"
FAULTS = {
    "NoTransactions": Fault(
        # The lock of SQLite begins a transaction too.
        _HOOK.format("prepare_connection", "contextlib.nullcontext()")
        + "\n        "
        + _HOOK.format("migration_lock", "MigrationLock()"),
        ("test_failed_run", "test_failed_revision"),
    ),
    "RuleIsWrong": Fault(
        _HOOK.format("transactional_ddl", "False"), ("test_rules_tell_the_truth",)
    ),
    "NoAutocommit": Fault(_HOOK.format("autocommit_level", "''"), ("test_autocommit_block",)),
    "OtherTerminator": Fault(
        _HOOK.format("statement_terminator", "'!'"), ("test_script_of[create_table]",)
    ),
    "NoBegin": Fault(
        "patch.setattr(SQLiteImpl, 'emit_begin', lambda self: None)", ("test_transaction_words",)
    ),
    "BeginAnyway": Fault(
        "patch.setattr(SQLiteImpl, 'execute', lambda self, sql: self.emit_begin())",
        ("test_no_transaction_words", "test_terminator_and_separator"),
    ),
    "NothingRenamed": Fault(
        "patch.setattr(SQLiteImpl, 'rename_table', lambda *a, **k: None)",
        ("test_operation[rename_table]", "test_script_of[rename_table]"),
    ),
    "RowsLost": Fault(
        "patch.setattr(SQLiteImpl, 'bulk_insert', lambda *a, **k: None)",
        ("test_operation[bulk_insert]", "test_script_is_the_run"),
    ),
    "CommitsAtOnce": Fault(
        "exec_ = SQLiteImpl._exec\n"
        "        def commits(self, *a, **k):\n"
        "            result = exec_(self, *a, **k)\n"
        "            self.as_sql or self.connection.commit()\n"
        "            return result\n"
        "        patch.setattr(SQLiteImpl, '_exec', commits)",
        ("test_rows_of_a_failed_revision", "test_failed_run"),
    ),
    "TypesDiffer": Fault(
        "patch.setattr(SQLiteImpl, 'compare_type', lambda *a: True)", ("test_type[Integer]",)
    ),
    "TypesNeverDiffer": Fault(
        "patch.setattr(SQLiteImpl, 'compare_type', lambda *a: False)", ("test_type_changes",)
    ),
    "DefaultsDiffer": Fault(
        "patch.setattr(SQLiteImpl, 'compare_server_default', lambda *a: True)", ("test_defaults",)
    ),
    "NoKey": Fault(
        "make = SQLiteImpl.version_table_impl\n"
        "        patch.setattr(SQLiteImpl, 'version_table_impl', lambda self, **k:"
        " make(self, **{**k, 'version_table_pk': False}))",
        ("test_primary_key",),
    ),
    "AlwaysTheSameName": Fault(
        "make = SQLiteImpl.version_table_impl\n"
        "        patch.setattr(SQLiteImpl, 'version_table_impl', lambda self, **k:"
        " make(self, **{**k, 'version_table': 'alembic_version'}))",
        ("test_own_name",),
    ),
}
HEAD = """
import contextlib
import pytest
from idiolect.hooks import MigrationLock, hookimpl
from idiolect.hooks.manager import get_manager
from idiolect.testing.suite import DialectContract
from idiolect_sqlite.impl import SQLiteImpl
from idiolect_sqlite.plugin import SQLitePlugin

GOLDEN = {golden!r}

@pytest.fixture
def contract_url(tmp_path):
    return f"sqlite:///{{tmp_path}}/database.db"

@pytest.fixture
def patch(monkeypatch):
    # pluggy reads a plugin's methods once, and impls are made anew.
    def forget():
        manager = get_manager()
        for each in manager.plugins():
            manager.unregister(each.name)
    forget()
    yield monkeypatch
    forget()
"""
CLASS = """
class Test{name}(DialectContract):
    dialect = "sqlite"
    golden = __import__("pathlib").Path(GOLDEN)

    @pytest.fixture(autouse=True)
    def fault(self, patch):
        {code}
"""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> set[str]:
    """The tests that failed in one run of all that have to."""
    folder: Path = tmp_path_factory.mktemp("faults")
    golden = request.config.rootpath / "plugins/sqlite/tests/golden/contract_sqlite.sql"
    text = HEAD.format(golden=str(golden))
    text += "".join(CLASS.format(name=name, code=fault.code) for name, fault in FAULTS.items())
    (folder / "test_faults.py").write_text(text, encoding="utf-8")
    chosen = [f"test_faults.py::{each}" for each in expected()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", *chosen],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "error" not in done.stdout.splitlines()[-1], done.stdout
    return set(re.findall(r"^FAILED test_faults\.py::(\S+)", done.stdout, re.MULTILINE))


def expected() -> list[str]:
    """Return the tests that have to fail."""
    return [f"Test{name}::{test}" for name, fault in FAULTS.items() for test in fault.found_by]


@pytest.mark.parametrize("test", expected())
def test_a_planted_fault_is_found(failed: set[str], test: str) -> None:
    """The test fails on a plugin that is broken so."""
    assert test in failed
