"""Colours for terminals; omitted on a dumb one, and with NO_COLOR set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from typing import TextIO

Style = Literal["plain", "bold", "dim", "red", "green", "yellow"]

_CODES: Final[dict[Style, str]] = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "green": "32",
    "yellow": "33",
}


def is_terminal(stream: TextIO) -> bool:
    """Return whether the stream is a terminal."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def is_dumb() -> bool:
    """Return whether the terminal does not support moving the cursor."""
    return os.environ.get("TERM", "") == "dumb"


def has_colors(stream: TextIO) -> bool:
    """Return whether colours are enabled and supported."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and not is_dumb()


def painted(text: str, style: Style, colors: bool) -> str:
    """Return a text in a style, if colours are enabled."""
    code = _CODES.get(style) if colors else None
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text
