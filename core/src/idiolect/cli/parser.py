"""The argument parser: global options, and a sub-parser per command."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from idiolect import ALEMBIC_API, __version__
from idiolect.cli.commands import (
    BUILTIN,
    FLAGS,
    OWN_FLAGS,
    POSITIONALS,
    CommandSpec,
    load,
    summary_of,
)
from idiolect.util.controls import visible
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_USUAL_COLUMNS = 80
_MAIN_WITH_VALUE = ("-c", "--config", "-n", "--name", "-x")

#: Documented commands of packages that may not be installed.
_ELSEWHERE = {"import-alembic": "It comes with the package idiolect-alembic; install that."}


class Parser(argparse.ArgumentParser):
    """argparse's parser, with a suggestion for misspelt commands."""

    def __init__(self, **settings: Any) -> None:
        # By default, each formatter calls shutil for the width; importing shutil loads the
        # compression modules.
        self._formatter = partial(argparse.HelpFormatter, width=_width())
        # argparse creates a formatter for every argument, only to check its metavar.
        checking = self._formatter("")
        super().__init__(formatter_class=lambda prog: checking, **settings)  # noqa: ARG005 - passed by name
        #: The names of all commands, for suggestions.
        self.known: list[str] = list(BUILTIN)

    def complete(self) -> None:
        """Call it when all arguments have been added, so that help can be printed."""
        self.formatter_class = self._formatter

    @property
    def arguments(self) -> list[argparse.Action]:
        """Its arguments, in order."""
        return self._actions

    def option(self, word: str) -> argparse.Action | None:
        """Return the option spelt ``word``, or None."""
        return self._option_string_actions.get(word)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse a command line; exit if there are unrecognised arguments, as argparse does.

        Args:
            args: the arguments; None takes ``sys.argv``.
            namespace: receives the values; None for a new one.
        """
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            # Imported here because only failures need it.
            from idiolect.cli.unrecognized import describe_left_over

            spec: CommandSpec | None = getattr(found, "cmd", None)
            self.error(describe_left_over(self, self._command(spec), rest))
        return found

    def _command(self, spec: CommandSpec | None) -> Parser:
        """Return the parser of a command, or this one if there is no command."""
        for each in self.arguments:
            if spec is not None and isinstance(each.choices, dict):
                return each.choices[spec.name]  # type: ignore[no-any-return]
        return self

    def error(self, message: str) -> NoReturn:
        """Exit with status 2 and a one-line message."""
        # Imported here because only failures need it.
        from idiolect.cli.secrets import redact
        from idiolect.util.colors import has_colors

        wrong = message.partition("invalid choice: '")[2].partition("'")[0]
        alike = nearest(wrong, self.known) if wrong else []
        if wrong:
            hint = f" Did you mean {alike[0]!r}?" if alike else f" Known: {', '.join(self.known)}."
            hint = f" {_ELSEWHERE[wrong]}" if wrong in _ELSEWHERE else hint
            message = f"unknown command {wrong!r}.{hint}"
        if message.endswith("are required: revision"):
            back = self.prog.endswith(" downgrade")
            message += " ('-1' is one revision back)" if back else " (the latest is 'head')"
        if message.endswith("are required: directory"):
            message += " (for example 'migrations')"
        if message.endswith("are required: revisions"):
            of_merge = " (two or more ids, or 'heads' for all heads)"
            message += of_merge if self.prog.endswith(" merge") else " (the latest is 'head')"
        # Python 3.14 chooses colours of the usage by standard output, which may be another stream.
        self.color = has_colors(sys.stderr)
        # The arguments may contain a URL.
        super().error(visible(redact(message, None)))


def build_parser(prog: str | None, commands: Iterable[CommandSpec | str]) -> Parser:
    """Return a parser for the given commands.

    Args:
        prog: the program's name in usage messages.
        commands: specifications; for commands that only need to be listed or suggested, the names
            of built-in ones.
    """
    parser = Parser(prog=prog, description="Database migrations for SQLAlchemy.")
    parser.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {__version__} (API of Alembic {ALEMBIC_API})",
    )
    parser.add_argument(
        "-c",
        "--config",
        action="append",
        help="config file: an ini file or pyproject.toml; repeat to use one of each. Default: "
        "IDIOLECT_CONFIG or ALEMBIC_CONFIG, else idiolect.ini or alembic.ini",
    )
    parser.add_argument(
        "-n",
        "--name",
        default=None,
        help="section of the ini file to read (default: idiolect or alembic)",
    )
    parser.add_argument(
        "-x",
        action="append",
        metavar="KEY=VALUE",
        help="pass an argument to env.py; may be repeated",
    )
    parser.add_argument("--raiseerr", action="store_true", help="show the full traceback of errors")
    parser.add_argument(
        "--trace-hooks",
        action="store_true",
        help="print each hook call, the plugins called, and the result",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="do not print progress messages")
    subparsers = parser.add_subparsers(
        # Otherwise argparse formats a usage message to find out.
        prog=parser.prog,
        metavar="COMMAND",
        title="commands",
        parser_class=Parser,
    )
    for spec in commands:
        name = spec if isinstance(spec, str) else spec.name
        if name not in parser.known:
            parser.known.append(name)
        if isinstance(spec, str):
            subparsers.add_parser(spec, help=summary_of(spec), add_help=False).complete()
        else:
            add_command(subparsers, spec)
    parser.complete()
    return parser


def add_command(subparsers: Any, spec: CommandSpec) -> None:
    """Add the sub-parser of one command."""
    # argparse interpolates help texts.
    summary = spec.summary.replace("%", "%%")
    sub = subparsers.add_parser(spec.name, help=summary, description=summary)
    for name, default in spec.flags.items():
        own = (("--" + name.replace("_", "-"),), _settings(default))
        flags, settings = OWN_FLAGS.get((spec.name, name)) or FLAGS.get(name, own)
        if flags[0].startswith("-"):
            settings = {"dest": name, **settings}
        sub.add_argument(*flags, default=default, **settings)
    if "format" in spec.flags and spec.name in BUILTIN:
        sub.add_argument(
            "--json",
            dest="format",
            action="store_const",
            const="json",
            default=argparse.SUPPRESS,
            help="short for --format json",
        )
    for name in map(spec.argument_name, spec.positionals):
        sub.add_argument(name, **POSITIONALS.get(name, {}))
    sub.set_defaults(cmd=spec)
    sub.complete()


def _settings(default: Any) -> dict[str, Any]:
    """Return the argparse settings of a flag that is not in the table."""
    if default is False:
        return {"action": "store_true"}
    return {"type": type(default)} if type(default) in {int, float} else {}


def parser_for(prog: str | None, argv: Sequence[str]) -> Parser:
    """Return a parser for the command named in ``argv``, or for all commands if there is none.

    Creating the parsers of all commands would take a considerable part of a short command's time.
    """
    name = _command_word(argv)
    if name in BUILTIN:
        return build_parser(prog, [load(name)])
    # Plugins are loaded only for commands that are not built in.
    from idiolect.cli.contributed import contributed_commands

    added = contributed_commands() if name or {"-h", "--help"} & {*argv} else []
    own = [spec for spec in added if spec.name == name]
    every: list[str | CommandSpec] = [*BUILTIN, *added]
    return build_parser(prog, own or every)


def _width() -> int:
    """Return the width of help texts in columns, as argparse would."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr] # None is caught
        except (AttributeError, ValueError, OSError):
            columns = 0
    return (columns or _USUAL_COLUMNS) - 2


def _command_word(argv: Sequence[str]) -> str:
    words = iter(argv)
    for word in words:
        if word in _MAIN_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""
