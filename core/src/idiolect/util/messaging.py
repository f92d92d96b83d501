"""Messages for people: text, progress lines, warnings; to stdout unless documented otherwise.

Used only by commands; other code raises exceptions.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from typing import TYPE_CHECKING, NoReturn, TextIO

from idiolect.errors import IdiolectDeprecationWarning
from idiolect.util.controls import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Width in columns at which :func:`msg` wraps; None queries the terminal each time.
TERMWIDTH: int | None = None
_NARROWEST, _WIDEST = 10, 79


def _width() -> int | None:
    """Return the wrapping width in columns, or None if output is not a terminal."""
    if TERMWIDTH is not None:
        return TERMWIDTH
    try:
        if not sys.stdout.isatty():
            return None
    except (AttributeError, ValueError):
        return None
    # Imported here because only a terminal has a width.
    import shutil

    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns - 1))


def write_outstream(stream: TextIO, *text: str | bytes, quiet: bool = False) -> None:
    """Write ``text`` to ``stream``; characters that cannot be encoded become ``?``.

    A closed pipe is not an error.
    """
    if quiet:
        return
    encoding = getattr(stream, "encoding", None) or "ascii"
    for piece in text:
        words = piece.decode(encoding) if isinstance(piece, bytes) else piece
        try:
            stream.write(words.encode(encoding, "replace").decode(encoding))
        except BrokenPipeError:
            return


def msg(msg: str, newline: bool = True, flush: bool = False, quiet: bool = False) -> None:
    """Print ``msg``; on a terminal indented by two columns and wrapped."""
    if quiet:
        return
    write_outstream(sys.stdout, _laid_out(visible(msg), _width()), "\n" if newline else "")
    if flush or newline:
        _flush()


def _flush() -> None:
    with contextlib.suppress(BrokenPipeError, ValueError):
        sys.stdout.flush()


def _laid_out(text: str, width: int | None) -> str:
    if width is None:
        return text
    # Imported here because only a terminal needs it.
    import textwrap

    return "\n".join(f"  {line}" for line in textwrap.wrap(text, width - 2) or [""])


@contextlib.contextmanager
def status(status_msg: str, newline: bool = False, quiet: bool = False) -> Iterator[None]:
    """Print ``status_msg ...``, then ``done`` or ``FAILED`` at the end of the block."""
    msg(f"{status_msg} ...", newline=newline, flush=True, quiet=quiet)
    try:
        yield
    except BaseException:
        write_outstream(sys.stdout, "  FAILED\n", quiet=quiet)
        # The error follows on standard error, which may be the same file.
        _flush()
        raise
    write_outstream(sys.stdout, "  done\n", quiet=quiet)


def err(message: str, quiet: bool = False) -> NoReturn:
    """Log and print ``message`` as a failure and exit with status 1."""
    # Imported here because the process is about to exit anyway.
    import logging

    logging.getLogger(__name__).error(message)
    msg(f"FAILED: {message}", quiet=quiet)
    sys.exit(1)


def warn(msg: str, stacklevel: int = 2) -> None:
    """Warn the caller's caller about something that works, but may be unexpected."""
    warnings.warn(msg, UserWarning, stacklevel=stacklevel)


def warn_deprecated(msg: str, stacklevel: int = 2) -> None:
    """Warn the caller's caller about a deprecated use."""
    warnings.warn(msg, IdiolectDeprecationWarning, stacklevel=stacklevel)


def obfuscate_url_pw(input_url: str) -> str:
    """Return ``input_url`` with its password replaced by ``***``."""
    # Imported here because it loads SQLAlchemy.
    from sqlalchemy.engine import make_url

    return make_url(input_url).render_as_string(hide_password=True)


def format_as_comma(value: str | Iterable[str] | None) -> str:
    """Return names joined by ``", "``; None returns an empty string."""
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)
