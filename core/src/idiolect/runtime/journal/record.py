"""One revision's function while it runs: which write it is at, and what is known of it.

The listener comes in with each statement, before and in place of its being sent. What was
recorded by an earlier run is skipped, the rest is sent and recorded. Entries wait in memory and
are written when something commits: in the same transaction as the changes that they tell of.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from idiolect.runtime.journal.entries import (
    DONE,
    INTENT,
    Entry,
    cursor_result,
    definition_text,
    fingerprint,
)
from idiolect.runtime.journal.resume import Earlier
from idiolect.util.sqla_compat import is_autocommit
from idiolect.util.statements import Kind, body_of, brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from sqlalchemy.engine import Connection

    from idiolect.hooks.journal import JournalSupport
    from idiolect.runtime.journal.store import JournalTable

#: Entries that wait in memory at most, where the table is there anyway.
_WAITING = 500


@dataclass(frozen=True, slots=True)
class Call:
    """A statement on its way to the driver.

    Attributes:
        sql: its text, as the driver gets it.
        parameters: its parameters, likewise.
        send: sends it.
        answer: puts what a recorded cursor answered in the place of the driver's cursor.
        cursor: the driver's cursor.
    """

    sql: str
    parameters: Any
    send: Callable[[], None]
    answer: Callable[[dict[str, Any]], None]
    cursor: Any


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose writes they are.

    Attributes:
        revision: the revision's id.
        direction: ``upgrade`` or ``downgrade``.
        path: the revision's file; ``""`` if it has none.
    """

    revision: str
    direction: str
    path: str

    @property
    def label(self) -> str:
        """The function, for messages."""
        return f"{self.direction}() of revision {self.revision!r}"

    def place(self) -> str:
        """Return file and line of the revision's code that is running; ``""`` where none is."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - no other walk is as cheap
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                return f"{self.path}:{frame.f_lineno}"
            frame = frame.f_back
        return self.path


class Record:
    """The writes of a step.

    Args:
        connection: the migrating connection.
        support: what the dialect's plugin knows.
        store: the journal's table.
        subject: whose writes they are.
        earlier: what an earlier run recorded of the same function.

    Attributes:
        busy: whether statements that are being sent are the journal's own.
        stored: whether the table has, or may have, entries of the step.
    """

    def __init__(
        self,
        connection: Connection,
        support: JournalSupport,
        store: JournalTable,
        subject: Subject,
        earlier: list[Entry],
    ) -> None:
        self.connection = connection
        self.support = support
        self.store = store
        self.subject = subject
        self.earlier = Earlier(subject, earlier)
        self.busy = False
        self.stored = bool(earlier)
        self._count = 0
        #: The last write that is known to have been carried out, if recorded before it was sent.
        self._ended = 0
        self._waiting: list[Entry] = []
        self._note = ""
        self._changed: tuple[str, ...] = tuple((earlier[-1].before or ()) if earlier else ())
        self._session: str | None = None
        self._blind = False

    def begin(self) -> None:
        """Find out how the earlier run ended, if there was one.

        Raises:
            UnfinishedRevisionError: it cannot be resumed without a person's word.
        """
        with self._own():
            self.earlier.settle(self.connection, self.support)
        self._ended = self.earlier.count

    def end(self) -> None:
        """Check that the function made all writes that the earlier run made."""
        self.earlier.end(self._count)

    def on_statement(self, call: Call) -> bool:
        """Skip, send and record a statement, or leave it to be sent.

        Returns:
            Whether it was dealt with.
        """
        self.earlier.raise_again()
        kind = self.support.kind(call.sql)
        if kind is Kind.READ:
            self._remark("reads the database")
            return False
        if kind in {Kind.SESSION, Kind.TEMPORARY, Kind.CONTROL}:
            return self._pass(kind, call)
        self._count += 1
        if self.earlier.left(self._count):
            recorded = self.earlier.take(self._count, call.sql, call.parameters)
            call.answer(recorded.answer)
            return True
        if self._blind:
            return False
        self._write(kind, call)
        return True

    def on_commit(self) -> None:
        """Write down what is about to be committed."""
        if not self.busy:
            self._flush(committing=True)

    def on_rollback(self) -> None:
        """Forget what is about to be undone."""
        if not self.busy:
            self._waiting.clear()
            self._remark("rolls its own work back")

    def _pass(self, kind: Kind, call: Call) -> bool:
        """Deal with a statement that is no write, and is sent again by each run."""
        word = body_of(call.sql)[:20].upper()
        if word.startswith(("ROLLBACK", "ABORT")):
            if " TO" not in word:
                self._waiting.clear()
            self._remark("rolls its own work back")
            return False
        if self.support.ddl_commits or word.startswith(("COMMIT", "END")):
            self._flush(committing=word.startswith(("COMMIT", "END")))
        if kind is Kind.TEMPORARY:
            self._remark("makes what its session alone has")
        if kind is Kind.SESSION:
            self._watch_locks(word)
            call.send()
            if getattr(call.cursor, "description", None) is not None:
                self._remark("reads the database")
            return True
        return False

    def _watch_locks(self, word: str) -> None:
        """Stop recording where LOCK TABLES shuts the journal's own table out."""
        if self.support.ddl_commits and word.startswith(("LOCK", "FLUSH TABLES WITH")):
            self._count += 1
            if not self.earlier.left(self._count):
                entry = self._entry(word, None, INTENT, place=True)
                self._flush(replace(entry, note=f"locks tables at {entry.place}"))
                self._blind = True

    def _write(self, kind: Kind, call: Call) -> None:
        autocommit = is_autocommit(self.connection)
        if kind is Kind.SCHEMA and (autocommit or self.support.ddl_commits):
            self._announce(call, autocommit=autocommit)
        elif autocommit and self.support.transaction is not None:
            self._in_one_transaction(call, *self.support.transaction)
        elif autocommit:
            self._announce(call, autocommit=True)
        else:
            self._send(call)
            # Where each of a thousand rows came from is not worth its time.
            self._waiting.append(self._entry(call.sql, call.parameters, DONE, cursor=call.cursor))
            if self.support.ddl_commits and len(self._waiting) >= _WAITING:
                self._flush()

    def _announce(self, call: Call, *, autocommit: bool) -> None:
        """Record a statement that commits, before it is sent."""
        entry = self._entry(call.sql, call.parameters, INTENT, place=True)
        objects = self.support.objects(call.sql)
        # What the last one has made is seen along with it: a resumed run knows it again.
        watched = dict.fromkeys((*self._changed, *(objects or ())))
        with self._own():
            seen = self.support.definitions(self.connection, watched) if watched else {}
        self._changed = objects or ()
        self._flush(replace(entry, definition=definition_text(objects, seen)))
        self._ended = entry.seq - 1
        try:
            self._send(call)
            self._ended = entry.seq
        except Exception:
            if autocommit and objects is None:
                # Nothing else would tell that it was refused.
                with self._own():
                    self.store.delete(entry.seq)
            raise

    def _in_one_transaction(self, call: Call, begin: str, commit: str, rollback: str) -> None:
        """Send a statement and write its entry in a transaction of their own."""
        with self._own():
            self._make_table()
        self._say(begin)
        try:
            self._send(call)
            self._flush(self._entry(call.sql, call.parameters, DONE, cursor=call.cursor))
        except BaseException:
            with contextlib.suppress(Exception):
                self._say(rollback)
            raise
        self._say(commit)

    def _send(self, call: Call) -> None:
        try:
            call.send()
        except Exception:
            # Whether a revision goes on after that is decided by what the database held.
            self._remark("goes on after a statement that failed")
            raise
        if getattr(call.cursor, "description", None) is not None:
            self._remark("reads what a statement returns")

    def _say(self, words: str) -> None:
        cursor = self.connection.connection.cursor()
        try:
            cursor.execute(words)
        finally:
            cursor.close()

    def _entry(
        self, sql: str, parameters: Any, state: str, *, cursor: Any = None, place: bool = False
    ) -> Entry:
        note, self._note = self._note, ""
        return Entry(
            self._count,
            self.subject.revision,
            self.subject.direction,
            fingerprint(sql, parameters),
            state,
            result="" if cursor is None else cursor_result(cursor),
            statement=brief(sql),
            place=self.subject.place() if place else "",
            note=note,
        )

    def _flush(self, *more: Entry, committing: bool = False) -> None:
        """Write what waits into the table, in the transaction that is open."""
        entries = [*self._waiting, *more]
        with self._own():
            if self.earlier.left(self._count + 1):
                return
            if self.earlier.undone:
                self.store.delete(self.earlier.count + 1)
                self.earlier.undone = False
            if committing and self.stored:
                self.store.set(1, self._ended, state=DONE)
            if not entries:
                return
            self._make_table()
            if self._session is None:
                self._session = self.support.session(self.connection)
            self.store.add([replace(entry, session=self._session) for entry in entries])
        self.stored = True
        self._waiting.clear()

    def _make_table(self) -> None:
        if not self.support.ddl_commits and not self.stored:
            if not self.store.exists():
                self.store.create()
            self.stored = True

    def _remark(self, what: str) -> None:
        place = self.subject.place()
        if not self.earlier.allows_reading(self._count + 1, f"{what} at {place}"):
            return
        self._note = self._note or f"{what} at {place}"

    @contextlib.contextmanager
    def _own(self) -> Iterator[None]:
        busy, self.busy = self.busy, True
        try:
            yield
        finally:
            self.busy = busy
