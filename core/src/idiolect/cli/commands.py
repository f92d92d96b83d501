"""Which commands there are, and what of a command's signature becomes which flag.

The parser comes in. A command's parameters without default become positional arguments, the
others flags; what each looks like stands in the two tables below, in one place for all commands.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

CommandFunction = Callable[..., Any]

#: The name of a command -> the module that defines it.
BUILTIN = {
    "branches": "idiolect.command.show",
    "check": "idiolect.command.check",
    "completion": "idiolect.cli.shells",
    "current": "idiolect.command.show",
    "doctor": "idiolect.cli.doctor",
    "downgrade": "idiolect.command.migrate",
    "edit": "idiolect.command.edit",
    "ensure_version": "idiolect.command.migrate",
    "graph": "idiolect.command.graph",
    "heads": "idiolect.command.show",
    "history": "idiolect.command.show",
    "hooks": "idiolect.command.hooks",
    "init": "idiolect.command.init",
    "list_templates": "idiolect.command.init",
    "merge": "idiolect.command.merge",
    "new-dialect": "idiolect.testing.scaffold",
    "plugins": "idiolect.command.plugins",
    "repair": "idiolect.command.repair",
    "revision": "idiolect.command.revision",
    "show": "idiolect.command.show",
    "stamp": "idiolect.command.migrate",
    "upgrade": "idiolect.command.migrate",
}
#: Commands that run env.py whatever their arguments.
RUNS_ENVIRONMENT = frozenset(
    {"check", "current", "doctor", "downgrade", "ensure_version", "repair", "stamp", "upgrade"}
)
#: Commands that may take long.
SHOWS_PROGRESS = frozenset({"downgrade", "upgrade"})
#: Commands that read revision files and print, mostly without env.py.
READS_FILES = frozenset({"branches", "graph", "heads", "history", "show"})
#: Command name -> its summary, so that ``--help`` imports no command; a test holds them equal.
SUMMARIES = {
    "branches": "Show current branch points.",
    "check": "Check if there are any differences that a new revision would hold.",
    "completion": "Print the script that lets a shell complete commands, options and revisions.",
    "current": "Display the current revision for a database.",
    "doctor": "Look at all that a migration needs: say what is wrong and how to mend it.",
    "downgrade": "Revert to a previous version.",
    "edit": "Edit revision script(s) using $EDITOR.",
    "ensure_version": "Create the version table if it doesn't exist already.",
    "graph": "Draw the graph of revisions.",
    "heads": "Show current available heads in the script directory.",
    "history": "List changeset scripts in chronological order.",
    "hooks": "List the hooks that plugins can implement, or tell all of one.",
    "init": "Initialize a new scripts directory.",
    "list_templates": "List available templates.",
    "merge": "Merge two revisions together. Creates a new revision file.",
    "new-dialect": "Make the package of a new dialect plugin.",
    "plugins": "List installed plugins, what they implement, and what is wrong with them.",
    "repair": "Tell what is recorded of an unfinished revision, or settle a write of it.",
    "revision": "Create a new revision file.",
    "show": "Show the revision(s) denoted by the given symbol.",
    "stamp": "Set the version table to the given revision(s); don't run any migrations.",
    "upgrade": "Upgrade to a later version.",
}
#: Parameters that the command line cannot give.
_PROGRAM_ONLY = {"process_revision_directives"}
_SWITCH = {"action": "store_true"}
_NUMBER: dict[str, Any] = {"nargs": "?", "const": "last", "metavar": "N"}

#: Parameter with a default -> its flags and what argparse is told.
FLAGS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "autogenerate": (
        ("--autogenerate",),
        {**_SWITCH, "help": "fill the new revision in with what differs from the models"},
    ),
    "branch_label": (("--branch-label",), {"help": "a branch label for the new revision"}),
    "check_heads": (
        ("-c", "--check-heads"),
        {**_SWITCH, "help": "fail unless all heads are applied to the database"},
    ),
    "current": (("--current",), {**_SWITCH, "help": "mark what the database is at"}),
    "depends_on": (
        ("--depends-on",),
        {"action": "append", "help": "a revision that must be applied first; may be repeated"},
    ),
    "diff": (("--diff",), {**_SWITCH, "help": "print the changes to the files, make none"}),
    "force": (
        ("--force",),
        {**_SWITCH, "help": "change files also where git does not have them as they are"},
    ),
    "forget": (("--forget",), {**_SWITCH, "help": "forget what is recorded of the revision"}),
    "format": (
        ("--format",),
        {"metavar": "FORMAT", "help": "text (the default) or json"},
    ),
    "head": (
        ("--head",),
        {"help": "the revision, or LABEL@head, that the new one follows"},
    ),
    "indicate_current": (
        ("-i", "--indicate-current"),
        {**_SWITCH, "help": "mark the revision that the database is at"},
    ),
    "like": (
        ("--like",),
        {"metavar": "DIALECT", "help": "an installed dialect that the new one is much like"},
    ),
    "lock": (
        ("--no-lock",),
        {
            "action": "store_false",
            "help": "neither wait for other runs nor keep them waiting",
        },
    ),
    "mark_done": (
        ("--mark-done",),
        {**_NUMBER, "help": "write N, or the last one, has had its effect, and those before it"},
    ),
    "mark_undone": (
        ("--mark-undone",),
        {**_NUMBER, "help": "write N, or the last one, has had no effect, nor those after it"},
    ),
    "message": (("-m", "--message"), {"help": "what the revision does"}),
    "package": (
        ("--package",),
        {**_SWITCH, "help": "write __init__.py files, so that the folders are packages"},
    ),
    "plan": (
        ("--plan",),
        {**_SWITCH, "help": "print what would run, from where the database is; change nothing"},
    ),
    "purge": (("--purge",), {**_SWITCH, "help": "empty the version table first"}),
    "resolve_dependencies": (
        ("--resolve-dependencies",),
        {**_SWITCH, "help": "count a revision that others depend on as no head"},
    ),
    "restart": (
        ("--restart",),
        {**_SWITCH, "help": "run a revision that was left unfinished anew, from its beginning"},
    ),
    "rev_id": (("--rev-id",), {"help": "the new revision's id, instead of a random one"}),
    "rev_range": (
        ("-r", "--rev-range"),
        {"help": "START:END, START: or :END; either may be 'current'"},
    ),
    "splice": (
        ("--splice",),
        {**_SWITCH, "help": "allow a revision that is no head as the one to follow"},
    ),
    "sql": (
        ("--sql",),
        {**_SWITCH, "help": "write a SQL script to standard output; touch no database"},
    ),
    "strict": (("--strict",), {**_SWITCH, "help": "fail if a plugin cannot be used"}),
    "tag": (("--tag",), {"help": "any text, for env.py to read"}),
    "template": (("-t", "--template"), {"help": "the template to start from"}),
    "verbose": (("-v", "--verbose"), {**_SWITCH, "help": "print more"}),
    "version_path": (
        ("--version-path",),
        {"help": "the folder to write to, one of version_locations"},
    ),
    "write": (("--write",), {**_SWITCH, "help": "make the changes to the files, and print them"}),
}
#: (command, parameter) -> the same, where it means something of its own.
OWN_FLAGS: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, Any]]] = {
    ("hooks", "name"): (("name",), {"nargs": "?", "help": "the hook to tell all of"}),
    ("graph", "format"): (
        ("--format",),
        {"metavar": "FORMAT", "help": "text (the default), mermaid, dot, svg or json"},
    ),
}
#: Parameter without default -> what argparse is told.
POSITIONALS: dict[str, dict[str, Any]] = {
    "shell": {"help": "bash, fish or zsh"},
    "dialect": {"help": "SQLAlchemy's name of the dialect: the scheme of its URLs"},
    "project": {"nargs": "?", "metavar": "FOLDER", "help": "a project's folder (default: .)"},
    "directory": {"help": "folder for env.py and the revision files"},
    "rev": {"help": "a revision, or 'current'", "metavar": "revision"},
    "revision": {"help": "a revision: an id or the start of one, head, base, +1, -1, ..."},
    "revisions": {"nargs": "+", "help": "one or more revisions, or 'heads'"},
}
#: Commands that take several of what their parameter names in the singular.
_PLURALS = {("stamp", "revision"): "revisions"}


class CommandSpec(NamedTuple):
    """One command as the parser needs it.

    Attributes:
        name: the word on the command line.
        function: what runs; takes the Config first.
        positionals: parameter names in order.
        flags: names of parameters that have a default, and those defaults.
        summary: the first sentence of its docstring.
    """

    name: str
    function: CommandFunction
    positionals: tuple[str, ...]
    flags: dict[str, Any]
    summary: str

    def argument_name(self, parameter: str) -> str:
        """Return the name under which the parser keeps a parameter's value."""
        return _PLURALS.get((self.name, parameter), parameter)


def describe(function: CommandFunction) -> CommandSpec:
    """Return a command's specification, read off its signature and docstring."""
    code = function.__code__
    parameters = code.co_varnames[1 : code.co_argcount]
    defaults = function.__defaults__ or ()
    split = len(parameters) - len(defaults)
    flags = dict(zip(parameters[split:], defaults, strict=True)) | (function.__kwdefaults__ or {})
    return CommandSpec(
        name=function.__name__,
        function=function,
        positionals=parameters[:split],
        flags={name: value for name, value in flags.items() if name not in _PROGRAM_ONLY},
        summary=" ".join((function.__doc__ or "").strip().partition("\n\n")[0].split()),
    )


def load(name: str) -> CommandSpec:
    """Import a built-in command."""
    function = getattr(importlib.import_module(BUILTIN[name]), name.replace("-", "_"))
    return describe(function)._replace(name=name)


def summary_of(name: str) -> str:
    """Return the summary of a built-in command, without importing it where it is known."""
    return SUMMARIES.get(name) or load(name).summary
