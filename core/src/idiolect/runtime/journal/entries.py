"""Entries of the journal: one write of a revision each, told apart by a fingerprint."""

from __future__ import annotations

import hashlib
import json
import marshal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: States: sent, and not known to be done; done; taken for done by a person, whatever it was.
INTENT, DONE, ACCEPTED = "intent", "done", "accepted"
#: A note that a person has accepted.
ACCEPTED_NOTE = "accepted"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write.

    Attributes:
        seq: its number within the revision's function, from 1.
        revision: the id of the revision.
        direction: ``upgrade`` or ``downgrade``.
        fingerprint: of SQL and parameters.
        state: ``intent``, ``done`` or ``accepted``.
        definition: JSON of what the statement changes and the definitions before it; ``""``
            where its outcome cannot be told from a definition.
        result: JSON of what the driver's cursor answered.
        statement: the beginning of the SQL.
        place: file and line in the revision.
        note: why a resumed run may not repeat what led to the write; ``""`` where it does.
        session: the server's name of the connection that wrote.
    """

    seq: int
    revision: str
    direction: str
    fingerprint: str
    state: str
    definition: str = ""
    result: str = ""
    statement: str = ""
    place: str = ""
    note: str = ""
    session: str = ""

    @property
    def before(self) -> dict[str, str] | None:
        """The definitions before the statement; None where these tell nothing."""
        if not self.definition:
            return None
        found: dict[str, str] = json.loads(self.definition)
        return found

    @property
    def answer(self) -> dict[str, Any]:
        """What the cursor answered, by attribute."""
        found: dict[str, Any] = json.loads(self.result) if self.result else {}
        return found

    def described(self) -> str:
        """Return the entry in words, for messages."""
        place = f" ({self.place})" if self.place else ""
        return f"write {self.seq}: {self.statement}{place}"


def entry_from(row: Mapping[str, Any]) -> Entry:
    """Return the entry of a row; some databases keep an empty text as NULL."""
    values: dict[str, Any] = {name: "" if value is None else value for name, value in row.items()}
    return Entry(**values)


def fingerprint(sql: str, parameters: Any) -> str:
    """Return a text that is the same for the same SQL and parameters, in any process."""
    try:
        # The second format has no back references, which depend on who else holds an object.
        values = marshal.dumps(parameters, 2) if parameters else b""
    except ValueError:
        values = repr(parameters).encode(errors="backslashreplace")
    return hashlib.sha1(sql.encode() + b"\0" + values, usedforsecurity=False).hexdigest()


def cursor_result(cursor: Any) -> str:
    """Return what a driver's cursor answers to those who ask how a write went."""
    found = {name: getattr(cursor, name, None) for name in ("rowcount", "lastrowid")}
    return json.dumps({name: value for name, value in found.items() if isinstance(value, int)})
