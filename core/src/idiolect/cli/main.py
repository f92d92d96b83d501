"""The command line program: parses, configures, runs, and turns errors into an exit status.

The only place where exceptions become messages. Exit status: 0 success, 1 failure, 2 usage error.
"""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from idiolect.cli.commands import (
    BUILTIN,
    READS_FILES,
    RUNS_ENVIRONMENT,
    SHOWS_PROGRESS,
    CommandSpec,
    describe,
    load,
)
from idiolect.cli.output import LenientOutput
from idiolect.cli.plain import plain_options
from idiolect.settings.config import Config
from idiolect.settings.sources import INI_NAMES, find_config
from idiolect.util.controls import visible

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from idiolect.cli.parser import Parser
    from idiolect.util.progress import Observer

#: Used by the shells' completion scripts; followed by the words up to the cursor.
COMPLETE = "__complete"
_OBJECTS_BETWEEN_COLLECTIONS = 10_000


class CommandLine:
    """The command line, as a class that programs can extend.

    Args:
        prog: the program's name in usage messages; None takes it from ``sys.argv``.
    """

    def __init__(self, prog: str | None = None) -> None:
        self.prog = prog
        self._added: list[CommandSpec] = []
        self._has_process = False

    @cached_property
    def parser(self) -> Parser:
        """The parser of all commands, created on first access."""
        from idiolect.cli.contributed import contributed_commands
        from idiolect.cli.parser import build_parser

        own = {spec.name for spec in self._added}
        further = [spec for spec in contributed_commands() if spec.name not in own]
        return build_parser(self.prog, [*map(load, BUILTIN), *self._added, *further])

    def register_command(self, fn: Callable[..., Any]) -> None:
        """Add a function as a command, under its own name.

        Args:
            fn: takes the Config first; its other parameters become arguments and options. The first
                paragraph of its docstring is its help text.
        """
        self._added.append(describe(fn))
        self.__dict__.pop("parser", None)

    def main(self, argv: Sequence[str] | None = None) -> None:
        """Parse and run a command line.

        Args:
            argv: the arguments; None takes ``sys.argv``.

        Raises:
            SystemExit: the exit status is not 0.
            CommandError: incompatible config files are given.
        """
        words = sys.argv[1:] if argv is None else list(argv)
        if words[:1] == [COMPLETE]:
            _complete(words[1:])
            return
        options = self._parsed(words)
        if argv is None:
            self._has_process = True
            _prepare_process(options.cmd.name)
        toml, ini = self._inis_from_config(options)
        config = Config(
            file_=ini,
            toml_file=toml,
            ini_section=options.name,
            cmd_opts=options,
            stdout=sys.stdout,
        )
        with _traced() if options.trace_hooks else nullcontext():
            self.run_cmd(config, options)

    def _parsed(self, words: Sequence[str]) -> Namespace:
        """Return the options of a command line.

        Raises:
            SystemExit: it is wrong, or asks for help or the version.
        """
        has_own = self._added or "parser" in self.__dict__
        plain = None if has_own or type(self) is not CommandLine else plain_options(words)
        if plain is not None:
            return cast("Namespace", plain)
        # Imported here and below because most command lines need no parser.
        from idiolect.cli.parser import parser_for

        parser = self.parser if has_own else parser_for(self.prog, words)
        options: Namespace = parser.parse_args(words)
        if not hasattr(options, "cmd"):
            parser.error("too few arguments: name a command, or see --help")
        if options.name == "":
            # Probably an unset shell variable; the default section could be another database.
            parser.error("argument -n/--name: the name of a section is expected")
        return options

    def _inis_from_config(self, options: Namespace) -> tuple[str, str]:
        """Return the paths of the toml and the ini file to read, whether or not they exist."""
        # A new project gets a file of this name; other commands only look for it. Programs that
        # are written for Alembic expect Alembic's.
        begins = hasattr(options, "cmd") and options.cmd.name == "init"
        of_alembic = self.prog == "alembic" or (
            self.prog is None and not self._has_process and "alembic" in sys.modules
        )
        is_own = type(self) is CommandLine and not of_alembic
        new_ini = INI_NAMES[0] if begins and is_own else INI_NAMES[-1]
        paths = find_config(options.config, os.environ, new_ini=new_ini)
        return str(paths.toml), str(paths.ini)

    def run_cmd(self, config: Config, options: Namespace) -> None:
        """Run the command in ``options``.

        Raises:
            SystemExit: it failed; the error was printed.
            Exception: it failed and ``--raiseerr`` was given.
        """
        spec: CommandSpec = options.cmd
        try:
            _start_up()
            with _output_format(config, options), self._watched(config, options):
                spec.function(
                    config,
                    *(getattr(options, spec.argument_name(name)) for name in spec.positionals),
                    **{name: getattr(options, name) for name in spec.flags},
                )
            # Here, so that an error can still be reported.
            config.stdout.flush()
            _require_all_written(config.stdout)
        except Exception as exc:
            if spec.name not in BUILTIN:
                from idiolect.util.blame import blame

                blame(exc, spec.function, f"command {spec.name!r}")
            if options.raiseerr:
                if self._has_process:
                    sys.excepthook = partial(_show_traceback, config)
                raise
            _fail(exc, config)

    def _watched(self, config: Config, options: Namespace) -> AbstractContextManager[None]:
        """Return the context in which to run a command, with a progress display if useful."""
        is_run = options.cmd.name in SHOWS_PROGRESS and not options.sql and not options.plan
        if not self._has_process or not is_run or config.messaging_opts["quiet"]:
            return nullcontext()
        if not (isinstance(sys.stdout, LenientOutput) and isinstance(sys.stderr, LenientOutput)):
            return nullcontext()
        from idiolect.util import progress

        return progress.observed(partial(_progress_display, sys.stdout, sys.stderr))


def main(argv: Sequence[str] | None = None, prog: str | None = None, **_kwargs: Any) -> None:
    """Run the command line; the entry point of the console script.

    Args:
        argv: the arguments; None takes ``sys.argv``.
        prog: the program's name in usage messages.

    Raises:
        SystemExit: the exit status is not 0.
    """
    out, err = LenientOutput(sys.stdout), LenientOutput(sys.stderr)
    try:
        with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
            _call_with_room(_run, argv, prog)
    finally:
        # Here, because at exit the interpreter would report a closed pipe.
        out.flush()
        err.flush()
        if argv is None:
            from idiolect.cli.finalization import prepare_exit

            prepare_exit()


def _call_with_room(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function so that the frames of all calls below it are in one chunk of memory.

    CPython allocates frames in chunks of 16 KB and frees a chunk with its last frame. A loop at
    the edge of a chunk allocates and frees one for each call; without this, importing SQLAlchemy
    does so over a thousand times. A frame that claims more than that gets a larger chunk, of which
    it uses half (python/cpython, ``push_chunk()`` in ``Python/pystate.c``).
    """
    function(*arguments)


#: One more than half of 512 KB in slots of 8 bytes, less the 1000 slots that CPython adds.
_CLAIMED_SLOTS = 2**15 - 1000 + 1
_call_with_room.__code__ = _call_with_room.__code__.replace(co_stacksize=_CLAIMED_SLOTS)


def _run(argv: Sequence[str] | None, prog: str | None) -> None:
    from idiolect.errors import IdiolectError, NothingRanWarning

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", NothingRanWarning)
            warnings.showwarning = _show_warning
            CommandLine(prog=prog).main(argv)
    except IdiolectError as exc:
        if "--raiseerr" in (sys.argv if argv is None else argv):
            raise
        _fail(exc, None)
    except SystemExit as exc:
        if isinstance(exc.code, str):
            # ``sys.exit("message")`` in user code: Python would print the message unchanged.
            from idiolect.cli.secrets import redact

            exc.code = redact(exc.code, None)
        raise
    except KeyboardInterrupt as exc:
        from idiolect.cli import interrupts

        message, status = interrupts.describe(exc)
        sys.stderr.write(visible(message) + "\n")
        sys.exit(status)


def _complete(words: list[str]) -> None:
    """Print completions for the words up to the cursor."""
    from idiolect.cli.completion import complete

    for line in complete(words):
        sys.stdout.write(f"{line}\n")


def _prepare_process(command: str) -> None:
    """Prepare a process that runs only this command."""
    import gc

    if command in RUNS_ENVIRONMENT:
        from idiolect.cli import interrupts

        interrupts.watch()
        _import_ahead()
    elif command in READS_FILES:
        # Their objects live until exit, so collecting garbage is useless.
        gc.disable()
    else:
        # The entry point disabled it.
        gc.enable()


def _import_ahead() -> None:
    """Import what a run of env.py needs, and exclude it from garbage collection.

    For a process that runs only this command, where modules live until exit. SQLAlchemy's are a
    hundred thousand objects; traversing them during the import and again at exit takes a tenth of
    the time of a short run. Objects of the user's code are collected as usual.
    """
    import gc

    gc.disable()
    # Without SQLAlchemy, the command itself fails and reports it.
    with suppress(ImportError):
        import idiolect.runtime.environment  # noqa: F401 - in sys.modules, for the command
    gc.freeze()
    # A run creates many objects and little garbage: collecting every 700 finds next to nothing.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()


def _show_traceback(
    config: Config,
    _kind: type[BaseException],
    exc: BaseException,
    _traceback: TracebackType | None,
) -> None:
    """Print the traceback of an uncaught exception without passwords."""
    import traceback

    from idiolect.cli.secrets import redact

    sys.stderr.write(visible(redact("".join(traceback.format_exception(exc)), config)))


def _show_warning(  # noqa: PLR0917 - Python calls it so
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning of ours on one line, without source code; others as usual."""
    from idiolect.cli.secrets import redact

    folders = Path(filename).parts[:-1]
    if any(each == "idiolect" or each.startswith("idiolect_") for each in folders):
        text = f"WARNING: {visible(str(message))}\n"
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
    (file or sys.stderr).write(redact(text, None))


def _start_up() -> None:
    """Call the functions of the group ``idiolect.startup``, before any of the user's code."""
    from idiolect.errors import PluginLoadError
    from idiolect.hooks.entrypoints import STARTUP, find

    for source in find(STARTUP):
        try:
            function = source.load()
        except PluginLoadError as exc:
            # Most commands do not need it; the others will report what is missing.
            sys.stderr.write(f"WARNING: {exc} [{exc.code}]\n")
        else:
            function()


@contextmanager
def _traced() -> Iterator[None]:
    """Trace hook calls in the block, as the environment variable does."""
    from idiolect.hooks.trace import VARIABLE

    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def _output_format(config: Config, options: Namespace) -> AbstractContextManager[None]:
    """Return the context for a command's output format."""
    if getattr(options, "format", None) != "json":
        return nullcontext()
    from idiolect.cli.document import one_document

    return one_document(config)


def _progress_display(*streams: LenientOutput) -> Observer:
    # Imported here because most runs have nothing to do.
    from idiolect.cli.progress import Progress

    return Progress(*streams)


def _require_all_written(stream: Any) -> None:
    lost = getattr(stream, "lost", None)
    if isinstance(lost, OSError):
        from idiolect.errors import CommandError

        raise CommandError(
            f"Standard output could not be written completely: {lost.strerror or lost}. The "
            "changes to files and databases have been made."
        )


def _fail(exc: Exception, config: Config | None) -> None:
    # Imported here because only failures need it.
    from idiolect.cli.report import failure_of
    from idiolect.cli.terminal import failure_at_terminal
    from idiolect.util.colors import has_colors, is_terminal

    failure = failure_of(exc, config)
    if is_terminal(sys.stderr):
        text = failure_at_terminal(failure, config, has_colors(sys.stderr))
    else:
        text = failure.text
    sys.stderr.write(text + "\n")
    sys.exit(1)
