"""One revision's function while it runs: which write it is at, and what is known of it.

The listener calls it with each statement, before or instead of sending it. What was recorded by an
earlier run is skipped, the rest is sent and recorded. Entries wait in memory and are written when
something commits: in the same transaction as the changes that they tell of.
"""

from __future__ import annotations

import contextlib
import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from idiolect.hooks.journal import Reader
from idiolect.runtime.journal.answers import MOST_ROWS, Answers
from idiolect.runtime.journal.entries import (
    DONE,
    INTENT,
    Entry,
    definition_text,
    fingerprint,
    result_text,
)
from idiolect.runtime.journal.resume import Earlier
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import driver_commits, is_autocommit
from idiolect.util.statements import Kind, body_of, brief, called_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from sqlalchemy.engine import Connection

    from idiolect.hooks.journal import JournalSupport
    from idiolect.runtime.journal.answers import Rows
    from idiolect.runtime.journal.store import JournalTable

log = Log("runtime.journal")

_RETURNING = re.compile(r"\bRETURNING\b", re.IGNORECASE)
#: Characters of SQL that are kept for an entry that waits.
_KEPT = 1000
#: Entries that wait in memory at most, where the table is there anyway.
_WAITING = 500
#: The note where answers are not kept.
_UNKEPT = "reads more than is kept"
#: Rows that wait in memory at most.
_ROWS_WAITING = 10 * MOST_ROWS


class Waiting(NamedTuple):
    """What will be an entry if something commits: most revisions end before anything does.

    Attributes:
        seq: the number of the write.
        fingerprint: of SQL and parameters.
        result: the cursor's rowcount and lastrowid.
        sql: the beginning of the SQL.
        note: see :class:`Entry`.
        answers: likewise, but for None where there are none.
    """

    seq: int
    fingerprint: str
    result: tuple[Any, Any]
    sql: str
    note: str
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class Call:
    """A statement on its way to the driver.

    Attributes:
        sql: its text, as the driver gets it.
        parameters: its parameters, likewise.
        send: sends it.
        answer: puts what a recorded cursor answered in the place of the driver's cursor.
        rows: takes the rows of what was sent, and leaves them to be read.
        cursor: the driver's cursor.
    """

    sql: str
    parameters: Any
    send: Callable[[], None]
    answer: Callable[[dict[str, Any], Rows | None], None]
    rows: Callable[[], Rows | None]
    cursor: Any

    @property
    def returns_rows(self) -> bool:
        """Whether there are rows to read, now that it has been sent."""
        return getattr(self.cursor, "description", None) is not None


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
        reader: who gets the rows of what is read now.
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
        self.reader = Reader.REVISION
        self._count = 0
        #: The last write that is known to have been carried out, if recorded before it was sent.
        self._ended = 0
        self._waiting: list[Waiting] = []
        self._note = ""
        self._answers = Answers()
        self._rows = 0
        self._changed: tuple[str, ...] = tuple((earlier[-1].before or ()) if earlier else ())
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
            kind = self._kind_of_reading(call.sql)
        if kind is Kind.READ:
            return self._read(call)
        if kind in {Kind.SESSION, Kind.TEMPORARY, Kind.CONTROL}:
            return self._pass(kind, call)
        self._count += 1
        if self.earlier.left(self._count):
            recorded = self.earlier.take(self._count, call.sql, call.parameters)
            call.answer(recorded.answer, recorded.answers_kept.own)
            return True
        if self._blind:
            return False
        self._write(kind, call)
        return True

    def on_another_connection(self) -> None:
        """Note that something is sent on another connection of the engine, and not recorded."""
        if not self.busy:
            self._remark("works on another connection")

    def on_commit(self) -> None:
        """Write down what is about to be committed."""
        if not self.busy:
            self._flush(committing=True)

    def on_rollback(self) -> None:
        """Forget what is about to be undone."""
        if not self.busy and not self.earlier.has_stopped:
            self._waiting.clear()
            self._remark("rolls its own work back")

    def _kind_of_reading(self, sql: str) -> Kind:
        """Return what a statement that looks like reading does, by the functions that it calls."""
        called = called_by(sql)
        if self.reader is Reader.NOBODY:
            if called.keeps_in_session:
                self._remark("reads the database into its session")
            if called.keeps_in_session or called.sets_session:
                return Kind.SESSION
            if called.may_set_session:
                self._remark("calls what may change its session")
            return Kind.DATA if called.may_write else Kind.READ
        if self.reader is Reader.OPERATION or not called.may_write or not self._commits_itself():
            return Kind.READ
        self._remark("reads the database")
        return Kind.DATA

    def _read(self, call: Call) -> bool:
        if self.reader is Reader.OPERATION:
            return self._read_again(call)
        if self.reader is Reader.REVISION:
            self._remark("reads the database")
            return False
        if self.earlier.left(self._count + 1):
            # What it reads may be gone by now.
            call.answer({}, None)
        else:
            self._send(Kind.READ, call)
        return True

    def _read_again(self, call: Call, *, may_be_sent: bool = False) -> bool:
        """Answer an operation as it was answered, or keep the answer: it then does the same.

        Args:
            call: the query.
            may_be_sent: it need not have been answered with rows.
        """
        key = fingerprint(call.sql, call.parameters)
        rows = self.earlier.take_read(self._count + 1, key)
        if rows is not None:
            call.answer({}, rows)
            return True
        if self.earlier.left(self._count + 1) and not may_be_sent:
            self._remark("reads the database")
            return False
        try:
            call.send()
        except Exception:
            self._remark("reads the database")
            raise
        if call.returns_rows:
            rows = self._kept(call.rows())
            if not self.earlier.left(self._count + 1):
                self._answers.reads.append((key, rows))
        return True

    def _kept(self, rows: Rows | None) -> Rows | None:
        """Return the rows unless they are too many to wait in memory."""
        if rows is None:
            return None
        self._rows += len(rows.rows)
        return rows if len(rows.rows) <= MOST_ROWS and self._rows <= _ROWS_WAITING else None

    def _commits_itself(self) -> bool:
        """Return whether each statement is a transaction of its own."""
        return is_autocommit(self.connection) or (
            self.support.ddl_commits and driver_commits(self.connection)
        )

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
            self._remark("creates something that only its session has")
        if kind is Kind.SESSION and self.reader is Reader.OPERATION:
            # What it answers may be the schema's.
            return self._read_again(call, may_be_sent=True)
        if kind is Kind.SESSION:
            self._watch_locks(word)
            call.send()
            if call.returns_rows and self.reader is Reader.REVISION:
                self._remark("reads the database")
            return True
        return False

    def _watch_locks(self, word: str) -> None:
        """Stop recording where LOCK TABLES shuts the journal's own table out."""
        if self.support.ddl_commits and word.startswith(("LOCK", "FLUSH TABLES WITH")):
            self._count += 1
            if not self.earlier.left(self._count):
                entry = self._intent(word, None)
                self._flush(replace(entry, note=f"locks tables at {entry.place}"))
                self._blind = True

    def _write(self, kind: Kind, call: Call) -> None:
        autocommit = self._commits_itself()
        transaction = self.support.transaction
        announces = kind is Kind.SCHEMA and (autocommit or self.support.ddl_commits)
        if announces and (self.support.ddl_commits or not self._is_untold(call)):
            self._announce(kind, call, autocommit=autocommit)
        elif autocommit and transaction is not None:
            self._in_one_transaction(kind, call, *transaction)
        elif autocommit:
            self._announce(kind, call, autocommit=True)
        else:
            self._send(kind, call)
            self._waiting.append(self._done(call))
            if self.support.ddl_commits and len(self._waiting) >= _WAITING:
                self._flush()

    def _is_untold(self, call: Call) -> bool:
        """Return whether only a transaction could tell if a statement was carried out."""
        return self.support.tries_transaction and self.support.objects(call.sql) is None

    def _announce(self, kind: Kind, call: Call, *, autocommit: bool) -> None:
        """Record a statement that commits, before it is sent.

        Args:
            kind: what it does.
            call: it.
            autocommit: it commits for the connection's sake, and all of it or nothing.
        """
        entry = self._intent(call.sql, call.parameters)
        objects = self.support.objects(call.sql)
        # What the last one has made is seen along with it: a resumed run knows it again.
        seen = self._look_at((*self._changed, *(objects or ())))
        if seen is None:
            objects, seen = None, {}
        self._changed = objects or ()
        self._flush(replace(entry, definition=definition_text(objects, seen)))
        self._ended = entry.seq - 1
        try:
            self._send(kind, call)
        except Exception:
            if autocommit and objects is None:
                # Nothing else would tell that it was refused.
                with self._own():
                    self.store.delete(entry.seq)
            raise
        self._ended = entry.seq
        if kind is Kind.DATA:
            with self._own():
                done = self._entry(self._done(call))
                note = entry.note or done.note
                values = {"result": done.result, "answers": done.answers, "note": note}
                self.store.set(entry.seq, entry.seq, state=DONE, **values)

    def _look_at(self, names: tuple[str, ...]) -> dict[str, str] | None:
        """Return definitions; None where this user may not see them."""
        if not names:
            return {}
        try:
            with self._own():
                return self.support.definitions(self.connection, dict.fromkeys(names))
        except (SQLAlchemyError, self.connection.dialect.loaded_dbapi.Error) as exc:
            if self._is_lost(exc):
                raise
            return None

    def _in_one_transaction(
        self, kind: Kind, call: Call, begin: str, commit: str, rollback: str
    ) -> None:
        """Send a statement and write its entry in a transaction of their own."""
        with self._own():
            self._make_table()
        try:
            self._say(begin)
        except self.connection.dialect.loaded_dbapi.Error as exc:
            if self._is_lost(exc):
                raise
            # env.py's engine begins transactions by itself, whatever the level.
            self._announce(kind, call, autocommit=True)
            return
        note = self._note
        try:
            self._send(kind, call)
            self._waiting.append(self._done(call))
            self._flush()
        except BaseException as exc:
            self._waiting.clear()
            with contextlib.suppress(Exception):  # the first error is the one to show
                self._say(rollback)
            refused = isinstance(exc, Exception) and self.support.refuses_transaction(exc)
            if not refused:
                raise
            self._note = note
            self._announce(kind, call, autocommit=refused == "whole")
            return
        self._say(commit)

    def _send(self, kind: Kind, call: Call) -> None:
        try:
            call.send()
        except Exception:
            # Whether a revision goes on after that is decided by what the database held.
            self._remark("goes on after a statement that failed")
            raise
        if self.reader is Reader.NOBODY:
            return
        if kind is Kind.DATA and call.returns_rows:
            # What it did is done once, and so its answer stays true.
            self._answers.own = self._kept(call.rows())
            if self._answers.own is not None:
                return
        # Into variables, where a driver has no rows for it.
        if call.returns_rows or _RETURNING.search(call.sql):
            self._remark("reads what a statement returns")

    def _is_lost(self, exc: Any) -> bool:
        """Return whether the session has ended, so that nothing that is sent would arrive."""
        if isinstance(exc, SQLAlchemyError):
            return bool(getattr(exc, "connection_invalidated", False))
        driver: Any = self.connection.connection.dbapi_connection
        return self.connection.dialect.is_disconnect(exc, driver, None)

    def _say(self, words: str) -> None:
        """Send words past SQLAlchemy."""
        cursor = self.connection.connection.cursor()
        try:
            cursor.execute(words)
        finally:
            cursor.close()

    def _intent(self, sql: str, parameters: Any) -> Entry:
        note, answers = self._taken()
        return Entry(
            self._count,
            self.subject.revision,
            self.subject.direction,
            fingerprint(sql, parameters),
            INTENT,
            statement=brief(sql),
            place=self.subject.place(),
            **_noted(note, answers),
        )

    def _taken(self) -> tuple[str, Answers | None]:
        """Return what was noted and answered since the write before, for the entry of this one."""
        note, self._note = self._note, ""
        answers, self._answers = self._answers, Answers()
        return note, answers if answers.own is not None or answers.reads else None

    def _done(self, call: Call) -> Waiting:
        note, answers = self._taken()
        cursor = call.cursor
        return Waiting(
            self._count,
            fingerprint(call.sql, call.parameters),
            (getattr(cursor, "rowcount", None), getattr(cursor, "lastrowid", None)),
            call.sql[:_KEPT],
            note,
            answers,
        )

    def _entry(self, waiting: Waiting) -> Entry:
        return Entry(
            waiting.seq,
            self.subject.revision,
            self.subject.direction,
            waiting.fingerprint,
            DONE,
            result=result_text(*waiting.result),
            statement=brief(waiting.sql),
            **_noted(waiting.note, waiting.answers),
        )

    def _flush(self, *more: Entry, committing: bool = False) -> None:
        """Write what waits into the table, in the transaction that is open."""
        entries = [*map(self._entry, self._waiting), *more]
        with self._own():
            if self._blind or self.earlier.left(self._count + 1):
                return
            if self.earlier.undone:
                self.store.delete(self.earlier.count + 1)
                self.earlier.undone = False
            if committing and self.stored:
                self.store.set(1, self._ended, state=DONE)
            if not entries:
                return
            self._make_table()
            session = self.store.session(self.support)
            try:
                self.store.add([replace(entry, server_session=session) for entry in entries])
            except ProgrammingError as exc:
                self._go_blind(exc)
        self.stored = True
        self._waiting.clear()
        self._rows = 0

    def _go_blind(self, exc: ProgrammingError) -> None:
        """Go on without a journal where the revision has left the schema that has the table.

        Raises:
            ProgrammingError: the database has ended the transaction because of it.
        """
        if not self.support.ddl_commits:
            raise exc
        log.warning(
            "The journal cannot be written any longer, so that %s cannot resume from here: %s",
            self.subject.label,
            exc,
        )
        self._blind = True

    def _make_table(self) -> None:
        if not self.support.ddl_commits and not self.stored:
            if not self.store.exists():
                self.store.create()
            self.stored = True

    def _remark(self, what: str) -> None:
        if self._note and not self.earlier.left(self._count + 1):
            return
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


def _noted(note: str, answers: Answers | None) -> dict[str, str]:
    """Return what an entry keeps of answers; a note where they cannot be kept."""
    text = "" if answers is None else answers.text()
    return {"note": note, "answers": text} if text is not None else {"note": note or _UNKEPT}
