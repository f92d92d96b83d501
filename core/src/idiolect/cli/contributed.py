"""Commands contributed by plugins; imported if a command is not built in."""

from __future__ import annotations

from idiolect.cli.commands import BUILTIN, CommandSpec, describe
from idiolect.errors import PluginLoadError


def contributed_commands() -> list[CommandSpec]:
    """Return the commands contributed by entry points and by plugins, which are loaded for it.

    A command with its own entry point does not need the plugin manager.

    Raises:
        PluginConflictError: a name is taken.
        HookError: a contribution is not a valid command.
    """
    # Imported here because built-in commands do not need it.
    from idiolect.hooks import entrypoints
    from idiolect.hooks.collector import CORE
    from idiolect.hooks.collectors import CommandCollector
    from idiolect.hooks.contributions import collect, warn

    found = CommandCollector(dict.fromkeys(BUILTIN, CORE))
    for source in entrypoints.find(entrypoints.COMMANDS):
        found.owner = source.label
        try:
            found.add(source.load(), source.name)
        except PluginLoadError as exc:
            warn(exc)
    collect("register_commands", found, lenient=True)
    return [describe(function, name) for name, function in found.items()]
