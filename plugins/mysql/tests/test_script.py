"""Stored programs in a script, with DELIMITER commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect_mysql.script import delimited, has_body

if TYPE_CHECKING:
    import io

    from idiolect.operations import Operations

BODIES = [
    "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; END",
    "create or replace definer=`me`@`%` procedure p() begin select 1; end;",
    "CREATE DEFINER = me @ localhost FUNCTION f() RETURNS INT BEGIN RETURN 1; END",
    "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END",
    "\n  CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; END",
]
NO_BODIES = [
    "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
    "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.a = ';';",
    "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.`a;b` = 1 /* ; */ -- ;\n",
    "INSERT INTO t VALUES ('CREATE TRIGGER;')",
    "SELECT 1; SELECT 2",
    "CREATE TABLE trigger_log (a INTEGER)",
]


@pytest.mark.parametrize("sql", BODIES)
def test_a_body(sql: str) -> None:
    """Stored programs with semicolons are recognised by their first words."""
    assert has_body(sql)


@pytest.mark.parametrize("sql", NO_BODIES)
def test_no_body(sql: str) -> None:
    """Semicolons in quotes and comments, and statements one after the other, are none."""
    assert not has_body(sql)


def test_the_delimiter_is_not_in_the_statement() -> None:
    """Another one is taken then."""
    assert ["DELIMITER //", "BEGIN SELECT '$$'; END//", "DELIMITER ;"] == [
        *delimited("BEGIN SELECT '$$'; END;\n")
    ]


def test_a_program_in_a_script(offline: Operations, buffer: io.StringIO) -> None:
    """It is between two DELIMITER lines; later statements end with a semicolon again."""
    offline.execute("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END")
    offline.drop_table("t")
    expected = [
        "DELIMITER $$",
        "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END$$",
        "DELIMITER ;",
        "DROP TABLE t;",
        "",
    ]
    assert "\n\n".join(expected) == buffer.getvalue()
