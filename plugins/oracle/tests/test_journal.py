"""What a statement changes on Oracle."""

from __future__ import annotations

from typing import Any

import pytest

from idiolect.util.statements import Kind
from idiolect_oracle.journal import OracleJournal


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("\nCREATE TABLE t (\n\tid INTEGER\n)", ["TABLE t"]),
        ('CREATE GLOBAL TEMPORARY TABLE s."T" (id INTEGER)', ['TABLE s."T"']),
        ("-- why\nALTER TABLE t ADD (x INTEGER)", ["TABLE t"]),
        ("ALTER TABLE s.t RENAME TO u", ["TABLE s.t", "TABLE s.u"]),
        ("ALTER TABLE t RENAME COLUMN a TO b", ["TABLE t"]),
        ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", None),
        ("RENAME t TO u", ["TABLE t", "TABLE u"]),
        ("CREATE UNIQUE INDEX i ON t (a)", ["INDEX i"]),
        ("DROP INDEX s.i", ["INDEX s.i"]),
        ("CREATE SEQUENCE q START WITH 1", ["SEQUENCE q"]),
        ("DROP VIEW v", ["VIEW v"]),
        ("CREATE OR REPLACE VIEW v AS SELECT 1 AS a FROM dual", []),
        ("COMMENT ON COLUMN t.a IS 'words'", []),
        ("CREATE USER u IDENTIFIED BY p", None),
        ("BEGIN everything; END;", None),
    ],
)
def test_objects(sql: str, expected: list[str] | None) -> None:
    """Names as written; None if the outcome could not be verified."""
    found = OracleJournal().objects(sql)
    assert expected == (None if found is None else list(found))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER SESSION SET nls_date_format = 'YYYY'", Kind.SESSION),
        ("CREATE PRIVATE TEMPORARY TABLE ora$ptt_t (id INTEGER)", Kind.TEMPORARY),
        ("CREATE GLOBAL TEMPORARY TABLE t (id INTEGER)", Kind.SCHEMA),
        ("BEGIN everything; END;", Kind.SCHEMA),
        ("MERGE INTO t USING u ON (a = b)", Kind.DATA),
    ],
)
def test_kinds(sql: str, expected: Kind) -> None:
    """Oracle's own statements are classified."""
    assert expected == OracleJournal().kind(sql)


def test_definitions() -> None:
    """Names are queried as stored in the dictionary; a missing object has an empty text."""
    asked: list[dict[str, Any]] = []

    class Bind:
        """Answers with one row for each query on a table."""

        def execute(self, query: Any, values: dict[str, Any]) -> list[tuple[object, ...]]:
            asked.append({**values})
            return [(1, "ID")] if "all_tab_cols" in str(query) else []

    bind: Any = Bind()
    found = OracleJournal().definitions(bind, ['TABLE s."Account"', "VIEW v"])
    assert [40, 0] == [len(text) for text in found.values()]
    assert {"owner": "S", "name": "Account"} == asked[0]
    assert {"owner": None, "name": "V", "kind": "VIEW"} == asked[-1]
