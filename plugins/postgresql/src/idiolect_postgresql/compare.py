"""Compares what PostgreSQL reports differently from how models declare it.

Defaults are compared by the database itself; expressions of indexes by their text without casts,
parentheses and quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import BigInteger, Column, Integer, TextClause, text
from sqlalchemy.exc import DBAPIError

from idiolect.ddl.wording import Pair
from idiolect.util.colons import escape_colons
from idiolect_postgresql.names import LONGEST
from idiolect_postgresql.wording import sql_of

if TYPE_CHECKING:
    from collections.abc import Container

    from sqlalchemy import Index, Table, UniqueConstraint
    from sqlalchemy.engine import Connection, Dialect

_IS_NOT_NULL = text(
    """
    SELECT attnotnull FROM pg_attribute
    WHERE attrelid = to_regclass(:table) AND attname = CAST(:column AS name)
    """
)
# A table or column with a declared rename does not exist yet: then any owner or column counts.
_IS_OWNED = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM pg_depend d
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = to_regclass(:sequence)
          AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
          AND (to_regclass(:table) IS NULL OR d.refobjid = to_regclass(:table)
               AND (a.attname = CAST(:column AS name) OR NOT EXISTS (
                   SELECT 1 FROM pg_attribute o
                   WHERE o.attrelid = d.refobjid AND o.attname = CAST(:column AS name))))
    )
    """
)
_SEQUENCE = re.compile(r"nextval\('(?P<name>(?:[^']|'')+)'::regclass\)")
_PART_OF_NAME = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')
_NULL = re.compile(r"\(*null(?:::[\w .,\"()\[\]]+)?\)*", re.IGNORECASE)
#: A time zone that no session uses; its offset (5:45 hours) differs from all others.
_ODD_ZONE = "SET LOCAL TimeZone = 'Asia/Kathmandu'"
_FLOAT = re.compile(r"\bfloat\((\d+)\)")
_DIMENSIONS = re.compile(r"(?:\[\])+")
#: Before 2.0.45, SQLAlchemy does not reflect the collations of columns.
REFLECTS_COLLATIONS = tuple(map(int, re.findall(r"\d+", sqlalchemy.__version__)[:3])) >= (2, 0, 45)
_COLLATION = re.compile(r' collate (?:"(?:[^"]|"")*"\.?|[\w$]+\.?)+')
#: FLOAT(p) with more bits is DOUBLE PRECISION, otherwise REAL.
_REAL_BITS = 24
_CAST = re.compile(r"::[\w ]+(?:\[\])?(?:\([\d, ]*\))?")

_LITERAL = re.compile(r"('(?:[^']|'')*')")
_WORD = r'(?:"(?:[^"]|"")+"|\w+)'
_TYPE_CAST = re.compile(
    rf"::{_WORD}(?:\.{_WORD})*(?: varying| precision)?(?:\(\d+(?:, ?\d+)?\))?"
    r"(?: with(?:out)? time zone)?(?:\[\])*"
)
_CAST_CALL = re.compile(r"\bcast\((.+?) as [\w ]+(?:\([\d, ]*\))?\)")
_ORDER = re.compile(r"(?: asc| desc)?(?: nulls (?:first|last))?$")
#: A word after a column or a parenthesis; all built-in operator classes end like this.
_OPERATOR_CLASS = re.compile(r"[\s)]\w+_ops$", re.IGNORECASE)
#: PostgreSQL sorts NULL as the largest value, and does not report this default.
_USUAL_ORDER = {
    "asc": "",
    "asc nulls last": "",
    "nulls last": "",
    "asc nulls first": "nulls first",
    "desc nulls first": "desc",
}


def forget_own_sequence(connection: Connection, table: Table, column_info: dict[str, Any]) -> None:
    """Remove the default of a SERIAL column: it belongs to the type.

    The sequence keeps its name if the table or the column is renamed, but the column still owns it.
    """
    default, name = column_info.get("default"), column_info["name"]
    if not isinstance(default, str) or not isinstance(column_info["type"], (Integer, BigInteger)):
        return
    found = _SEQUENCE.fullmatch(default)
    if found is None:
        return
    if not is_own_sequence(default, table.name, name):
        place = {
            "table": sql_of(connection, connection.dialect.identifier_preparer.format_table(table)),
            "column": name,
            "sequence": found["name"].replace("''", "'"),
        }
        if not connection.scalar(_IS_OWNED, place):
            return
    del column_info["default"]


def is_own_sequence(default: str, table: str, column: str) -> bool:
    """Return whether a default uses the sequence created for a SERIAL column."""
    found = _SEQUENCE.match(default)
    if found is None:
        return False
    quoted, plain = _PART_OF_NAME.findall(found["name"].replace("''", "'"))[-1]
    return bool((plain or quoted.replace('""', '"')) == _own_sequence(table, column))


def forget_domain(connection: Connection, table: Table, column_info: dict[str, Any]) -> None:
    """Remove a domain's properties from its column, where SQLAlchemy reports them."""
    domain = column_info["type"]
    if domain.default is not None and column_info.get("default") == domain.default:
        del column_info["default"]
    if domain.not_null:
        name = connection.dialect.identifier_preparer.format_table(table)
        wanted = {"table": sql_of(connection, name), "column": column_info["name"]}
        column_info["nullable"] = not connection.scalar(_IS_NOT_NULL, wanted)


def _own_sequence(table: str, column: str) -> str:
    """Return the name that PostgreSQL gives to the sequence of a SERIAL column.

    Source: makeObjectName() in PostgreSQL's source: the longer of the two names is truncated first.
    """
    one, other = table.encode(), column.encode()
    while len(one) + len(other) + len("__seq") > LONGEST:
        if len(one) > len(other):
            one = one[:-1]
        else:
            other = other[:-1]
    return f"{one.decode(errors='ignore')}_{other.decode(errors='ignore')}_seq"


def stored_type(text: str) -> str:
    """Return the text of a type as PostgreSQL reports it for a column.

    Source: "Floating-Point Types" and "Arrays" in PostgreSQL's manual: the number of dimensions is
    not stored.
    """
    text = _FLOAT.sub(
        lambda found: "real" if int(found[1]) <= _REAL_BITS else "double precision", text.lower()
    )
    if not REFLECTS_COLLATIONS:
        text = _COLLATION.sub("", text)
    return _DIMENSIONS.sub("[]", text)


def is_null(default: str | None) -> bool:
    """Return whether a default is NULL, which is equivalent to none.

    PostgreSQL stores it, with a cast, if the column's type has a length or a precision.
    """
    return default is not None and _NULL.fullmatch(default.strip()) is not None


def defaults_differ(
    connection: Connection, column: Column[Any], model: str | None, reflected: str | None
) -> bool:
    """Return whether two defaults differ in value; in text if they cannot be evaluated."""
    if model is None or reflected is None:
        return model is not reflected
    if column.primary_key and column is column.table._autoincrement_column:  # noqa: SLF001 - nowhere public
        return False
    if _plain(model) == _plain(reflected):
        return False
    # Values of types other than text are unquoted, such as the interval in '14 days'.
    literal = "'" + model.replace("'", "''") + "'"
    for wanted in (model, literal):
        try:
            with connection.begin_nested() as savepoint:
                # Defaults must not be equal only because the session's time zone is UTC.
                connection.exec_driver_sql(_ODD_ZONE)
                same = connection.scalar(text(escape_colons(f"SELECT {reflected} = {wanted}")))
                savepoint.rollback()
        except DBAPIError:
            continue
        return not same
    return True


def _plain(sql: str) -> str:
    """Return SQL without casts, outer parentheses and white space differences.

    Literals are kept unchanged.
    """
    pieces = _LITERAL.split(sql)
    pieces[::2] = [re.sub(r"\s+", "", _CAST.sub("", piece)).lower() for piece in pieces[::2]]
    return "".join(pieces).strip("()")


def plain_computed(sql: str) -> str:
    """Return the expression of a computed column without casts, parentheses and white space.

    PostgreSQL reports it with a cast at each literal and column. Literals are kept unchanged.
    """
    pieces = _LITERAL.split(_TYPE_CAST.sub("", sql))
    pieces[::2] = [re.sub(r'[\s()"]+', "", piece).lower() for piece in pieces[::2]]
    return "".join(pieces)


def plain_expression(sql: str) -> str:
    """Return an expression of an index in a normalised form."""
    return re.sub(r"[\s()\"]+", "", _CAST.sub("", sql)).lower()


def elements_of(index: Index, dialect: Dialect) -> list[str]:
    """Return the elements of an index, in order, as comparable text."""
    return [_element(element, index, dialect) for element in index.expressions]


def readable_elements(index: Index, dialect: Dialect) -> str:
    """Return the elements of an index for a message."""
    return f"({', '.join(_compiled(element, dialect) for element in index.expressions)})"


def _compiled(element: Any, dialect: Dialect) -> str:
    compiled = element.compile(
        dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": False}
    )
    return re.sub(r"\s+", " ", str(compiled)).strip()


def _element(element: Any, index: Index, dialect: Dialect) -> str:
    """Return a column or expression in a normalised form, with its order."""
    sql = _compiled(element, dialect).lower()
    if index.table is not None:
        sql = sql.replace(f"{index.table.name.lower()}.", "")
    order = _ORDER.search(sql)
    words = " ".join(order.group().split()) if order else ""
    plain = _CAST_CALL.sub(r"\1", sql[: order.start()] if order else sql)
    return " ".join(filter(None, [plain_expression(plain), _USUAL_ORDER.get(words, words)]))


def where_pair(impl: Any, model: Index, reflected: Index) -> Pair:
    """Return the WHERE clauses of two indexes, both of which have one."""
    wheres = [one.dialect_options["postgresql"]["where"] for one in (model, reflected)]
    words = [one if isinstance(one, str) else impl.render_ddl_sql_expr(one) for one in wheres]
    table: Any = reflected.table
    return Pair("index_where", table, "", *words)


def parts_with_operator_class(index: Index) -> dict[int, str]:
    """Return the elements whose text names an operator class, by position."""
    texts = {
        place: part.text.strip()
        for place, part in enumerate(index.expressions)
        if isinstance(part, TextClause)
    }
    return {place: sql for place, sql in texts.items() if _OPERATOR_CLASS.search(sql)}


def without(parts: list[str], places: Container[int]) -> list[str]:
    """Return the elements at all other positions, in order."""
    return [part for place, part in enumerate(parts) if place not in places]


def timing_difference(model: UniqueConstraint, reflected: UniqueConstraint) -> str | None:
    """Describe how the times differ at which two constraints are checked; None if they do not."""
    before, after = _timing(reflected), _timing(model)
    return None if before == after else f"{before} to {after}"


def _timing(constraint: UniqueConstraint) -> str:
    if (constraint.initially or "").upper() == "DEFERRED":
        return "INITIALLY DEFERRED"
    return "DEFERRABLE" if constraint.deferrable else "NOT DEFERRABLE"


def option_differences(model: Any, reflected: Any) -> list[str]:
    """Describe how INCLUDE and NULLS NOT DISTINCT of two items differ."""
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
