"""Text for people: messages, progress lines, warnings. Written to stdout unless said otherwise.

Used by commands alone; any other code that finds a mistake raises an exception.
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

#: Width in columns at which :func:`msg` wraps; None asks the terminal each time.
TERMWIDTH: int | None = None
_NARROWEST, _WIDEST = 10, 79


def _width() -> int | None:
    """Return the wrapping width in columns, or None where output is not a terminal."""
    if TERMWIDTH is not None:
        return TERMWIDTH
    try:
        if not sys.stdout.isatty():
            return None
    except (AttributeError, ValueError):
        return None
    # Only a terminal is asked for its width.
    import shutil

    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns - 1))


def write_outstream(stream: TextIO, *text: str | bytes, quiet: bool = False) -> None:
    """Write ``text`` to ``stream``; what its encoding lacks becomes ``?``.

    A reader that has gone away (a closed pipe) is no error: the work goes on.
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
        with contextlib.suppress(BrokenPipeError, ValueError):
            sys.stdout.flush()


def _laid_out(text: str, width: int | None) -> str:
    if width is None:
        return text
    # As in _width(): for terminals.
    import textwrap

    return "\n".join(f"  {line}" for line in textwrap.wrap(text, width - 2) or [""])


@contextlib.contextmanager
def status(status_msg: str, newline: bool = False, quiet: bool = False) -> Iterator[None]:
    """Print ``status_msg ...``, then ``done`` or ``FAILED`` when the block has ended."""
    msg(f"{status_msg} ...", newline=newline, flush=True, quiet=quiet)
    try:
        yield
    except BaseException:
        write_outstream(sys.stdout, "  FAILED\n", quiet=quiet)
        raise
    write_outstream(sys.stdout, "  done\n", quiet=quiet)


def err(message: str, quiet: bool = False) -> NoReturn:
    """Log and print ``message`` as a failure and end the process with exit status 1."""
    # The process ends here: that it takes some milliseconds more matters to nobody.
    import logging

    logging.getLogger(__name__).error(message)
    msg(f"FAILED: {message}", quiet=quiet)
    sys.exit(1)


def warn(msg: str, stacklevel: int = 2) -> None:
    """Warn the caller's caller of something that works and may surprise."""
    warnings.warn(msg, UserWarning, stacklevel=stacklevel)


def warn_deprecated(msg: str, stacklevel: int = 2) -> None:
    """Warn the caller's caller of a use that has a successor."""
    warnings.warn(msg, IdiolectDeprecationWarning, stacklevel=stacklevel)


def obfuscate_url_pw(input_url: str) -> str:
    """Return ``input_url`` with its password replaced by ``***``."""
    # SQLAlchemy is loaded only where a URL is really shown.
    from sqlalchemy.engine import make_url

    return make_url(input_url).render_as_string(hide_password=True)


def format_as_comma(value: str | Iterable[str] | None) -> str:
    """Return names joined by ``", "``; None gives an empty string."""
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)
