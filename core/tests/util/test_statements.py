"""What a statement is about is read off its first words."""

from __future__ import annotations

import pytest

from idiolect.util.statements import Kind, body_of, brief, kind_of


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", Kind.READ),
        ("  -- why\n(SELECT 1)", Kind.READ),
        ("WITH a AS (SELECT 1) SELECT * FROM a", Kind.READ),
        ("WITH a AS (SELECT 'DELETE') SELECT * FROM a", Kind.READ),
        ("WITH a AS (SELECT 1) DELETE FROM b", Kind.DATA),
        ("/* c */ insert into t values (1)", Kind.DATA),
        ("CREATE TABLE t (id int)", Kind.SCHEMA),
        ("CREATE TEMPORARY TABLE t (id int)", Kind.TEMPORARY),
        ("create or replace temp table t (id int)", Kind.TEMPORARY),
        ("CREATE TABLE temporary_things (id int)", Kind.SCHEMA),
        ("ALTER TABLE t ADD x int", Kind.SCHEMA),
        ("CALL everything()", Kind.SCHEMA),
        ("SET FOREIGN_KEY_CHECKS = 0", Kind.SESSION),
        ("SET @n = (SELECT count(*) FROM t)", Kind.READ),
        ("SET @n = 'SELECT'", Kind.SESSION),
        ("COMMIT", Kind.CONTROL),
        ("BEGIN", Kind.CONTROL),
        ("BEGIN IMMEDIATE", Kind.CONTROL),
        ("BEGIN NOT ATOMIC DROP TABLE t; END", Kind.SCHEMA),
        ("BEGIN drop_all; END;", Kind.SCHEMA),
        ("ROLLBACK TO SAVEPOINT a", Kind.CONTROL),
        ("/*!40101 SET NAMES utf8 */", Kind.SESSION),
        ("", Kind.SCHEMA),
    ],
)
def test_kinds(sql: str, expected: Kind) -> None:
    """What is not known counts as changing the schema."""
    assert expected == kind_of(sql)


def test_body_of() -> None:
    """Comments and parentheses in front go; hints that are code stay."""
    assert "SELECT 1) -- b" == body_of("/* a */ -- b\n (SELECT 1) -- b")


def test_brief() -> None:
    """One line of ASCII, cut with dots."""
    assert "SELECT '\\xe9' FROM t" == brief("SELECT 'é'\n  FROM\tt")
    assert "SELECT ..." == brief("SELECT 1234567", 10)
