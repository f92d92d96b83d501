"""Standard output as exactly one JSON document, where a command was asked for one.

Used by the command line. What env.py and revisions print goes to standard error meanwhile, and
an error is part of the document.
"""

from __future__ import annotations

import contextlib
import json
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

from idiolect.cli.report import failure_of
from idiolect.command.documents import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config


@contextlib.contextmanager
def one_document(config: Config) -> Iterator[None]:
    """Hold back what the command in the block prints, and print it with the error, if there is one.

    Args:
        config: what the command prints to.
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
    """Return the document, or one that has nothing else, with the error."""
    try:
        document: dict[str, Any] = json.loads(text) if text else {"version": VERSION}
        document["error"] = None
    except (ValueError, TypeError):
        return text  # a command of a plugin, in a form of its own
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
