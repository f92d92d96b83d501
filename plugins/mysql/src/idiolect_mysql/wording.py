"""Normalises expressions by creating a temporary table with them, and reading it back.

Used by the plugin for many expressions at a time, and by the impl for defaults that SQLAlchemy
cannot parse. Creating and dropping a temporary table ends no transaction.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.exc import CompileError, SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from idiolect.hooks import Expression

_NAME = "idiolect_wording"
_PART = "idiolect_x"
_MADE = {
    "server_default": "{name} {type} DEFAULT {text}",
    "computed": "{name} {type} GENERATED ALWAYS AS ({text}) VIRTUAL",
    "check": "CONSTRAINT {name} CHECK ({text})",
    "index": "KEY {name} (({text}))",
}
_KEY = re.compile(r"^ *KEY `(\w+)` \((.*)\),?$", re.MULTILINE)
_COLUMN = re.compile(r"^ *`((?:[^`]|``)+)` ")
_PIECE = re.compile(r"'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`|[()]|\s+|[^\s'`()]+", re.DOTALL)
#: Defaults that need no additional parentheses on MySQL, which requires them around expressions:
#: a word, a string, one in parentheses, CURRENT_TIMESTAMP with precision, with ON UPDATE.
_AS_IT_IS = re.compile(
    r"\s*['\"(]|\w*$|(?:now|current_timestamp)\(\d+\)|.*\bON UPDATE\b", re.IGNORECASE | re.DOTALL
)
#: Words that may follow a default. Source: "CREATE TABLE" in MariaDB's documentation.
_AFTER = {"COMMENT", "CHECK", "INVISIBLE", "COMPRESSED", "WITHOUT", "REFERENCES", "/*!80023"}


def worded(connection: Connection, expressions: Sequence[Expression]) -> list[str | None]:
    """Return expressions as the database reports them; None for those that it rejects.

    Sends three statements per table; if one of its expressions is rejected, three per expression.

    Args:
        connection: to the database.
        expressions: expressions of existing tables.
    """
    found: dict[int, str] = {}
    tables: dict[Table, dict[int, Expression]] = {}
    for number, expression in enumerate(expressions):
        if expression.kind in _MADE:
            tables.setdefault(expression.table, {})[number] = expression
    for table, numbered in tables.items():
        told = _read_back(connection, table, numbered)
        if told is None and len(numbered) > 1:
            for number, expression in numbered.items():
                found.update(_read_back(connection, table, {number: expression}) or {})
        found.update(told or {})
    return [found.get(number) for number in range(len(expressions))]


def _read_back(
    connection: Connection, table: Table, numbered: dict[int, Expression]
) -> dict[int, str] | None:
    """Return one table's expressions as the database reports them; None if it rejects any."""
    try:
        parts = _parts(connection, table, numbered)
        _execute(connection, f"CREATE TEMPORARY TABLE {_NAME} ({', '.join(parts)})")
    except SQLAlchemyError:
        return None
    try:
        texts = _read(connection, {one.kind for one in numbered.values()})
    except SQLAlchemyError:
        return None
    finally:
        with contextlib.suppress(SQLAlchemyError):
            _execute(connection, f"DROP TEMPORARY TABLE {_NAME}")
    return {number: texts[f"{_PART}{number}"] for number in numbered if f"{_PART}{number}" in texts}


def _parts(connection: Connection, table: Table, numbered: dict[int, Expression]) -> list[str]:
    compiler = connection.dialect.type_compiler_instance
    parts = []
    for column in table.c:
        with contextlib.suppress(CompileError):  # an unknown type
            type_ = compiler.process(column.type, type_expression=column)
            parts.append(f"{_quoted(column.name)} {type_} NULL")
    for number, one in numbered.items():
        type_ = ""
        if one.column:
            column = table.c[one.column]
            type_ = compiler.process(column.type, type_expression=column)
        expression = one.text
        if one.kind == "server_default" and not _is_mariadb(connection):
            expression = expression if _AS_IT_IS.match(expression) else f"({expression})"
        parts.append(_MADE[one.kind].format(name=f"{_PART}{number}", type=type_, text=expression))
    return parts


def _is_mariadb(connection: Connection) -> bool:
    dialect: Any = connection.dialect
    return bool(dialect.is_mariadb)


def _read(connection: Connection, kinds: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if "server_default" in kinds:
        found.update(defaults_of(connection, _NAME))
    inspector: Any = inspect(connection)
    if "computed" in kinds:
        for column in inspector.get_columns(_NAME):
            if column.get("computed"):
                found[column["name"]] = column["computed"]["sqltext"]
    if "check" in kinds:
        for check in inspector.get_check_constraints(_NAME):
            found[check["name"]] = check["sqltext"]
    if "index" in kinds:
        found.update(_KEY.findall(_definition(connection, _NAME)))
    return found


def defaults_of(connection: Connection, table: str, schema: str | None = None) -> dict[str, str]:
    """Return the complete defaults of a table's columns; SQLAlchemy only parses simple ones.

    Args:
        connection: to the database.
        table: the table's name.
        schema: its schema.
    """
    name = f"{_quoted(schema)}.{_quoted(table)}" if schema else _quoted(table)
    found = {}
    for line in _definition(connection, name).splitlines():
        column = _COLUMN.match(line)
        default = default_in(line[column.end() :]) if column else None
        if column and default:
            found[column[1].replace("``", "`")] = default
    return found


def _definition(connection: Connection, name: str) -> str:
    return str(_execute(connection, f"SHOW CREATE TABLE {name}").one()[1])


def default_in(definition: str) -> str | None:
    """Return the default in a column's definition from SHOW CREATE TABLE."""
    depth = 0
    default: list[str] | None = None
    for piece in _PIECE.findall(definition.rstrip(",")):
        word = piece.upper() if depth == 0 else ""
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if default is None:
            if word == "DEFAULT":
                default = []
        elif word in _AFTER:
            break
        else:
            default.append(piece)
    return None if default is None else "".join(default).strip()


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _execute(connection: Connection, sql: str) -> Any:
    return connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
