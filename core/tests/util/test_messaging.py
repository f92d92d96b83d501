"""Text for people."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.errors import IdiolectDeprecationWarning
from idiolect.util import messaging

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say yes."""
        return True


def test_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    """It is unchanged unless on a terminal, and suppressed with quiet."""
    messaging.msg("x " * 100)
    messaging.msg("y", newline=False)
    messaging.msg("z", quiet=True)
    assert f"{'x ' * 100}\ny" == capsys.readouterr().out


def test_a_message_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is indented and wrapped at the terminal's width."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "21")
    messaging.msg("one two three four five")
    assert "  one two three four\n  five\n" == terminal.getvalue()


def test_a_message_at_a_fixed_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documented switch counts everywhere."""
    monkeypatch.setattr(messaging, "TERMWIDTH", 10)
    messaging.msg("one two three")
    assert "  one two\n  three\n" == capsys.readouterr().out


def test_a_stream_that_lacks_letters() -> None:
    """What its encoding cannot say becomes a question mark; bytes are text."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    messaging.write_outstream(stream, "schön ", b"text")
    stream.flush()
    assert b"sch?n text" == raw.getvalue()


def test_a_reader_that_has_gone() -> None:
    """A closed pipe is no error."""

    class Pipe(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    messaging.write_outstream(Pipe(), "text")


def test_a_failure_is_written_before_the_error_that_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output and standard error may be the same file, and only one is buffered."""
    path = tmp_path / "log.txt"
    with path.open("w") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        with pytest.raises(OSError, match="full"), messaging.status("work"):
            raise OSError("full")
        assert "work ...  FAILED\n" == path.read_text()


@pytest.mark.parametrize(
    ("fails", "expected"), [(False, "work ...  done\n"), (True, "work ...  FAILED\n")]
)
def test_status(capsys: pytest.CaptureFixture[str], fails: bool, expected: str) -> None:
    """How a block ended follows its name; an exception passes."""

    def work() -> None:
        with messaging.status("work"):
            if fails:
                raise KeyboardInterrupt

    if fails:
        with pytest.raises(KeyboardInterrupt):
            work()
    else:
        work()
    assert expected == capsys.readouterr().out


def test_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed, and the process ends with 1."""
    with pytest.raises(SystemExit) as caught:
        messaging.err("no such thing")
    assert 1 == caught.value.code
    assert "FAILED: no such thing\n" == capsys.readouterr().out


def test_warnings() -> None:
    """They point to who called."""
    with pytest.warns(UserWarning, match="careful") as plain:
        messaging.warn("careful")
    with pytest.warns(IdiolectDeprecationWarning, match="old") as old:
        messaging.warn_deprecated("old")
    assert [__file__] * 2 == [plain[0].filename, old[0].filename]


def test_a_url_without_its_password() -> None:
    """Only the password is masked."""
    shown = messaging.obfuscate_url_pw("postgresql://me:secret@host/db")
    assert "postgresql://me:***@host/db" == shown


COMMAS: list[tuple[Any, str]] = [(None, ""), ("a", "a"), (["a", "b"], "a, b"), ((), "")]


@pytest.mark.parametrize(("value", "expected"), COMMAS)
def test_commas(value: Any, expected: str) -> None:
    """Names in a row."""
    assert expected == messaging.format_as_comma(value)
