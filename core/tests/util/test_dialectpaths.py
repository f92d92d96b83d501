"""Dialects as attributes of ``sqlalchemy.dialects``, as files of published histories use them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from idiolect.util.pyfiles import load_python_file

if TYPE_CHECKING:
    from pathlib import Path

CHECK = """
import sys
from pathlib import Path
from idiolect.util.pyfiles import load_python_file

module = load_python_file(Path(sys.argv[1]), "a.py")
print(sorted(name for name in sys.modules if name.count(".") == 2 and "dialects" in name))
module.upgrade()
"""
FILE = """
import sqlalchemy as sa

def upgrade():
    print(sa.dialects.postgresql.JSONB, sa.dialects.mysql.LONGTEXT)
"""


def test_a_dialect_is_loaded_when_it_is_named(tmp_path: Path) -> None:
    """Not before, as that takes time, and most revisions import what they need."""
    (tmp_path / "a.py").write_text(FILE, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-c", CHECK, str(tmp_path)], capture_output=True, text=True, check=False
    )

    loaded, types = run.stdout.splitlines()
    assert ("[]", "") == (loaded, run.stderr)
    assert "postgresql.json.JSONB" in types
    assert "mysql.types.LONGTEXT" in types


@pytest.mark.parametrize("name", ["nobody", "__wrapped__", "_private"])
def test_what_is_no_dialect_is_no_attribute(tmp_path: Path, name: str) -> None:
    """With Python's own words."""
    (tmp_path / "a.py").write_text("import sqlalchemy as sa\ndialects = sa.dialects\n", "utf-8")

    dialects = load_python_file(tmp_path, "a.py").dialects

    with pytest.raises(AttributeError, match=f"module 'sqlalchemy.dialects' .* '{name}'"):
        getattr(dialects, name)
