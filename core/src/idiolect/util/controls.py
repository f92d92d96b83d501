"""Text of others at a terminal: what would steer it is shown, not obeyed.

Used by everything that prints ids, messages, labels, paths or text from a server. Scripts of
``--sql`` and what the user's own code prints stay as they are.
"""

from __future__ import annotations

import re

#: The control characters of ASCII and of Latin 1, without tabs and ends of lines.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)"


def visible(text: str) -> str:
    r"""Return ``text`` with its control characters written as in Python: ``\x1b``."""
    # Most text needs no pattern, which takes a while to compile.
    if text.isprintable():
        return text
    return re.sub(_CONTROL, lambda found: f"\\x{ord(found[0]):02x}", text)
