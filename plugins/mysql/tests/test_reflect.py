"""What is read of all tables at once is what SQLAlchemy's inspector reads table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, inspect
from sqlalchemy.dialects.mysql import JSON, LONGTEXT
from sqlalchemy.types import TypeEngine

from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.standin import KINDS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

TABLES = {
    "parent": (
        "CREATE TABLE parent (id INT PRIMARY KEY, k INT UNIQUE, `x y` INT, UNIQUE (`x y`, id)) "
        "COMMENT 'it''s \\\\ a\nb' ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 DEFAULT CHARSET latin1"
    ),
    "numbers": (
        "CREATE TABLE numbers (a INT NOT NULL DEFAULT 5 AUTO_INCREMENT KEY, b DOUBLE UNSIGNED "
        "ZEROFILL, c DECIMAL(10,2) DEFAULT -1.5, d BIT(3) DEFAULT b'101', e YEAR, f BOOLEAN NOT "
        "NULL DEFAULT TRUE, g BIGINT UNSIGNED, h FLOAT(7,3), i SMALLINT(3) ZEROFILL)"
    ).replace(" DEFAULT 5", ""),
    "texts": (
        "CREATE TABLE texts (a VARCHAR(9) CHARACTER SET latin1 DEFAULT 'x''y\\\\z', "
        "b VARCHAR(9) COLLATE utf8mb4_bin, c ENUM('a','b''c', 'd,e') NOT NULL DEFAULT 'a', "
        "d SET('x', 'y'), e TEXT, f LONGTEXT NOT NULL, g VARBINARY(20), h BLOB, i CHAR(3), "
        "j JSON, k VARCHAR(5) COMMENT 'it''s \\\\ x\ny', l NATIONAL VARCHAR(4) DEFAULT '%s')"
    ),
    "times": (
        "CREATE TABLE times (a TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE "
        "CURRENT_TIMESTAMP, b TIMESTAMP NULL, c DATETIME(3) DEFAULT NOW(3), d DATE DEFAULT "
        "'2020-02-02', e TIME(2), f DATETIME ON UPDATE CURRENT_TIMESTAMP, g UUID)"
    ),
    "expressions": (
        "CREATE TABLE expressions (a INT, b INT DEFAULT (a + 1), c VARCHAR(40) DEFAULT (UUID()), "
        "d INT AS (a * 2) STORED, e INT GENERATED ALWAYS AS (a + 1) VIRTUAL COMMENT 'q', "
        "f VARCHAR(9) AS (CONCAT('it''s', a)) VIRTUAL)"
    ),
    "checks": (
        "CREATE TABLE checks (a INT CHECK (a > 0), b TEXT, CONSTRAINT ck_b CHECK (b <> ')'), "
        "CONSTRAINT a_first CHECK (a < 9 OR b = 'it''s'))"
    ),
    "keys": (
        "CREATE TABLE `keys` (a INT, b VARCHAR(20), c TEXT, d INT, PRIMARY KEY (d, a), "
        "UNIQUE KEY uu (a, b), KEY `odd name` (b(3), a DESC), KEY hh USING HASH (a), "
        "UNIQUE KEY a_unique (d) COMMENT 'why')"
    ),
    "children": (
        "CREATE TABLE children (a INT, b INT, c INT, d INT, KEY own (b), "
        "CONSTRAINT fk FOREIGN KEY (a) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE NO "
        "ACTION, CONSTRAINT a_fk FOREIGN KEY (b) REFERENCES parent (k) ON DELETE RESTRICT ON "
        "UPDATE SET NULL, FOREIGN KEY (c, d) REFERENCES parent (`x y`, id))"
    ),
    "odd `name`": "CREATE TABLE `odd ``name``` (`a``b` INT, `Größe` INT COMMENT 'Maß')",
    "partitions": (
        "CREATE TABLE partitions (a INT) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN "
        "(5), PARTITION p1 VALUES LESS THAN MAXVALUE)"
    ),
    "full_text": "CREATE TABLE full_text (a TEXT, FULLTEXT KEY ff (a))",
    "hidden": "CREATE TABLE hidden (a INT, b INT INVISIBLE DEFAULT 4, c VARCHAR(9) COMPRESSED)",
    "collated": (
        "CREATE TABLE collated (a VARCHAR(9), b VARCHAR(9) CHARACTER SET latin1, c CHAR(2) COLLATE "
        "utf8mb4_general_ci) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin"
    ),
    "bytes": "CREATE TABLE bytes (a BINARY(2) DEFAULT 'ab', b VARBINARY(9) DEFAULT 'it''s')",
    "memory": "CREATE TABLE memory (a INT, KEY x (a)) ENGINE=MEMORY DEFAULT CHARSET utf8mb4",
    "versions": "CREATE TABLE versions (a INT) WITH SYSTEM VERSIONING",
    "options": "CREATE TABLE options (a INT) CHECKSUM=1 STATS_PERSISTENT=0 MAX_ROWS=7",
}
#: What only MariaDB takes, and what stands for it on MySQL.
INSTEAD = {
    ", g UUID": "",
    "b INT INVISIBLE DEFAULT 4, c VARCHAR(9) COMPRESSED": "b INT DEFAULT 4 INVISIBLE",
    " WITH SYSTEM VERSIONING": "",
}
#: Tables that the server is asked for, each with a query.
ODD = {"bytes", "partitions", "full_text", "hidden", "versions"}


@pytest.fixture
def filled(connection: Connection, is_mysql: bool) -> Connection:
    """Return a connection to a database with all tables."""
    for given in TABLES.values():
        sql = given
        for words, other in INSTEAD.items() if is_mysql else ():
            sql = sql.replace(words, other)
        connection.exec_driver_sql(sql.replace("%", "%%") if "%" in sql else sql)
    return connection


def plain(facts: Any) -> Any:
    """Return facts as values that can be compared."""
    if isinstance(facts, dict):
        return {name: plain(value) for name, value in facts.items()}
    if isinstance(facts, (list, tuple)):
        return [plain(value) for value in facts]
    return (type(facts), repr(facts)) if isinstance(facts, TypeEngine) else facts


@pytest.mark.parametrize("explicit", [False, True], ids=["default", "schema"])
def test_reflection_equals_that_of_sqlalchemy(filled: Connection, explicit: bool) -> None:
    """Every dict of the hook equals SQLAlchemy's, plus the defaults and orders that it omits.

    MariaDB's JSON is LONGTEXT to SQLAlchemy.
    """
    schema = filled.dialect.default_schema_name if explicit else None
    inspector = inspect(filled)
    names = inspector.get_table_names(schema=schema)
    hooks = hooks_for(filled.dialect.name, subpackage="autogenerate")
    found = hooks.reflect_tables(filled, {schema: names})
    for kind in KINDS:
        expected = {
            (schema, name): getattr(inspector, f"get_{kind}")(name, schema=schema) for name in names
        }
        told = getattr(found, kind)
        assert set(TABLES) == {name for _, name in told}
        for key in told:
            if kind == "columns":
                for column, given in zip(expected[key], told[key], strict=True):
                    column["default"] = column["default"] or given["default"]
                    if isinstance(given["type"], JSON) and isinstance(column["type"], LONGTEXT):
                        column["type"] = given["type"]
            for index in expected[key] if kind == "indexes" else ():
                if index["name"] == "odd name":
                    index["column_sorting"] = {"a": ("desc",)}
            assert plain(expected[key]) == plain(told[key]), (key, kind)


def test_number_of_queries_is_constant(filled: Connection) -> None:
    """Any number of tables is read with the same queries, except incomplete ones."""
    names = [name for name in inspect(filled).get_table_names() if name not in ODD]
    hooks = hooks_for(filled.dialect.name, subpackage="autogenerate")
    sent: list[str] = []
    event.listen(filled, "before_cursor_execute", lambda *given: sent.append(given[2]))
    for wanted in (names[:1], names):
        sent.clear()
        found = hooks.reflect_tables(filled, {None: wanted})
        assert all(dict(getattr(found, kind)) for kind in KINDS)
        assert 7 == len(sent), sent[-1]


def test_table_that_has_gone(filled: Connection) -> None:
    """A table that was listed but dropped is omitted."""
    hooks = hooks_for(filled.dialect.name, subpackage="autogenerate")
    found = hooks.reflect_tables(filled, {None: ["keys", "never"]})
    assert [(None, "keys")] == [*found.columns]
    assert found.signatures is not None
    assert found.signatures.get((None, "never")) is None
