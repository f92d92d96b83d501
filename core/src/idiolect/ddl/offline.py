"""Renders a statement as text of a script: compiles, formats, terminates, separates.

Used by impls in ``--sql`` mode. Knows neither output buffers nor hooks; terminator and separator
come from the context's DialectRules.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, literal
from sqlalchemy.sql import visitors
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BindParameter

from idiolect.ddl.percents import single_percents
from idiolect.ddl.standin import ScriptParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.base import Executable

    from idiolect.hooks.records import DialectRules

# Quoted text and comments match first and so are kept unchanged: a tab in a literal is data.
_REST = r""" | `(?:[^`]|``)*` | --[^\n]* | /\*.*?\*/ | (\t)"""
_QUOTES = r"""'(?:[^']|'')*' | "(?:[^"]|"")*\""""
_ESCAPING_QUOTES = r"""'(?:[^'\\]|''|\\.)*' | "(?:[^"\\]|""|\\.)*\""""


def statement_text(
    statement: Executable, dialect: Dialect, *, literal_binds: bool, double_percents: bool = False
) -> str:
    """Return the text of one statement, without terminator.

    Args:
        statement: any compilable construct.
        dialect: compiles it.
        literal_binds: render bound values as literals; DDL has none.
        double_percents: keep percent signs doubled, as the dialect's driver needs them.

    Raises:
        sqlalchemy.exc.CompileError: the dialect cannot render the statement or a value.
    """
    options: dict[str, Any] = {}
    if literal_binds and not isinstance(statement, ExecutableDDLElement):
        options["compile_kwargs"] = {"literal_binds": True}
    compiled = statement.compile(dialect=dialect, **options)  # type: ignore[attr-defined]
    sql = str(compiled)
    return format_sql(sql if double_percents else single_percents(sql, dialect), dialect)


def with_values(statement: Executable, dialect: Dialect) -> Executable:
    """Return a statement with the defaults of columns as values, as a driver would be sent them.

    Args:
        statement: any executable construct.
        dialect: the dialect of the script.

    Raises:
        ScriptParameterError: a parameter has no value.
    """
    missing = parameters_without_value(statement)
    if missing:
        text = " ".join(str(statement).split())
        raise ScriptParameterError(
            f"The statement has a parameter {missing[0]!r} without a value, which a script "
            f"cannot ask for: {text[:80]!r}. Give it by text(...).bindparams("
            f"{missing[0]}=...); where a colon is meant, as in '12:30', write '\\:'."
        )
    if not isinstance(statement, UpdateBase):
        return statement
    from idiolect.ddl.rows import with_defaults

    return with_defaults(statement, dialect)


def parameters_without_value(statement: Any) -> list[str]:
    """Return the names of parameters without a value, in order."""
    found = [
        element.key
        for element in visitors.iterate(statement)
        if isinstance(element, BindParameter)
        and element.required
        and element.value is None
        and element.callable is None
    ]
    return list(dict.fromkeys(found))


def format_sql(text: str, dialect: Dialect | None = None) -> str:
    """Return ``text`` stripped, with four spaces for each tab outside of quotes.

    Args:
        text: a statement.
        dialect: its dialect; determines whether a backslash escapes a quote.
    """
    if "\t" not in text:
        return text.strip()
    is_escaping = dialect is not None and "\\" in text and escapes_quotes(dialect)
    tab = _tab_outside(_ESCAPING_QUOTES if is_escaping else _QUOTES)
    return tab.sub(lambda match: "    " if match.group(1) else match.group(0), text).strip()


@functools.cache
def _tab_outside(quotes: str) -> re.Pattern[str]:
    return re.compile(quotes + _REST, re.VERBOSE | re.DOTALL)


def escapes_quotes(dialect: Dialect) -> bool:
    """Return whether backslashes are escapes in the dialect's literals."""
    written = [
        str(
            literal(text, String()).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        )
        for text in ("'", "\\")
    ]
    return "\\" in "".join(written).replace("\\", "", 1)


def script_lines(text: str, rules: DialectRules) -> Iterator[str]:
    """Yield the lines of a script for one statement, with terminator and separator."""
    yield text + rules.statement_terminator
    if rules.batch_separator:
        yield rules.batch_separator


def begin_lines(rules: DialectRules) -> Iterator[str]:
    """Yield the lines that begin a transaction in a script."""
    words = rules.offline_transaction
    yield words.begin + rules.statement_terminator
    if words.separate_begin and rules.batch_separator:
        yield rules.batch_separator


def commit_lines(rules: DialectRules) -> Iterator[str]:
    """Yield the lines that end a transaction in a script."""
    return script_lines(rules.offline_transaction.commit, rules)
