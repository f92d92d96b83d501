"""How a statement becomes text of a script."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Index, MetaData, String, Table, column, table, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.schema import CreateIndex, CreateTable

from idiolect.ddl.offline import (
    begin_lines,
    commit_lines,
    format_sql,
    script_lines,
    statement_text,
)
from idiolect.hooks.records import DialectRules, OfflineTransaction

PLAIN = DialectRules(transactional_ddl=True)
BATCHES = DialectRules(
    transactional_ddl=True,
    batch_separator="GO",
    offline_transaction=OfflineTransaction(begin="BEGIN TRANSACTION"),
)
SLASHES = DialectRules(
    transactional_ddl=False,
    statement_terminator="",
    batch_separator="/",
    offline_transaction=OfflineTransaction("SET TRANSACTION", "COMMIT", separate_begin=True),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("\n a \n", "a"),
        ("a\n\tb\t\tc", "a\n    b        c"),
        ("'a\tb' \t\"c\td\"\t", "'a\tb'     \"c\td\""),
        ("'it''s\t'\t1", "'it''s\t'    1"),
        ("-- it's\n\t'x\ty'", "-- it's\n    'x\ty'"),
        ('`q"\tu`\t`', '`q"\tu`    `'),
        ("/* it's */\t'x\ty'", "/* it's */    'x\ty'"),
        ("an unclosed ' quote\t", "an unclosed ' quote"),
        ("an unclosed ' quote\tmore", "an unclosed ' quote    more"),
        ("", ""),
    ],
    ids=[
        "outer space",
        "tabs",
        "tabs in quotes",
        "doubled quote",
        "quote in a comment",
        "quote in a name of MySQL",
        "quote in a block comment",
        "tab at the end",
        "unclosed quote",
        "nothing",
    ],
)
def test_layout(written: str, expected: str) -> None:
    """Tabs become four spaces, but never inside of quotes; the text is stripped."""
    assert format_sql(written) == expected


def test_a_backslash_escapes_where_the_dialect_writes_it_so() -> None:
    """A literal ends at the quote at which the database ends it; nowhere else is a tab data."""
    written = "'it\\'s'\tDEFAULT 'a\tb'"
    assert "'it\\'s'    DEFAULT 'a\tb'" == format_sql(written, make_url("mysql://").get_dialect()())
    written = "'c:\\'\tDEFAULT 'a\tb'"
    assert "'c:\\'    DEFAULT 'a\tb'" == format_sql(written, make_url("sqlite://").get_dialect()())


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (PLAIN, ["a;", "BEGIN;", "COMMIT;"]),
        (BATCHES, ["a;", "GO", "BEGIN TRANSACTION;", "COMMIT;", "GO"]),
        (SLASHES, ["a", "/", "SET TRANSACTION", "/", "COMMIT", "/"]),
    ],
    ids=["terminator", "separator", "separator alone, after BEGIN too"],
)
def test_terminator_and_separator(rules: DialectRules, expected: list[str]) -> None:
    """A dialect's rules decide what ends and separates statements and transactions."""
    assert [*script_lines("a", rules), *begin_lines(rules), *commit_lines(rules)] == expected


STATEMENTS: dict[str, tuple[Any, str]] = {
    "text": (text("SELECT 'a%', 5 % 3, '100%%'"), "SELECT 'a%', 5 % 3, '100%%'"),
    "a value": (table("t", column("a", String)).insert().values(a="5 %"), "('5 %')"),
    "a name and a default": (
        CreateTable(Table("t%", MetaData(), Column("a", String, server_default="%s"))),
        "DEFAULT '%s'",
    ),
    "an expression of an index": (
        CreateIndex(Index("i", text("(a % 5)"), _table=Table("t", MetaData()))),
        "(a % 5)",
    ),
}


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS.values(), ids=STATEMENTS)
@pytest.mark.parametrize("paramstyle", ["named", "qmark", "format", "pyformat"])
def test_percent_signs_are_written_once(statement: Any, expected: str, paramstyle: Any) -> None:
    """A script has no driver that would take two percent signs for one."""
    found = statement_text(statement, DefaultDialect(paramstyle=paramstyle), literal_binds=True)
    assert expected in found
    assert found.count("%%") == expected.count("%%")


@pytest.mark.parametrize(("paramstyle", "expected"), [("named", "5 % 3"), ("pyformat", "5 %% 3")])
def test_percent_signs_that_are_to_stay_doubled(paramstyle: Any, expected: str) -> None:
    """``double_percents`` keeps what SQLAlchemy writes for a driver."""
    dialect = DefaultDialect(paramstyle=paramstyle)
    statement = text("SELECT 5 % 3")
    found = statement_text(statement, dialect, literal_binds=False, double_percents=True)
    assert f"SELECT {expected}" == found
