"""The program's own options, its exit statuses, and how it is started."""

from __future__ import annotations

import re
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from idiolect import ALEMBIC_API, __version__
from idiolect.cli.main import CommandLine, _call_with_room, main
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from core.tests.commands.terminal import Terminal
    from idiolect.settings.config import Config

OTHER = "[alembic]\nscript_location = %(here)s/other\n[there]\nscript_location = %(here)s/other\n"


@pytest.fixture
def two(linear: Terminal) -> Terminal:
    """A terminal with a second, empty project, which ``other.ini`` leads to."""
    (linear.folder / "other" / "versions").mkdir(parents=True)
    linear.write("other.ini", OTHER)
    return linear


def test_version(terminal: Terminal) -> None:
    """--version prints the program's version and the API level."""
    said = terminal.run("--version")

    assert (0, f"idiolect {__version__} (API of Alembic {ALEMBIC_API})") == (said.status, said.out)


def test_help_lists_all_commands(terminal: Terminal) -> None:
    """--help names every command, in order, each with a line about it."""
    said = terminal.run("--help")

    listed = re.findall(r"^    ([a-z_]+) {2,}\w", said.out, re.MULTILINE)
    assert (0, sorted(listed)) == (said.status, listed)
    assert {"upgrade", "list_templates", "ensure_version"} < set(listed)


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        ("branches", {"-v"}),
        ("current", {"-v", "--check-heads"}),
        ("downgrade", {"--sql", "--tag"}),
        ("edit", set()),
        ("ensure_version", {"--sql"}),
        ("heads", {"-v", "--resolve-dependencies"}),
        ("history", {"-v", "-r", "--rev-range", "-i", "--indicate-current"}),
        ("init", {"-t", "--template", "--package"}),
        ("list_templates", set()),
        ("merge", {"-m", "--message", "--branch-label", "--rev-id", "--splice"}),
        (
            "revision",
            {"-m", "--sql", "--head", "--splice", "--branch-label", "--version-path", "--rev-id"}
            | {"--depends-on"},
        ),
        ("show", set()),
        ("stamp", {"--sql", "--tag", "--purge"}),
        ("upgrade", {"--sql", "--tag"}),
    ],
)
def test_help_of_a_command(terminal: Terminal, command: str, flags: set[str]) -> None:
    """A command's --help lists all of its options."""
    said = terminal.run(command, "--help")

    words = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", said.out))
    assert (0, set()) == (said.status, flags - words)


@pytest.mark.parametrize(
    ("words", "environ", "expected"),
    [
        pytest.param([], {}, "c333 (head)", id="default"),
        pytest.param(["-c", "other.ini"], {}, "", id="-c"),
        pytest.param(["--config", "other.ini"], {}, "", id="--config"),
        pytest.param(["-c", "other.ini", "-n", "there"], {}, "", id="-n"),
        pytest.param([], {"IDIOLECT_CONFIG": "other.ini"}, "", id="IDIOLECT_CONFIG"),
        pytest.param([], {"ALEMBIC_CONFIG": "other.ini"}, "", id="ALEMBIC_CONFIG"),
        pytest.param(
            [],
            {"IDIOLECT_CONFIG": "idiolect.ini", "ALEMBIC_CONFIG": "other.ini"},
            "c333 (head)",
            id="own name first",
        ),
        pytest.param(
            ["-c", "idiolect.ini"], {"IDIOLECT_CONFIG": "other.ini"}, "c333 (head)", id="-c first"
        ),
    ],
)
def test_config_file(
    two: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environ: dict[str, str],
    expected: str,
) -> None:
    """The config file is the one of -c, else of the environment, else of the folder."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    said = two.run(*words, "heads")

    assert (0, expected, "") == (said.status, said.out, said.err)


def test_pyproject_alone(linear: Terminal) -> None:
    """Without an ini file, the table of pyproject.toml is enough."""
    (linear.folder / "idiolect.ini").unlink()
    linear.write("pyproject.toml", '[tool.idiolect]\nscript_location = "%(here)s/migrations"\n')

    assert "c333 (head)" == linear.run("heads").out


def test_words_after_the_command_may_be_options_before_it(two: Terminal) -> None:
    """A value that is called like a command is no command."""
    two.write("heads", OTHER)

    said = two.run("-c", "heads", "-n", "there", "-x", "history", "heads")

    assert (0, "", "") == (said.status, said.out, said.err)


def test_as_a_module(linear: Terminal) -> None:
    """`python -m idiolect` is the program, under its name."""
    said = linear.start("--version")

    assert (0, f"idiolect {__version__}") == (said.status, said.out.partition(" (")[0])
    assert "c333 (head)" == linear.start("heads").out


def test_raiseerr(linear: Terminal) -> None:
    """With --raiseerr a failure is an exception, for programs and for debugging."""
    with pytest.raises(CommandError, match="nosuch"):
        main(["--raiseerr", "show", "nosuch"])


def test_raiseerr_in_a_process(linear: Terminal) -> None:
    """As a process, it then ends in Python's own traceback."""
    said = linear.start("--raiseerr", "show", "nosuch")

    assert (1, True) == (said.status, "Traceback (most recent call last)" in said.err)


def test_failure_has_a_code(linear: Terminal) -> None:
    """A failure is one line on standard error, with the code that its explanation has."""
    said = linear.run("show", "nosuch")

    assert (1, "") == (said.status, said.out)
    assert re.fullmatch(r"FAILED: .*'nosuch'.* \[IDI-033\]", said.err)


def test_config_files_that_exclude_each_other(linear: Terminal) -> None:
    """Errors before there is a configuration are reported in the same way."""
    said = linear.run("-c", "a.ini", "-c", "b.ini", "heads")

    assert (1, True) == (said.status, said.err.startswith("FAILED: only one ini file"))


def test_interrupt(linear: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the program with 130, as shells expect, and no traceback."""

    def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CommandLine, "run_cmd", interrupted)

    said = linear.run("heads")

    assert (130, "Interrupted.") == (said.status, said.err)


def greet(config: Config, name: str, loudly: bool = False, times: int | None = None) -> None:
    """Greet somebody.

    Args:
        config: where to print.
        name: whom.
        loudly: with an exclamation mark.
        times: how often.
    """
    config.print_stdout("Hello %s%s %s", name, "!" if loudly else "", times)


def test_registered_command(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    """A function becomes a command with its name, next to the built-in ones."""
    line = CommandLine(prog="mine")
    line.register_command(greet)

    line.main(["greet", "you", "--times", "3"])
    line.main(["list_templates"])

    out = capsys.readouterr().out
    assert "Hello you 3\n" == out[:12]
    assert "Available templates" in out


def test_registered_command_in_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Its summary is the first paragraph of its docstring."""
    line = CommandLine(prog="mine")
    line.register_command(greet)

    with pytest.raises(SystemExit):
        line.main(["--help"])

    assert re.search(r"greet +Greet somebody\.\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("kind", "prog", "expected"),
    [
        pytest.param(CommandLine, "idiolect", "idiolect.ini", id="own"),
        pytest.param(CommandLine, "alembic", "alembic.ini", id="as-alembic"),
        pytest.param(type("Mine", (CommandLine,), {}), None, "alembic.ini", id="subclass"),
    ],
)
def test_the_config_of_a_new_project(
    kind: type[CommandLine],
    prog: str | None,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Programs that are written for Alembic go on with a file of Alembic's name."""
    monkeypatch.chdir(tmp_path)

    kind(prog=prog).main(["init", "migrations"])

    section = expected.removesuffix(".ini")
    assert f"[{section}]" in (tmp_path / expected).read_text(encoding="utf-8")


def test_a_command_of_a_package_that_is_not_installed(terminal: Terminal) -> None:
    """The message names the package."""
    said = terminal.run("import-alembic")

    assert 2 == said.status
    assert "It comes with the package idiolect-alembic; install that." in said.err


def test_the_config_of_a_program_that_imports_alembic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that calls main() by Alembic's name gets a file of that name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "alembic", ModuleType("alembic"))

    main(["-q", "init", "migrations"])

    assert ["alembic.ini", "migrations"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_subclass_runs_the_command_itself(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    """As published ones do: ``options.cmd`` is a function and the names of its options."""

    class Own(CommandLine):
        def run_cmd(self, config: Any, options: Any) -> None:
            function, positional, keywords = options.cmd
            function(
                config,
                *[getattr(options, name, None) for name in positional],
                **{name: getattr(options, name, None) for name in keywords},
            )

    line = Own(prog="mine")
    line.register_command(greet)
    line.main(["greet", "you", "--times", "4"])
    assert ["revisions"] == list(line.parser.parse_args(["stamp", "head"]).cmd)[1]

    assert "Hello you 4" in capsys.readouterr().out


def test_own_options(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    """A program can add options to the parser, and run what was parsed."""
    line = CommandLine(prog="mine")
    line.parser.add_argument("--more")

    options = line.parser.parse_args(["--more", "1", "list_templates"])

    assert ("1", "list_templates") == (options.more, options.cmd.name)


@pytest.mark.parametrize(
    ("words", "told"), [((), "None"), (("--head", "c333"), "'c333'")], ids=["usual", "given"]
)
def test_hooks_see_whether_a_head_was_given(
    linear: Terminal, words: tuple[str, ...], told: str
) -> None:
    """As in Alembic; in both cases the revision follows the head."""
    env_py = linear.folder / "migrations" / "env.py"
    hook = "process_revision_directives=lambda ctx, rev, found: print('head:', repr(found[0].head))"
    text = env_py.read_text(encoding="utf-8")
    env_py.write_text(
        text.replace("connection=connection)", f"connection=connection, {hook})"), encoding="utf-8"
    )
    config = linear.folder / "idiolect.ini"
    config.write_text(
        config.read_text(encoding="utf-8") + "revision_environment = true\n", encoding="utf-8"
    )

    said = linear.run("revision", "--rev-id", "d444", *words)

    assert (0, f"head: {told}") == (said.status, said.lines[0])
    (file,) = linear.versions.glob("d444*.py")
    assert "down_revision = 'c333'" in file.read_text(encoding="utf-8")


def test_argv_of_the_process(linear: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments, main() uses those of the process."""
    monkeypatch.setattr(sys, "argv", ["idiolect", "show", "nosuch"])

    with pytest.raises(SystemExit) as caught:
        main()

    assert 1 == caught.value.code


def test_reader_that_leaves(linear: Terminal) -> None:
    """A closed standard output ends in no complaint."""
    for number in range(60):
        linear.revision(f"n{number:03}", f"n{number - 1:03}" if number else "c333", "x" * 3000)

    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m idiolect history -v | head -1",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "Rev: n059 (head)\n", "") == (done.returncode, done.stdout, done.stderr)


def test_huge_x(linear: Terminal) -> None:
    """An argument for env.py may be as long as the system allows."""
    said = linear.start("-x", "show=" + "v" * 100_000, "upgrade", "a111")

    assert (0, ["a111"]) == (said.status, linear.ids())


def test_a_missing_revision_is_told_with_the_usual_one(linear: Terminal) -> None:
    """Without a revision, the error suggests the usual one."""
    up = linear.run("upgrade", "--plan")
    down = linear.run("downgrade")

    assert (2, True) == (up.status, up.err.endswith("revision (the latest is 'head')"))
    assert (2, True) == (down.status, down.err.endswith("revision ('-1' is one revision back)"))


def test_calls_below_the_command_allocate_no_memory_for_their_frames() -> None:
    """At whichever depth a loop of calls runs, it causes next to no page faults."""
    resource = pytest.importorskip("resource")

    def faults(depth: int) -> int:
        if depth:
            return faults(depth - 1)
        before: int = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(200):
            abs_of(-1)
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt) - before

    def abs_of(number: int) -> int:
        return abs(number)

    worst: list[int] = []
    _call_with_room(lambda: worst.append(max(map(faults, range(400)))))
    # At the edge of a chunk, each of the calls causes one.
    assert worst[0] < 100


@pytest.mark.parametrize("fails", [False, True], ids=["done", "failed"])
def test_files_that_were_left_open_are_written(
    linear: Terminal, tmp_path: Path, fails: bool
) -> None:
    """Text that env.py and a revision wrote to a file is not lost if they never close it."""
    env_py = linear.folder / "migrations" / "env.py"
    for name, source in (("env", env_py), ("revision", linear.versions / "a111_.py")):
        left = tmp_path / f"{name}.log"
        opened = f"\nLEFT = open({str(left)!r}, 'w', encoding='utf-8')\nLEFT.write('written')\n"
        text = source.read_text(encoding="utf-8")
        source.write_text(opened + text if name == "env" else text + opened, encoding="utf-8")
    if fails:
        with env_py.open("a", encoding="utf-8") as file:
            file.write("\nraise SystemExit('stop')\n")

    said = linear.start("upgrade", "head")

    assert fails == bool(said.status)
    assert ["written"] * 2 == [
        (tmp_path / f"{name}.log").read_text(encoding="utf-8") for name in ("env", "revision")
    ]


@pytest.mark.parametrize("fails", [False, True], ids=["done", "failed"])
def test_the_write_ahead_log_is_in_the_database_at_exit(linear: Terminal, fails: bool) -> None:
    """A pool that env.py never disposes of leaves all rows in the database's own file."""
    env_py = linear.folder / "migrations" / "env.py"
    text = env_py.read_text(encoding="utf-8")
    # A class of SQLAlchemy keeps the listener and, with it, all of env.py.
    pooled = text.replace("create_engine(url, poolclass=NullPool)", "ENGINE").replace(
        "\nif context",
        """
ENGINE = create_engine(url)

from sqlalchemy import Engine, event

@event.listens_for(Engine, "connect")
def set_mode(connection, _record):
    connection.execute("PRAGMA journal_mode=WAL")

if context""",
    )
    ending = "raise SystemExit(3)\n" if fails else ""
    env_py.write_text(pooled + ending, encoding="utf-8")

    said = linear.start("upgrade", "head")

    assert (3 if fails else 0) == said.status
    assert b"\2\2" == (linear.folder / "app.db").read_bytes()[18:20], "is in WAL mode"
    assert [] == [path.name for path in linear.folder.glob("*-wal")]
