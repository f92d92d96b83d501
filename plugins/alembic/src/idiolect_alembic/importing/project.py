"""Finds and reads the files of an Alembic project: config, env.py, revisions, templates.

Options are read as by any command; if one cannot be read, the file is searched for, and a note says
so.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.config import Config
from idiolect.errors import CommandError, ConfigError, ScriptError
from idiolect_alembic.importing.calls import of_texts
from idiolect_alembic.importing.source import DIALECTS, PythonFile, is_companion, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INI_NAMES = ("alembic.ini", "idiolect.ini")
TOML_NAME = "pyproject.toml"
#: Folders without source of the project itself.
_NOT_SOURCE = frozenset(
    {"__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv"}
)
#: Placeholders for a dialect in URLs.
_PLACEHOLDERS = frozenset({"dialect", "driver", "scheme"})
_SHOWN = 6
#: Files without these words are not read.
_MARKS = re.compile(rb"alembic|flask_migrate|down_revision")


@dataclass(slots=True)
class Project:
    """A project's files.

    Attributes:
        root: the given folder.
        ini: the ini file, or None.
        toml: the ``pyproject.toml`` with a table for Alembic, or None.
        section: the main section of the ini file.
        scripts: the folder of env.py.
        locations: the folders of revision files.
        environment: the files that commands run: env.py, revisions, other files next to them.
        others: other files that import Alembic, run it, or import an extension of it.
        started: lines of scripts and CI files that run it.
        templates: ``*.mako`` files next to env.py.
        hooks: names of the post-write hooks.
        dialects: SQLAlchemy's names of the databases, according to URLs in the config file, or to
            imports if there are none.
        notes: what could not be read, and what was done about it.
    """

    root: Path
    ini: Path | None = None
    toml: Path | None = None
    section: str = "alembic"
    scripts: Path = field(default_factory=Path)
    locations: list[Path] = field(default_factory=list)
    environment: list[PythonFile] = field(default_factory=list)
    others: list[PythonFile] = field(default_factory=list)
    started: list[tuple[Path, int]] = field(default_factory=list)
    templates: list[Path] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    dialects: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def env(self) -> PythonFile | None:
        """The project's env.py, or None if it cannot be read."""
        wanted = self.scripts / "env.py"
        return next((each for each in self.environment if each.path == wanted), None)

    def shown(self, path: Path) -> str:
        """Return a path relative to the project's folder, for messages."""
        return path.relative_to(self.root).as_posix() if self._holds(path) else str(path)

    def _holds(self, path: Path) -> bool:
        return path.is_relative_to(self.root)


def read_project(folder: str, config: Config) -> Project:
    """Find and read a project's files.

    Args:
        folder: where to look; parent folders are not searched.
        config: names a config file, if given by the user, and the section.

    Raises:
        CommandError: the folder does not exist, contains no project or several, or env.py is not
            where the config file says.
    """
    root = Path(os.path.abspath(folder))  # noqa: PTH100 - symbolic links stay as they are named
    if not root.is_dir():
        raise CommandError(f"There is no folder {folder!r}; name the folder of the project.")
    project = Project(root, section=config.config_ini_section)
    _find_config(project, config)
    settings = _settings(project)
    try:
        settings.file_config  # noqa: B018 - read once, and kept
    except ConfigError as exc:
        project.notes.append(f"The config file is left alone: {exc.message}")
        project.ini = None
        settings = _settings(project)
    _note_other_sections(project, settings)
    _find_scripts(project, settings)
    _read_options(project, settings)
    _read_files(project, recursive=_flag(settings, "recursive_version_locations"))
    return project


def _settings(project: Project) -> Config:
    return Config(
        file_=project.ini,
        toml_file=project.toml,
        ini_section=project.section,
        config_args={"here": str((project.ini or project.toml or project.root).parent)},
    )


def _find_config(project: Project, config: Config) -> None:
    named = getattr(config.cmd_opts, "config", None)
    if named or config.cmd_opts is None:
        project.ini = _existing(config.config_file_name, named)
        project.toml = _existing(config.toml_file_name, named)
        if project.ini or project.toml:
            return
    project.ini = next(filter(Path.is_file, (project.root / name for name in INI_NAMES)), None)
    toml = project.root / TOML_NAME
    try:
        if toml.is_file() and Config(toml_file=toml).toml_alembic_config:
            project.toml = toml
    except ConfigError as exc:
        project.notes.append(f"It is left alone: {exc.message}")
    if project.ini or project.toml:
        return
    found = [path for path in _walk(project.root) if path.name in INI_NAMES]
    if len(found) > 1:
        raise CommandError(_several(project, found))
    project.ini = found[0] if found else None


def _note_other_sections(project: Project, settings: Config) -> None:
    parser = settings.file_config
    if project.ini is None or parser.has_section(settings.config_ini_section):
        return
    others = [name for name in parser.sections() if parser.has_option(name, "script_location")]
    if others:
        project.notes.append(
            f"{project.shown(project.ini)} has no section [{project.section}]. "
            f"Name one of these with -n: {', '.join(others)}."
        )


def _existing(name: str | None, named: object) -> Path | None:
    path = Path(os.path.abspath(name)) if name else None  # noqa: PTH100 - as above
    if path is None or path.is_file():
        return path
    if named and name in (named if isinstance(named, list) else [named]):
        raise CommandError(f"There is no config file {name!r}.")
    return None


def _several(project: Project, found: list[Path]) -> str:
    return (
        f"{str(project.root)!r} holds several projects: {_shown(project, found)}. "
        "Name one with -c, or its folder."
    )


def _shown(project: Project, paths: Iterable[Path]) -> str:
    names = [project.shown(path) for path in sorted(paths)]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _find_scripts(project: Project, settings: Config) -> None:
    location = None
    try:
        location = settings.get_alembic_option("script_location")
    except ConfigError as exc:
        project.notes.append(f"script_location cannot be read: {exc}")
    if location:
        found = next((p for p in _candidates(project, location) if p.is_dir()), None)
        if found is None:
            project.notes.append(f"script_location {location!r} is no folder of the project.")
        elif (found / "env.py").is_file():
            project.scripts = found
            return
    environments = all_of_them = [each for each in _walk(project.root) if _is_environment(each)]
    beside = [each for each in environments if project.ini and each.parent == project.ini.parent]
    environments = beside or environments
    if len(environments) > 1:
        raise CommandError(_several(project, environments))
    if not environments:
        if _find_bare_revisions(project):
            return
        config = project.ini or project.toml
        told = f", and {project.shown(config)} names none" if config else " and no config file"
        raise CommandError(
            f"Found no Alembic project in {str(project.root)!r}: no env.py of Alembic{told}. "
            "Name the folder of the project, or its config file with -c."
        )
    project.scripts = environments[0].parent
    if further := [each for each in all_of_them if each not in environments]:
        project.notes.append(f"There are other environments: {_shown(project, further)}.")


def _find_bare_revisions(project: Project) -> bool:
    """Use folders that contain revision files without env.py, as distributed by libraries."""
    folders = {path.parent for path in _walk(project.root) if _is_revision(path)}
    if not folders:
        return False
    project.locations = sorted(folders)
    project.scripts = project.locations[0]
    project.notes.append("There is no env.py: the revisions are run by another project.")
    return True


def _is_revision(path: Path) -> bool:
    return (
        path.suffix == ".py"
        and re.search(rb"^down_revision\b", _read(path), re.MULTILINE) is not None
    )


def _is_environment(path: Path) -> bool:
    if path.name != "env.py":
        return False
    data = _read(path)
    return b"run_migrations" in data and (b"alembic" in data or b"idiolect" in data)


def _read(path: Path) -> bytes:
    """Return a file's contents; empty if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _candidates(project: Project, location: str) -> Iterator[Path]:
    """Yield the folders that a location may mean; a package is searched for, never imported."""
    config = project.ini or project.toml
    folders = [project.root, *([config.parent] if config else [])]
    if ":" not in location or Path(location).is_absolute():
        yield from (Path(os.path.normpath(folder / location)) for folder in folders)
        return
    package, *rest = location.split(":")
    inside = Path(*package.split("."), *rest)
    for folder in folders:
        yield folder / inside
        yield folder / "src" / inside
        yield from (above / inside for above in folder.parents)


def _read_options(project: Project, settings: Config) -> None:
    try:
        locations = settings.get_version_locations_list()
    except ConfigError as exc:
        project.notes.append(f"version_locations cannot be read: {exc}")
        locations = None
    for each in locations or []:
        found = next((path for path in _candidates(project, each) if path.is_dir()), None)
        if found is None:
            project.notes.append(f"The version location {each!r} is no folder of the project.")
        else:
            project.locations.append(found)
    if not project.locations and not locations:
        project.locations = [project.scripts / "versions"]
    try:
        project.hooks = [each["_hook_name"] for each in settings.get_hooks_list()]
    except ConfigError as exc:
        project.notes.append(f"post_write_hooks cannot be read: {exc}")
    project.dialects = sorted({*_dialects(settings)})


def _dialects(settings: Config) -> Iterator[str]:
    # Only the part before the colon is used: the rest may contain a password.
    parser = settings.file_config
    for section in parser.sections():
        for key, value in parser.items(section, raw=True):
            if key.endswith("url") and "://" in value:
                scheme = value.partition("://")[0].partition("+")[0].strip()
                if scheme.isidentifier() and scheme not in _PLACEHOLDERS:
                    yield "postgresql" if scheme == "postgres" else scheme


def _imported_dialects(files: Iterable[PythonFile]) -> Iterator[str]:
    """Yield the dialects whose types the files use, if no URL names the database."""
    for each in files:
        for module in each.imports:
            name = module.removeprefix(f"{DIALECTS}.").partition(".")[0]
            if module.startswith(f"{DIALECTS}.") and name != "*":
                yield name


def _flag(settings: Config, name: str) -> bool:
    try:
        return settings.get_alembic_boolean_option(name)
    except ConfigError:
        return False


def _read_files(project: Project, *, recursive: bool) -> None:
    own: dict[Path, None] = {}
    for path in sorted(_walk(project.scripts)):
        if path.suffix == ".py":
            own[path] = None
    for folder in project.locations:
        below = folder.rglob("*.py") if recursive else folder.glob("*.py")
        own.update(dict.fromkeys(sorted(below)))
    project.environment = [*_scanned(project, own)]
    _note_revisions_elsewhere(project, recursive=recursive)
    # Templates of a second environment are changed together with its env.py.
    both = {*_walk(project.scripts), *_walk(project.root)}
    project.templates = sorted(each for each in both if each.name.endswith(".py.mako"))
    rest = (path for path in _walk(project.root) if path.suffix == ".py" and path not in own)
    if not project.dialects:
        project.dialects = sorted({*_imported_dialects(project.environment)})
    project.started = of_texts(project.root, _walk(project.root))
    project.others = [each for each in _scanned(project, sorted(rest)) if _matters(each)]


def _note_revisions_elsewhere(project: Project, *, recursive: bool) -> None:
    """Add folders of revision files next to env.py that are not among the locations."""
    folders = {each.path.parent for each in project.environment if each.is_revision}
    known = set(project.locations)
    if recursive:
        folders = {each for each in folders if known.isdisjoint(each.parents)}
    if further := sorted(folders - known):
        project.locations += further
        project.notes.append(
            f"Revision files are outside of the version locations: {_shown(project, further)}. "
            "They are read only where a program or another section names these folders."
        )


def _scanned(project: Project, paths: Iterable[Path]) -> Iterator[PythonFile]:
    for path in paths:
        try:
            data = path.read_bytes()
            if _MARKS.search(data) or path.is_relative_to(project.scripts):
                yield scan(data, path)
        except OSError as exc:
            project.notes.append(f"Cannot read {project.shown(path)}: {exc.strerror}.")
        except ScriptError as exc:
            project.notes.append(exc.message)


def _matters(found: PythonFile) -> bool:
    """Return whether a file outside of the environment is related to migrations."""
    return bool(found.uses or found.started) or any(
        is_companion(name.partition(".")[0]) for name in found.imports
    )


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, except virtual environments and version control."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            each for each in folders if each not in _NOT_SOURCE and not each.startswith(".")
        )
        yield from (Path(parent, name) for name in files)
