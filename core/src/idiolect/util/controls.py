"""Escapes control characters in text printed to a terminal.

Used for all output of ids, messages, labels, paths or text from a server. Scripts (``--sql``) and
output of the user's code are not changed.
"""

from __future__ import annotations

import re

#: Control characters of ASCII and Latin-1, except tabs and line ends.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)"


def visible(text: str) -> str:
    r"""Return ``text`` with control characters escaped as in Python: ``\x1b``."""
    # Most text is printable; skip compiling the pattern.
    if text.isprintable():
        return text
    return re.sub(_CONTROL, lambda found: f"\\x{ord(found[0]):02x}", text)
