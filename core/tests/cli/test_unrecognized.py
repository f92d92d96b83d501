"""Unrecognised arguments: the message says where they belong, or what was meant."""

from __future__ import annotations

import pytest

from idiolect.cli.main import CommandLine

MISPLACED = {
    "heads -c x.ini": "-c/--config belongs before the command: tool -c CONFIG heads ...",
    "heads --config=x.ini": "-c/--config belongs before the command: tool -c CONFIG heads ...",
    "heads -cx.ini": "-c/--config belongs before the command: tool -c CONFIG heads ...",
    "upgrade -c x.ini head": "-c/--config belongs before the command: tool -c CONFIG upgrade ...",
    "heads --conf x.ini": "-c/--config belongs before the command: tool -c CONFIG heads ...",
    "current -n other": "-n/--name belongs before the command: tool -n NAME current ...",
    "upgrade head -x password=hidden": (
        "-x belongs before the command: tool -x KEY=VALUE upgrade ..."
    ),
    "upgrade -x password=hidden": "-x belongs before the command: tool -x KEY=VALUE upgrade ...",
    "upgrade head --raiseerr": "--raiseerr belongs before the command: tool --raiseerr upgrade ...",
    "revision -m x -q --trace-hooks": (
        "-q/--quiet, --trace-hooks belong before the command: tool -q --trace-hooks revision ..."
    ),
}
MEANT = {
    "current -c x.ini": (
        "unrecognized arguments: x.ini (after the command, -c is short for --check-heads; "
        "--config goes before it: tool -c CONFIG current ...)"
    ),
    "upgrade head --no-lok": ("unrecognized arguments: --no-lok (did you mean '--no-lock'?)"),
    "revision -m a first": (
        "unrecognized arguments: first (a message is given with -m, in quotes if it has spaces)"
    ),
    "history a:b": "unrecognized arguments: a:b (a range is given with -r)",
    "upgrade head other": "unrecognized arguments: other",
    "heads --unheard-of=hidden": "unrecognized arguments: --unheard-of=...",
    "heads postgresql://ann:hidden@host/x": ("unrecognized arguments: postgresql://ann:***@host/x"),
    "--unheard-of": "unrecognized arguments: --unheard-of",
    "merge": (
        "the following arguments are required: revisions (two or more ids, or 'heads' for all "
        "heads)"
    ),
}


# No ids of words: pytest puts them in the environment, where passwords are looked for.
@pytest.mark.parametrize(
    ("words", "message"), [*MISPLACED.items(), *MEANT.items()], ids=lambda _: "words"
)
def test_words_that_are_left_over(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, one line that names the option and its position, and no option values."""
    with pytest.raises(SystemExit) as ended:
        CommandLine(prog="tool").main(words.split())
    text = capsys.readouterr().err
    assert 2 == ended.value.code
    assert message == text.splitlines()[-1].partition("error: ")[2]
    assert "hidden" not in text


def test_a_command_of_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands that a program adds get the same hints."""

    def paint(config: object, colour: str = "red") -> None:
        """Paint it."""

    line = CommandLine(prog="tool")
    line.register_command(paint)
    with pytest.raises(SystemExit):
        line.main(["paint", "--color", "blue"])
    assert "(did you mean '--colour'?)" in capsys.readouterr().err
