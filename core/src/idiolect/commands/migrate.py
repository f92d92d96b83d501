"""Commands that change the database: upgrade, downgrade, stamp, ensure_version.

Each plans with the script directory and lets env.py run the steps; ``--sql`` writes a script
instead, ``--plan`` prints what would run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.commands.environment import run_environment, script_directory
from idiolect.errors import CommandError
from idiolect.util.langhelpers import to_tuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from idiolect.runtime.steps import MigrationStep
    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config

Heads = tuple[str, ...]


def upgrade(  # noqa: PLR0917 - the documented order
    config: Config,
    revision: str | Sequence[str],
    sql: bool = False,
    tag: str | None = None,
    restart: bool = False,
    lock: bool = True,
    plan: bool = False,
    format: str = "text",
) -> None:
    """Apply revisions, up to the given one.

    Args:
        config: the configuration.
        revision: the target; with ``sql`` also a range ``start:end``; programs may pass several.
        sql: write a script instead of changing the database.
        tag: any text, available to env.py.
        restart: run a revision that an earlier run left unfinished again from its beginning.
        lock: acquire the migration lock.
        plan: print what would run, without changing anything.
        format: of the plan: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the revision is unknown or ambiguous, a range is given without ``sql``, or
            the options are incompatible.
    """
    _check_format(plan=plan, sql=sql, format=format)
    script = script_directory(config)
    start, destination = _destination(revision)
    if start is not None and not sql:
        raise CommandError(f"Range revision not allowed: {revision!r} needs --sql.")

    def steps_for(heads: Heads, _context: Any) -> Iterable[MigrationStep]:
        steps = script._upgrade_revs(destination, heads)
        if not steps and start is not None:
            _require_upwards(script, start, destination)
        return steps

    _run(
        config,
        script,
        steps_for,
        plan_format=format if plan else None,
        as_sql=sql,
        starting_rev=start,
        destination_rev=destination,
        tag=tag,
        restart=restart,
        lock=lock,
    )


def downgrade(  # noqa: PLR0917 - the documented order
    config: Config,
    revision: str,
    sql: bool = False,
    tag: str | None = None,
    restart: bool = False,
    lock: bool = True,
    plan: bool = False,
    format: str = "text",
) -> None:
    """Revert revisions, back to the given one.

    Args:
        config: the configuration.
        revision: the target; with ``sql`` a range ``start:end``.
        sql: write a script instead of changing the database.
        tag: any text, available to env.py.
        restart: run a revision that an earlier run left unfinished again from its beginning.
        lock: acquire the migration lock.
        plan: print what would run, without changing anything.
        format: of the plan: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the revision is unknown, ambiguous or not an ancestor of the current one,
            ``sql`` is set without a range, or the options are incompatible.
    """
    _check_format(plan=plan, sql=sql, format=format)
    script = script_directory(config)
    start, destination = _destination(revision, one=True)
    if start is not None and not sql:
        raise CommandError(f"Range revision not allowed: {revision!r} needs --sql.")
    if sql and start is None:
        raise CommandError(
            f"downgrade with --sql requires <fromrev>:<torev>, not {revision!r}: a script "
            "cannot ask the database where it starts."
        )

    def steps_for(heads: Heads, _context: Any) -> Iterable[MigrationStep]:
        return script._downgrade_revs(destination, heads)

    _run(
        config,
        script,
        steps_for,
        plan_format=format if plan else None,
        as_sql=sql,
        starting_rev=start,
        destination_rev=destination,
        tag=tag,
        restart=restart,
        lock=lock,
    )


def stamp(  # noqa: PLR0917 - the documented order
    config: Config,
    revision: str | Iterable[str],
    sql: bool = False,
    tag: str | None = None,
    purge: bool = False,
    lock: bool = True,
) -> None:
    """Set the revision in the version table without running revisions.

    Args:
        config: the configuration.
        revision: one or several; with ``sql`` also a range ``start:end``.
        sql: write a script instead of changing the database.
        tag: any text, available to env.py.
        purge: delete all rows of the version table first.
        lock: acquire the migration lock.

    Raises:
        CommandError: a revision is unknown, or the options are incompatible.
    """
    script = script_directory(config)
    start, destinations = _stamp_targets(to_tuple(revision, ()), sql=sql)
    if purge and sql:
        message = "Can't use --purge with --sql mode: a script cannot know what to delete."
        raise CommandError(message)

    def plan(heads: Heads, _context: Any) -> Iterable[MigrationStep]:
        return script._stamp_revs(destinations, heads)

    run_environment(
        config,
        script,
        plan,
        must_run=not sql,
        as_sql=sql,
        starting_rev=start,
        destination_rev=destinations,
        tag=tag,
        purge=purge,
        lock=lock,
    )


def ensure_version(config: Config, sql: bool = False, lock: bool = True) -> None:
    """Create the version table if it does not exist.

    Args:
        config: the configuration.
        sql: write a script instead of changing the database.
        lock: acquire the migration lock.
    """

    def make_table(_heads: Heads, context: Any) -> Iterable[MigrationStep]:
        context.check_privileges()
        context._ensure_version_table()
        return ()

    script = script_directory(config)
    run_environment(config, script, make_table, must_run=not sql, as_sql=sql, lock=lock)


def _run(
    config: Config,
    script: ScriptDirectory,
    steps_for: Callable[[Heads, Any], Iterable[MigrationStep]],
    *,
    plan_format: str | None,
    **opts: Any,
) -> None:
    """Run the steps, or print a plan in the given format."""
    if plan_format is None:
        run_environment(config, script, steps_for, must_run=not opts["as_sql"], **opts)
        return
    # Imported here because only --plan needs it.
    from idiolect.commands.plan import show_plan

    show_plan(config, script, steps_for, format=plan_format, **opts)


def _check_format(*, plan: bool, sql: bool, format: str) -> None:
    if plan and sql:
        raise CommandError(
            "Pass either --plan or --sql, not both: a plan reads the database, a script does not."
        )
    if format not in {"text", "json"}:
        raise CommandError(f"Unknown format {format!r}; expected 'text' or 'json'.")
    if format != "text" and not plan:
        raise CommandError(f"--format {format} needs --plan.")


def _destination(
    revision: str | Sequence[str], *, one: bool = False
) -> tuple[str | None, str | tuple[str, ...]]:
    """Return the start of a range, or None, and the target or targets.

    Raises:
        CommandError: not a string, nor (unless ``one`` is set) several strings.
    """
    if isinstance(revision, str):
        return _split_range(revision)
    several = tuple(revision) if isinstance(revision, (list, tuple)) else ()
    if one or not several or not all(isinstance(each, str) for each in several):
        raise CommandError(
            f"A revision is expected, as text: 'head', an id, ...; got {revision!r}."
        )
    return None, several


def _split_range(revision: str) -> tuple[str | None, str]:
    """Return the start, or None if no range is given, and the target."""
    start, colon, destination = revision.partition(":")
    return (start, destination) if colon else (None, revision)


def _require_upwards(script: ScriptDirectory, start: str, destination: str | Sequence[str]) -> None:
    """Raise for an empty range with different ends: the user means a downgrade."""
    if script.get_revisions(start) != script.get_revisions(destination):
        raise CommandError(
            f"There is no upgrade from {start!r} to {destination!r}, which comes before it. "
            "Reverse "
            f"the range, or write the downgrade: downgrade {start}:{destination} --sql."
        )


def _stamp_targets(revisions: tuple[str, ...], *, sql: bool) -> tuple[str | None, tuple[str, ...]]:
    if not sql:
        return None, revisions
    ranges = [_split_range(each) for each in revisions]
    starts = {start for start, _ in ranges if start is not None}
    if len(starts) > 1:
        raise CommandError(
            "Stamp operation with --sql only supports a single starting revision at a time; "
            f"got: {', '.join(sorted(starts))}."
        )
    return next(iter(starts), None), tuple(destination for _, destination in ranges)
