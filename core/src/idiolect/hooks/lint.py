"""Records of the hook ``lint_rules``: rules, what they examine, and what they find.

Plugins import them from :mod:`idiolect.hooks`. The linter (``idiolect.lint``) creates the linted
revisions; rules only read them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from idiolect.operations.ops.core import MigrateOperation

Kind = Literal[
    "create table",
    "drop table",
    "rename table",
    "add column",
    "drop column",
    "rename column",
    "alter column",
    "create index",
    "drop index",
    "add constraint",
    "drop constraint",
    "validate constraint",
    "insert",
    "update",
    "delete",
    "truncate",
]
ConstraintKind = Literal["primary key", "unique", "foreign key", "check", "exclude"]
_WORD = re.compile(r"\w+")
# A literal is matched, so that what looks like a comment in it is not removed.
_COMMENT_OR_LITERAL = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<literal>'(?:[^']|'')*')", re.DOTALL
)


def without_literals(sql: str) -> str:
    """Return a statement of standard SQL without comments, and with empty literals.

    What a rule searches for in it is then neither in a comment nor in a value.
    """
    return _COMMENT_OR_LITERAL.sub(lambda found: "''" if found["literal"] else " ", sql).strip()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a table, whether by a directive or by a statement of ``op.execute()``.

    A directive may make several changes: ``alter_column(..., new_column_name=..., type_=...)``
    alters and renames a column.

    Attributes:
        kind: what is done.
        table: the table's name, without quotes; ``""`` if unknown, as in ``DROP INDEX i``.
        schema: its schema; None is the default one.
        name: the column, index or constraint; None if unnamed, or if the kind has none.
        new_name: after a rename.
        type: the new type of an added or altered column: SQLAlchemy's type for a directive, the
            text for a statement; None if not changed.
        old_type: the type before, if the revision states it.
        nullable: of an added or altered column: False if NOT NULL; None if not changed.
        default: of an added column, whether the database fills existing rows: a server default,
            an identity or a computed value. Of an altered one, True if a default is set, False if
            one is dropped, None if not changed.
        default_sql: that default as SQL, if it is written as text.
        volatile: False if that default is a constant, True if the database computes it for each
            row, such as an identity; None if unknown.
        constraint: the kind of an added or dropped constraint; None if unknown.
        columns: of an index or a constraint, as far as they are plain columns.
        unique: of an index.
        online: whether the statement asks not to block: ``CONCURRENTLY``, ``NOT VALID``,
            ``ONLINE``, ``ALGORITHM=INPLACE``, ``LOCK=NONE``.
        guarded: whether ``IF EXISTS`` or ``IF NOT EXISTS`` is given.
        where: of an UPDATE or DELETE, whether it has a WHERE.
        referred: of a foreign key, the schema and the table that it refers to.
    """

    kind: Kind
    table: str
    schema: str | None = None
    name: str | None = None
    new_name: str | None = None
    type: TypeEngine[Any] | str | None = None
    old_type: TypeEngine[Any] | None = None
    nullable: bool | None = None
    default: bool | None = None
    default_sql: str | None = None
    volatile: bool | None = None
    constraint: ConstraintKind | None = None
    columns: tuple[str, ...] = ()
    unique: bool = False
    online: bool = False
    guarded: bool = False
    where: bool = False
    referred: tuple[str | None, str] | None = None

    @property
    def on(self) -> str:
        """The table's name with its schema, for messages."""
        return f"{self.schema}.{self.table}" if self.schema else self.table


@dataclass(frozen=True, slots=True, eq=False)
class LintedOperation:
    """An operation that ``upgrade()`` invokes.

    Attributes:
        operation: what was invoked. A statement that is sent without a directive, as by
            ``op.get_bind().execute()``, is an ``ExecuteSQLOp``.
        sql: the statements written for it, without terminators. Empty in a batch that recreates
            its table, because the table is known only to the database.
        changes: what it does to tables, as far as this is recognised.
        line: the line of the revision file that calls it; None if called from elsewhere.
        in_transaction: whether it runs in the transaction of the revision: outside of
            ``autocommit_block()``.
        in_batch: whether it is part of a ``batch_alter_table()``.
        recreates: whether that batch recreates its table.
    """

    operation: MigrateOperation
    sql: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    line: int | None = None
    in_transaction: bool = True
    in_batch: bool = False
    recreates: bool = False


class LintHistory:
    """What happened before a revision, indexed by table: big projects have thousands of revisions.

    The revisions of one run of the linter share an object, which grows with each of them; it is
    right while a revision's rules are checked.
    """

    def __init__(self) -> None:
        self._operations: dict[str, list[LintedOperation]] = {}
        self._words: set[str] = set()

    def operations(self, table: str) -> Sequence[LintedOperation]:
        """Return the operations that changed tables of this name in any schema, in order."""
        return self._operations.get(table.lower(), ())

    def mentions(self, table: str) -> bool:
        """Return whether something that could not be recognised or seen may concern a table."""
        return self._words.issuperset(_WORD.findall(table.lower()))

    def add(self, revision: LintedRevision) -> None:
        """Add a revision whose rules have been checked."""
        for each in revision.operations:
            for table in {change.table.lower() for change in each.changes}:
                self._operations.setdefault(table, []).append(each)
            if not each.changes and hasattr(each.operation, "sqltext"):
                self._words.update(*(_WORD.findall(sql.lower()) for sql in each.sql))
        if revision.unseen:
            text = Path(revision.path).read_text(encoding="utf-8", errors="replace")
            self._words.update(_WORD.findall(text.lower()))


@dataclass(frozen=True, slots=True, eq=False)
class LintedRevision:
    """A revision whose ``upgrade()`` was run without a database.

    Attributes:
        revision: its id.
        path: its file.
        dialect: SQLAlchemy's dialect; as no server is connected, its version is unknown.
        operations: what ``upgrade()`` invokes, in order.
        transactional_ddl: whether the database can roll back DDL.
        lock_wait_timeout: seconds that a statement may wait for a lock, by the option or by the
            revision file; None: for as long as it takes.
        has_downgrade: whether ``downgrade()`` does something, or raises, or is missing.
        options: the options of ``configure()``, such as ``target_metadata``.
        unseen: why the rest of ``upgrade()`` could not be seen; None if all of it was.
        previous: the revision that was linted before this one.
        history: what the revisions before this one did.
    """

    revision: str
    path: str
    dialect: Dialect
    operations: tuple[LintedOperation, ...]
    transactional_ddl: bool = False
    lock_wait_timeout: float | None = None
    has_downgrade: bool = True
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    unseen: str | None = None
    previous: LintedRevision | None = field(default=None, repr=False)
    history: LintHistory = field(default_factory=LintHistory, repr=False)

    def creates(
        self, table: str, schema: str | None = None, before: LintedOperation | None = None
    ) -> bool:
        """Return whether this revision created a table, which is therefore empty and unused.

        Args:
            table: its name, also the one that it was renamed to.
            schema: its schema.
            before: consider only operations before this one; None: all.
        """
        created: set[tuple[str | None, str]] = set()
        for each in self.operations:
            if each is before:
                break
            for change in each.changes:
                _follow(created, change)
        return _key(schema, table) in created

    def changes(
        self, *kinds: Kind, new_tables: bool = False
    ) -> Iterator[tuple[LintedOperation, Change]]:
        """Yield the changes of tables that existed before the revision, each with its operation.

        Args:
            *kinds: only these; none given: all.
            new_tables: include changes of tables that the revision itself created.
        """
        created: set[tuple[str | None, str]] = set()
        for each in self.operations:
            for change in each.changes:
                is_new = _key(change.schema, change.table) in created
                if (not kinds or change.kind in kinds) and (new_tables or not is_new):
                    yield each, change
                _follow(created, change)

    def before(self, operation: LintedOperation, table: str) -> Iterator[LintedOperation]:
        """Yield the operations that changed a table before, earlier revisions' first.

        Args:
            operation: one of this revision.
            table: the table's name, in any schema.
        """
        yield from self.history.operations(table)
        for each in self.operations:
            if each is operation:
                break
            if any(change.table.lower() == table.lower() for change in each.changes):
                yield each

    def earlier(self) -> Iterator[LintedRevision]:
        """Yield the revisions that were linted before this one, the latest first."""
        revision = self.previous
        while revision is not None:
            yield revision
            revision = revision.previous


@dataclass(frozen=True, slots=True, eq=False)
class LintFinding:
    """A risk that a rule found.

    Attributes:
        message: what will happen, and to which object: at most two plain sentences.
        advice: what to do instead: at most two plain sentences.
        operation: the operation; None if the finding is about the whole revision.
    """

    message: str
    advice: str
    operation: LintedOperation | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LintRule:
    """A rule of the linter.

    The texts and the examples make up the rule's section in the reference of all rules, and the
    examples are run by a test.

    Attributes:
        name: in kebab-case, such as ``add-not-null``; unique among the core and all plugins.
        summary: one line: what is found.
        check: returns the findings in a revision.
        level: ``error`` for what fails on tables with rows, ``warning`` for what may be intended.
        why: what happens to the database or to programs, in one paragraph.
        instead: what to do, in one paragraph.
        triggers: an example: statements of an ``upgrade()``, or both functions, in which the rule
            finds something.
        passes: the same purpose, achieved without a finding.
    """

    name: str
    summary: str
    check: Callable[[LintedRevision], Iterable[LintFinding]] = field(repr=False)
    level: Literal["error", "warning"] = "warning"
    why: str = field(default="", repr=False)
    instead: str = field(default="", repr=False)
    triggers: str = field(default="", repr=False)
    passes: str = field(default="", repr=False)


def _key(schema: str | None, table: str) -> tuple[str | None, str]:
    return (schema and schema.lower(), table.lower())


def _follow(created: set[tuple[str | None, str]], change: Change) -> None:
    """Update the keys of the tables that a revision created."""
    key = _key(change.schema, change.table)
    if change.kind == "create table" and not change.guarded:
        created.add(key)
    elif change.kind == "drop table":
        created.discard(key)
    elif change.kind == "rename table" and change.new_name:
        if key in created:
            created.discard(key)
            created.add(_key(change.schema, change.new_name))
        else:
            created.discard(_key(change.schema, change.new_name))
