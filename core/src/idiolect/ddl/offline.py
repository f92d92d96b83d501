"""How a statement becomes text of a script: compiled, laid out, terminated, separated.

Used by impls when they write for ``--sql``. Nothing here knows an output buffer or asks a hook;
what ends and separates statements stands in the context's DialectRules.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, literal
from sqlalchemy.sql import visitors
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import BindParameter

from idiolect.ddl.base import single_percents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.base import Executable

    from idiolect.hooks.records import DialectRules

# Quoted text and comments are matched first, and so kept as they are: a tab in a literal is data.
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
        literal_binds: render bound values into the text; DDL never has any.
        double_percents: leave the percent signs that were doubled for the dialect's driver.

    Raises:
        sqlalchemy.exc.CompileError: the dialect cannot render the statement or a value in it.
    """
    options: dict[str, Any] = {}
    if literal_binds and not isinstance(statement, ExecutableDDLElement):
        options["compile_kwargs"] = {"literal_binds": True}
    compiled = statement.compile(dialect=dialect, **options)  # type: ignore[attr-defined]
    sql = str(compiled)
    return lay_out(sql if double_percents else single_percents(sql, dialect), dialect)


def parameters_without_value(statement: Any) -> list[str]:
    """Return the names of parameters for which a script has no value, in order."""
    found = [
        element.key
        for element in visitors.iterate(statement)
        if isinstance(element, BindParameter)
        and element.required
        and element.value is None
        and element.callable is None
    ]
    return list(dict.fromkeys(found))


def lay_out(text: str, dialect: Dialect | None = None) -> str:
    """Return ``text`` without outer white space, its tabs as four spaces but in quotes.

    Args:
        text: of a statement.
        dialect: it is for; asked whether a backslash escapes the end of a literal.
    """
    if "\t" not in text:
        return text.strip()
    is_escaping = dialect is not None and "\\" in text and _escapes(dialect)
    tab = _tab_outside(_ESCAPING_QUOTES if is_escaping else _QUOTES)
    return tab.sub(lambda match: "    " if match.group(1) else match.group(0), text).strip()


@functools.cache
def _tab_outside(quotes: str) -> re.Pattern[str]:
    return re.compile(quotes + _REST, re.VERBOSE | re.DOTALL)


def _escapes(dialect: Dialect) -> bool:
    """Return whether literals of a dialect have backslashes that escape, as it writes them."""
    written = [
        str(
            literal(text, String()).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        )
        for text in ("'", "\\")
    ]
    return "\\" in "".join(written).replace("\\", "", 1)


def script_lines(text: str, rules: DialectRules) -> Iterator[str]:
    """Yield what a script holds for one statement: it, terminated, then any separator."""
    yield text + rules.statement_terminator
    if rules.batch_separator:
        yield rules.batch_separator


def begin_lines(rules: DialectRules) -> Iterator[str]:
    """Yield the opening of a transaction in a script."""
    words = rules.offline_transaction
    yield words.begin + rules.statement_terminator
    if words.separate_begin and rules.batch_separator:
        yield rules.batch_separator


def commit_lines(rules: DialectRules) -> Iterator[str]:
    """Yield the end of a transaction in a script."""
    return script_lines(rules.offline_transaction.commit, rules)
