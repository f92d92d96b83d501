"""A new dialect plugin that is like one of those here."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from installed import own_tests_of, pretend_to_install
from sqlalchemy.dialects import registry

from idiolect.ddl.alike import compile_alike
from idiolect.migration import MigrationContext
from idiolect.settings.config import Config
from idiolect.testing.scaffold import new_dialect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("like", ["sqlite", "postgresql", "mysql", "mssql", "oracle"])
def test_like_one_of_ours(tmp_path: Path, like: str) -> None:
    """What is like another writes what that writes; its tests pass untouched."""
    package = tmp_path / "idiolect-acme"
    new_dialect(Config(), "acme", like=like, directory=str(package))
    pretend_to_install(package)
    done = own_tests_of(package)
    assert 0 == done.returncode, done.stdout
    assert "contract of acme: 12 of 12 pass" in done.stdout


def test_command_line(tmp_path: Path) -> None:
    """The command has a hyphen and prints the next steps."""
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", "new-dialect", "acme", "--like", "sqlite"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert "pip install -e ./idiolect-acme" in done.stdout
    assert (tmp_path / "idiolect-acme" / "pyproject.toml").exists()


def test_the_words_of_the_other_dialect() -> None:
    """Statements that contain the plugin's dialect name contain the new dialect's."""
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True})
    like = type(context.dialect)
    new = type("Acme", (like,), {"name": "alike", "supports_statement_cache": True})
    registry.impls["alike"] = lambda: new
    from sqlalchemy import Integer

    from idiolect_postgresql.compile import PostgresqlColumnType

    change = PostgresqlColumnType("t", "c", Integer(), using="c::integer")
    compile_alike("alike", "postgresql")
    assert "USING c::integer" in str(change.compile(dialect=new()))
