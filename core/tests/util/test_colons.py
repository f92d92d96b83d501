"""Colons in SQL that becomes text for SQLAlchemy."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from idiolect.util.colons import escape_colons

#: SQL, and how it is written for text().
CASES = {
    "a parameter": ("':a'", r"'\:a'"),
    "a time": ("'12:30'", "'12:30'"),
    "a cast": ("a::text", "a::text"),
    "a class of characters": ("a ~ '[[:alpha:]]'", "a ~ '[[:alpha:]]'"),
    "an escaped parameter": (r"'\:a'", r"'\\:a'"),
    "an escaped colon": (r"'C:\:'", r"'C:\\:'"),
    "two backslashes": (r"'\\:a'", r"'\\\:a'"),
    "a backslash elsewhere": (r"'C:\a'", r"'C:\a'"),
}


@pytest.mark.parametrize(("sql", "escaped"), CASES.values(), ids=CASES)
def test_only_what_sqlalchemy_would_interpret_is_escaped(sql: str, escaped: str) -> None:
    """Everything else is left as it is, because it would keep its backslash."""
    assert escaped == escape_colons(sql)


@pytest.mark.parametrize("sql", [sql for sql, _ in CASES.values()], ids=CASES)
def test_escaped_sql_is_compiled_to_itself(sql: str) -> None:
    """The database gets the SQL that was escaped."""
    assert sql == str(text(escape_colons(sql)))
