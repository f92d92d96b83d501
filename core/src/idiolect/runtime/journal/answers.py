"""Results of statements, kept so that a resumed run gets the same results again.

Used by the record of a step for rows that a write of the revision returned and that an operation of
the framework read. Only types with a lossless text form are kept.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Maximum characters for the results of one entry; slightly less than MySQL's TEXT.
LONGEST_ANSWERS = 60000
#: Maximum rows of one result.
MOST_ROWS = 2000

_PLAIN = (type(None), bool, int, float, str)
_MANY: dict[str, type] = {"list": list, "tuple": tuple}
#: Type -> serialiser.
_TO_TEXT: dict[type, Callable[[Any], str]] = {
    bytes: bytes.hex,
    Decimal: str,
    uuid.UUID: str,
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}
#: Type name -> deserialiser.
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "bytes": bytes.fromhex,
    "Decimal": Decimal,
    "UUID": uuid.UUID,
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A result with rows.

    Attributes:
        description: the driver cursor's description of the columns.
        rows: all rows, as the driver returned them.
    """

    description: Sequence[Sequence[Any]]
    rows: Sequence[Sequence[Any]]

    def data(self) -> Any:
        """Return it as JSON-compatible data; None if it cannot be serialised."""
        if len(self.rows) > MOST_ROWS:
            return None
        try:
            values = [[_kept(value) for value in row] for row in self.rows]
        except KeyError:
            return None
        columns = [[each[0], each[1] if type(each[1]) in _PLAIN else None] for each in self.columns]
        return [columns, values]

    @property
    def columns(self) -> list[tuple[Any, ...]]:
        """The description as plain tuples; some drivers use their own classes."""
        return [tuple(each) for each in self.description]


def rows_from(data: Any) -> Rows:
    """Return the Rows that :meth:`Rows.data` serialised."""
    columns, values = data
    description = [(name, code, None, None, None, None, None) for name, code in columns]
    return Rows(description, [tuple(map(_given, row)) for row in values])


def _kept(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return ["dict", [[_kept(key), _kept(each)] for key, each in value.items()]]
    if kind in _MANY.values():
        return [kind.__name__, [_kept(each) for each in value]]
    return [kind.__name__, _TO_TEXT[kind](value)]


def _given(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, held = value
    if kind == "dict":
        return {_given(key): _given(each) for key, each in held}
    if kind in _MANY:
        return _MANY[kind](map(_given, held))
    return _FROM_TEXT[kind](held)


@dataclass(slots=True)
class Answers:
    """The results that belong to one write.

    Attributes:
        own: the write's own result.
        reads: fingerprint and rows of each read since the previous write; None: too many rows.
    """

    own: Rows | None = None
    reads: list[tuple[str, Rows | None]] = field(default_factory=list)

    def text(self) -> str | None:
        """Return them as JSON, ``""`` if there are none; None if they cannot be kept."""
        if self.own is None and not self.reads:
            return ""
        own = None if self.own is None else self.own.data()
        reads = [(key, rows and rows.data()) for key, rows in self.reads]
        is_lost = self.own is not None and own is None
        if is_lost or any(data is None for _key, data in reads):
            return None
        text = json.dumps({"own": own, "reads": reads})
        return text if len(text) <= LONGEST_ANSWERS else None


def answers_from(text: str) -> Answers:
    """Return the Answers that :meth:`Answers.text` serialised."""
    if not text:
        return Answers()
    found = json.loads(text)
    own = None if found["own"] is None else rows_from(found["own"])
    return Answers(own, [(each, rows_from(data)) for each, data in found["reads"]])
