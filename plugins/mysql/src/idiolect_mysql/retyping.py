"""Whether MySQL or MariaDB copies a table when the type of a column changes.

Sources: "Online DDL Operations" in MySQL's reference manual; for MariaDB, the tests measure it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import CompileError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

_TYPE = re.compile(
    r"(?P<name>[a-z]+(?:\s+precision)?)\s*(?:\((?P<arguments>(?:'(?:[^']|'')*'|[^()'])*)\))?"
    r"(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"'(?:[^']|'')*'")
_NAMES = {
    "integer": "int",
    "numeric": "decimal",
    "dec": "decimal",
    "double precision": "double",
    "real": "double",
    "nvarchar": "varchar",
}
_DEFAULTS = {"decimal": "10,0", "char": "1", "bit": "1"}
_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_GROWING = frozenset({"varchar", "varbinary"})
_LISTS = frozenset({"enum", "set"})
#: The length in bytes from which MySQL stores the length of a value in two bytes.
_TWO_BYTES = 256
#: Bytes of a character in utf8mb4, the default of both servers.
_WIDEST = 4


class SqlType(NamedTuple):
    """A type, parsed.

    Attributes:
        name: its name, of several synonyms always the same one.
        arguments: the text in parentheses.
        rest: what follows, such as UNSIGNED or the character set.
    """

    name: str
    arguments: str
    rest: str


def parsed(type_: Any, dialect: Dialect) -> SqlType | None:
    """Return a type of SQLAlchemy, or the text of one; None if it cannot be told."""
    if not isinstance(type_, str):
        try:
            type_ = str(type_.compile(dialect=dialect))
        except (CompileError, NotImplementedError, AttributeError, TypeError):
            return None
    found = _TYPE.match(type_.strip())
    if found is None:
        return None
    name = " ".join(found["name"].lower().split())
    arguments = found["arguments"] or ""
    if name in {"bool", "boolean"}:
        name, arguments = "tinyint", "1"
    name = _NAMES.get(name, name)
    if name in _INTEGERS:
        arguments = ""
    elif name not in _LISTS:
        arguments = arguments.replace(" ", "") or _DEFAULTS.get(name, "")
    return SqlType(name, arguments, " ".join(found["rest"].lower().split()))


def copies(old: SqlType | None, new: SqlType, *, is_mariadb: bool) -> bool | None:
    """Return whether a change of type copies the table; None if it cannot be told.

    Args:
        old: the type before; None if unknown.
        new: the type after.
        is_mariadb: whether the server is MariaDB.
    """
    if old is None:
        return None if new.name in _GROWING | _LISTS | {"char", "binary"} else True
    if old == new:
        return False
    if old.name != new.name or old.rest != new.rest:
        return True
    if new.name in _LISTS:
        values, values_after = (_VALUE.findall(each.arguments) for each in (old, new))
        return values_after[: len(values)] != values
    if new.name not in _GROWING:
        return True
    before, after = _length(old), _length(new)
    if after < before:
        return True
    return not is_mariadb and before < _TWO_BYTES <= after


def _length(type_: SqlType) -> int:
    """Return the maximum length in bytes, in the default character set."""
    characters = int(type_.arguments) if type_.arguments.isdigit() else 0
    return characters * (_WIDEST if type_.name == "varchar" else 1)
