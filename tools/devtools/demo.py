"""The README's first command: the quickstart project migrates a database up, down and up again.

The project is copied first, so that each run starts afresh and the checkout is not modified. For
another database, the URL is replaced in the copy.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from devtools import environment
from devtools.shell import ROOT, Failure, announce, run

if TYPE_CHECKING:
    from pathlib import Path

_PROJECT = ROOT / "examples" / "quickstart"
_COPY = ROOT / "build" / "demo"
_DIALECTS = ("plugins/sqlite", "plugins/postgresql")
_URL_LINE = re.compile(r"^sqlalchemy\.url\s*=.*$", re.MULTILINE)
_BACKEND = re.compile(r"^(\w+)(?:\+(\w+))?:")
_STEPS = (
    ("upgrade", "head"),
    ("history",),
    ("downgrade", "base"),
    ("upgrade", "head"),
    ("current",),
)


def demo(url: str | None, venv: Path) -> None:
    """Install the core with the plugin for the URL, and run the example.

    Args:
        url: SQLAlchemy URL of an empty database; None means a new SQLite file.
        venv: folder of the venv to use.

    Raises:
        Failure: the URL is invalid, or a step failed.
    """
    python = environment.make(venv, [], packages=["core", plugin_for(url)])
    shutil.rmtree(_COPY, ignore_errors=True)
    shutil.copytree(_PROJECT, _COPY, ignore=shutil.ignore_patterns("tests", "__pycache__", "*.db"))
    if url is not None:
        set_url(_COPY / "idiolect.ini", url)
    announce(f"\nThe project of examples/quickstart, copied to {_COPY.relative_to(ROOT)}:\n")
    program = python.with_name("idiolect")
    for step in _STEPS:
        run([program, *step], cwd=_COPY, shown_as=f"idiolect {' '.join(step)}")
        announce("")
    announce("Migrated up, down and up again.")


def plugin_for(url: str | None) -> str:
    """Return the plugin, with its extra, for a URL.

    Args:
        url: an SQLAlchemy URL; None stands for a new SQLite file.

    Raises:
        Failure: no plugin of this project supports the URL's backend.
    """
    if url is None:
        return "plugins/sqlite"
    parts = _BACKEND.match(url)
    backend, driver = parts.groups() if parts else (None, None)
    if f"plugins/{backend}" not in _DIALECTS:
        known = ", ".join(_DIALECTS)
        raise Failure(f"No plugin here for the URL's backend {backend!r}; there are {known}.", 2)
    extra = driver or ("psycopg" if backend == "postgresql" else None)
    return f"plugins/{backend}[{extra}]" if extra else f"plugins/{backend}"


def set_url(ini: Path, url: str) -> None:
    """Write a URL into a config file without changing other lines."""
    # A percent sign is doubled because the file is read with interpolation.
    line = f"sqlalchemy.url = {url.replace('%', '%%')}"
    text = ini.read_text(encoding="utf-8")
    ini.write_text(_URL_LINE.sub(lambda _: line, text, count=1), encoding="utf-8")
