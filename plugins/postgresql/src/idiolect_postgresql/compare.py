"""What PostgreSQL tells of its tables in other words than the model.

Defaults are compared by the database itself; expressions of indexes by their text without casts,
parentheses and quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy import Index, Table, UniqueConstraint
    from sqlalchemy.engine import Connection, Dialect

_SEQUENCE = re.compile(r"nextval\('(?P<name>.+?)'::regclass\)")
_CAST = re.compile(r"::[\w ]+(?:\[\])?(?:\([\d, ]*\))?")

_CAST_CALL = re.compile(r"\bcast\((.+?) as [\w ]+(?:\([\d, ]*\))?\)")
_ORDER = re.compile(r"(?: asc| desc)?(?: nulls (?:first|last))?$")
#: PostgreSQL sorts NULL as the greatest, and does not tell what is so of itself.
_USUAL_ORDER = {
    "asc": "",
    "asc nulls last": "",
    "nulls last": "",
    "asc nulls first": "nulls first",
    "desc nulls first": "desc",
}


def forget_own_sequence(table: Table, column_info: dict[str, Any]) -> None:
    """Take the default off a column that is SERIAL: it is the type's, not the model's."""
    default = column_info.get("default")
    found = _SEQUENCE.match(default) if isinstance(default, str) else None
    if found is None or not isinstance(column_info["type"], (Integer, BigInteger)):
        return
    name = found["name"].rpartition(".")[2].strip('"')
    if name == f"{table.name}_{column_info['name']}_seq":
        del column_info["default"]


def defaults_differ(
    connection: Connection, column: Column[Any], model: str | None, reflected: str | None
) -> bool:
    """Ask the database whether two defaults have the same value; by their text if it cannot."""
    if model is None or reflected is None:
        return model is not reflected
    if column.primary_key and column is column.table._autoincrement_column:  # noqa: SLF001 - nowhere public
        return False
    if _plain(model) == _plain(reflected):
        return False
    try:
        with connection.begin_nested():
            same = connection.scalar(text(f"SELECT {_safe(reflected)} = {_safe(model)}"))
    except DBAPIError:
        return True
    return not same


def _safe(sql: str) -> str:
    return sql.replace("\\", "\\\\").replace(":", "\\:")


def _plain(sql: str) -> str:
    """Return SQL without casts, parentheses around the whole, and differences of white space."""
    return re.sub(r"\s+", "", _CAST.sub("", sql)).strip("()").lower()


def plain_expression(sql: str) -> str:
    """Return an expression of an index without what PostgreSQL writes differently."""
    return re.sub(r"[\s()\"]+", "", _CAST.sub("", sql)).lower()


def elements_of(index: Index, dialect: Dialect) -> list[str]:
    """Return what is indexed, in order, as text that can be compared."""
    return [_element(element, index, dialect) for element in index.expressions]


def _element(element: Any, index: Index, dialect: Dialect) -> str:
    """Return a column or expression without what PostgreSQL writes differently, and its order."""
    compiled = element.compile(
        dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": False}
    )
    sql = re.sub(r"\s+", " ", str(compiled)).lower().strip()
    if index.table is not None:
        sql = sql.replace(f"{index.table.name.lower()}.", "")
    order = _ORDER.search(sql)
    words = " ".join(order.group().split()) if order else ""
    plain = _CAST_CALL.sub(r"\1", sql[: order.start()] if order else sql)
    return " ".join(filter(None, [plain_expression(plain), _USUAL_ORDER.get(words, words)]))


def option_differences(model: Any, reflected: Any) -> list[str]:
    """Return in words how INCLUDE and NULLS NOT DISTINCT of two items differ."""
    found = []
    for option in ("include", "nulls_not_distinct"):
        before, after = _option(reflected, option), _option(model, option)
        if before != after:
            found.append(f"postgresql_{option} {before!r} to {after!r}")
    return found


def _option(item: Index | UniqueConstraint, name: str) -> Any:
    value = item.dialect_options["postgresql"].get(name)
    if name == "include":
        return [getattr(column, "name", column) for column in value or ()]
    return bool(value)
