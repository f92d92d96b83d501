"""The command that reports which plugins are installed and whether they can be used.

The command line and programs come in. Each plugin is loaded on its own and none is registered,
so one that is broken is a line of the report and nothing more.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from idiolect.errors import CommandError, HookError, PluginLoadError
from idiolect.hooks import entrypoints

if TYPE_CHECKING:
    from idiolect.hooks.entrypoints import PluginSource
    from idiolect.settings.config import Config

_KINDS = {
    entrypoints.DIALECTS: "dialect",
    entrypoints.PLUGINS: "plugin",
    entrypoints.STARTUP: "startup",
}
_HEADING = ("kind", "name", "distribution", "state")


def plugins(config: Config, strict: bool = False) -> None:
    """List installed plugins, what they implement, and what is wrong with them.

    Args:
        config: tells where to print; needs no file.
        strict: fail if a plugin cannot be used.

    Raises:
        CommandError: ``strict`` is given and a plugin is broken or in conflict.
    """
    rows, unusable = [], []
    for group, kind in _KINDS.items():
        sources = entrypoints.installed(group)
        for source in sources:
            state, is_usable = _state(group, source, sources)
            rows.append((kind, source.name, source.label, state))
            if not is_usable:
                unusable.append(f"{source.name!r} of {source.label}")
    for line in _table([_HEADING, *rows]):
        config.print_stdout("%s", line)
    if unusable and strict:
        raise CommandError(f"Plugins that cannot be used: {', '.join(unusable)}.")


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    """Return rows as lines in which the columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _state(group: str, source: PluginSource, others: list[PluginSource]) -> tuple[str, bool]:
    """Return a plugin's state in words, and whether nothing is wrong with it."""
    disabled = entrypoints.disabled_names()
    if source.is_among(disabled):
        return "disabled by IDIOLECT_DISABLE_PLUGINS", True
    offered = Counter(each.name for each in others if not each.is_among(disabled))
    if group == entrypoints.DIALECTS and offered[source.name] > 1:
        return "conflict: several distributions offer this dialect", False
    try:
        return _usable(group, source), True
    except (PluginLoadError, HookError) as exc:
        return f"broken: {exc}", False


def _usable(group: str, source: PluginSource) -> str:
    plugin = source.load()
    if group == entrypoints.STARTUP:
        return "ok"
    # pluggy is loaded where a plugin's hooks are looked at.
    from idiolect.hooks.manager import RegisteredPlugin, hooks_of

    hooks = hooks_of(RegisteredPlugin(source.name, plugin, None, source))
    return f"ok: {', '.join(hooks) or 'implements no hook'}"
