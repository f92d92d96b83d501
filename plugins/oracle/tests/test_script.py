"""Scripts as read by SQL*Plus: each statement is sent once, with unchanged values."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plsql_parser import mistakes
from sqlplus_reader import Misread, sent, values

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

#: A busy machine is no fault.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.lists(
    st.sampled_from(
        ["\n", "\n", "'", "&", ";", "/", ".", "-", "#", "@", " ", "\r\n", "a", "--", "/*"]
    ),
    max_size=12,
).map("".join)
ROWS = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.String))


def _script(play: Callable[[Operations], object], **options: object) -> str:
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer, **options}
    play(Operations(MigrationContext.configure(dialect_name="oracle", opts=opts)))
    return buffer.getvalue()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@PATIENT
@given(first=TEXTS, second=TEXTS)
def test_rows(first: str, second: str) -> None:
    """Rows arrive with their values, one statement each."""
    rows = [{"a": first, "b": second}, {"a": second, "b": "x" + first}]
    found = list(sent(_script(lambda op: op.bulk_insert(ROWS, rows))))
    assert [[first, second], [second, "x" + first]] == [values(statement) for statement in found]


@PATIENT
@given(comment=TEXTS.filter(bool))
def test_comments(comment: str) -> None:
    """A comment is stored unchanged, if necessary by a block."""
    (statement,) = sent(_script(lambda op: op.create_table_comment("t", comment)))
    (value,) = values(statement)
    if statement.startswith("BEGIN"):
        (value,) = values(value)
    assert comment == value


@PATIENT
@given(first=TEXTS, second=TEXTS, space=st.sampled_from([" ", "\n", "\n\n", " \n \n"]))
def test_statements(first: str, second: str, space: str) -> None:
    """Text with blank lines, a semicolon and comments is one statement with its values."""
    sql = f"UPDATE t{space}SET a = {_quoted(first)},{space}b = {_quoted(second)};{space}-- done;"
    (statement,) = sent(_script(lambda op: op.execute(sql)))
    assert statement.startswith("UPDATE t")
    assert [first, second] == values(statement)
    assert ";" not in _without_literals(statement)


@PATIENT
@given(first=TEXTS, second=TEXTS, ending=st.sampled_from(["", "\n/", "\n/\n"]))
def test_blocks(first: str, second: str, ending: str) -> None:
    """A block is sent whole and once, whatever it holds."""
    sql = f"BEGIN\n  p({_quoted(first)});\n\n  q({_quoted(second)});\nEND;{ending}"
    (statement,) = sent(_script(lambda op: op.execute(sql)))
    assert [first, second] == values(statement)
    assert ("BEGIN", "END;") == (statement[:5], statement.rstrip()[-4:])


def test_wide_rows() -> None:
    """A row that is longer than a line of SQL*Plus is broken between its values."""
    wide = sa.table("t", *(sa.column(f"c{number}", sa.String) for number in range(40)))
    row = {column.key: f"{column.key}, it's " * 100 for column in wide.c}
    (statement,) = sent(_script(lambda op: op.bulk_insert(wide, [row])))
    assert list(row.values()) == values(statement)


@pytest.mark.parametrize("text", ["it's long, " * 500, "ä\n" * 3000], ids=["line", "lines"])
def test_text_that_is_no_literal(text: str) -> None:
    """A text of more than 4000 bytes is put together as a CLOB, for which there is no limit."""
    (statement,) = sent(_script(lambda op: op.bulk_insert(ROWS, [{"a": text, "b": "x"}])))
    assert [text, "x"] == values(statement)
    assert "(TO_CLOB('" in statement
    assert [] == mistakes([statement])


def _without_literals(sql: str) -> str:
    return "".join(part for place, part in enumerate(sql.split("'")) if place % 2 == 0)


@pytest.mark.parametrize(
    "sql",
    ["INSERT INTO t VALUES ('R&D')", "INSERT INTO t VALUES ('a\n\nb')", "UPDATE t SET a = ';\nb'"],
    ids=["variable", "blank line", "semicolon"],
)
def test_text_as_it_is_would_be_misread(sql: str) -> None:
    """With ``oracle_sqlplus=False`` scripts are Alembic's, and such text does not arrive."""
    script = _script(lambda op: op.execute(sql), oracle_sqlplus=False)
    with pytest.raises(Misread):
        list(sent(script))


def test_script_of_a_run() -> None:
    """Begin, statements and commit are sent one by one."""

    def play(op: Operations) -> None:
        op.impl.emit_begin()
        op.execute("CREATE PROCEDURE p IS\nBEGIN\n\n  NULL;\nEND;")
        op.execute("DELETE FROM t;")
        op.impl.emit_commit()

    assert [
        "SET TRANSACTION READ WRITE",
        "CREATE PROCEDURE p IS\nBEGIN\n\n  NULL;\nEND;",
        "DELETE FROM t",
        "COMMIT",
    ] == [statement.strip() for statement in sent(_script(play))]
