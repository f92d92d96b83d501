"""What people see while revisions run, and who is left in peace."""

from __future__ import annotations

import logging
import re
import sys
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from core.tests.cli.screen import PAINT, on_screen
from idiolect.cli.output import LenientOutput
from idiolect.cli.progress import Progress
from idiolect.util import progress

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal

CLEAR = "\r\x1b[K"
#: Lines of a revision that wait for the test; in vain after a while.
UNTIL_SEEN = """\
until = time.monotonic() + 200
while not os.path.exists('seen') and time.monotonic() < until:
    time.sleep(0.02)
assert os.path.exists('seen')
"""


def slow(terminal: Terminal, body: str) -> None:
    """Let taking b222 back do something."""
    terminal.write(
        "migrations/versions/b222_.py",
        "revision = 'b222'\ndown_revision = 'a111'\nimport os, sys, time\n"
        "from idiolect import op\ndef upgrade():\n    pass\ndef downgrade():\n"
        + "".join(f"    {line}\n" for line in body.splitlines()),
    )


def screen_of(shown: str) -> list[str]:
    """Return the final contents of the screen."""
    lines = [""]
    for part in re.split(r"(\r\x1b\[K|\r|\n)", PAINT.sub("", shown)):
        if part == "\n":
            lines.append("")
        elif part == CLEAR:
            lines[-1] = ""
        elif part != "\r":
            lines[-1] = part + lines[-1][len(part) :]
    return lines


def test_a_terminal_keeps_a_line_for_each_revision(linear: Terminal) -> None:
    """It has the time that the revision took."""
    status, shown = on_screen(linear, "upgrade", "head")

    lines = PAINT.sub("", shown).splitlines()
    assert 0 == status
    assert [
        "1/3 upgrade -> a111, the first",
        "2/3 upgrade a111 -> b222, the second",
        "3/3 upgrade b222 -> c333, the third",
    ] == [re.sub(r"  \d+\.\d s$", "", line) for line in lines]
    assert lines[0] != "1/3 upgrade -> a111, the first"


def test_the_last_line_lives(linear: Terminal) -> None:
    """It shows the revision, the operation and the time, and is cleared for prints."""
    slow(linear, f"print('one')\n{UNTIL_SEEN}print('two')\nop.execute('SELECT 1')")
    linear.run("upgrade", "b222")

    sign = r"\r\x1b\[Kdowngrade b222 -> a111  \d+\.\d s\r"
    _, shown = on_screen(linear, "downgrade", "a111", sign=sign)

    plain = PAINT.sub("", shown)
    assert re.search(r"\r\x1b\[Kdowngrade b222 -> a111  \d+\.\d s\r", plain)
    *lines, last, end = screen_of(shown)
    assert (["one", "two"], "") == (lines, end)
    assert last.startswith("downgrade b222 -> a111  ")


def test_the_operation_is_told(linear: Terminal) -> None:
    """While it is executed, by its description or the statement."""
    env = linear.folder / "migrations" / "env.py"
    text = env.read_text("utf-8").replace(
        "        context.configure(",
        "        import os, time\n"
        "        def nap():\n"
        + "".join(f"            {line}\n" for line in UNTIL_SEEN.splitlines())
        + "        connection.connection.create_function('nap', 0, nap)\n"
        "        context.configure(",
    )
    env.write_text(text, "utf-8")
    slow(linear, "op.execute('SELECT nap()')")
    linear.run("upgrade", "b222")

    sign = r"downgrade b222 -> a111: SELECT nap\(\)"
    _, shown = on_screen(linear, "downgrade", "a111", sign=sign)

    assert "\x1b[Kdowngrade b222 -> a111: SELECT nap()" in shown


def test_whoever_is_asked_is_left_in_peace(linear: Terminal) -> None:
    """Nothing is drawn over a question, nor over a line that is not ended."""
    # The question comes before the line's end: between the two, drawing would be right.
    asking = "sys.audit('builtins.input', 'sure?')\nprint()\ntime.sleep(1)\n"
    slow(linear, f"print('half', end='', flush=True)\ntime.sleep(1)\n{asking}")
    linear.run("upgrade", "b222")

    _, shown = on_screen(linear, "downgrade", "a111")

    _, half, rest = shown.partition("half")
    assert half
    assert CLEAR not in rest


@pytest.mark.parametrize("words", [("-q",), ()], ids=["quiet", "script"])
def test_nothing_is_shown_to_who_wants_nothing(linear: Terminal, words: tuple[str, ...]) -> None:
    """With -q, or for a script."""
    more = () if words else ("--sql",)

    said = linear.start(*words, "upgrade", "head", *more)

    assert (0, "") == (said.status, said.err)


def test_elsewhere_each_revision_is_a_line(linear: Terminal) -> None:
    """Where standard error is no terminal, without colours and without a line that lives."""
    said = linear.start("upgrade", "b222")

    assert ["1/2 upgrade -> a111, the first", "2/2 upgrade a111 -> b222, the second"] == (
        said.err.splitlines()
    )
    assert "" == said.out


def test_a_dumb_terminal_gets_lines(linear: Terminal) -> None:
    """It cannot take one away."""
    _, shown = on_screen(linear, "upgrade", "a111", TERM="dumb")

    assert "upgrade -> a111, the first\n" == shown


def test_where_the_log_tells_no_line_stays(linear: Terminal) -> None:
    """If the project's logging shows the revisions, no additional lines are printed."""
    env = linear.folder / "migrations" / "env.py"
    logs = "import logging\nlogging.basicConfig(level='INFO', format='LOG %(message)s')\n"
    env.write_text(logs + env.read_text("utf-8"), "utf-8")

    said = linear.start("upgrade", "a111")

    assert ["LOG Running upgrade  -> a111, the first"] == [
        line for line in said.err.splitlines() if "upgrade" in line
    ]


def test_a_log_that_goes_elsewhere_is_no_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in a file is not seen by who waits."""
    monkeypatch.setattr(logging.root, "handlers", [logging.NullHandler()])
    monkeypatch.setattr(logging.root, "level", logging.INFO)
    with progress.observed(lambda: Progress(LenientOutput(sys.stderr))):
        assert progress.observer is not None
        progress.observer.step_begins("upgrade a -> b", 1, 1)
        progress.observer.waiting("Waiting for another migration.")
        progress.observer.waiting("Waiting for another migration.")

    assert vars(progress)["observer"] is None
    assert "upgrade a -> b\nWaiting for another migration.\n" == capsys.readouterr().err


def test_a_password_prompt_ends_with_its_revision() -> None:
    """After a password prompt on /dev/tty, the next revision is shown again."""
    display = Progress(LenientOutput(StringIO()))
    display._on_audit_event("open", ("/dev/tty", "r", 0))
    during = display._is_asking

    display.step_begins("a111 -> b222", 2, 2)

    assert (True, False) == (during, display._is_asking)


def test_operations_within_operations() -> None:
    """When an operation ends, the enclosing one is shown again."""
    display = Progress(LenientOutput(sys.stderr))
    outer, inner = SimpleNamespace(), SimpleNamespace()

    assert display.operation(outer) is None
    assert outer is display.operation(inner)
    assert inner is display.operation(outer)
    display.close()
