"""Statements formatted for SQL*Plus, which reads a script by lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect_oracle import sqlplus

if TYPE_CHECKING:
    from collections.abc import Callable

    Script = Callable[..., list[str]]

SAME = {
    "plain": "SELECT 1 FROM dual",
    "lines": "SELECT 1\nFROM dual",
    "lines in quotes": "INSERT INTO t VALUES ('a\nb')",
    "semicolon in a line": "INSERT INTO t VALUES ('a;b')",
    "slash in a line": "INSERT INTO t VALUES ('a\n/ b')",
    "quote in quotes": "INSERT INTO t VALUES ('it''s', \"q\")",
    "block": "BEGIN\n  a;\n\n  b;\nEND;",
    "block with lines in quotes": "BEGIN\n  x('a\n\nb;\nc');\nEND;",
    "function": "CREATE OR REPLACE FUNCTION f RETURN NUMBER IS\nBEGIN\n  RETURN 1;\nEND;",
    "trigger": "create editionable trigger g BEFORE INSERT ON t BEGIN NULL; END;",
    "query with a function": "WITH FUNCTION f RETURN NUMBER IS\nBEGIN RETURN 1;\nEND;\nSELECT 1",
    "Java": "CREATE AND COMPILE JAVA SOURCE NAMED j AS\nclass A { /* & */ char c = '&'; }",
    "label": "<<a>>\nBEGIN\n  NULL;\nEND;",
}


@pytest.mark.parametrize("sql", SAME.values(), ids=SAME.keys())
def test_harmless_text_stays(sql: str) -> None:
    """Text that SQL*Plus reads correctly is unchanged."""
    assert sql == sqlplus.script_text(sql)


CHANGED = {
    "semicolon": ("SELECT 1 FROM dual ; ;\n", "SELECT 1 FROM dual"),
    "semicolon and a comment": ("SELECT 1; -- all", "SELECT 1 -- all"),
    "semicolon of a block": ("BEGIN x; END;\n/\n", "BEGIN x; END;"),
    "slash": ("SELECT 1\n / ", "SELECT 1"),
    "two slashes": ("BEGIN x; END;\n/\n\n/", "BEGIN x; END;"),
    "blank lines": ("SELECT 1\n\n \nFROM dual\r\n\r\n", "SELECT 1\nFROM dual"),
    "blank line in quotes": ("VALUES ('a\n\nb')", "VALUES (('a'||CHR(10)||CHR(10)||'b'))"),
    "blanks in quotes": ("VALUES ('a\n \nb')", "VALUES (('a'||CHR(10)||' '||CHR(10)||'b'))"),
    "line end in quotes": ("VALUES ('a;\r\nb')", "VALUES (('a;'||CHR(13)||CHR(10)||'b'))"),
    "slash in quotes": ("VALUES ('a\n/\nb')", "VALUES (('a'||CHR(10)||'/'||CHR(10)||'b'))"),
    "dot in quotes": ("VALUES ('a\n.\nb')", "VALUES (('a'||CHR(10)||'.'||CHR(10)||'b'))"),
    "command in quotes": ("VALUES ('a\n#host')", "VALUES (('a'||CHR(10)||'#host'))"),
    "hyphen in quotes": ("VALUES ('a -\nb')", "VALUES (('a -'||CHR(10)||'b'))"),
    "variable in quotes": ("VALUES ('R&D''s')", "VALUES (('R'||CHR(38)||'D''s'))"),
    "national characters": ("VALUES (N'a&b')", "VALUES ((N'a'||CHR(38)||N'b'))"),
    "other quotes": ("VALUES (q'[it's &]')", "VALUES (('it''s '||CHR(38)))"),
    "other quotes of a kind": ("VALUES (nq'!a&!')", "VALUES ((N'a'||CHR(38)))"),
    "slash in a block's quotes": (
        "BEGIN\n  x('a\n/\n\nb');\nEND;",
        "BEGIN\n  x(('a'||CHR(10)||'/'||CHR(10)||CHR(10)||'b'));\nEND;",
    ),
    "minus at a line's end": ("SELECT 3 -\n1 FROM dual", "SELECT 3 - 1 FROM dual"),
    "comment in lines": ("SELECT 1 /* a;\n\n/\n& b */ FROM t", "SELECT 1 /* a\n+ b */ FROM t"),
    "comment at a line's end": ("SELECT 1 -- a; --\nFROM t;", "SELECT 1 -- a\nFROM t"),
    "line of hyphens": ("-----\nSELECT 1", "SELECT 1"),
    "comment of a block": ("BEGIN -- R&D;\n x; END;", "BEGIN -- R+D;\n x; END;"),
    "comment on": ("COMMENT ON TABLE t IS 'R&D'", None),
}


@pytest.mark.parametrize(("sql", "expected"), CHANGED.values(), ids=CHANGED.keys())
def test_what_sqlplus_would_misread(sql: str, expected: str | None) -> None:
    """The same value is put together from harmless pieces, or by a block where it must."""
    block = (
        "BEGIN\n  EXECUTE IMMEDIATE 'COMMENT ON TABLE t IS ''R'||CHR(38)||'D''';\nEND;"
        if expected is None
        else expected
    )
    assert block == sqlplus.script_text(sql)
    assert block == sqlplus.script_text(block)


@pytest.mark.parametrize("sql", [*SAME.values(), *(sql for sql, _ in CHANGED.values())])
def test_plain_text_is_what_stays(sql: str) -> None:
    """The short cut for harmless text takes none that is changed."""
    assert not sqlplus.is_plain(sql) or sql == sqlplus.script_text(sql)


def test_long_literals_are_cut() -> None:
    """No line is longer than SQL*Plus reads, and no escaped quote is split."""
    value = "it's " * 700
    text = sqlplus.script_text("VALUES ('" + value.replace("'", "''") + "')")
    assert max(map(len, text.split("\n"))) < 2499
    pieces = text.removeprefix("VALUES ((").removesuffix("))").replace("\n", "").split("||")
    assert value == "".join(piece[1:-1].replace("''", "'") for piece in pieces)


def test_comment_alone_has_no_separator(script: Script) -> None:
    """After only a comment, a slash would run the previous statement again."""
    assert ["UPDATE t SET a = 1", "-- done\n\nUPDATE t SET a = 2"] == script(
        lambda op: [
            op.execute(text) for text in ("UPDATE t SET a = 1", "-- done", "UPDATE t SET a = 2")
        ]
    )


def test_switch_back(script: Script) -> None:
    """``oracle_sqlplus=False`` writes every statement unchanged."""
    sql = "INSERT INTO t VALUES ('R&D\n\n;');"
    assert [sql] == script(lambda op: op.execute(sql), oracle_sqlplus=False)


def test_name_that_cannot_be_helped(script: Script) -> None:
    """``&`` in a name cannot be avoided; a warning says what to do."""
    sql = 'UPDATE t SET "R&D" = 1'
    with pytest.warns(UserWarning, match="SET DEFINE OFF: 'UPDATE"):
        assert [sql] == script(lambda op: op.execute(sql))
