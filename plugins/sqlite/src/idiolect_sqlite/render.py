"""Renders defaults of SQLite's columns: SQLite requires parentheses around expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import DefaultClause, TextClause

from idiolect.ddl.wording import is_in_brackets

if TYPE_CHECKING:
    from sqlalchemy import Table

# Compiled on first use: a command that changes nothing needs neither.
_LITERAL = r"'(?:[^']|'')*'|\d+"
_WHOLE = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[-+]?[\d.]+|\w+"


def bracketed(sql: str) -> str:
    """Return a default's SQL in parentheses, unless it is a literal or has them.

    Source: "CREATE TABLE" in SQLite's SQL manual, section 3.2: expressions need parentheses.
    """
    if re.fullmatch(_LITERAL, sql) or is_in_brackets(sql):
        return sql
    return f"({sql})"


def parenthesise_defaults(table: Table) -> None:
    """Restore the outer parentheses of reflected defaults, which SQLite does not report.

    SQLAlchemy does so unless the text begins with a parenthesis or a quote, as ``(1) + (2)`` does.

    Args:
        table: the reflected table; its defaults are modified in place.
    """
    for column in table.columns:
        default = column.server_default
        text = default.arg if isinstance(default, DefaultClause) else None
        if not isinstance(text, TextClause) or re.fullmatch(_WHOLE, text.text.strip()):
            continue
        # Text on one line is kept: each rebuild by Alembic removes one pair.
        if "\n" in text.text or not is_in_brackets(text.text):
            text.text = f"({text.text})"
