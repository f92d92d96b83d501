"""Tells whether a change of a column's type may lose values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import types as sqltypes

if TYPE_CHECKING:
    from collections.abc import Callable

_INTEGERS: Final = (sqltypes.SmallInteger, sqltypes.Integer, sqltypes.BigInteger)
#: Kinds of types -> kinds to which values cannot always be converted.
_LOSSY: Final = {
    "text": {"integer", "number", "date", "time", "boolean", "binary", "uuid"},
    "binary": {"text", "integer", "number", "date", "time", "boolean", "uuid"},
    "number": {"integer", "date", "time", "boolean"},
    "integer": {"date", "time", "boolean", "uuid"},
    "time": {"date", "integer", "number", "boolean"},
}
_KINDS: Final[tuple[tuple[type[Any], str], ...]] = (
    (sqltypes.Boolean, "boolean"),
    (sqltypes.Integer, "integer"),
    (sqltypes.Numeric, "number"),
    (sqltypes.DateTime, "time"),
    (sqltypes.Date, "date"),
    (sqltypes.Uuid, "uuid"),
    (sqltypes.LargeBinary, "binary"),
    (sqltypes.String, "text"),
)


def loss_between(old: object, new: object) -> str:
    """Return what a change of type may lose, as the end of a sentence; ``""`` if nothing.

    Args:
        old: SQLAlchemy's type before; anything else yields no loss.
        new: SQLAlchemy's type after.
    """
    if not (isinstance(old, sqltypes.TypeEngine) and isinstance(new, sqltypes.TypeEngine)):
        return ""
    old, new = _plain(old), _plain(new)
    before, after = _kind(old), _kind(new)
    if after in _LOSSY.get(before, ()):
        return f"from {old!r} to {new!r}, which fails or loses values that cannot be converted"
    if before != after or before not in _COMPARED:
        return ""
    return _COMPARED[before](old, new)


def _plain(type_: Any) -> Any:
    return type_.impl_instance if isinstance(type_, sqltypes.TypeDecorator) else type_


def _kind(type_: Any) -> str:
    return next((kind for class_, kind in _KINDS if isinstance(type_, class_)), "")


def _shorter_text(old: Any, new: Any) -> str:
    if isinstance(old, sqltypes.Enum) and isinstance(new, sqltypes.Enum):
        gone = [value for value in old.enums if value not in new.enums]
        return f"to values without {', '.join(map(repr, gone))}, so rows with them fail" * bool(
            gone
        )
    if isinstance(old, sqltypes.Enum) or isinstance(new, sqltypes.Enum) or new.length is None:
        return ""
    if old.length is not None and old.length <= new.length:
        return ""
    if old.length is None and not isinstance(old, sqltypes.Text):
        return ""
    return f"to at most {new.length} characters; longer values are cut, or the statement fails"


def _smaller_integer(old: Any, new: Any) -> str:
    sizes = [_size(each) for each in (old, new)]
    if sizes[0] <= sizes[1]:
        return ""
    return f"from {old!r} to {new!r}; larger numbers make the statement fail"


def _size(type_: Any) -> int:
    if isinstance(type_, sqltypes.BigInteger):
        return 8
    return 2 if isinstance(type_, sqltypes.SmallInteger) else 4


def _smaller_number(old: Any, new: Any) -> str:
    if isinstance(old, sqltypes.Float) or isinstance(new, sqltypes.Float):
        return ""
    if None in {old.precision, new.precision}:
        return ""
    digits = [each.precision - (each.scale or 0) for each in (old, new)]
    if digits[0] <= digits[1] and (old.scale or 0) <= (new.scale or 0):
        return ""
    return f"from {old!r} to {new!r}; values are rounded, or the statement fails"


_COMPARED: Final[dict[str, Callable[[Any, Any], str]]] = {
    "text": _shorter_text,
    "integer": _smaller_integer,
    "number": _smaller_number,
}
