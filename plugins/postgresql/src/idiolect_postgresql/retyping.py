"""What PostgreSQL does to the rows of a table when the type of a column changes.

A table is rewritten unless the new type accepts the stored values as they are. The cases are
measured on a server by the tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Enum
from sqlalchemy.exc import CompileError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

#: The results of :func:`effect`: nothing, a rewrite, and a rewrite unless the session is in UTC.
NOTHING: Final = "nothing"
REWRITE: Final = "rewrite"
REWRITE_UNLESS_UTC: Final = "rewrite unless UTC"

_NAMES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "character varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "decimal": "numeric",
    "bool": "boolean",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "bit varying": "varbit",
}
_TYPE = re.compile(
    r"(?P<name>[^()\[\]]+?)\s*(?:\((?P<arguments>[^()]*)\))?"
    r"(?P<zone>\s+with(?:out)?\s+time\s+zone)?(?P<array>(?:\s*\[\d*\])*)$",
    re.IGNORECASE,
)
_COLLATION = re.compile(r"\s+COLLATE\s+\S+$", re.IGNORECASE)
#: Types that no other common type turns into without a rewrite.
_ALWAYS_STORED_DIFFERENTLY = frozenset({
    "smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid", "json",
    "jsonb", "bytea",
})  # fmt: skip
_SHORTENING = {"varchar": 1, "varbit": 1}
_PRECISE = frozenset({
    "timestamp with time zone", "timestamp without time zone", "time with time zone",
    "time without time zone", "interval",
})  # fmt: skip
#: Decimal places of a type without an argument, which is the maximum.
_PLACES = 6
_TEXTS = frozenset({"text", "varchar", "citext"})
_ENUM: Final = "enum"
_UTC_PAIR = frozenset({"timestamp with time zone", "timestamp without time zone"})
_KNOWN = frozenset({
    *_NAMES.values(), *_TEXTS, *_ALWAYS_STORED_DIFFERENTLY, "inet", "cidr", "xml", "bit",
    "interval", _ENUM, "money", "macaddr", "tsvector",
})  # fmt: skip
_SAME_STORAGE = frozenset({("cidr", "inet"), ("xml", "text"), ("xml", "varchar")})


class SqlType(NamedTuple):
    """A type, parsed.

    Attributes:
        name: its name, of several synonyms always the same one.
        arguments: such as length or precision and scale.
        array: the brackets of an array.
        values: the name of an enum type.
    """

    name: str
    arguments: tuple[int, ...] = ()
    array: str = ""
    values: str = ""


def parsed(type_: Any, dialect: Dialect) -> SqlType | None:
    """Return a type of SQLAlchemy, or the text of one; None if it cannot be told."""
    if isinstance(type_, Enum) and type_.native_enum:
        return SqlType(_ENUM, values=type_.name or "")
    if not isinstance(type_, str):
        try:
            type_ = str(type_.compile(dialect=dialect))
        except (CompileError, NotImplementedError, AttributeError, TypeError):
            return None
    found = _TYPE.match(_COLLATION.sub("", type_.strip()))
    if found is None:
        return None
    name = " ".join((found["name"] + (found["zone"] or "")).lower().replace('"', "").split())
    given = [each.strip() for each in (found["arguments"] or "").split(",") if each.strip()]
    if not all(each.lstrip("-").isdigit() for each in given):
        return SqlType(type_.strip())
    arguments = tuple(map(int, given))
    if name == "float" and arguments:
        return SqlType("real" if arguments[0] < 25 else "double precision")  # noqa: PLR2004 - bits
    if name in {"character", "char", "bpchar", "bit"} and not arguments:
        arguments = (1,)
    if name.removesuffix(" without time zone") in {"time", "timestamp"}:
        name = name.removesuffix(" without time zone")
    return SqlType(_NAMES.get(name, name), arguments, found["array"].replace(" ", ""))


def effect(old: SqlType | None, new: SqlType) -> str | None:
    """Return what a change of type does to a table; None if it cannot be told.

    Args:
        old: the type before; None if unknown.
        new: the type after.
    """
    if old is None:
        return REWRITE if new.name in _ALWAYS_STORED_DIFFERENTLY or new.array else None
    if old == new:
        return NOTHING
    if old.array or new.array:
        return REWRITE
    if old.name == new.name:
        return NOTHING if _is_wider(old, new) else REWRITE
    return _effect_between(old, new)


def _effect_between(old: SqlType, new: SqlType) -> str | None:
    """Return the effect of a change between types of different names."""
    pair = {old.name, new.name}
    if pair <= _TEXTS or (old.name, new.name) in _SAME_STORAGE:
        return REWRITE if new.arguments else NOTHING
    if pair == _UTC_PAIR:
        return REWRITE if new.arguments else REWRITE_UNLESS_UTC
    if pair <= _KNOWN:
        return REWRITE
    # A domain, or a type of an extension; a domain keeps the values.
    is_stored_differently = new.name in _ALWAYS_STORED_DIFFERENTLY or new.name in _TEXTS
    return REWRITE if is_stored_differently else None


def is_plain_cast(using: str, column: str, new: SqlType, dialect: Dialect) -> bool:
    """Return whether an expression of USING is only the cast that PostgreSQL would do itself."""
    name = rf'"?{re.escape(column)}"?'
    text = using.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    found = re.fullmatch(
        rf"(?:{name}\s*::\s*(?P<type>[^:]+)|CAST\s*\(\s*{name}\s+AS\s+(?P<other>[^:]+)\))",
        text,
        re.IGNORECASE,
    )
    return found is not None and parsed(found["type"] or found["other"], dialect) == new


def _is_wider(old: SqlType, new: SqlType) -> bool:
    """Return whether a type accepts all values of another one with the same name."""
    if old.name in _SHORTENING:
        return not new.arguments or bool(old.arguments and new.arguments >= old.arguments)
    if old.name == "numeric":
        return _is_wider_number(old.arguments, new.arguments)
    if old.name in _PRECISE:
        before, after = (each.arguments[0] if each.arguments else _PLACES for each in (old, new))
        return after >= before
    return False


def _is_wider_number(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    if not new:
        return True
    if not old:
        return False
    (precision, scale), (new_precision, new_scale) = ((*each, 0)[:2] for each in (old, new))
    return scale == new_scale and new_precision >= precision
