"""Hints for a missing option: misspelt keys and sections, and config files in other folders.

Used only in error messages. Reads the names of keys and sections and looks for files; never shows
a value.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.settings.sources import INI_NAMES, MAIN_SECTIONS
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idiolect.settings.config import Config

#: How similar a key must be to count as a misspelling, from 0 to 1.
_ALIKE = 0.75


def hint_at_option(config: Config, name: str) -> str:
    """Return a sentence on where a missing option may be, with a space before it; "" if unknown.

    Args:
        config: the configuration without the option.
        name: the option's key.
    """
    try:
        parser = config.file_config
        section = config.place_of(name).section
        in_section = parser[section] if parser.has_section(section) else {}
        known = [key for key in (*in_section, *config.toml_alembic_config) if key != name]
        found = _nearest(name, known)
        if found:
            return f" Did you mean {name!r} by {found!r}?"
        if not in_section and parser.sections():
            meant = [*MAIN_SECTIONS] if section in MAIN_SECTIONS else [section]
            alike = [(one, _nearest(one, parser.sections())) for one in meant]
            hints = [f" Did you mean [{one}] by [{other}]?" for one, other in alike if other]
            return hints[0] if hints else f" Its sections are: {_listed(parser.sections())}."
        return _elsewhere(config)
    except Exception:  # noqa: BLE001 - a broken file or folder has an error of its own
        return ""


def _nearest(name: str, known: Iterable[str]) -> str:
    return next(iter(nearest(name, known, limit=1, cutoff=_ALIKE)), "")


def _listed(sections: list[str]) -> str:
    return ", ".join(f"[{name}]" for name in sections[:10])


def _elsewhere(config: Config) -> str:
    """Return a hint at a config file right below the current folder, or above it."""
    file = Path(config.config_file_name or "")
    if file.exists() or getattr(config.cmd_opts, "config", None):
        return ""
    found = next(_files_nearby(Path.cwd()), None)
    if found is None:
        return ""
    return f" There is {str(found)!r}: change to its folder, or name it with -c. Or run 'init'."


def _files_nearby(folder: Path) -> Iterator[Path]:
    for name in INI_NAMES:
        yield from sorted(folder.glob(f"*/{name}"))
    for each in folder.parents:
        yield from (each / name for name in INI_NAMES if (each / name).is_file())
