"""Statements are classified by their first words."""

from __future__ import annotations

import pytest

from idiolect.util.statements import Called, Kind, body_of, brief, called_by, kind_of


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
        ("SELECT a INTO b FROM c", Kind.SCHEMA),
        ("SELECT a INTO TEMP b FROM c", Kind.TEMPORARY),
        ("SELECT a INTO #b FROM c", Kind.TEMPORARY),
        ("SELECT a INTO @b FROM c", Kind.READ),
        ("SELECT 'into b' FROM c", Kind.READ),
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


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*), coalesce(a, 'f(x)') FROM t WHERE a IN (SELECT 1)", ""),
        ("SELECT grow(5)", "may_write"),
        ('SELECT s."grow"(5)', "may_write"),
        ("SELECT pg_catalog.set_config('search_path', '', false)", "sets_session"),
        ("SELECT pg_advisory_xact_lock(5)", "sets_session"),
        ("SELECT set_config('a', grow(5), false)", "may_write"),
        ("SELECT set_tenant(5)", "may_write may_set_session"),
        ("SELECT app_session_start()", "may_write may_set_session"),
        ("SELECT offset_of(5)", "may_write"),
        ("SELECT max(a) INTO @a FROM t", "keeps_in_session"),
        ("SELECT @a := max(a) FROM t", "keeps_in_session"),
        ("SET @a = (SELECT max(a) FROM t)", "keeps_in_session"),
    ],
)
def test_what_a_query_calls(sql: str, expected: str) -> None:
    """A function that is not known may write; some are the session's, others sound like it."""
    found = called_by(sql)
    assert expected == " ".join(name for name in Called._fields if getattr(found, name))


def test_body_of() -> None:
    """Comments and parentheses in front go; hints that are code stay."""
    assert "SELECT 1) -- b" == body_of("/* a */ -- b\n (SELECT 1) -- b")


def test_brief() -> None:
    """One line of ASCII, cut with dots."""
    assert "SELECT '\\xe9' FROM t" == brief("SELECT 'é'\n  FROM\tt")
    assert "SELECT ..." == brief("SELECT 1234567", 10)
