"""The documented module ``idiolect.config``, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import idiolect.config
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from pathlib import Path


def test_config_is_one_class() -> None:
    """The documented path leads to the class that the other packages use."""
    assert Config is idiolect.config.Config


def test_unknown_name() -> None:
    """A name that the module does not have is an AttributeError."""
    with pytest.raises(AttributeError, match=r"'idiolect\.config' has no attribute 'nope'"):
        _ = idiolect.config.nope


def test_names_are_listed() -> None:
    """Names that are imported late show up in dir()."""
    assert {"CommandLine", "Config", "MessagingOptions", "main"} <= set(dir(idiolect.config))


def test_import_is_light(tmp_path: Path) -> None:
    """Importing the module and reading an ini file loads no library and no command line."""
    code = (
        "import sys, idiolect.config\n"
        "idiolect.config.Config('nope.ini', 'pyproject.toml').get_alembic_option('a')\n"
        "heavy = {'sqlalchemy', 'mako', 'pluggy', 'rich', 'argparse', 'tomllib', 'idiolect.cli'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "[]\n" == found.stdout
