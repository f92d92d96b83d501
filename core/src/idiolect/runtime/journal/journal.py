"""The journal of a context: opened for a run, filled by steps, cleared with the version row.

Used by the migration context. Listens on the migrating connection only while a revision's function
runs; statements of the framework and its plugins outside of it are not recorded.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from idiolect.errors import (
    CommandError,
    ConfigError,
    PrivilegeError,
    UnfinishedRevisionError,
)
from idiolect.hooks.records import journal_name
from idiolect.runtime.journal.calls import Subject
from idiolect.runtime.journal.entries import ACCEPTED, ACCEPTED_NOTE, DONE, INTENT, in_words
from idiolect.runtime.journal.hidden import hidden
from idiolect.runtime.journal.listen import Listener
from idiolect.runtime.journal.record import Record
from idiolect.runtime.journal.resume import wait_for_session
from idiolect.runtime.journal.store import JournalTable
from idiolect.runtime.privileges import what_is_missing
from idiolect.util.langhelpers import asbool
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idiolect.hooks.journal import JournalSupport, Reader
    from idiolect.runtime.journal.entries import Entry
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.journal")

#: Privileges needed for recording, besides the one to create the table.
_WRITES = ("DELETE", "INSERT", "UPDATE")


class Journal:
    """The journal of a context's revisions.

    Args:
        context: the migration context.

    Attributes:
        store: the table; None if nothing is recorded.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._unfinished: list[Entry] = []
        self._listener: Listener | None = None
        self._record: Record | None = None
        self._exists = False
        self._was_used = False
        self._is_stale = False
        self.support = _support(context)
        self.store: JournalTable | None = None
        if self.support is not None:
            name = journal_name(context.version_table)
            schema = context.version_table_schema
            self.store = JournalTable(context.connection, name, schema, self.support)

    def unfinished(self) -> list[Entry]:
        """Return the entries of the revision that an earlier run left unfinished."""
        if self.store is None or not self.store.exists():
            return []
        entries = self._read(self.store)
        return [] if self._is_finished(entries, self._context.get_current_heads()) else entries

    def _read(self, store: JournalTable) -> list[Entry]:
        """Return all entries.

        Raises:
            ConfigError: the table exists, but is not a journal.
        """
        try:
            return store.read()
        except DBAPIError as exc:
            connection = self._context.connection
            if not self._context.transactions.external:
                connection.rollback()
            # A concurrent run may have dropped it just now.
            if not store.exists() or not (missing := store.missing_columns()):
                raise
            raise ConfigError(
                f"The table {store.name!r} is not an Idiolect journal: it has no column "
                f"{missing[0]!r}. Revisions are recorded under that name, which comes from "
                "version_table. Rename the table, choose another version_table in env.py, or "
                "switch the journal off with 'journal = false'."
            ) from exc

    def _is_finished(self, entries: list[Entry], heads: Iterable[str]) -> bool:
        """Return whether the revision was finished by other means, or cut off after completion."""
        script = self._context.script
        if not entries or script is None:
            return False
        applied = script.revision_map.ancestors_of(heads)
        return (entries[0].revision in applied) == (entries[0].direction == "upgrade")

    def mark_done(self, number: int) -> None:
        """Mark a write and those before it as done, and accept what was read before them.

        If none of these was open, the write is accepted whatever the revision sends at that point.
        """
        with self._changing() as store:
            found = [entry for entry in store.read() if entry.seq <= number]
            is_open = any(entry.note not in {"", ACCEPTED_NOTE} for entry in found)
            is_open = is_open or any(entry.state == INTENT for entry in found[-1:])
            store.set(number, number, state=DONE if is_open else ACCEPTED)
            store.accept_notes(number)

    def mark_undone(self, number: int) -> None:
        """Mark a write and those after it as not executed."""
        with self._changing() as store:
            store.delete(number)

    def forget(self) -> None:
        """Delete all entries."""
        with self._changing() as store:
            store.delete()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[JournalTable]:
        if self.store is None:
            message = "journal = false: there is no journal to repair."
            raise CommandError(message)
        connection = self._context.connection
        theirs = self._context.transactions.external
        yield self.store
        if not theirs:
            connection.commit()

    def look(self, heads: Iterable[str] = ()) -> None:
        """Read what an earlier run left, in the transaction in which the heads are read."""
        if self.store is not None and not self._context.opts.get("dont_mutate"):
            self._exists = self.store.exists()
            self._unfinished = self._read(self.store) if self._exists else []
            self._was_used = bool(self._unfinished)
            self._is_stale = self._is_finished(self._unfinished, heads)

    @contextlib.contextmanager
    def over(self, steps: Iterable[MigrationStep]) -> Iterator[None]:
        """Manage the journal during a run.

        Raises:
            UnfinishedRevisionError: the steps do not include a revision that was left unfinished.
        """
        revisions = [step for step in steps if hasattr(step, "revision")]
        if self.store is None or self.support is None:
            yield
            return
        self._open(self.store, self.support, list(steps), revisions)
        # _open() may have found that nothing can be recorded.
        store: JournalTable | None = self.store
        if store is None or not revisions:
            yield
            return
        try:
            with (
                hidden(self._context.connection.dialect, store.own_name),
                Listener(self._context.connection) as self._listener,
            ):
                yield
        except BaseException:
            # Deletions in a transaction that was not committed have been undone.
            if not self._was_used:
                with contextlib.suppress(Exception):  # the original error is the one to report
                    self._drop(store)
            raise
        self._drop_in_time(store)

    def resumed_first(self, steps: list[MigrationStep]) -> list[MigrationStep]:
        """Return the steps with the unfinished revision first.

        The table records one revision at a time. A plan may put another branch first, as the heads
        differ from those of the run that failed.
        """
        if not self._unfinished:
            return steps
        entry = self._unfinished[0]
        return sorted(steps, key=lambda step: not _is_step_of(entry, step))

    def _drop(self, store: JournalTable) -> None:
        """Drop the table, unless that would commit env.py's transaction."""
        if self._exists and not self._context.connection.in_transaction():
            try:
                with self._settled():
                    store.drop()
                self._exists = False
            except DBAPIError as exc:
                self._end_failed(exc)
                # It is empty, and the next run reuses it.
                log.info("The journal's table %r is left: %s", store.name, exc.orig)

    def _drop_in_time(self, store: JournalTable) -> None:
        """Drop the table after a run, now or when env.py commits."""
        connection = self._context.connection
        if self._exists and connection.in_transaction():
            event.listen(connection, "commit", lambda _: _drop_if_there(store), once=True)
        self._drop(store)

    @contextlib.contextmanager
    def recording(self, step: MigrationStep) -> Iterator[None]:
        """Record the writes of a step's function, and skip those that were made before.

        Raises:
            UnfinishedRevisionError: the entries of an earlier run do not match this one.
        """
        listener = self._listener
        if listener is None or self.store is None or self.support is None:
            yield
            return
        subject = _subject(step)
        earlier = [entry for entry in self._unfinished if _is_of(entry, subject)]
        record = Record(self._context.connection, self.support, self.store, subject, earlier)
        record.begin()
        self._record = record
        try:
            with listener.to(record):
                yield
                record.end()
        finally:
            self._was_used = self._was_used or record.stored

    def left_by(self, error: Exception) -> str:
        """Return what a failed step left behind, for a message; may be empty."""
        record = self._record
        if record is None or not record.stored or isinstance(error, UnfinishedRevisionError):
            return ""
        return (
            "what it did before is kept and recorded: see 'idiolect current' for how far it got; "
            f"the same {record.subject.direction} continues from there once the cause is fixed"
        )

    @property
    def has_rolled_back(self) -> bool:
        """Whether the step being recorded has rolled back the transaction that it began in."""
        return self._record is not None and self._record.has_rolled_back

    @property
    def is_past_first_write(self) -> bool:
        """Whether the step being recorded has made a write, and a further one."""
        return self._record is not None and self._record.writes > 1

    @property
    def may_be_rolled_back(self) -> bool:
        """Whether a revision may have begun a transaction itself in an autocommit block."""
        return self._record is None or not self._record.commits_itself

    @contextlib.contextmanager
    def reading_for(self, reader: Reader) -> Iterator[None]:
        """Record who consumes the rows read in the block, if a revision is being recorded."""
        record = self._record
        if record is None:
            yield
            return
        before, record.reader = record.reader, reader
        try:
            yield
        finally:
            record.reader = before

    def finish(self) -> None:
        """Clear the journal, in the transaction that writes the version row."""
        record, self._record = self._record, None
        if record is None or self.store is None or not record.stored:
            return
        self._empty(self.store)

    def _empty(self, store: JournalTable) -> None:
        self._unfinished = []
        # If dropping the table would commit, it is dropped at the end of the run.
        self._exists = self.support is not None and self.support.ddl_commits
        if self._exists:
            store.delete()
        else:
            store.drop()

    def _open(
        self,
        store: JournalTable,
        support: JournalSupport,
        steps: list[Any],
        revisions: list[Any],
    ) -> None:
        if self._unfinished:
            entry = self._unfinished[-1]
            label = Subject(entry.revision, entry.direction, "").label
            with self._settled():
                wait_for_session(self._context.connection, support, entry.server_session, label)
            if self._is_stale or self._is_over(steps, revisions):
                with self._settled():
                    self._empty(store)
        if revisions and support.ddl_commits:
            self._prepare(store)

    def _prepare(self, store: JournalTable) -> None:
        """Make sure that the journal exists and is writable, before anything else is written.

        Raises:
            PrivilegeError: the user may create the table, but not write it.
        """
        if not self._exists:
            self._create(store)
        if self.store is None:
            return
        try:
            # Some privileges can only be checked once the table exists.
            self._require_writes(store)
        except PrivilegeError:
            if not self._was_used:
                self._drop(store)
            raise

    def _create(self, store: JournalTable) -> None:
        was_open = self._context.connection.in_transaction()
        if self._lacking(store, "CREATE"):
            # Users without the privilege to create tables must still be able to migrate.
            self._go_without("the user may not create its table")
            return
        self._require_writes(store, "CREATE")
        try:
            with self._settled():
                store.create()
            self._exists = True
        except DBAPIError as exc:
            self._end_failed(exc, was_open=was_open)
            self._go_without(exc)

    def _go_without(self, why: object) -> None:
        log.warning("No journal is kept, so an interrupted run cannot be resumed: %s", why)
        self.store = None

    def _require_writes(self, store: JournalTable, *more: str) -> None:
        told = self._lacking(store, *more, *_WRITES)
        if told:
            raise PrivilegeError(
                f"{told} The progress of revisions is recorded there; 'journal = false' switches "
                "that off. Nothing was changed."
            )

    def _lacking(self, store: JournalTable, *needed: str) -> str:
        return what_is_missing(self._context, store.table, needed)

    def _end_failed(self, error: DBAPIError, *, was_open: bool = False) -> None:
        """Recover from a failed statement of the journal, if the session is still usable."""
        if error.connection_invalidated:
            raise error
        if not was_open and self._context.connection.in_transaction():
            self._context.connection.rollback()

    def _is_over(self, steps: list[Any], revisions: list[Any]) -> bool:
        """Return whether the recorded revision need not be resumed.

        Raises:
            UnfinishedRevisionError: the steps do not include the unfinished revision.
        """
        entry = self._unfinished[0]
        subject = Subject(entry.revision, entry.direction, "")
        if self._context.opts.get("restart"):
            log.warning("Running %s again from the beginning, as requested", subject.label)
            return True
        for place, step in enumerate(revisions):
            if step.revision.revision == entry.revision:
                if not _is_step_of(entry, step):
                    return True  # it was finished by other means
                self._require_nothing_before(step, revisions[:place])
                return False
        if any(not hasattr(step, "revision") for step in steps):
            log.warning("%s was left unfinished; the stamp discards its journal", subject.label)
            return True
        raise UnfinishedRevisionError(
            f"{subject.label} was left unfinished by an earlier run, after "
            f"{in_words(len(self._unfinished))}, and is not part of this run. Finish it with "
            f"'{entry.direction}' first, or discard its journal with 'idiolect repair --forget'.",
            revision=entry.revision,
            entry=0,
        )

    def _require_nothing_before(self, unfinished: Any, earlier: list[Any]) -> None:
        """Raise if one of the earlier steps has to run before the unfinished one."""
        for step in earlier:
            first, then = (step, unfinished) if step.is_upgrade else (unfinished, step)
            needed = then.revision_map.ancestors_of([then.revision.revision])
            if first.revision.revision in needed:
                subject = _subject(unfinished)
                raise UnfinishedRevisionError(
                    f"{subject.label} was left unfinished by an earlier run, and now "
                    f"{step.revision.revision!r} comes before it. Finish it with the files of "
                    "that run first, or discard its journal with 'idiolect repair --forget'.",
                    revision=subject.revision,
                    entry=0,
                )

    @contextlib.contextmanager
    def _settled(self) -> Iterator[None]:
        """Commit the block's changes to the journal, unless a transaction is open."""
        connection = self._context.connection
        if connection.in_transaction():
            yield
            return
        yield
        if connection.in_transaction():
            connection.commit()


def _drop_if_there(store: JournalTable) -> None:
    # Several contexts may have run in this transaction.
    if store.exists():
        store.drop()


def _is_of(entry: Entry, subject: Subject) -> bool:
    return (entry.revision, entry.direction) == (subject.revision, subject.direction)


def _is_step_of(entry: Entry, step: Any) -> bool:
    return hasattr(step, "revision") and _is_of(entry, _subject(step))


def _subject(step: Any) -> Subject:
    direction = "upgrade" if step.is_upgrade else "downgrade"
    return Subject(step.revision.revision, direction, str(getattr(step.revision, "path", "")))


def _support(context: MigrationContext) -> JournalSupport | None:
    """Return the dialect's journal support; None if nothing is recorded."""
    if context.as_sql or not isinstance(context.connection, Connection) or not _is_on(context):
        return None
    return context.hooks.statement_journal(context.dialect, context.connection, context.rules)


def _is_on(context: MigrationContext) -> bool:
    chosen = context.opts.get("journal")
    if chosen is None and context.config is not None:
        chosen = context.config.get_alembic_option("journal")
    try:
        return True if chosen is None else asbool(chosen)
    except ValueError:
        problem = f"'journal' has to be true or false, not {chosen!r}."
        error = ConfigError(problem)
        if context.config is not None and context.opts.get("journal") is None:
            error.add_note(context.config.place_of("journal").note)
        raise error from None
