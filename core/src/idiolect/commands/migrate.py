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
    options: dict[str, Any] = {"sql": sql, "tag": tag, "restart": restart, "lock": lock}
    _migrate(config, revision, _steps_up, plan=plan, format=format, **options)


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
    options: dict[str, Any] = {"sql": sql, "tag": tag, "restart": restart, "lock": lock}
    _migrate(config, revision, _steps_down, plan=plan, format=format, **options)


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


def _migrate(
    config: Config,
    revision: str | Sequence[str],
    planner: Callable[[ScriptDirectory, Any, Any, Heads], Iterable[MigrationStep]],
    *,
    sql: bool,
    plan: bool,
    format: str,
    **opts: Any,
) -> None:
    """Run the steps of upgrade or downgrade, or print what would run.

    Args:
        config: the configuration.
        revision: the target, or a range.
        planner: returns the steps for a script directory, a start, a target and the heads.
        sql: write a script.
        plan: print what would run.
        format: of the plan.
        **opts: further options of the run.
    """
    _check_format(plan=plan, sql=sql, format=format)
    script = script_directory(config)
    is_down = planner is _steps_down
    start, destination = _destination(revision, one=is_down)
    if start is not None and not sql:
        raise CommandError(f"Range revision not allowed: {revision!r} needs --sql.")
    if is_down and sql and start is None:
        raise CommandError(
            f"downgrade with --sql requires <fromrev>:<torev>, not {revision!r}: a script "
            "cannot ask the database where it starts."
        )

    def steps_for(heads: Heads, _context: Any) -> Iterable[MigrationStep]:
        return planner(script, start, destination, heads)

    opts |= {"as_sql": sql, "starting_rev": start, "destination_rev": destination}
    if not plan:
        run_environment(config, script, steps_for, must_run=not sql, **opts)
        return
    # Imported here because only --plan needs it.
    from idiolect.commands.plan import show_plan

    show_plan(config, script, steps_for, format=format, **opts)


def _steps_up(
    script: ScriptDirectory, start: str | None, destination: str | Sequence[str], heads: Heads
) -> Iterable[MigrationStep]:
    steps = script._upgrade_revs(destination, heads)
    if not steps and start is not None:
        _require_upwards(script, start, destination)
    return steps


def _steps_down(
    script: ScriptDirectory, _start: str | None, destination: str, heads: Heads
) -> Iterable[MigrationStep]:
    return script._downgrade_revs(destination, heads)


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
