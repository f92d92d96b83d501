"""The command ``repair``: the user's decisions about an unfinished revision.

Changes only the journal, never the schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.commands.documents import check_format, print_document
from idiolect.commands.environment import run_environment, script_directory
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from idiolect.settings.config import Config

#: Value for the last recorded write instead of its number.
_LAST = "last"


def repair(  # noqa: PLR0917 - like the other commands
    config: Config,
    mark_done: str | int | None = None,
    mark_undone: str | int | None = None,
    forget: bool = False,
    format: str = "text",
    lock: bool = True,
) -> None:
    """Show or settle the recorded writes of an unfinished revision.

    Args:
        config: the configuration.
        mark_done: the number of a write that was executed, or ``last``; includes all writes
            before it, and accepts what was read before them. If nothing of that is open, the next
            run skips the write even if the revision sends a different statement there.
        mark_undone: the number of a write that was not executed, or ``last``: the next run
            executes it and all after it.
        forget: delete the recorded writes; the next run starts from the beginning.
        format: of the recorded writes: ``text`` for people, ``json`` for a document.
        lock: acquire the migration lock before changes; showing the writes needs no lock.

    Raises:
        CommandError: no revision is unfinished, the write does not exist, the options are
            incompatible, or the format is unknown.
    """
    check_format(format)
    if sum((mark_done is not None, mark_undone is not None, forget)) > 1:
        message = "Pass only one of --mark-done, --mark-undone and --forget."
        raise CommandError(message)

    recorded: list[dict[str, Any]] = []

    def tell(_heads: tuple[str, ...], context: Any) -> list[Any]:
        entries = _unfinished(context)
        if format == "json":
            recorded.append(_recorded(entries))
            return []
        config.print_stdout("%s", _summary(entries))
        for entry in entries:
            config.print_stdout("  %s, %s", entry.described(), entry.state)
        return []

    def settle(_heads: tuple[str, ...], context: Any) -> list[Any]:
        # A running migration is not unfinished: read the entries once it has ended.
        with context.lock.around_run(bound=context.connection.in_transaction()):
            context.lock.at_begin()
            last = _unfinished(context)[-1].seq
            if mark_done is not None:
                context.journal.mark_done(_number(mark_done, last))
            elif mark_undone is not None:
                context.journal.mark_undone(_number(mark_undone, last))
            else:
                context.journal.forget()
        return []

    only_tells = mark_done is None and mark_undone is None and not forget
    run_environment(
        config,
        script_directory(config),
        tell if only_tells else settle,
        must_run=True,
        dont_mutate=True,
        lock=lock,
    )
    if format == "json":
        print_document(config, unfinished=recorded)


def unfinished_line(entries: list[Any]) -> str:
    """Return one line about an unfinished revision, for the command ``current``."""
    return f"{_summary(entries)}; the last is {entries[-1].described()}"


def _unfinished(context: Any) -> list[Any]:
    """Return the journal's entries.

    Raises:
        CommandError: there are none.
    """
    entries: list[Any] = context.journal.unfinished()
    if not entries:
        message = "No revision is unfinished: the journal of this database has no entries."
        raise CommandError(message)
    return entries


def _summary(entries: list[Any]) -> str:
    entry = entries[0]
    # Imported here because every command imports this module.
    from idiolect.runtime.journal.entries import in_words

    writes = in_words(len(entries))
    return f"{entry.revision} is unfinished: its {entry.direction}() stopped after {writes}"


def _recorded(entries: list[Any]) -> dict[str, Any]:
    """Return the recorded writes for a document."""
    return {
        "revision": entries[0].revision,
        "direction": entries[0].direction,
        "writes": [
            {
                "number": each.seq,
                "state": each.state,
                "statement": each.statement,
                "place": each.place,
            }
            for each in entries
        ],
    }


def _number(given: str | int, count: int) -> int:
    """Return the number of a write.

    Raises:
        CommandError: there is no such write.
    """
    if given == _LAST:
        return count
    try:
        number = int(given)
    except ValueError:
        number = 0
    if not 1 <= number <= count:
        raise CommandError(
            f"There is no write {given!r}: the journal has the writes 1 to {count}. See 'repair'."
        )
    return number
