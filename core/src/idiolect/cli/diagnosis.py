"""The doctor's checks, from the interpreter to the rows of the version table.

Checks return findings and do not raise; a check that an earlier problem makes impossible is
reported as skipped. Nothing is printed or changed.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from idiolect import ALEMBIC_API, __version__
from idiolect.cli.dbdiagnosis import look_at_databases
from idiolect.cli.findings import Finding, failed
from idiolect.cli.secrets import redact
from idiolect.commands.environment import script_directory
from idiolect.script.index import SWITCH, index_path, is_readable, wrong_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config

_OLDEST_SQLALCHEMY: Final = (2, 0)
#: Checks that need a configuration.
_NEED_SCRIPTS: Final = ("env.py", "revisions", "database")
_IMPORTS_ALEMBIC: Final = re.compile(rb"^[ \t]*(?:from|import)[ \t]+alembic\b", re.MULTILINE)


def diagnose(config: Config) -> Iterator[Finding]:
    """Yield findings, in the order in which a run would encounter the problems.

    Args:
        config: the configuration, whose secrets are masked.
    """
    for each in _all(config):
        yield replace(each, text=redact(each.text, config), remedy=redact(each.remedy, config))


def _all(config: Config) -> Iterator[Finding]:
    yield from _environment()
    yield from _plugins()
    script: ScriptDirectory | None = None
    try:
        location = script_directory(config)
    except Exception as exc:  # noqa: BLE001 - reported, whatever it is
        yield failed("config", exc, config)
    else:
        yield Finding("config", "ok", config.describe_sources())
        script = location
    if script is None:
        yield from (Finding(each, "skipped", "needs a configuration") for each in _NEED_SCRIPTS)
        return
    scripts = list(_scripts(script, config))
    yield from scripts
    yield from _index(script)
    yield from _revisions(script, config)
    yield from _alembic(script)
    if any(each.check == "env.py" and each.status == "problem" for each in scripts):
        yield Finding("database", "skipped", "needs env.py")
        return
    yield from look_at_databases(config, script)


def _environment() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "ok", f"{python}, {sys.executable}")
    yield Finding("idiolect", "ok", f"{__version__} (API of Alembic {ALEMBIC_API})")
    version = metadata.version("sqlalchemy")
    numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
    if numbers < _OLDEST_SQLALCHEMY:
        remedy = "pip install 'sqlalchemy>=2.0'"
        yield Finding("sqlalchemy", "problem", f"{version} is older than 2.0", remedy)
    else:
        yield Finding("sqlalchemy", "ok", version)


def _plugins() -> Iterator[Finding]:
    from idiolect.commands.inventory import inventory

    for each in inventory():
        origin = f"{each.distribution} {each.version}" if each.distribution else each.module
        name = f"{each.kind} {each.name} of {origin}"
        if each.state == "disabled":
            yield Finding("plugins", "note", f"{name}: {each.problem}")
        elif each.state == "conflict":
            remedy = "uninstall one of them, or name it in IDIOLECT_DISABLE_PLUGINS"
            yield Finding("plugins", "problem", f"{name}: {each.problem}", remedy)
        elif each.state == "broken":
            yield Finding("plugins", "problem", f"{name}: {each.problem}")
        else:
            yield Finding("plugins", "ok", name)


def _scripts(script: ScriptDirectory, config: Config) -> Iterator[Finding]:
    """Check env.py and the template without running them."""
    path = Path(script.env_py_location)
    if not path.is_file():
        remedy = "write one, or set script_location to the folder that 'init' created"
        yield Finding("env.py", "problem", f"{str(path)!r} does not exist.", remedy)
    else:
        yield _compiled("env.py", path, config) or Finding("env.py", "ok", str(path))
    template = Path(script.dir) / "script.py.mako"
    if not template.is_file():
        text = f"{str(template)!r} does not exist: 'revision' cannot write files."
        remedy = "copy it from a project created by 'init'"
        yield Finding("template", "problem", text, remedy)


def _compiled(check: str, path: Path, config: Config) -> Finding | None:
    """Return a finding if a file is not valid Python, otherwise None."""
    try:
        compile(path.read_bytes(), path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError) as exc:
        if isinstance(exc, SyntaxError) and exc.filename:
            text = f"{str(path)!r} is not valid Python: line {exc.lineno}: {exc.msg}"
            return Finding(check, "problem", text, "correct that line")
        return failed(check, exc, config)
    return None


def _revisions(script: ScriptDirectory, config: Config) -> Iterator[Finding]:
    """Check the graph and each file."""
    folders = len(script._version_locations)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            revisions = list(script.walk_revisions())
            heads = script.get_heads()
    except Exception as exc:  # noqa: BLE001 - reported, whatever it is
        yield failed("revisions", exc, config)
        return
    yield from (Finding("revisions", "problem", str(each.message)) for each in caught)
    files = (_compiled("revisions", Path(each.path), config) for each in revisions)
    broken = [each for each in files if each is not None]
    yield from broken
    if not caught and not broken:
        where = "1 folder" if folders == 1 else f"{folders} folders"
        yield Finding("revisions", "ok", f"{len(revisions)} in {where}")
    if len(heads) > 1:
        remedy = "'merge heads' where that is not meant; 'upgrade heads' where it is"
        text = f"{len(heads)} heads ({', '.join(heads)}): 'upgrade head' is ambiguous."
        yield Finding("heads", "note", text, remedy)
    elif heads:
        yield Finding("heads", "ok", heads[0])


def _index(script: ScriptDirectory) -> Iterator[Finding]:
    """Check the cached headers of the revision files."""
    folder = os.path.realpath(script._version_locations[0])
    path = index_path(folder)
    if not is_readable(folder):
        text = f"{path!r} is damaged or from another version: all files are read each time."
        remedy = "delete it, if the next command that reads the revisions does not replace it"
        yield Finding("index", "note", text, remedy)
        return
    wrong = wrong_rows(folder)
    if wrong:
        text = f"{path!r} is out of date for {', '.join(wrong)}."
        remedy = f"delete the index; if this happens again, set {SWITCH}=1"
        yield Finding("index", "problem", text, remedy)


def _alembic(script: ScriptDirectory) -> Iterator[Finding]:
    """Check what files that import Alembic would get, if there are any."""
    paths = [Path(script.env_py_location)]
    for location in script._version_locations:
        paths += sorted(Path(location).glob("*.py"))
    users = [each for each in paths if each.is_file() and _imports_alembic(each)]
    if not users:
        return
    more = f" and {len(users) - 1} more" if len(users) > 1 else ""
    subject = f"{str(users[0])!r}{more} import alembic"
    try:
        given = importlib.import_module("alembic.op")
    except ImportError:
        remedy = "pip install idiolect-alembic; or write 'idiolect' for 'alembic' in these files"
        yield Finding("alembic", "problem", f"{subject}, and there is no such module.", remedy)
        return
    if given is importlib.import_module("idiolect.op"):
        yield Finding("alembic", "ok", f"{subject}, which is Idiolect here")
        return
    text = f"{subject}, and get {given.__file__!r}, which does not know about Idiolect's runs."
    remedy = (
        "pip install idiolect-alembic, so that the name resolves to Idiolect; or write 'idiolect' "
        "for 'alembic' in these files"
    )
    yield Finding("alembic", "problem", text, remedy)


def _imports_alembic(path: Path) -> bool:
    try:
        return bool(_IMPORTS_ALEMBIC.search(path.read_bytes()))
    except OSError:
        return False
