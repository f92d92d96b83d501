"""The text of SHOW CREATE TABLE, as MySQL 8 would generate it from its catalogue."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.dialects import mysql

from idiolect_mysql.catalogue import Catalogue, ColumnRow, IndexRow, KeyRow, TableRow
from idiolect_mysql.showcreate import Writer, is_incomplete
from idiolect_mysql.signatures import signature

COLLATION = "utf8mb4_0900_ai_ci"


def column(name: str, type_: str, **more: Any) -> ColumnRow:
    """Return a row of COLUMNS."""
    usual: dict[str, Any] = {
        "nullable": "YES",
        "extra": "",
        "key": "",
        "charset": "",
        "collation": "",
        "default": None,
        "generated": None,
        "comment": "",
    }
    return ColumnRow(name, type_, **{**usual, **more})


def catalogue(*columns: ColumnRow, **more: Any) -> Catalogue:
    """Return a catalogue with a table ``t``."""
    found = Catalogue("shop", usual={COLLATION, "latin1_swedish_ci"}, **more)
    found.tables["t"] = TableRow("BASE TABLE", "InnoDB", COLLATION, "", "")
    found.columns["t"].extend(columns)
    return found


def lines(found: Catalogue) -> list[str]:
    """Return the text that MySQL would write, line by line."""
    dialect: Any = mysql.dialect()
    dialect.is_mariadb = False
    connection: Any = SimpleNamespace(dialect=dialect)
    told = Writer(connection, found).text("t")
    assert told is not None
    return [line.strip(" ,") for line in told.splitlines()]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (column("a", "int", nullable="NO", default="5"), "`a` int NOT NULL DEFAULT '5'"),
        (
            column("a", "bigint unsigned", nullable="NO", extra="auto_increment"),
            "`a` bigint unsigned NOT NULL AUTO_INCREMENT",
        ),
        (
            column("a", "varchar(9)", default="it's", comment="why\n"),
            "`a` varchar(9) DEFAULT 'it''s' COMMENT 'why\\n'",
        ),
        (
            column("a", "varchar(40)", default="uuid()", extra="DEFAULT_GENERATED"),
            "`a` varchar(40) DEFAULT (uuid())",
        ),
        (
            column(
                "a",
                "timestamp",
                default="CURRENT_TIMESTAMP",
                extra="DEFAULT_GENERATED on update CURRENT_TIMESTAMP",
            ),
            "`a` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
        ),
        (column("a", "bit(3)", default="b'101'"), "`a` bit(3)"),
        (
            column("a", "int", default="1 + 2", extra="DEFAULT_GENERATED", comment="c"),
            "`a` int COMMENT 'c'",
        ),
        (
            column("a", "int", generated="(`b` * 2)", extra="STORED GENERATED", nullable="NO"),
            "`a` int GENERATED ALWAYS AS ((`b` * 2)) STORED NOT NULL",
        ),
        (
            column("a", "char(3)", generated="concat(_utf8mb4\\'x\\')", extra="VIRTUAL GENERATED"),
            "`a` char(3) GENERATED ALWAYS AS (concat(_utf8mb4'x')) VIRTUAL",
        ),
        (
            column("a", "varchar(9)", charset="latin1", collation="latin1_swedish_ci"),
            "`a` varchar(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        ),
        (
            column("a", "varchar(9)", charset="utf8mb4", collation="utf8mb4_bin"),
            "`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        ),
        (column("a", "varchar(9)", charset="utf8mb4", collation=COLLATION), "`a` varchar(9)"),
    ],
)
def test_columns(row: ColumnRow, expected: str) -> None:
    """A column is written in MySQL's syntax."""
    assert expected == lines(catalogue(row))[1]


def test_indexes_keys_and_checks() -> None:
    """Indexes, keys and checks are written, defaults are omitted."""
    found = catalogue(column("a", "int"))
    for name, non_unique, part, order, length in (
        ("PRIMARY", "0", "a", "A", None),
        ("uq", "0", "a", "A", 5),
        ("ix", "1", "a", "D", None),
    ):
        found.indexes["t"].append(IndexRow(name, non_unique, "BTREE", part, "", order, length))
    found.keys["t"].append(KeyRow("fk", "a", "other", "p", "id"))
    found.rules["t", "fk"] = ("NO ACTION", "CASCADE")
    found.checks["t"].append(("ck", "(`a` <> _utf8mb4\\'x\\')"))
    assert [
        "CREATE TABLE `t` (",
        "`a` int",
        "PRIMARY KEY (`a`)",
        "UNIQUE KEY `uq` (`a`(5))",
        "KEY `ix` (`a` DESC)",
        "CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `other`.`p` (`id`) ON DELETE CASCADE",
        "CONSTRAINT `ck` CHECK ((`a` <> _utf8mb4'x'))",
        f") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={COLLATION}",
    ] == lines(found)


@pytest.mark.parametrize(
    ("row", "options", "index"),
    [
        (column("a", "int", extra="INVISIBLE"), "", "BTREE"),
        (column("a", "varchar(9) /*M!100301 COMPRESSED*/"), "", "BTREE"),
        (column("a", "int"), "partitioned", "BTREE"),
        (column("a", "text"), "", "FULLTEXT"),
    ],
    ids=["invisible", "compressed", "partitions", "full_text"],
)
def test_what_is_not_told_in_full(row: ColumnRow, options: str, index: str) -> None:
    """Such a table has no text and no signature: the server is queried."""
    found = catalogue(row)
    found.tables["t"] = TableRow("BASE TABLE", "InnoDB", COLLATION, options, "")
    found.indexes["t"].append(IndexRow("ix", "1", index, "a", "", "A", None))
    assert is_incomplete(found, "t")
    assert signature(found, "t", "shop") is None
