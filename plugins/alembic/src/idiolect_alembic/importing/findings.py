"""Everything that the command reports about a project, as one record for text and JSON."""

from __future__ import annotations

import configparser
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from idiolect_alembic.importing.differences import Difference, touched
from idiolect_alembic.importing.history import History, read_history
from idiolect_alembic.importing.names import standing
from idiolect_alembic.importing.source import is_companion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect_alembic.importing.project import Project
    from idiolect_alembic.importing.rewrite import Change, Left

#: Modules imported by programs that run migrations themselves.
_PROGRAMMED = ("command", "config", "runtime", "migration", "script")
#: Dialects for which this project has a package.
_SERVED = {
    "mariadb": "idiolect-mysql",
    "mssql": "idiolect-mssql",
    "mysql": "idiolect-mysql",
    "oracle": "idiolect-oracle",
    "postgresql": "idiolect-postgresql",
    "sqlite": "idiolect-sqlite",
}


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name of Alembic that is undocumented, or missing in Idiolect.

    Attributes:
        name: the dotted name, with ``alembic``.
        documented: whether Alembic documents it.
        offered: whether Idiolect has it.
        directive: whether it is a directive of ``op`` that a plugin or the project registers.
        places: ``file:line`` of all its uses.
    """

    name: str
    documented: bool
    offered: bool
    directive: bool
    places: list[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """The report about a project."""

    folder: str
    config: list[str]
    section: str | None
    env: str | None
    templates: list[str]
    locations: list[str]
    history: History
    hooks: list[str]
    dialects: list[str]
    packages: dict[str, str]
    impls: list[str]
    names: list[NameUse]
    started: list[str]
    ways: list[str]
    differences: list[Difference]
    install: list[str]
    notes: list[str]
    changes: list[str]
    left: list[str]

    def as_document(self) -> dict[str, Any]:
        """Return the findings as JSON-compatible data."""
        return asdict(self)


def gather(project: Project, changes: list[Change], left: list[Left]) -> Findings:
    """Collect everything that is reported about a project.

    Args:
        project: its files.
        changes: what rewriting would change.
        left: what it would leave unchanged.
    """
    shown = project.shown
    impls = sorted({name for each in project.environment for name in each.impls})
    history = read_history(project.environment)
    return Findings(
        folder=str(project.root),
        config=[shown(path) for path in (project.ini, project.toml) if path is not None],
        section=_section(project),
        env=shown(project.scripts / "env.py") if project.env else None,
        templates=[shown(path) for path in project.templates],
        locations=[shown(path) for path in project.locations],
        history=history,
        hooks=project.hooks,
        dialects=project.dialects,
        packages=_packages(project),
        impls=impls,
        names=_names(project),
        started=_started(project),
        ways=_ways(project),
        differences=touched(project, history),
        install=_install(project, impls),
        notes=project.notes,
        changes=[shown(each.path) for each in changes],
        left=[f"{shown(each.path)}:{each.line}: {each.reason}" for each in left],
    )


def _section(project: Project) -> str | None:
    if project.ini is None:
        return None
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(project.ini.read_text(encoding="utf-8-sig"))
    names = (project.section, "idiolect", "alembic")
    return next((name for name in names if parser.has_section(name)), None)


def _packages(project: Project) -> dict[str, str]:
    """Return third-party packages that extend migrations, each with its first import."""
    found: dict[str, str] = {}
    for each in (*project.environment, *project.others):
        for module, line in each.imports.items():
            top = module.partition(".")[0]
            own = (project.root / top).exists() or (project.scripts.parent / top).exists()
            if own or top in sys.stdlib_module_names:
                continue
            if is_companion(top):
                found.setdefault(top, f"{project.shown(each.path)}:{line}")
    return dict(sorted(found.items()))


def _ways(project: Project) -> list[str]:
    """Return how to run the project's commands with Idiolect."""
    modules = {name for each in (*project.environment, *project.others) for name in each.imports}
    if any(name.partition(".")[0] == "flask_migrate" for name in modules):
        return ["python -m idiolect_alembic -m flask db upgrade, for: flask db upgrade"]
    found = project.ini or project.toml
    beside = found is not None and found.parent == project.root
    option = "" if beside or found is None else f"-c {project.shown(found)} "
    ways = [f"idiolect {option}upgrade head, for: alembic {option}upgrade head"]
    if any(use.path.startswith(_PROGRAMMED) for each in project.others for use in each.uses):
        ways.append(
            "python -m idiolect_alembic -m MODULE, for programs that import alembic themselves; "
            "or idiolect_alembic.activate() at their start"
        )
    return ways


def _started(project: Project) -> list[str]:
    """Return the places that start the program ``alembic``, as ``file:line``."""
    found = [
        (each.path, line)
        for each in (*project.environment, *project.others)
        for line in each.started
    ]
    return [f"{project.shown(path)}:{line}" for path, line in (*found, *project.started)]


def _names(project: Project) -> list[NameUse]:
    places: dict[str, list[str]] = {}
    for each in (*project.environment, *project.others):
        for use in each.uses:
            places.setdefault(_name_of(use.path), []).append(
                f"{project.shown(each.path)}:{use.line}"
            )
    return [*_reported(places)]


def _name_of(path: str) -> str:
    """Return a path without attributes of the named object."""
    words = path.split(".")
    return ".".join(words[:2]) if words[0] in {"context", "op"} else path


def _reported(places: dict[str, list[str]]) -> Iterator[NameUse]:
    for path, where in sorted(places.items()):
        known = standing(path)
        if not (known.documented and known.offered):
            name = f"alembic.{path}" if path else "alembic"
            yield NameUse(name, known.documented, known.offered, known.directive, where)


def _install(project: Project, impls: list[str]) -> list[str]:
    served = {*_SERVED, *(each.name for each in entry_points(group="idiolect.dialects"))}
    needed = {_SERVED.get(name, f"idiolect-{name}") for name in project.dialects if name in served}
    unserved = [each for each in project.dialects if each not in served and each not in impls]
    others = [
        f"a plugin for the dialect {name!r}, or the package of its DefaultImpl" for name in unserved
    ]
    if not project.dialects:
        others = [f"what the database needs: {', '.join(sorted({*_SERVED.values()}))}"]
    return ["idiolect", "idiolect-alembic", *sorted(needed), *others]
