"""Discovers the entry points of installed distributions without importing the plugins.

Distributions unpacked in a folder on ``sys.path``, the usual case, are read directly:
:func:`importlib.metadata.entry_points` parses the metadata of every installed distribution, which
takes longer than an entire short command.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from idiolect.errors import PluginLoadError
from idiolect.util.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    #: A distribution's name, its version, and the text of its entry_points.txt.
    _Distribution: TypeAlias = tuple[str, str, str]

#: Groups: plugins of one dialect; plugins for all dialects; functions called when a command
#: starts; functions that are commands.
DIALECTS = "idiolect.dialects"
PLUGINS = "idiolect.plugins"
STARTUP = "idiolect.startup"
COMMANDS = "idiolect.commands"
_METADATA_FOLDERS = (".dist-info", ".egg-info")


class PluginSource(Record):
    """One entry point: where the plugin object is, and which distribution provides it.

    Attributes:
        name: the entry's name; in the group ``idiolect.dialects`` a SQLAlchemy dialect's name.
        value: ``module:attribute``.
        distribution: the distribution's name, as pip shows it.
        version: the distribution's version.
    """

    name: str
    value: str
    distribution: str
    version: str

    @property
    def label(self) -> str:
        """The distribution and its version, for messages."""
        return f"{self.distribution} {self.version}"

    def is_among(self, names: set[str]) -> bool:
        """Return whether the entry or its distribution is in ``names`` (see disabled_names())."""
        return self.name.lower().replace("_", "-") in names or self.distribution in names

    def load(self) -> Any:
        """Import the plugin object.

        Raises:
            PluginLoadError: the import failed; its cause is the original exception.
        """
        module_name, _, attribute = self.value.partition(":")
        try:
            found: Any = importlib.import_module(module_name)
            for part in attribute.split(".") if attribute else ():
                found = getattr(found, part)
        except Exception as exc:
            raise PluginLoadError(
                self._explain(exc), distribution=self.distribution, version=self.version
            ) from exc
        return found

    def _explain(self, exc: Exception) -> str:
        own = self.value.partition(":")[0].partition(".")[0]
        missing = getattr(exc, "name", None) if isinstance(exc, ImportError) else None
        if isinstance(exc, ModuleNotFoundError) and missing and missing.partition(".")[0] != own:
            reason = f"it needs the module {missing!r}, which is not installed"
            way_out = f"Install what provides {missing!r}"
        else:
            reason = f"importing {self.value!r} failed with {type(exc).__name__}: {exc}"
            way_out = f"Reinstall or upgrade {self.distribution}"
        return (
            f"The plugin {self.name!r} of {self.label} cannot be loaded: {reason}. "
            f"{way_out}, or switch the plugin off with IDIOLECT_DISABLE_PLUGINS={self.name}."
        )


def find(group: str, name: str | None = None) -> list[PluginSource]:
    """Return the enabled entry points of ``group``, sorted by name and distribution.

    Entries listed in the environment variable ``IDIOLECT_DISABLE_PLUGINS`` (entry or distribution
    names, separated by commas) are omitted.

    Args:
        group: the entry point group.
        name: only entries of this name.
    """
    disabled = disabled_names()
    return [
        source
        for source in installed(group)
        if (name is None or source.name == name) and not source.is_among(disabled)
    ]


def installed(group: str) -> list[PluginSource]:
    """Return all entry points of ``group``, disabled ones included, by name and distribution."""
    return sorted(_scan(group), key=lambda source: (source.name, source.distribution))


def disabled_names() -> set[str]:
    """Return the names in ``IDIOLECT_DISABLE_PLUGINS``, lower-cased and hyphenated."""
    words = os.environ.get("IDIOLECT_DISABLE_PLUGINS", "").split(",")
    return {word.strip().lower().replace("_", "-") for word in words}


#: Path of a folder -> its modification time when it was read, and its distributions.
_known: dict[str, tuple[int, list[_Distribution]]] = {}


def _scan(group: str) -> Iterator[PluginSource]:
    """Yield the entries of ``group``; the first copy of a distribution on the path wins.

    Folders are cached until they change, one by one: ``sys.path`` as a whole differs between most
    commands, because the project's folder is prepended.
    """
    seen: set[str] = set()
    for folder in dict.fromkeys(sys.path):
        path = os.path.abspath(folder or os.curdir)  # noqa: PTH100 - strings, for speed
        changed = _changed(path)
        known = _known.get(path)
        if known is None or known[0] != changed:
            known = _known[path] = changed, list(_read(path))
        for distribution, version, text in known[1]:
            if distribution not in seen:
                seen.add(distribution)
                # Most distributions have none; parsing all takes longer than a short command.
                for name, value in _parse(text, group) if group in text else ():
                    yield PluginSource(name, value, distribution, version)


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - strings, for speed
    except OSError:
        return 0


def _read(folder: str) -> Iterator[_Distribution]:
    if os.path.isfile(folder):  # noqa: PTH113 - strings, for speed
        yield from _read_archive(folder)
        return
    for path in _metadata_folders(folder):
        stem = os.path.basename(path).rsplit(".", 1)[0]  # noqa: PTH119 - strings, for speed
        distribution, _, version = stem.partition("-")
        yield _normalised(distribution), version.partition("-")[0] or "?", _text(path)


def _read_archive(path: str) -> Iterator[_Distribution]:
    """Yield the distributions in a zip file, such as a program that ``zipapp`` made."""
    from importlib import metadata

    for found in metadata.distributions(path=[path]):
        text = found.read_text("entry_points.txt") or ""
        yield _normalised(found.name or ""), found.version, text


def _normalised(distribution: str) -> str:
    return distribution.replace("_", "-").lower()


def _metadata_folders(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - strings, for speed
    except OSError:
        return []
    found = [name for name in names if name.endswith(_METADATA_FOLDERS)]
    return [os.path.join(folder, name) for name in found]  # noqa: PTH118


def _text(metadata_folder: str) -> str:
    """Return the text of a distribution's entry_points.txt; "" if it has no readable one."""
    try:
        with open(  # noqa: PTH123 - runs once for everything installed
            os.path.join(metadata_folder, "entry_points.txt"),  # noqa: PTH118
            "rb",
            buffering=0,
        ) as file:
            return file.read().decode()
    except (OSError, UnicodeDecodeError):
        return ""


def _parse(text: str, group: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each entry of ``group``, without extras."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield name.strip(), "".join(value.partition("[")[0].split())


def offering_distribution(extra: str) -> str | None:
    """Return the distribution that the core's own metadata requires for an extra.

    Extras are named after SQLAlchemy dialects, so that an error can say what to install although
    the core knows no dialect.
    """
    from importlib import metadata

    try:
        required = metadata.requires("idiolect") or []
    except metadata.PackageNotFoundError:
        return None
    for requirement in required:
        wanted, _, marker = requirement.partition(";")
        if marker.replace('"', "'").replace(" ", "") == f"extra=='{extra}'":
            name = wanted.strip()
            for stop in "[<>=!~ (":
                name = name.partition(stop)[0]
            return name
    return None


def known_dialects() -> set[str]:
    """Return the dialects of installed plugins and those that extras are named after."""
    from importlib import metadata

    try:
        extras = metadata.metadata("idiolect").get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        extras = []
    return {source.name for source in find(DIALECTS)} | {str(extra) for extra in extras}
