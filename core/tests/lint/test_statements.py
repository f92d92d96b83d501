"""What is recognised in SQL text, and what is left alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from idiolect.hooks import Change
from idiolect.lint.statements import changes_in

NOTHING = asdict(Change("insert", ""))


def described(sql: str, **options: Any) -> list[str]:
    """Return the changes in a text: the kind, the table and what is not the default."""
    lines = []
    for change in changes_in(sql, **options):
        facts = asdict(change)
        further = [f"{name}={facts[name]!r}" for name in list(facts)[3:]]
        shown = [each for each in further if each.partition("=")[2] not in {"None", "False", "()"}]
        shown += ["not null"] * (change.nullable is False)
        own = f"columns={(change.name,)!r}"
        shown = [each for each in shown if each not in {own, "nullable=True"}]
        lines.append(" ".join([f"{change.kind}: {change.on}", *shown]))
    return lines


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "ALTER TABLE t ADD a INT, ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
            [
                "add column: t name='a' type='INT'",
                "add constraint: t name='c' constraint='check' online=True",
            ],
        ),
        ("CREATE TABLE IF NOT EXISTS a.b (id INT)", ["create table: a.b guarded=True"]),
        ("CREATE TEMP TABLE b AS SELECT 1", ["create table: b"]),
        (
            "drop table if exists a, `b`.`c`",
            ["drop table: a guarded=True", "drop table: b.c guarded=True"],
        ),
        (
            "CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY t USING btree (a, lower(b))",
            ["create index: t name='i' columns=('a', 'lower') unique=True online=True"],
        ),
        ("CREATE INDEX i ON t (a) ONLINE", ["create index: t name='i' columns=('a',) online=True"]),
        ("CREATE INDEX ON t (a)", ["create index: t columns=('a',)"]),
        ("DROP INDEX CONCURRENTLY s.i", ["drop index: s. name='i' online=True"]),
        ("DROP INDEX i ON t", ["drop index: t name='i'"]),
        (
            "ALTER TABLE [dbo].[t] ADD [a] INT NOT NULL, b NVARCHAR(20) NULL",
            [
                "add column: dbo.t name='a' type='INT' not null",
                "add column: dbo.t name='b' type='NVARCHAR(20)'",
            ],
        ),
        (
            "ALTER TABLE t ADD COLUMN a numeric(10, 2) DEFAULT 0 NOT NULL",
            ["add column: t name='a' type='numeric(10, 2)' default=True default_sql='0' not null"],
        ),
        (
            "ALTER TABLE t ADD (a NUMBER(5) DEFAULT f(1) , b DATE)",
            [
                "add column: t name='a' type='NUMBER(5)' default=True default_sql='f(1)'",
                "add column: t name='b' type='DATE'",
            ],
        ),
        (
            "ALTER TABLE t ADD a INT REFERENCES s.o (id) CHECK (a IS NOT NULL)",
            [
                "add column: t name='a' type='INT'",
                "add constraint: t constraint='check' columns=('a',)",
                "add constraint: t constraint='foreign key' columns=('a',) referred=('s', 'o')",
            ],
        ),
        (
            "ALTER TABLE ONLY t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id) NOT VALID",
            [
                (
                    "add constraint: t name='f' constraint='foreign key' columns=('a',) "
                    "online=True referred=(None, 'o')"
                )
            ],
        ),
        (
            "ALTER TABLE t ADD UNIQUE KEY k (a), ADD INDEX (b), ALGORITHM=INPLACE",
            [
                "add constraint: t name='k' constraint='unique' columns=('a',) online=True",
                "create index: t columns=('b',) online=True",
            ],
        ),
        (
            "ALTER TABLE t DROP COLUMN a, DROP b, DROP CONSTRAINT IF EXISTS c, DROP PRIMARY KEY",
            [
                "drop column: t name='a'",
                "drop column: t name='b'",
                "drop constraint: t name='c' guarded=True",
                "drop constraint: t constraint='primary key'",
            ],
        ),
        (
            "ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER b TYPE varchar(5) USING b::text",
            [
                "alter column: t name='a' not null",
                "alter column: t name='b' type='varchar(5)'",
            ],
        ),
        (
            "ALTER TABLE t ALTER COLUMN a SET DEFAULT 5, ALTER COLUMN b DROP DEFAULT",
            [
                "alter column: t name='a' default=True default_sql='5'",
                "alter column: t name='b'",
            ],
        ),
        (
            "ALTER TABLE t ALTER COLUMN a NVARCHAR(10) NOT NULL",
            ["alter column: t name='a' type='NVARCHAR(10)'"],
        ),
        (
            "ALTER TABLE t MODIFY a VARCHAR(10) NOT NULL, CHANGE b c INT",
            [
                "alter column: t name='a' type='VARCHAR(10)'",
                "rename column: t name='b' new_name='c'",
                "alter column: t name='c' type='INT'",
            ],
        ),
        ("ALTER TABLE t RENAME TO u", ["rename table: t new_name='u'"]),
        (
            "RENAME TABLE a TO b, c TO d",
            ["rename table: a new_name='b'", "rename table: c new_name='d'"],
        ),
        (
            "ALTER TABLE t RENAME COLUMN a TO b",
            ["rename column: t name='a' new_name='b'"],
        ),
        ("ALTER TABLE t RENAME CONSTRAINT a TO b", []),
        ("ALTER TABLE t VALIDATE CONSTRAINT c", ["validate constraint: t name='c'"]),
        ("UPDATE t SET a = 'WHERE'", ["update: t"]),
        ("UPDATE t SET a = 1 WHERE b -- all", ["update: t where=True"]),
        ("DELETE FROM s.t", ["delete: s.t"]),
        ("TRUNCATE TABLE a, b", ["truncate: a", "truncate: b"]),
        ("INSERT INTO t VALUES (1)", ["insert: t"]),
    ],
)
def test_a_statement_is_recognised(sql: str, expected: list[str]) -> None:
    """The common forms of all databases yield the changes they make."""
    assert expected == described(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'DROP TABLE t; DROP TABLE u'",
        "-- DROP TABLE t\n/* DROP TABLE u; */ SELECT 1",
        "COMMENT ON TABLE t IS 'x; DROP TABLE \"t\"'",
        "DO $body$ BEGIN DROP TABLE t; DROP TABLE u; END $body$",
        "CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ DELETE FROM t; $$ LANGUAGE sql",
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; DELETE FROM u; END",
        "BEGIN DELETE FROM t; DELETE FROM u; END;",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t OWNER TO somebody",
        "ALTER TABLE t ALTER COLUMN a SET STATISTICS 100",
        "ALTER TABLE",
        "DROP TABLE",
        "CREATE INDEX",
        "ALTER TABLE t ADD",
        "ALTER TABLE t ALTER COLUMN",
        "ALTER TABLE t RENAME",
        "ALTER TABLE t ADD CONSTRAINT",
        "ALTER TABLE t ADD (",
        "UPDATE",
        "",
        ";",
        "'",
    ],
)
def test_what_is_not_recognised_yields_nothing(sql: str) -> None:
    """Text in literals, comments and bodies is no statement, and broken SQL raises nothing."""
    assert [] == described(sql)


def test_several_statements_are_told_apart() -> None:
    """A semicolon separates statements, except in literals and comments."""
    sql = "UPDATE t SET a = 'x;y' WHERE b; -- ; \nDROP TABLE u;\n\nDROP TABLE v"
    assert ["update: t where=True", "drop table: u", "drop table: v"] == described(sql)


def test_a_backslash_escapes_a_quote_where_the_dialect_says_so() -> None:
    """The same text ends its literal at different places."""
    sql = r"UPDATE t SET a = 'it\'; DROP TABLE u; --'"
    assert ["update: t", "drop table: u"] == described(sql)
    assert ["update: t"] == described(sql, escapes=True)
