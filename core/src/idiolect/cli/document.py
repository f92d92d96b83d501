"""Guarantees that standard output is exactly one JSON document if one was requested.

Output of env.py and of revisions goes to standard error, and an error becomes part of the document.
"""

from __future__ import annotations

import contextlib
import json
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

from idiolect.cli.report import failure_of
from idiolect.commands.documents import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config


@contextlib.contextmanager
def one_document(config: Config) -> Iterator[None]:
    """Buffer the output of the command in the block, and print it with its error, if any.

    Args:
        config: has the output stream.
    """
    out, held = config.stdout, StringIO()
    config.stdout = held
    text = ""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
        text = held.getvalue()
    except Exception as exc:
        text = _with_error(held.getvalue(), exc, config)
        raise
    finally:
        config.stdout = out
        out.write(text)


def _with_error(text: str, exc: Exception, config: Config) -> str:
    """Return the document with the error added, or one that contains only the error."""
    try:
        document: dict[str, Any] = json.loads(text) if text else {"version": VERSION}
        document["error"] = None
    except (ValueError, TypeError):
        return text  # another format, of a plugin's command
    failure = failure_of(exc, config)
    file, line = failure.place or (None, None)
    document["error"] = {
        "code": failure.code,
        "type": failure.kind,
        "message": failure.message,
        "file": file,
        "line": line,
    }
    return json.dumps(document, indent=2) + "\n"
