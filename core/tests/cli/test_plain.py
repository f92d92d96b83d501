"""Command lines without options: read as the parser reads them, or left to it."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.cli.commands import BUILTIN, load
from idiolect.cli.main import CommandLine
from idiolect.cli.parser import parser_for
from idiolect.cli.plain import plain_options

if TYPE_CHECKING:
    from idiolect.settings.config import Config

#: Those whose arguments the parser has to count.
LEFT_TO_PARSER = {"hooks", "lint", "merge", "stamp"}


def facts(options: Any) -> dict[str, Any]:
    """Return the values of options, with the command's name for its specification."""
    return {**vars(options), "cmd": options.cmd.name}


@pytest.mark.parametrize("name", sorted(BUILTIN))
def test_plain_lines_are_read_as_by_the_parser(name: str) -> None:
    """With one word for each argument, the values are those that the parser returns."""
    words = [name, *(f"word {place}" for place in range(len(load(name).positionals)))]
    plain = plain_options(words)

    assert (name in LEFT_TO_PARSER) == (plain is None)
    if plain is not None:
        assert facts(parser_for(None, words).parse_args(words)) == facts(plain)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("",),
        ("upgrade",),
        ("upgrade", "a", "b"),
        ("heads", "a"),
        ("heads", "-v"),
        ("upgrade", "-1"),
        ("-q", "heads"),
        ("head",),
        ("upgrade", "head", "--sql"),
        ("heads", "--"),
    ],
    ids=" ".join,
)
def test_other_lines_are_left_to_the_parser(words: tuple[str, ...]) -> None:
    """Options, missing and additional words, and unknown commands are the parser's."""
    assert plain_options(words) is None


def test_options_support_in() -> None:
    """Programs test for an option as with argparse's Namespace."""
    plain = plain_options(("heads",))

    assert plain is not None
    assert ("verbose" in Namespace(verbose=False)) == ("verbose" in plain)
    assert ("other" in Namespace(verbose=False)) == ("other" in plain)


@pytest.mark.parametrize("how", ["subclass", "registered", "parser"])
def test_extended_command_lines_use_their_parser(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that changed the parser gets what its parser returns."""

    def greet(config: Config, name: str = "you") -> None:
        """Greet."""

    class Own(CommandLine):
        pass

    line = Own() if how == "subclass" else CommandLine()
    if how == "registered":
        line.register_command(greet)
    if how == "parser":
        line.parser.set_defaults(added=1)
    parsed: list[Any] = []
    monkeypatch.setattr(CommandLine, "run_cmd", lambda _self, _config, given: parsed.append(given))

    line.main(["heads"])

    assert [Namespace] == [type(each) for each in parsed]


def test_no_parser_is_imported() -> None:
    """A plain command line needs no argparse."""
    code = "import sys; from idiolect.cli.main import main; main(['plugins']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )

    assert "idiolect.cli.plain" in done.stdout.split()
    assert "argparse" not in done.stdout.split()
