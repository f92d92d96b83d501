"""Write the stub package by which type checkers see ``alembic`` where only Idiolect is installed.

Run it after docs/reference/alembic-api.md has got a module or a name with an underscore;
``--check`` only compares, and exits 1 where a file is out of date. A test does the same.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
STUBS = ROOT / "plugins" / "alembic" / "stubs" / "alembic-stubs"
PAGE = ROOT / "docs" / "reference" / "alembic-api.md"
PLUGINS = (
    "idiolect_mssql",
    "idiolect_mysql",
    "idiolect_oracle",
    "idiolect_postgresql",
    "idiolect_sqlite",
)
#: The page lists commands of ours too, which code that says ``alembic`` does not call.
COMMANDS = frozenset(
    {
        "branches",
        "check",
        "current",
        "downgrade",
        "edit",
        "ensure_version",
        "heads",
        "history",
        "init",
        "list_templates",
        "merge",
        "revision",
        "show",
        "stamp",
        "upgrade",
    }
)
_ROW = re.compile(r"^\| `(?:idiolect|alembic)\.([.\w]+)` \| ([^|]+) \|", re.MULTILINE)
_HEAD = "# Written by tools/write_alembic_stubs.py; not to be edited."
_TOP = f"""{_HEAD}
from . import context as context, op as op

__version__: str
"""


def stubs() -> dict[Path, str]:
    """Return the text of each stub file by its path."""
    for package in PLUGINS:
        importlib.import_module(package)
    listed: dict[str, set[str]] = {}
    for module, names in _ROW.findall(PAGE.read_text(encoding="utf-8")):
        listed.setdefault(module, set()).update(re.findall(r"`(\w+)`", names))
        if module == "command":
            listed[module] &= COMMANDS
        parents = module.split(".")[:-1]
        for length in range(1, len(parents) + 1):
            listed.setdefault(".".join(parents[:length]), set())
    packages = {name.rpartition(".")[0] for name in listed}
    found = {STUBS / "__init__.pyi": _TOP, STUBS / "py.typed": ""}
    for module, names in sorted(listed.items()):
        path = STUBS.joinpath(*module.split("."))
        file = path / "__init__.pyi" if module in packages else path.with_suffix(".pyi")
        found[file] = "\n".join([_HEAD, *_lines(f"idiolect.{module}", names), ""])
    return found


def _lines(module: str, names: set[str]) -> list[str]:
    """Return the lines of one stub."""
    found = importlib.import_module(module)
    if Path(found.__file__ or "").with_suffix(".pyi").exists():
        return [f"from {module} import *"]
    own = _defined(module)
    lines = [f"from {module} import *"] if any(not each.startswith("_") for each in own) else []
    starred = {each for each in own if not each.startswith("_")}
    lines += [
        _line(module, name, getattr(found, name))
        for name in sorted(names - starred)
        if hasattr(found, name)
    ]
    needed = [word for word in ("Any", "TypeAlias") if any(f": {word}" in line for line in lines)]
    if "TypeAlias" in needed:
        needed = ["Any", "TypeAlias"]
    return [f"from typing import {', '.join(needed)}", *lines] if needed else lines


def _line(module: str, name: str, value: object) -> str:
    if isinstance(value, ModuleType):
        package, _, own = value.__name__.rpartition(".")
        return f"from {package} import {own} as {name}"
    holders = sorted(
        key
        for key, each in sys.modules.items()
        if key.partition(".")[0].startswith("idiolect") and vars(each).get(name) is value
    )
    source = next((each for each in [module, *holders] if name in _defined(each)), None)
    if source is not None:
        return f"from {source} import {name} as {name}"
    # Made when it is asked for, so that no file has it for type checkers.
    is_type = type(value).__module__ in {"types", "typing"} and not callable(value)
    return f"{name}: TypeAlias = Any" if is_type else f"{name}: Any"


@cache
def _defined(module: str) -> frozenset[str]:
    """Return what a module's own file defines at its top, or imports under another name."""
    spec = find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return frozenset()
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Assign(targets=targets):
                found.update(each.id for each in targets if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.ImportFrom(names=names):
                found.update(each.asname for each in names if each.asname)
            case _:
                pass
    return frozenset(found)


def main(words: list[str]) -> int:
    """Write the files, or compare them; return an exit status."""
    wanted = stubs()
    there = {path for path in STUBS.rglob("*") if path.is_file()}
    stale = [p for p, text in wanted.items() if p not in there or p.read_text("utf-8") != text]
    stale += sorted(there - {*wanted})
    if words == ["--check"]:
        for path in stale:
            print(f"out of date: {path.relative_to(ROOT)}")
        return 1 if stale else 0
    for path in there - {*wanted}:
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
