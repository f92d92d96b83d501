"""The built-in commands, and the mapping from their signatures to command line arguments.

Used by the parser. Parameters without a default become positional arguments, the others options;
the tables below define both for all commands.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

CommandFunction = Callable[..., Any]

#: Command -> the module that defines it.
BUILTIN = {
    "branches": "idiolect.commands.show",
    "check": "idiolect.commands.check",
    "completion": "idiolect.cli.shells",
    "current": "idiolect.commands.show",
    "doctor": "idiolect.cli.doctor",
    "downgrade": "idiolect.commands.migrate",
    "edit": "idiolect.commands.edit",
    "ensure_version": "idiolect.commands.migrate",
    "graph": "idiolect.commands.graph",
    "heads": "idiolect.commands.show",
    "history": "idiolect.commands.show",
    "hooks": "idiolect.commands.hooks",
    "init": "idiolect.commands.init",
    "lint": "idiolect.commands.lint",
    "list_templates": "idiolect.commands.init",
    "merge": "idiolect.commands.merge",
    "new-dialect": "idiolect.testing.scaffold",
    "plugins": "idiolect.commands.plugins",
    "repair": "idiolect.commands.repair",
    "revision": "idiolect.commands.revision",
    "show": "idiolect.commands.show",
    "stamp": "idiolect.commands.migrate",
    "upgrade": "idiolect.commands.migrate",
}
#: Commands that run env.py whatever their arguments.
RUNS_ENVIRONMENT = frozenset(
    {
        "check",
        "current",
        "doctor",
        "downgrade",
        "ensure_version",
        "lint",
        "repair",
        "stamp",
        "upgrade",
    }
)
#: Commands that may take long.
SHOWS_PROGRESS = frozenset({"downgrade", "upgrade"})
#: Commands that read revision files and print; most run no env.py.
READS_FILES = frozenset({"branches", "graph", "heads", "history", "show"})
#: Command -> summary, so that ``--help`` imports no command; a test compares the docstrings.
SUMMARIES = {
    "branches": "List the revisions at which the history branches.",
    "check": "Compare the models with the database, and fail if they differ.",
    "completion": "Print a shell completion script.",
    "current": "Print the revisions that the database is at.",
    "doctor": "Diagnose problems with the project, the plugins and the database.",
    "downgrade": "Revert revisions, back to the given one.",
    "edit": "Open revision files in an editor.",
    "ensure_version": "Create the version table if it does not exist.",
    "graph": "Draw the revision graph.",
    "heads": "List the revisions that no other revision follows.",
    "history": "List revisions, latest first.",
    "hooks": "List the hooks that plugins can implement, or describe one of them.",
    "init": "Create a migration environment.",
    "lint": "Check revisions for risks, without a database.",
    "list_templates": "List the templates that 'init' can use.",
    "merge": "Create a revision that merges other revisions.",
    "new-dialect": "Generate the package of a new dialect plugin.",
    "plugins": "List installed plugins, what they implement, and their problems.",
    "repair": "Show or settle the recorded writes of an unfinished revision.",
    "revision": "Create a revision file.",
    "show": "Show revisions in detail.",
    "stamp": "Set the revision in the version table without running revisions.",
    "upgrade": "Apply revisions, up to the given one.",
}
#: Parameters that are not available on the command line.
_PROGRAM_ONLY = {"process_revision_directives"}
_SWITCH = {"action": "store_true"}
_NUMBER: dict[str, Any] = {"nargs": "?", "const": "last", "metavar": "N"}

#: Parameter with a default -> its flags and argparse settings.
FLAGS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "allow_newer": (
        ("--allow-newer",),
        {**_SWITCH, "help": "accept revisions that no file declares, of a newer version"},
    ),
    "autogenerate": (
        ("--autogenerate",),
        {**_SWITCH, "help": "fill in the differences between the models and the database"},
    ),
    "branch_label": (("--branch-label",), {"help": "assign a branch label to the new revision"}),
    "check_heads": (
        ("-c", "--check-heads"),
        {**_SWITCH, "help": "fail unless the database is at all heads"},
    ),
    "current": (("--current",), {**_SWITCH, "help": "mark the database's current revisions"}),
    "depends_on": (
        ("--depends-on",),
        {"action": "append", "help": "require this revision to be applied first; may be repeated"},
    ),
    "diff": (("--diff",), {**_SWITCH, "help": "print the changes as a diff without making them"}),
    "force": (
        ("--force",),
        {**_SWITCH, "help": "also change files that have uncommitted changes in git"},
    ),
    "forget": (("--forget",), {**_SWITCH, "help": "discard the recorded writes"}),
    "format": (
        ("--format",),
        {"metavar": "FORMAT", "help": "output format: text (the default) or json"},
    ),
    "head": (
        ("--head",),
        {"help": "revision that the new one follows, or LABEL@head (default: head)"},
    ),
    "indicate_current": (
        ("-i", "--indicate-current"),
        {**_SWITCH, "help": "mark the database's current revisions"},
    ),
    "like": (
        ("--like",),
        {"metavar": "DIALECT", "help": "inherit from the plugin of this installed dialect"},
    ),
    "lock": (
        ("--no-lock",),
        {
            "action": "store_false",
            "help": "do not take the migration lock",
        },
    ),
    "mark_done": (
        ("--mark-done",),
        {**_NUMBER, "help": "treat write N, or the last one, and all before it as done"},
    ),
    "mark_undone": (
        ("--mark-undone",),
        {**_NUMBER, "help": "treat write N, or the last one, and all after it as not done"},
    ),
    "message": (("-m", "--message"), {"help": "describe the revision"}),
    "package": (
        ("--package",),
        {**_SWITCH, "help": "create __init__.py files, so that the folders are packages"},
    ),
    "plan": (
        ("--plan",),
        {**_SWITCH, "help": "print what would run on the database, without changing it"},
    ),
    "purge": (("--purge",), {**_SWITCH, "help": "delete all rows of the version table first"}),
    "resolve_dependencies": (
        ("--resolve-dependencies",),
        {**_SWITCH, "help": "exclude heads that other revisions depend on"},
    ),
    "restart": (
        ("--restart",),
        {**_SWITCH, "help": "run an unfinished revision again from the beginning"},
    ),
    "rev_id": (("--rev-id",), {"help": "use this id instead of a random one"}),
    "rev_range": (
        ("-r", "--rev-range"),
        {"help": "limit the list to START:END, START: or :END; 'current' is allowed"},
    ),
    "splice": (
        ("--splice",),
        {**_SWITCH, "help": "allow the new revision to follow one that is not a head"},
    ),
    "sql": (
        ("--sql",),
        {**_SWITCH, "help": "write a SQL script to standard output instead of connecting"},
    ),
    "strict": (("--strict",), {**_SWITCH, "help": "fail if a plugin has a problem"}),
    "tag": (("--tag",), {"help": "pass a text to env.py"}),
    "template": (("-t", "--template"), {"help": "use this template (default: generic)"}),
    "verbose": (("-v", "--verbose"), {**_SWITCH, "help": "print more details"}),
    "version_path": (
        ("--version-path",),
        {"help": "write to this folder, one of version_locations"},
    ),
    "write": (("--write",), {**_SWITCH, "help": "make the changes and print them"}),
}
#: (command, parameter) -> the same, for commands where the meaning differs.
OWN_FLAGS: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, Any]]] = {
    ("hooks", "name"): (("name",), {"nargs": "?", "help": "the hook to describe"}),
    ("graph", "format"): (
        ("--format",),
        {
            "metavar": "FORMAT",
            "help": "output format: text (the default), mermaid, dot, svg or json",
        },
    ),
    ("lint", "revisions"): (
        ("revisions",),
        {"nargs": "*", "help": "revisions and ranges START:END to check (default: all)"},
    ),
    ("lint", "since"): (
        ("--since",),
        {
            "metavar": "GIT_REF",
            "help": "check only revisions whose files were changed since this branch or commit",
        },
    ),
    ("lint", "strict"): (
        ("--strict",),
        {**_SWITCH, "help": "fail if there is any finding, not only an error"},
    ),
    ("lint", "rules"): (("--rules",), {**_SWITCH, "help": "list the rules"}),
    ("lint", "format"): (
        ("--format",),
        {
            "metavar": "FORMAT",
            "help": "output format: text (the default), json, sarif or github",
        },
    ),
    ("new-dialect", "directory"): (
        ("--directory",),
        {"help": "create this folder (default: idiolect- and the name of the dialect)"},
    ),
}
#: Parameter without a default -> its argparse settings.
POSITIONALS: dict[str, dict[str, Any]] = {
    "shell": {"help": "bash, fish or zsh"},
    "dialect": {"help": "name of the SQLAlchemy dialect, as in its URLs"},
    "project": {"nargs": "?", "metavar": "FOLDER", "help": "folder of the project (default: .)"},
    "directory": {"help": "folder to create for env.py and the revision files"},
    "rev": {"help": "a revision, or 'current'", "metavar": "revision"},
    "revision": {
        "help": "target revision: an id or a unique prefix, head, heads, base, +1, -1, ..."
    },
    "revisions": {"nargs": "+", "help": "one or more revisions, or 'heads'"},
}
#: Commands that accept several values for a parameter named in the singular.
_PLURALS = {("stamp", "revision"): "revisions"}


class CommandSpec:
    """A command as the parser needs it.

    Attributes:
        name: its name on the command line.
        function: the function to run; takes the Config first.
        positionals: parameter names in order.
        flags: parameters with their defaults.
        summary: the first sentence of the docstring.
    """

    __slots__ = ("flags", "function", "name", "positionals", "summary")

    def __init__(
        self,
        name: str,
        function: CommandFunction,
        positionals: tuple[str, ...],
        flags: dict[str, Any],
        summary: str,
    ) -> None:
        self.name = name
        self.function = function
        self.positionals = positionals
        self.flags = flags
        self.summary = summary

    def __iter__(self) -> Iterator[Any]:
        """Yield the function, its positional options and the others, as Alembic's ``cmd`` does.

        Published subclasses of CommandLine unpack it and call the function themselves.
        """
        yield self.function
        yield [self.argument_name(name) for name in self.positionals]
        yield list(self.flags)

    def argument_name(self, parameter: str) -> str:
        """Return the name under which the parser stores a parameter's value."""
        return _PLURALS.get((self.name, parameter), parameter)


#: Values of options that are not given, where the function's default is another one.
_OWN_DEFAULTS: dict[tuple[str, str], Any] = {
    # So that hooks of env.py see whether --head was given.
    ("revision", "head"): None,
}


def describe(function: CommandFunction, name: str | None = None) -> CommandSpec:
    """Return a command's specification, from its signature and docstring.

    Args:
        function: the function to run; takes the Config first.
        name: the name on the command line; None: the function's name.
    """
    code = function.__code__
    parameters = code.co_varnames[1 : code.co_argcount]
    defaults = function.__defaults__ or ()
    split = len(parameters) - len(defaults)
    flags = dict(zip(parameters[split:], defaults, strict=True)) | (function.__kwdefaults__ or {})
    name = name or function.__name__
    return CommandSpec(
        name=name,
        function=function,
        positionals=parameters[:split],
        flags={
            flag: _OWN_DEFAULTS.get((name, flag), value)
            for flag, value in flags.items()
            if flag not in _PROGRAM_ONLY
        },
        summary=" ".join((function.__doc__ or "").strip().partition("\n\n")[0].split()),
    )


def load(name: str) -> CommandSpec:
    """Import a built-in command."""
    function = getattr(importlib.import_module(BUILTIN[name]), name.replace("-", "_"))
    return describe(function, name)


def summary_of(name: str) -> str:
    """Return a built-in command's summary, without importing it if possible."""
    return SUMMARIES.get(name) or load(name).summary
