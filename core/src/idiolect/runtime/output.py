"""The output stream of a script (``--sql``), in the configured encoding."""

from __future__ import annotations

import codecs
import sys
from typing import Any, TextIO, cast

from idiolect.errors import CommandError


def script_stream(buffer: Any, encoding: str | None) -> TextIO:
    """Return the text stream to write a script to.

    Args:
        buffer: a text stream, or with ``encoding`` a binary one; None is standard output.
        encoding: the output encoding; None for the stream's own.

    Raises:
        CommandError: the encoding is unknown.
    """
    stream = sys.stdout if buffer is None else buffer
    if encoding is None:
        return cast("TextIO", stream)
    raw: Any = getattr(stream, "buffer", stream)
    try:
        writer = codecs.getwriter(encoding)
    except LookupError:
        raise CommandError(
            f"configure(output_encoding={encoding!r}): Python knows no such encoding; "
            "write 'utf-8', or leave it out."
        ) from None
    return cast("TextIO", writer(raw))
