"""Adds notes to exceptions that end a run: the step, its file, and the state left behind.

Used around planning and around each step. Exceptions are re-raised with notes; none is raised or
suppressed here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, NoInspectionAvailable

from idiolect.errors import IdiolectError
from idiolect.runtime.version_table import qualified_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep
    from idiolect.runtime.transactions import TransactionWatch

#: Raised by a revision that reads results or inspects the database in offline mode.
_UNANSWERED = (AttributeError, TypeError, NoInspectionAvailable)
_NO_DATABASE = (
    "a script is written without a database: a statement has no result there, and nothing can be "
    "inspected. Test context.is_offline_mode() in the revision"
)

_NEVER_STAMPED = (
    "the version table %s is empty, so that every revision is run. If the tables were created in "
    "another way, run 'stamp' with the revision that they are at, or 'stamp head'"
)


@contextlib.contextmanager
def around_step(
    context: MigrationContext, step: MigrationStep, watch: TransactionWatch | None
) -> Iterator[None]:
    """Run a step in the block, and name it in the notes of an exception.

    Args:
        context: the step's context.
        step: loaded or run in the block.
        watch: watches the transaction that env.py began, if any.
    """
    label = f"revision {_where(step)}" if hasattr(step, "revision") else str(step)
    watched = watch.step(label) if watch else contextlib.nullcontext()
    try:
        with watched:
            yield
    except Exception as exc:
        if label not in str(exc):
            # Before the notes of plugins about what happened there.
            exc.__notes__ = [f"in {step.name}() of {label}", *getattr(exc, "__notes__", ())]
        if getattr(exc, "connection_invalidated", False):
            exc.add_note("the connection to the database was lost")
        if context.as_sql and isinstance(exc, _UNANSWERED) and not isinstance(exc, IdiolectError):
            exc.add_note(_NO_DATABASE)
        for note in filter(None, (one_of_several(context), context.journal.left_by(exc))):
            exc.add_note(note)
        if _was_created_otherwise(step, exc) and not context.journal.is_past_first_write:
            exc.add_note(_NEVER_STAMPED % repr(qualified_name(context)))
        raise
    except BaseException as exc:
        note = f"in {step.name}() of {label}{_left_by_interrupt(context)}"
        if isinstance(exc, KeyboardInterrupt):
            exc.add_note(note)
        elif type(exc).__name__ == "CancelledError" and context.environment_context is not None:
            # In an event loop SIGINT does not raise KeyboardInterrupt here but cancels the task.
            context.environment_context._cancelled = note  # noqa: SLF001 - for nobody else
        raise


def one_of_several(context: MigrationContext) -> str:
    """Return which of an env.py's databases or tenants a context is for; ``""`` if it has one."""
    environment = context.environment_context
    several = environment is not None and len(environment._configured) > 1  # noqa: SLF001 - of the same package
    if context.as_sql or not (several or context.version_table_schema):
        return ""
    url = context.connection.engine.url.render_as_string(hide_password=True)
    return f"version table {qualified_name(context)!r} of {url}"


def name_version_table(context: MigrationContext, exc: Exception, heads: Collection[str]) -> None:
    """Add a note about the origin of an unknown id and where its file was searched.

    Args:
        context: the context of the run.
        exc: changed only if it names one of ``heads``.
        heads: the ids in the version table.
    """
    if context.as_sql:
        return
    if len(heads) > 1 and all(head in str(exc) for head in heads) and "overlaps" in str(exc):
        exc.add_note(
            f"the version table {qualified_name(context)!r} has rows for {', '.join(heads)}, of "
            "which one is the ancestor of another: delete its row, or run 'stamp --purge' with the "
            "revisions that the schema is at"
        )
        return
    if not any(repr(head) in str(exc) for head in heads):
        return
    folders = ", ".join(
        repr(str(each)) for each in getattr(context.script, "_version_locations", ())
    )
    looked = f"; looked for in {folders}" if folders else ""
    exc.add_note(
        f"from the version table {qualified_name(context)!r}, which a newer version of the project "
        f"may have written{looked}"
    )


def _was_created_otherwise(step: MigrationStep, exc: Exception) -> bool:
    """Return whether a first revision creates what exists already.

    All supported databases say "already" in English; in other languages there is no advice.
    """
    if not isinstance(exc, DBAPIError) or not step.is_upgrade:
        return False
    is_first = not getattr(step, "from_revisions", ("",))
    creates = (exc.statement or "").split(maxsplit=1)[:1] == ["CREATE"]
    return is_first and creates and "already" in str(exc.orig)


def _left_by_interrupt(context: MigrationContext) -> str:
    """Return what an interrupted step left behind, for a message."""
    if context.as_sql:
        return ", so the script is incomplete"
    if context.rules.transactional_ddl:
        return (
            "; what had not been committed was rolled back. See 'current' for where the database is"
        )
    return (
        "; this database does not roll back DDL. See 'current' for how far it got; the next run "
        "resumes there"
    )


def _where(step: Any) -> str:
    return f"{step.revision.revision!r} ({getattr(step.revision, 'path', None)})"
