"""Compares the entries of an unfinished run with the run that resumes it.

Used by the record of a step. Any mismatch stops the run before it changes anything, with a message
that names the operation and the commands to choose from.
"""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from idiolect.errors import UnfinishedRevisionError
from idiolect.runtime.journal.entries import (
    ACCEPTED,
    ACCEPTED_NOTE,
    INTENT,
    Entry,
    fingerprint,
    in_words,
)
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import pause
from idiolect.util.statements import brief

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from idiolect.hooks.journal import JournalSupport
    from idiolect.runtime.journal.answers import Rows
    from idiolect.runtime.journal.calls import Subject

log = Log("runtime.journal")

#: Seconds to wait for a statement of a dead client, and between two checks.
_PATIENCE, _BETWEEN = 600.0, 0.2


def wait_for_session(
    connection: Connection, support: JournalSupport, session: str, label: str
) -> None:
    """Wait until the server has finished a statement of a client that is gone.

    Leaves no transaction open between checks, because the statement may wait for its end.

    Args:
        connection: the migrating connection.
        support: the dialect's journal support.
        session: the server's identifier of the earlier run's session; ``""`` if there is none.
        label: the unfinished function, for messages.

    Raises:
        UnfinishedRevisionError: it takes too long.
    """
    until = time.monotonic() + _PATIENCE
    theirs = connection.in_transaction()
    said = False
    while session and support.is_running(connection, session):
        if not said:
            log.warning(
                "The earlier run's session %s is still executing a statement; waiting for it",
                session,
            )
            said = True
        if time.monotonic() > until:
            raise UnfinishedRevisionError(
                f"{label} was left unfinished by an earlier run, whose session {session} is still "
                "executing a statement. Wait until it ends, or terminate it, and run this again.",
                entry=0,
            )
        if not theirs:
            connection.rollback()
        pause(connection, _BETWEEN)


_REMOVES = re.compile(r"^\s*DROP\b|\bRENAME\b", re.IGNORECASE)
_RENAMES = re.compile(r"\bRENAME\b", re.IGNORECASE)
#: Statements that create a definition that did not exist before.
_ADDS = re.compile(r"^\s*(?:CREATE\b|ALTER\s+TABLE\s+\S+\s+ADD\b)", re.IGNORECASE)


class Earlier:
    """The entries of an earlier run.

    Args:
        subject: the function that wrote them.
        entries: ordered by number.

    Attributes:
        undone: whether the table has entries of writes that were not executed.
    """

    def __init__(self, subject: Subject, entries: list[Entry]) -> None:
        self._subject = subject
        self._entries = _without_gaps(entries)
        self._error: UnfinishedRevisionError | None = None
        self._reads: tuple[int, deque[tuple[str, Rows | None]]] = (0, deque())
        self.undone = False

    def settle(self, connection: Connection, support: JournalSupport) -> None:
        """Determine whether the write in flight was executed.

        Raises:
            UnfinishedRevisionError: this cannot be determined, or an unrepeatable read precedes it.
        """
        if not self._entries:
            return
        for entry in self._entries:
            if entry.note not in {"", ACCEPTED_NOTE}:
                raise self._stop(
                    f"The revision {entry.note}, before {entry.described()}: what it found may "
                    "be different now, and with it what the revision does",
                    entry.seq,
                )
        self._check_definitions(connection, support)
        last = self._entries[-1]
        if last.state == INTENT:
            self._settle_last(last, connection, support)
        log.info(
            "Resuming %s after %s of an earlier run",
            self._subject.label,
            in_words(len(self._entries)),
        )

    def _check_definitions(self, connection: Connection, support: JournalSupport) -> None:
        """Raise if recorded changes were undone by hand.

        Only a definition that was already replaced proves that: others change with the objects they
        refer to, and a dropped object is as absent as before its creation.
        """
        known: dict[str, list[str]] = {}
        for entry in self._entries:
            for name, text in entry.seen.items():
                known.setdefault(name, []).append(text)
        removes = any(_REMOVES.search(entry.statement) for entry in self._entries)
        # An object renamed to the name of another may have the same definition.
        renamings = "; ".join(
            each.statement for each in self._entries if _RENAMES.search(each.statement)
        )
        now = support.definitions(connection, known) if known else {}
        for name, texts in known.items():
            found = now.get(name, "")
            if found == texts[-1] or found not in texts or (removes and not found):
                continue
            if self._may_lead_to(name, found) or name.rpartition(" ")[2] in renamings:
                continue
            raise self._stop(
                f"{name} is as it was before writes that are recorded as done, so they have been "
                "undone",
                0,
            )

    def _may_lead_to(self, name: str, found: str) -> bool:
        """Return whether the write in flight may have restored the earlier definition."""
        last = self._entries[-1]
        before = last.before or {}
        if last.state != INTENT or name not in before:
            return False
        if not before[name] or not _ADDS.match(last.statement):
            return True
        for number, entry in enumerate(self._entries[:-1], 1):
            same = entry.fingerprint == last.fingerprint
            if same and (entry.before or {}).get(name) == before[name]:
                later = (each.seen[name] for each in self._entries[number:] if name in each.seen)
                return next(later, None) == found
        return False

    def _settle_last(self, last: Entry, connection: Connection, support: JournalSupport) -> None:
        before = last.before
        outcome = None if before is None else support.outcome(connection, before)
        if outcome is None:
            raise self._stop(
                f"It is unknown whether the last statement was executed, {last.described()}",
                last.seq,
            )
        if not outcome:
            self._entries.pop()
            self.undone = True

    @property
    def count(self) -> int:
        """The number of writes to skip."""
        return len(self._entries)

    def left(self, number: int) -> bool:
        """Return whether a write is among the recorded ones."""
        return number <= len(self._entries)

    def take(self, number: int, sql: str, parameters: Any) -> Entry:
        """Return the entry of a write to skip.

        Raises:
            UnfinishedRevisionError: the earlier run sent a different statement at this point.
        """
        entry = self._entries[number - 1]
        if entry.state == ACCEPTED or entry.fingerprint == fingerprint(sql, parameters):
            return entry
        same = entry.statement == brief(sql)
        raise self._stop(
            f"{self._subject.place()} now sends {brief(sql, 100)!r}"
            + (" with other parameters" if same else "")
            + f" instead of the earlier run's {entry.described()}",
            number,
        )

    def take_read(self, number: int, key: str) -> Rows | None:
        """Return the earlier run's next result before a recorded write; None if the query differs.

        Args:
            number: the number of the write.
            key: the fingerprint of the query.
        """
        if not self.left(number):
            return None
        if self._reads[0] != number:
            self._reads = (number, deque(self._entries[number - 1].answers_kept.reads))
        reads = self._reads[1]
        return reads.popleft()[1] if reads and reads[0][0] == key else None

    def allows_reading(self, number: int, what: str) -> bool:
        """Check a read that precedes recorded writes: it would see their effects.

        Returns:
            Whether to note it; False if the user has accepted it.

        Raises:
            UnfinishedRevisionError: the earlier run did not read at this point.
        """
        if not self.left(number):
            return True
        if self._entries[number - 1].note:
            return False
        raise self._stop(
            f"The revision now {what}, before the earlier run's "
            f"{self._entries[number - 1].described()}, which is done already",
            number,
        )

    def end(self, count: int) -> None:
        """Check that the function has passed all recorded writes.

        Raises:
            UnfinishedRevisionError: it ended too early, or continued after it was stopped.
        """
        self.raise_again()
        if self.left(count + 1):
            raise self._stop(
                f"The revision now ends after {in_words(count)}, but the earlier run had made "
                f"{len(self._entries)}; the next one was {self._entries[count].described()}",
                count + 1,
            )

    @property
    def has_stopped(self) -> bool:
        """Whether the run was stopped, so that the revision's further statements have no effect."""
        return self._error is not None

    def raise_again(self) -> None:
        """Raise the error that stopped the run again, if the revision caught it and continues."""
        if self._error is not None:
            raise self._error

    def _stop(self, problem: str, number: int) -> UnfinishedRevisionError:
        direction = self._subject.direction
        which = f" {number}" if number else ""
        self._error = UnfinishedRevisionError(
            f"{self._subject.label} was left unfinished by an earlier run and cannot be resumed "
            f"automatically. {problem}. Nothing was changed. Check the database and choose: "
            f"'idiolect repair --mark-done{which}' if that write has had its effect, 'idiolect "
            f"repair --mark-undone{which}' if it has not, then '{direction}' again to resume; "
            f"'{direction} --restart' to run the whole function from its beginning; 'idiolect "
            "repair --forget' to discard the record.",
            revision=self._subject.revision,
            entry=number,
        )
        return self._error


def _without_gaps(entries: list[Entry]) -> list[Entry]:
    """Return the entries with one for each number.

    A write that failed or was rolled back has none. The next write of that run has a note about it,
    so that the run is resumed only if the user accepts all of it as done.
    """
    found = {entry.seq: entry for entry in entries}
    missing = {"fingerprint": "", "state": ACCEPTED, "note": ACCEPTED_NOTE}
    return [
        found.get(seq) or replace(entries[0], seq=seq, **missing)
        for seq in range(1, max(found, default=0) + 1)
    ]
