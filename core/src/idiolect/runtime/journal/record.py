"""The execution of one revision's function: its current write, and the recorded ones.

The listener calls it for each statement, before or instead of executing it. Writes recorded by an
earlier run are skipped, all others are sent and recorded. Entries are buffered and written before a
commit: in the same transaction as the changes that they describe.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from idiolect.hooks.journal import Reader
from idiolect.runtime.journal.answers import MOST_ROWS, Answers
from idiolect.runtime.journal.calls import Waiting
from idiolect.runtime.journal.entries import (
    DONE,
    INTENT,
    Entry,
    definition_text,
    fingerprint,
    result_text,
)
from idiolect.runtime.journal.lost import SchemaChanges
from idiolect.runtime.journal.own import OwnTransaction, savepoint_of
from idiolect.runtime.journal.resume import Earlier
from idiolect.util.logs import Log
from idiolect.util.statements import Kind, body_of, brief, called_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks.journal import JournalSupport
    from idiolect.runtime.journal.answers import Rows
    from idiolect.runtime.journal.calls import Call, Subject
    from idiolect.runtime.journal.store import JournalTable

log = Log("runtime.journal")

_RETURNING = re.compile(r"\bRETURNING\b", re.IGNORECASE)
#: Characters of SQL kept for a buffered entry.
_KEPT = 1000
#: Maximum number of buffered entries, if the table exists anyway.
_WAITING = 500
#: The note for results that were not kept.
_UNKEPT = "reads more than is kept"
#: Maximum number of buffered rows.
_ROWS_WAITING = 10 * MOST_ROWS


class Record:
    """The writes of a step.

    Args:
        connection: the migrating connection.
        support: the dialect's journal support.
        store: the journal's table.
        subject: whose writes they are.
        earlier: what an earlier run recorded of the same function.

    Attributes:
        busy: whether the statements being sent are the journal's own.
        stored: whether the table may have entries of the step.
        reader: who consumes the rows that are read now.
        has_rolled_back: whether the step has rolled back the transaction that it began in.
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
        self.has_rolled_back = False
        self._has_committed = False
        self._count = 0
        #: The last write known to have been executed, if it was recorded before it was sent.
        self._ended = 0
        self._waiting: list[Waiting] = []
        self._note = ""
        self._answers = Answers()
        self._rows = 0
        self._changed: tuple[str, ...] = tuple((earlier[-1].before or ()) if earlier else ())
        self._blind = False
        self._transaction = OwnTransaction(connection)
        self._schema_changes = SchemaChanges()

    @property
    def writes(self) -> int:
        """The number of writes so far, with the one in flight."""
        return self._count

    @property
    def commits_itself(self) -> bool:
        """Whether each statement commits: in autocommit mode, without an own BEGIN."""
        return self._transaction.is_absent

    def begin(self) -> None:
        """Determine how the earlier run ended, if there was one.

        Raises:
            UnfinishedRevisionError: it cannot be resumed without a decision of the user.
        """
        with self._own():
            self.earlier.settle(self.connection, self.support)
        self._ended = self.earlier.count

    def end(self) -> None:
        """Check that the function made all writes that the earlier run made, and undid none.

        Raises:
            TransactionLostError: it rolled back what it had done to the schema.
        """
        self.earlier.end(self._count)
        self._schema_changes.check()

    def on_statement(self, call: Call) -> bool:
        """Skip, send or record a statement, or leave it to SQLAlchemy.

        Returns:
            Whether it was handled.
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
        """Note that a statement was sent on another connection of the engine, without a record."""
        if not self.busy:
            self._remark("works on another connection")

    def on_commit(self) -> None:
        """Write the buffered entries before a commit."""
        if not self.busy:
            self._flush(committing=True)
            self._transaction.end()
            self._has_committed = True
            self._schema_changes.commit()

    def on_rollback(self) -> None:
        """Discard the buffered entries before a rollback, unless there is nothing to roll back."""
        if not self.busy and not self.earlier.has_stopped and not self.commits_itself:
            self._waiting.clear()
            self._remark("rolls its own work back")
            self.has_rolled_back = not self._has_committed
            self._schema_changes.roll_back()
        self._transaction.end()

    def on_savepoint(self, name: str) -> None:
        """Note a savepoint, which may begin a transaction."""
        self._transaction.set_savepoint(name)

    def on_release(self, name: str) -> None:
        """Write the buffered entries before a savepoint is released, if that commits."""
        if self._transaction.is_ended_by(name):
            self.on_commit()

    def _kind_of_reading(self, sql: str) -> Kind:
        """Classify a statement that looks like a read, by the functions that it calls."""
        called = called_by(sql)
        if self.reader is Reader.NOBODY:
            if called.keeps_in_session:
                self._remark("reads the database into its session")
            if called.keeps_in_session or called.sets_session:
                return Kind.SESSION
            if called.may_set_session:
                self._remark("calls what may change its session")
            return Kind.DATA if called.may_write else Kind.READ
        if self.reader is Reader.OPERATION or not called.may_write or not self.commits_itself:
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
            # The objects it reads may no longer exist.
            call.answer({}, None)
        else:
            self._send(Kind.READ, call)
        return True

    def _read_again(self, call: Call, *, may_be_sent: bool = False) -> bool:
        """Replay the result of an operation's query, or record it, so that the operation repeats.

        Args:
            call: the query.
            may_be_sent: whether the query may also have returned no rows.
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
        """Return the rows unless there are too many to buffer."""
        if rows is None:
            return None
        self._rows += len(rows.rows)
        return rows if len(rows.rows) <= MOST_ROWS and self._rows <= _ROWS_WAITING else None

    def _pass(self, kind: Kind, call: Call) -> bool:
        """Handle a statement that is not a write and is sent again by each run."""
        word = body_of(call.sql)[:20].upper()
        if word.startswith(("ROLLBACK", "ABORT")):
            if " TO" not in word:
                self._waiting.clear()
                self._transaction.end()
            self._remark("rolls its own work back")
            return False
        if self.support.ddl_commits or word.startswith(("COMMIT", "END")):
            self._flush(committing=word.startswith(("COMMIT", "END")))
        if kind is Kind.CONTROL:
            self._follow(word, savepoint_of(call.sql))
        if kind is Kind.TEMPORARY:
            self._remark("creates something that only its session has")
        if kind is Kind.SESSION and self.reader is Reader.OPERATION:
            # Its result may depend on the schema.
            return self._read_again(call, may_be_sent=True)
        if kind is Kind.SESSION:
            self._watch_locks(word)
            call.send()
            if call.returns_rows and self.reader is Reader.REVISION:
                self._remark("reads the database")
            return True
        return False

    def _follow(self, word: str, savepoint: str) -> None:
        """Follow the transaction that the revision begins and ends by statements of its own."""
        if word.startswith(("BEGIN", "START")):
            self._transaction.begin()
        elif word.startswith(("COMMIT", "END")):
            self._transaction.end()
        elif word.startswith("RELEASE"):
            self.on_release(savepoint)
        else:
            self.on_savepoint(savepoint)

    def _watch_locks(self, word: str) -> None:
        """Stop recording if LOCK TABLES makes the journal's table inaccessible."""
        if self.support.ddl_commits and word.startswith(("LOCK", "FLUSH TABLES WITH")):
            self._count += 1
            if not self.earlier.left(self._count):
                entry = self._intent(word, None)
                self._flush(replace(entry, note=f"locks tables at {entry.place}"))
                self._blind = True

    def _write(self, kind: Kind, call: Call) -> None:
        autocommit = self.commits_itself
        transaction = self.support.transaction
        announces = kind is Kind.SCHEMA and (autocommit or self.support.ddl_commits)
        if announces and (self.support.ddl_commits or not self._is_unverifiable(call)):
            self._announce(kind, call, autocommit=autocommit)
        elif autocommit and transaction is not None:
            self._in_one_transaction(kind, call, *transaction)
        elif autocommit:
            self._announce(kind, call, autocommit=True)
        else:
            self._send(kind, call)
            self._waiting.append(self._done(call))
            if kind is Kind.SCHEMA:
                self._schema_changes.add(call.sql)
            if self.support.ddl_commits and len(self._waiting) >= _WAITING:
                self._flush()

    def _is_unverifiable(self, call: Call) -> bool:
        """Return whether only a transaction can show if the statement was executed."""
        return self.support.tries_transaction and self.support.objects(call.sql) is None

    def _announce(self, kind: Kind, call: Call, *, autocommit: bool) -> None:
        """Record a statement that commits, before it is sent.

        Args:
            kind: the kind of statement.
            call: the statement.
            autocommit: whether it commits because of autocommit mode, atomically.
        """
        entry = self._intent(call.sql, call.parameters)
        objects = self.support.objects(call.sql)
        # Includes the objects of the previous statement, so that a resumed run can recognise them.
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
                # Nothing else would show that it was refused.
                with self._own():
                    self.store.delete(entry.seq)
            raise
        self._ended = entry.seq
        if kind is Kind.SCHEMA and self.support.ddl_commits:
            self._transaction.end()
        if kind is Kind.DATA:
            with self._own():
                done = self._entry(self._done(call))
                note = entry.note or done.note
                values = {"result": done.result, "answers": done.answers, "note": note}
                self.store.set(entry.seq, entry.seq, state=DONE, **values)

    def _look_at(self, names: tuple[str, ...]) -> dict[str, str] | None:
        """Return definitions; None if this user may not read them."""
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
        """Send a statement and write its entry in a separate transaction."""
        with self._own():
            self._make_table()
        try:
            self._send_directly(begin)
        except self.connection.dialect.loaded_dbapi.Error as exc:
            if self._is_lost(exc):
                raise
            # env.py's engine begins transactions itself, whatever the isolation level.
            self._announce(kind, call, autocommit=True)
            return
        note = self._note
        try:
            self._send(kind, call)
            self._waiting.append(self._done(call))
            self._flush()
        except BaseException as exc:
            self._waiting.clear()
            with contextlib.suppress(Exception):  # the original error is the one to report
                self._send_directly(rollback)
            refused = isinstance(exc, Exception) and self.support.refuses_transaction(exc)
            if not refused:
                raise
            self._note = note
            self._announce(kind, call, autocommit=refused == "whole")
            return
        self._send_directly(commit)

    def _send(self, kind: Kind, call: Call) -> None:
        try:
            call.send()
        except Exception:
            # Whether a revision continues after an error may depend on the state of the database.
            self._remark("goes on after a statement that failed")
            raise
        if self.reader is Reader.NOBODY:
            return
        if kind is Kind.DATA and call.returns_rows:
            # The statement is executed only once, so its result remains valid.
            self._answers.own = self._kept(call.rows())
            if self._answers.own is not None:
                return
        # The driver returns output variables instead of rows.
        if call.returns_rows or _RETURNING.search(call.sql):
            self._remark("reads what a statement returns")

    def _is_lost(self, exc: Any) -> bool:
        """Return whether the session has ended, so that no statement can be sent."""
        if isinstance(exc, SQLAlchemyError):
            return bool(getattr(exc, "connection_invalidated", False))
        driver: Any = self.connection.connection.dbapi_connection
        return self.connection.dialect.is_disconnect(exc, driver, None)

    def _send_directly(self, words: str) -> None:
        """Send a statement without SQLAlchemy's events."""
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
        """Return notes and results since the previous write, for the entry of this one."""
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
        """Write the buffered entries into the table, in the open transaction."""
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
        """Continue without a journal if the revision switched to another schema.

        Raises:
            ProgrammingError: the failed statement has aborted the transaction.
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
    """Return the entry's fields for results; a note if they cannot be kept."""
    text = "" if answers is None else answers.text()
    return {"note": note, "answers": text} if text is not None else {"note": note or _UNKEPT}
