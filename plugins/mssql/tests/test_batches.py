"""Scripts as a client reads them that sends what it has at each GO."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_mssql.batches import must_stand_first, without_separators


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 'a\nGO\nb'", "SELECT 'a' + CHAR(10) + 'GO\nb'"),
        ("SELECT N'a\r\n go 5 \nb'", "SELECT N'a' + CHAR(13) + CHAR(10) + N' go 5 \nb'"),
        ("SELECT 'a\nGO'", "SELECT 'a' + CHAR(10) + 'GO'"),
        ("SELECT 'GOING\nto GO\n'", "SELECT 'GOING\nto GO\n'"),
        ("SELECT [a'b], 'x\nGO\ny'", "SELECT [a'b], 'x' + CHAR(10) + 'GO\ny'"),
        ("-- it's\nSELECT 'x\nGO\ny'", "-- it's\nSELECT 'x' + CHAR(10) + 'GO\ny'"),
    ],
    ids=["line", "unicode", "last line", "words", "after a name", "after a comment"],
)
def test_a_literal_holds_no_line_that_is_the_separator(sql: str, expected: str) -> None:
    """The literal becomes a concatenation, and no line of the script is only GO."""
    written = without_separators(sql, "GO")

    assert expected == written
    assert not re.search(r"^[ \t]*GO[ \t]*\d*[ \t]*$", written, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("CREATE VIEW v AS SELECT 1", True),
        ("create or alter procedure p as select 1", True),
        ("-- of the shop\nALTER TRIGGER x ON t AFTER INSERT AS SELECT 1", True),
        ("CREATE SCHEMA s", True),
        ("CREATE TABLE view_t (a INT)", False),
        ("CREATE INDEX i ON t (a)", False),
        ("SELECT 'CREATE VIEW v'", False),
    ],
)
def test_statements_that_begin_their_batch(sql: str, first: bool) -> None:
    """Views, procedures, functions, triggers and schemas come first in a batch."""
    assert first is must_stand_first(sql)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "BEGIN TRANSACTION;\n\nGO\n\nCREATE VIEW v AS SELECT 1;\n\nGO\n\nCOMMIT;\n\nGO\n\n"),
        (
            {"mssql_batch_separator": "BYE"},
            "BEGIN TRANSACTION;\n\nBYE\n\nCREATE VIEW v AS SELECT 1;\n\nBYE\n\nCOMMIT;\n\nBYE\n\n",
        ),
        (
            {"mssql_batch_separator": ""},
            "BEGIN TRANSACTION;\n\nCREATE VIEW v AS SELECT 1;\n\nCOMMIT;\n\n",
        ),
        (
            {"mssql_batch_separator": None},
            "BEGIN TRANSACTION;\n\nCREATE VIEW v AS SELECT 1;\n\nCOMMIT;\n\n",
        ),
    ],
    ids=["default", "another", "none", "None"],
)
def test_a_script_with_a_transaction(options: dict[str, Any], expected: str) -> None:
    """The statements and the separators are SQL Server's, or the user's."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer, **options}
    context = MigrationContext.configure(dialect_name="mssql", opts=opts)

    context.impl.emit_begin()
    Operations(context).execute("CREATE VIEW v AS SELECT 1")
    context.impl.emit_commit()

    assert expected == buffer.getvalue()
