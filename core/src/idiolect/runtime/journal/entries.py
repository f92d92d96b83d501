"""Journal entries: one per write of a revision, identified by a fingerprint."""

from __future__ import annotations

import hashlib
import json
import marshal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idiolect.runtime.journal.answers import Answers, answers_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: States: sent, outcome unknown; done; accepted as done by the user, whatever it was.
INTENT, DONE, ACCEPTED = "intent", "done", "accepted"
#: Number of parameter rows that are hashed together.
_ROWS = 1000
#: Maximum characters of a definition.
LONGEST_DEFINITION = 3000
#: A note that the user has accepted.
ACCEPTED_NOTE = "accepted"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write.

    Attributes:
        seq: its number within the revision's function, from 1.
        revision: the id of the revision.
        direction: ``upgrade`` or ``downgrade``.
        fingerprint: hash of SQL and parameters.
        state: ``intent``, ``done`` or ``accepted``.
        definition: JSON of the names of the objects that a DDL statement changes (null if
            unknown), and of the definitions read before it: of these objects, and of those that
            the previous statement changed.
        result: JSON of the driver cursor's attributes.
        statement: the beginning of the SQL.
        place: file and line in the revision.
        note: why a resumed run cannot repeat what led to the write; ``""`` if it can.
        server_session: the server's identifier of the session that wrote.
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
        """The definitions, before the write, of the objects it changes; None if inconclusive."""
        found = self._definition
        if found is None or found["own"] is None:
            return None
        return {name: found["seen"][name] for name in found["own"]}

    @property
    def seen(self) -> dict[str, str]:
        """All definitions that were read before it."""
        found = self._definition
        return {} if found is None else found["seen"]

    @property
    def _definition(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = json.loads(self.definition) if self.definition else None
        return found

    @property
    def answer(self) -> dict[str, Any]:
        """The cursor's attributes by name."""
        found: dict[str, Any] = json.loads(self.result) if self.result else {}
        return found

    @property
    def answers_kept(self) -> Answers:
        """The rows that were read and returned."""
        return answers_from(self.answers)

    def described(self) -> str:
        """Return a description of the entry, for messages."""
        place = f" ({self.place})" if self.place else ""
        return f"write {self.seq}: {self.statement}{place}"


def in_words(writes: int) -> str:
    """Return a number of writes as text, for messages."""
    return "1 write" if writes == 1 else f"{writes} writes"


def entry_from(row: Mapping[str, Any]) -> Entry:
    """Create an entry from a row; some databases store an empty string as NULL."""
    values: dict[str, Any] = {name: "" if value is None else value for name, value in row.items()}
    return Entry(**values)


def fingerprint(sql: str, parameters: Any) -> str:
    """Return a hash of SQL and parameters that is stable across processes."""
    found = hashlib.sha1(sql.encode(errors="backslashreplace"), usedforsecurity=False)
    if isinstance(parameters, list) and len(parameters) > _ROWS:
        # In chunks, as the serialised parameters can be large.
        for start in range(0, len(parameters), _ROWS):
            found.update(_as_bytes(parameters[start : start + _ROWS]))
    elif parameters:
        found.update(_as_bytes(parameters))
    return found.hexdigest()


def _as_bytes(parameters: Any) -> bytes:
    try:
        # Version 2 has no back references, which depend on the reference counts of objects.
        return b"\0" + marshal.dumps(parameters, 2)
    except ValueError:
        return b"\1" + repr(parameters).encode(errors="backslashreplace")


def result_text(rowcount: Any, lastrowid: Any) -> str:
    """Serialise the cursor attributes that report the effect of a write."""
    found = {"rowcount": rowcount, "lastrowid": lastrowid}
    return json.dumps({name: value for name, value in found.items() if isinstance(value, int)})


def definition_text(own: Iterable[str] | None, seen: Mapping[str, str]) -> str:
    """Serialise definitions; return an empty text if that is too long."""
    text = json.dumps({"own": None if own is None else [*own], "seen": dict(seen)})
    return text if len(text) <= LONGEST_DEFINITION else ""
