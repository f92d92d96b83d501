"""Defaults of SQLite's columns as Python text: SQLite wants brackets around expressions.

Used by the impl. Nothing here knows of autogenerate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import DefaultClause, TextClause

from idiolect.ddl.wording import is_in_brackets

if TYPE_CHECKING:
    from sqlalchemy import Table

# Compiled when first used: a command that changes nothing needs neither.
_LITERAL = r"'(?:[^']|'')*'|\d+"
_WHOLE = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[-+]?[\d.]+|\w+"


def bracketed(sql: str) -> str:
    """Return a default's SQL in brackets, unless it is a literal or has them.

    Source: "CREATE TABLE" in SQLite's SQL manual, section 3.2: an expression stands in brackets.
    """
    if re.fullmatch(_LITERAL, sql) or is_in_brackets(sql):
        return sql
    return f"({sql})"


def give_defaults_brackets(table: Table) -> None:
    """Give defaults that were read the outer brackets back that SQLite does not tell.

    SQLAlchemy does so unless the text begins with a bracket or a quote, as ``(1) + (2)`` does.

    Args:
        table: as it was read; its defaults are changed in place.
    """
    for column in table.columns:
        default = column.server_default
        text = default.arg if isinstance(default, DefaultClause) else None
        if not isinstance(text, TextClause) or re.fullmatch(_WHOLE, text.text.strip()):
            continue
        # A group on one line stays as it is: each rebuild of Alembic's takes one pair off.
        if "\n" in text.text or not is_in_brackets(text.text):
            text.text = f"({text.text})"
