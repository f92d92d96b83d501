"""The command repair: what a person says of a revision that an earlier run left unfinished.

Used by the command line and programs. Changes the journal alone, never the schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.command.documents import check_format, print_document
from idiolect.command.environment import run_environment, script_directory
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from idiolect.settings.config import Config

#: Stands for the number of the last write that is recorded.
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
        config: the configuration in use.
        mark_done: the number of a write that has had its effect, or ``last``, as those before it
            have, whatever was read before them. Where that was not in question, the next run
            skips the write although the revision sends another one there.
        mark_undone: the number of a write that has had none, or ``last``: the next run makes it
            and all after it.
        forget: forget what is recorded; the next run begins with the function's first line.
        format: of what is recorded: ``text`` for people, ``json`` for a document.
        lock: wait for a run that is under way, and keep others waiting; telling waits for nobody.

    Raises:
        CommandError: nothing is unfinished, there is no such write, two answers are given, or the
            format is none of the two.
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
        # What is under way is not unfinished: the entries are read when its run has ended.
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
    """Return one line on an unfinished revision, for the command ``current``."""
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
    # Not loaded for the other commands, which are imported together.
    from idiolect.runtime.journal.entries import in_words

    writes = in_words(len(entries))
    return f"{entry.revision} is unfinished: its {entry.direction}() stopped after {writes}"


def _recorded(entries: list[Any]) -> dict[str, Any]:
    """Return what is recorded, for a document."""
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
        CommandError: there is none.
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
