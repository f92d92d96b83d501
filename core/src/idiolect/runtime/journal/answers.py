"""What statements answered, kept so that a resumed run is answered the same.

Used by the record of a step with rows, for what a write of the revision returns and for what an
operation of the framework reads. Only plain values are kept: others have no text that gives them
back as they were.
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

#: Characters of the answers of one entry; MySQL's TEXT takes some more.
LONGEST_ANSWERS = 60000
#: Rows of one answer, at most.
MOST_ROWS = 2000

_PLAIN = (type(None), bool, int, float, str)
_MANY: dict[str, type] = {"list": list, "tuple": tuple}
#: Type -> how a value becomes a text.
_TO_TEXT: dict[type, Callable[[Any], str]] = {
    bytes: bytes.hex,
    Decimal: str,
    uuid.UUID: str,
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}
#: Name of a type -> how the text becomes a value.
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
    """An answer with rows.

    Attributes:
        description: what the driver's cursor told of the columns.
        rows: all of them, as the driver gave them.
    """

    description: Sequence[Sequence[Any]]
    rows: Sequence[Sequence[Any]]

    def data(self) -> Any:
        """Return what JSON can hold of it; None where it cannot be kept."""
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
        """The description in plain tuples; some drivers have objects of their own."""
        return [tuple(each) for each in self.description]


def rows_from(data: Any) -> Rows:
    """Return what :meth:`Rows.data` was made of."""
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
    """The answers that go with one write.

    Attributes:
        own: what the write itself returned.
        reads: fingerprint and rows of each read since the write before; None for too many rows.
    """

    own: Rows | None = None
    reads: list[tuple[str, Rows | None]] = field(default_factory=list)

    def text(self) -> str | None:
        """Return them as JSON, ``""`` where there are none; None where they cannot be kept."""
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
    """Return what :meth:`Answers.text` was made of."""
    if not text:
        return Answers()
    found = json.loads(text)
    own = None if found["own"] is None else rows_from(found["own"])
    return Answers(own, [(each, rows_from(data)) for each, data in found["reads"]])
