"""What people at a terminal see of a failure."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from core.tests.cli.screen import SECONDS, on_screen

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal

PAINT = re.compile(r"\x1b\[[\d;]*m")
FAILING = """revision = 'b222'
down_revision = 'a111'

def upgrade():
    x = 1
    1 / 0
    y = 2

def downgrade():
    pass
"""


def test_the_culprits_lines_are_shown(linear: Terminal) -> None:
    """Lines above and below it, with their numbers, and the line itself marked."""
    path = linear.write("migrations/versions/b222_.py", FAILING)

    status, shown = on_screen(linear, "upgrade", "b222")

    assert (1, True) == (status, "\x1b[1;31mFAILED: \x1b[0m" in shown)
    lines = PAINT.sub("", shown).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("FAILED"))
    assert [
        f"FAILED: ZeroDivisionError in upgrade() of revision 'b222' ({path})",
        f"  {path}, line 6",
        "    4 | def upgrade():",
        "    5 |     x = 1",
        "  > 6 |     1 / 0",
        "    7 |     y = 2",
        "    8 |",
        "ZeroDivisionError: division by zero",
    ] == lines[at:]


def test_a_file_that_is_no_python_is_shown(linear: Terminal) -> None:
    """The line that the error names is marked."""
    linear.write("migrations/versions/b222_.py", FAILING.replace("x = 1", "x = = 1"))

    _, shown = on_screen(linear, "upgrade", "b222")

    assert "\x1b[33m  > 5 |     x = = 1\x1b[0m" in shown


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_without_colours(linear: Terminal, env: dict[str, str]) -> None:
    """With colours disabled or unsupported, the output is the same without colours."""
    linear.write("migrations/versions/b222_.py", FAILING)

    _, shown = on_screen(linear, "upgrade", "b222", **env)

    assert "\x1b" not in shown
    assert "  > 6 |     1 / 0" in shown


def test_a_secret_in_the_lines_is_not_shown(linear: Terminal) -> None:
    """A URL in the code loses its password, in the lines around as well."""
    url = "x = 'oracle://scott:tiger-secret@host/db'"
    linear.write("migrations/versions/b222_.py", FAILING.replace("x = 1", url))

    _, shown = on_screen(linear, "upgrade", "b222")

    assert "scott:***@host" in shown
    assert "tiger-secret" not in shown


def test_what_the_doctor_finds_is_coloured(linear: Terminal) -> None:
    """By how bad it is."""
    (linear.folder / "migrations" / "script.py.mako").unlink()

    status, shown = on_screen(linear, "doctor")

    assert 1 == status
    assert "\x1b[32mok       \x1b[0mpython" in shown
    assert "\x1b[1;31mproblem  \x1b[0mtemplate" in shown


def test_what_the_linter_finds_is_coloured(linear: Terminal) -> None:
    """By its level; the rule stands out."""
    not_null = "sa.Column('c', sa.Text, nullable=False)"
    body = f"""import sqlalchemy as sa
    from idiolect import op
    op.add_column('t', {not_null})
    op.drop_table('t')"""
    linear.write("migrations/versions/b222_.py", FAILING.replace("x = 1", body))

    status, shown = on_screen(linear, "lint", "b222")

    assert 1 == status
    assert "\x1b[1;31merror\x1b[0m \x1b[1madd-not-null\x1b[0m: Fails if table t " in shown
    assert "\x1b[33mwarning\x1b[0m \x1b[1mdrop-table\x1b[0m: Drops table t " in shown


def test_a_usage_error_in_a_file_has_no_colours(linear: Terminal) -> None:
    """Standard error decides, even if standard output is a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", "upgrad"],
        cwd=linear.folder,
        env={**kept, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    os.close(theirs)
    os.close(ours)

    assert (2, "usage: idiolect [-h]") == (done.returncode, done.stderr[:20])
    assert "\x1b" not in done.stderr
