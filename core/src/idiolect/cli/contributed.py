"""The commands that plugins add; loaded where a command is asked for that is not built in."""

from __future__ import annotations

from idiolect.cli.commands import BUILTIN, CommandSpec, describe
from idiolect.errors import PluginLoadError


def contributed_commands() -> list[CommandSpec]:
    """Return the commands that distributions offer, and those of plugins, all loaded for it.

    A distribution that offers a command by an entry point of its own needs no plugin manager.

    Raises:
        PluginConflictError: the name of one is taken.
        HookError: what a plugin adds cannot be a command.
    """
    # A command of the core's own pays for none of this.
    from idiolect.hooks import entrypoints
    from idiolect.hooks.collectors import CORE, CommandCollector
    from idiolect.hooks.contributions import collect, warn

    found = CommandCollector(dict.fromkeys(BUILTIN, CORE))
    for source in entrypoints.find(entrypoints.COMMANDS):
        found.owner = source.label
        try:
            found.add(source.load(), source.name)
        except PluginLoadError as exc:
            warn(exc)
    collect("register_commands", found, lenient=True)
    return [describe(function)._replace(name=name) for name, function in found.items()]
