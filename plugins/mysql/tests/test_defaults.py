"""Comparison of defaults as written in a model, and reported by MySQL and MariaDB."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, String

from idiolect_mysql.defaults import differ

SAME: list[tuple[Any, str | None, str | None]] = [
    (Integer(), "5", "'5'"),
    (Integer(), "(1 + 1)", "1+1"),
    (Boolean(), "true", "1"),
    (Boolean(), "FALSE", "'0'"),
    (Numeric(10, 2), "3.5", "'3.50'"),
    (Numeric(10, 2), "1e3", "1000"),
    (Numeric(10, 2), "2.5", "(2.5)"),
    (String(9), "''", "''"),
    (String(9), "'it''s'", "'it''s'"),
    (String(9), "'50%'", "'50%%'"),
    (String(9), r"'a\b'", r"'a\\b'"),
    (String(9), "5", "'5'"),
    (String(9), "'x'", "_utf8mb4'x'"),
    (String(9), "(uuid())", "uuid()"),
    (String(9), "(concat(`a`, 'X y'))", "concat(a,'X y')"),
    (Date(), "2020-01-01", "'2020-01-01'"),
    (Date(), "(CURDATE())", "current_date()"),
    (DateTime(), "2020-01-01 10:00:00", "'2020-01-01 10:00:00'"),
    (DateTime(), "now()", "current_timestamp()"),
    (DateTime(), "CURRENT_TIMESTAMP", "current_timestamp()"),
    (DateTime(), "NOW(3)  on update NOW(3)", "current_timestamp(3) ON UPDATE current_timestamp(3)"),
    (String(9), "NULL", None),
    (String(9), None, None),
]
DIFFERENT: list[tuple[Any, str | None, str | None]] = [
    (Integer(), "5", "'6'"),
    (Integer(), None, "0"),
    (Integer(), "0", None),
    (Boolean(), "true", "0"),
    (String(9), "'x'", "'X'"),
    (String(9), "'NULL'", None),
    (String(9), "''", None),
    (String(9), "'a'", "'b'"),
    (String(9), "'(a)'", "'a'"),
    (String(9), "'a)+(b'", "'a'"),
    (String(9), "(a)+(b)", "a)+(b"),
    (DateTime(), "now()", "current_timestamp() ON UPDATE current_timestamp()"),
    (DateTime(), "now(3)", "current_timestamp()"),
    (Date(), "2020-01-01", "'2020-01-02'"),
]


@pytest.mark.parametrize(("type_", "model", "reflected"), SAME, ids=str)
def test_the_same_default(type_: Any, model: str | None, reflected: str | None) -> None:
    """Neither quotes of numbers, brackets, nor other names of functions are a difference."""
    assert not differ(Column("a", type_), model, reflected)


@pytest.mark.parametrize(("type_", "model", "reflected"), DIFFERENT, ids=str)
def test_another_default(type_: Any, model: str | None, reflected: str | None) -> None:
    """What has another value differs, with or without quotes."""
    assert differ(Column("a", type_), model, reflected)
