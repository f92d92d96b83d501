"""What SQL Server tells of a table, as models say it.

The impl comes in; nothing here asks the database.
"""

from __future__ import annotations

import re

_WRAPPED = re.compile(r"\((?P<inner>.*)\)", re.DOTALL)


def plain_default(sql: str | None) -> str | None:
    """Return a default without the parentheses that the server puts around it.

    Source: sys.default_constraints.definition: ``5`` comes back as ``((5))``, ``getdate()`` as
    ``(getdate())``.
    """
    if sql is None:
        return None
    text = sql.strip()
    while (match := _WRAPPED.fullmatch(text)) and _is_balanced(match["inner"]):
        text = match["inner"].strip()
    return text.removeprefix("N") if text.startswith("N'") else text


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in re.sub(r"'(?:[^']|'')*'", "", text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0
