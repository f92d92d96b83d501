"""The commands that plugins add; loaded where a command is asked for that is not built in."""

from __future__ import annotations

from idiolect.cli.commands import BUILTIN, CommandSpec, describe


def contributed_commands() -> list[CommandSpec]:
    """Return the commands of plugins, which are loaded for it.

    Raises:
        PluginConflictError: the name of one is taken.
        HookError: what a plugin adds cannot be a command.
    """
    # A command of the core's own pays for none of this.
    from idiolect.hooks.collectors import CORE, CommandCollector
    from idiolect.hooks.contributions import collect

    found = CommandCollector(dict.fromkeys(BUILTIN, CORE))
    collect("register_commands", found, lenient=True)
    return [describe(function)._replace(name=name) for name, function in found.items()]
