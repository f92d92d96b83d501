"""The command ``plugins``, which lists the installed plugins and their problems.

Formats the data of :mod:`idiolect.commands.inventory` as a table or a document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.commands.documents import check_format, print_document
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.commands.inventory import PluginFacts
    from idiolect.settings.config import Config

_HEADING: Final = ("kind", "name", "distribution", "module", "loaded", "wins", "state")
_YES_OR_NO: Final = {True: "yes", False: "no", None: "-"}


def plugins(config: Config, strict: bool = False, format: str = "text") -> None:
    """List installed plugins, what they implement, and their problems.

    Args:
        config: has the output stream; needs no file.
        strict: fail if a plugin is unusable.
        format: ``text`` for a table, ``json`` for a document.

    Raises:
        CommandError: ``strict`` is set and a plugin is broken or in conflict, or the format is
            unknown.
    """
    check_format(format)
    from idiolect.commands.inventory import inventory

    found = inventory()
    if format == "json":
        # Imported here because every command imports this module.
        from dataclasses import asdict

        print_document(config, plugins=[asdict(each) for each in found])
    else:
        for line in _table(found):
            config.print_stdout("%s", line)
    unusable = [
        f"{each.name!r} of {each.distribution} {each.version}"
        for each in found
        if each.state in {"broken", "conflict"}
    ]
    if unusable and strict:
        raise CommandError(f"Plugins that cannot be used: {', '.join(unusable)}.")


def _table(found: Iterable[PluginFacts]) -> list[str]:
    """Return one line per plugin, with aligned columns."""
    rows = [_HEADING, *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _row(each: PluginFacts) -> tuple[str, ...]:
    origin = f"{each.distribution} {each.version}" if each.distribution else "-"
    loaded, wins = _YES_OR_NO[each.loaded], _YES_OR_NO[each.wins]
    return (each.kind, each.name, origin, each.module, loaded, wins, _state(each))


def _state(each: PluginFacts) -> str:
    if each.state == "disabled":
        return each.problem or ""
    if each.problem:
        return f"{each.state}: {each.problem}"
    if each.kind == "startup":
        return "ok"
    if each.kind == "legacy":
        state = "ok: a DefaultImpl subclass with __dialect__"
    else:
        state = f"ok: {', '.join(each.hooks) or 'implements no hook'}"
    return state if each.wins is not False else f"{state}; not the one: {each.why}"
