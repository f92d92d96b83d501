"""Colons in SQL, which SQLAlchemy's ``text()`` parses as the beginning of a parameter.

Used where SQL from elsewhere, such as the database's definition of a constraint, becomes text that
SQLAlchemy compiles.
"""

from __future__ import annotations

import re

# The colon of a parameter, or the backslash that escapes one, by SQLAlchemy's rules. A backslash
# before any other colon, as in the class of characters '[[:alpha:]]', would become part of the SQL.
_PARSED = re.compile(r"(?<![:\w\\])(?=:\w+(?![:\w]))|\\(?=:\w*(?![:\w]))")


def escape_colons(sql: str) -> str:
    r"""Return SQL for ``text()`` that is compiled to ``sql`` again, with ``\:`` where necessary."""
    return _PARSED.sub(r"\\\g<0>", sql)
