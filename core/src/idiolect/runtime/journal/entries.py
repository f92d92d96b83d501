"""Entries of the journal: one write of a revision each, told apart by a fingerprint."""

from __future__ import annotations

import hashlib
import json
import marshal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idiolect.runtime.journal.answers import Answers, answers_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: States: sent, and not known to be done; done; taken for done by a person, whatever it was.
INTENT, DONE, ACCEPTED = "intent", "done", "accepted"
#: Rows that are looked at together.
_ROWS = 1000
#: Characters of a definition.
LONGEST_DEFINITION = 3000
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
        definition: JSON of the names of what a statement about the schema changes, or null where
            that cannot be told, and of the definitions that were seen before it: of these, and
            of what the one before it changed.
        result: JSON of what the driver's cursor answered.
        statement: the beginning of the SQL.
        place: file and line in the revision.
        note: why a resumed run may not repeat what led to the write; ``""`` where it does.
        server_session: the server's name of the connection that wrote.
        answers: JSON of the rows that were read and returned, see :mod:`.answers`.
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
    server_session: str = ""
    answers: str = ""

    @property
    def before(self) -> dict[str, str] | None:
        """The definitions of what it changes before it; None where these tell nothing."""
        found = self._definition
        if found is None or found["own"] is None:
            return None
        return {name: found["seen"][name] for name in found["own"]}

    @property
    def seen(self) -> dict[str, str]:
        """All definitions that were looked at before it."""
        found = self._definition
        return {} if found is None else found["seen"]

    @property
    def _definition(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = json.loads(self.definition) if self.definition else None
        return found

    @property
    def answer(self) -> dict[str, Any]:
        """What the cursor answered, by attribute."""
        found: dict[str, Any] = json.loads(self.result) if self.result else {}
        return found

    @property
    def answers_kept(self) -> Answers:
        """The rows that were read and returned."""
        return answers_from(self.answers)

    def described(self) -> str:
        """Return the entry in words, for messages."""
        place = f" ({self.place})" if self.place else ""
        return f"write {self.seq}: {self.statement}{place}"


def in_words(writes: int) -> str:
    """Return a number of writes, for messages."""
    return "1 write" if writes == 1 else f"{writes} writes"


def entry_from(row: Mapping[str, Any]) -> Entry:
    """Return the entry of a row; some databases keep an empty text as NULL."""
    values: dict[str, Any] = {name: "" if value is None else value for name, value in row.items()}
    return Entry(**values)


def fingerprint(sql: str, parameters: Any) -> str:
    """Return a text that is the same for the same SQL and parameters, in any process."""
    found = hashlib.sha1(sql.encode(errors="backslashreplace"), usedforsecurity=False)
    if isinstance(parameters, list) and len(parameters) > _ROWS:
        # In portions, as their bytes together may be many.
        for start in range(0, len(parameters), _ROWS):
            found.update(_as_bytes(parameters[start : start + _ROWS]))
    elif parameters:
        found.update(_as_bytes(parameters))
    return found.hexdigest()


def _as_bytes(parameters: Any) -> bytes:
    try:
        # The second format has no back references, which depend on who else holds an object.
        return b"\0" + marshal.dumps(parameters, 2)
    except ValueError:
        return b"\1" + repr(parameters).encode(errors="backslashreplace")


def result_text(rowcount: Any, lastrowid: Any) -> str:
    """Return what an entry keeps of what a cursor answered to those who ask how a write went."""
    found = {"rowcount": rowcount, "lastrowid": lastrowid}
    return json.dumps({name: value for name, value in found.items() if isinstance(value, int)})


def definition_text(own: Iterable[str] | None, seen: Mapping[str, str]) -> str:
    """Return what an entry keeps of definitions; nothing where that is too long."""
    text = json.dumps({"own": None if own is None else [*own], "seen": dict(seen)})
    return text if len(text) <= LONGEST_DEFINITION else ""
