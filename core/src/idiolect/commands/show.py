"""Commands that report: current, history, heads, branches, show.

Only ``current``, and others if they show the state of the database, run env.py; otherwise they only
read files and do not load SQLAlchemy.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from idiolect.commands.documents import check_format, print_document, revision_entries
from idiolect.commands.environment import run_environment, script_directory, wants_environment
from idiolect.commands.repair import unfinished_line
from idiolect.errors import CommandError, DatabaseNotAtHead, IdiolectError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from idiolect.script.base import ScriptDirectory
    from idiolect.script.script import Script
    from idiolect.settings.config import Config

Heads = tuple[str, ...]


def current(
    config: Config,
    check_heads: bool = False,
    verbose: bool = False,
    format: str = "text",
    allow_newer: bool = False,
) -> None:
    """Print the revisions that the database is at.

    Args:
        config: the configuration.
        check_heads: fail unless the database is at all heads of the script directory.
        verbose: print the database's URL (without password) and each revision in full.
        format: ``text`` for people, ``json`` for a document.
        allow_newer: accept revisions that no file declares, as a newer version of the project
            leaves them; ``check_heads`` then counts the database as up to date.

    Raises:
        DatabaseNotAtHead: ``check_heads`` is set and a head is missing.
        CommandError: the format is unknown.
    """
    check_format(format)
    script = script_directory(config)
    if format == "json":
        _current_as_document(config, script, check_heads=check_heads, allow_newer=allow_newer)
        return

    def report(heads: Heads, context: Any) -> list[Any]:
        if verbose:
            config.print_stdout("Current revision(s) for %s:", _url_of(context))
        known, undeclared = _by_file(script, heads) if check_heads or allow_newer else (heads, ())
        if check_heads:
            with _naming(context):
                _require_heads(script, heads, undeclared, allow_newer=allow_newer)
        for revision in _in_order(script, known):
            config.print_stdout(revision.cmd_format(verbose))
        for head in undeclared:
            config.print_stdout("%s (in no file: from a newer version)", head)
        if unfinished := context.unfinished():
            config.print_stdout("%s", unfinished_line(unfinished))
        return []

    run_environment(config, script, report, dont_mutate=True)


def _current_as_document(
    config: Config, script: ScriptDirectory, *, check_heads: bool, allow_newer: bool
) -> None:
    """Print one document for all databases; only then raise if one is not at all heads."""
    databases: list[dict[str, Any]] = []
    contexts: list[Any] = []

    def note(heads: Heads, context: Any) -> list[Any]:
        unfinished = context.journal.unfinished()
        known, undeclared = _by_file(script, heads) if check_heads or allow_newer else (heads, ())
        contexts.append(context)
        databases.append(
            {
                "database": _url_of(context),
                "version_table": context.version_table,
                "version_table_schema": context.version_table_schema,
                "at_heads": set(heads) == set(script.get_heads()),
                "current": list(heads),
                "undeclared": list(undeclared),
                "revisions": revision_entries(_in_order(script, known), heads),
                "unfinished": unfinished_line(unfinished) if unfinished else None,
            }
        )
        return []

    run_environment(config, script, note, dont_mutate=True)
    print_document(config, databases=databases)
    if check_heads:
        for each, context in zip(databases, contexts, strict=True):
            with _naming(context):
                _require_heads(script, each["current"], each["undeclared"], allow_newer=allow_newer)


def heads(
    config: Config,
    verbose: bool = False,
    resolve_dependencies: bool = False,
    format: str = "text",
) -> None:
    """List the revisions that no other revision follows.

    Args:
        config: the configuration.
        verbose: print each revision in full.
        resolve_dependencies: exclude revisions that another revision depends on.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the format is unknown.
    """
    check_format(format)
    script = script_directory(config)
    wanted = "heads" if resolve_dependencies else tuple(script.get_heads())
    found = script.get_revisions(wanted)
    if format == "json":
        print_document(config, revisions=revision_entries(found))
        return
    for revision in found:
        config.print_stdout(
            revision.cmd_format(verbose, include_branches=True, tree_indicators=False)
        )


def branches(config: Config, verbose: bool = False, format: str = "text") -> None:
    """List the revisions at which the history branches.

    Args:
        config: the configuration.
        verbose: print each revision in full.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the format is unknown.
    """
    check_format(format)
    script = script_directory(config)
    points = [each for each in script.walk_revisions() if each.is_branch_point]
    if format == "json":
        print_document(config, revisions=revision_entries(points))
        return
    for point in points:
        indent = " " * len(point.revision)
        lines = [
            f"{indent} -> {_brief(script.get_revision(each), verbose)}"
            for each in sorted(point.nextrev)
        ]
        config.print_stdout(
            "%s\n%s\n", point.cmd_format(verbose, include_branches=True), "\n".join(lines)
        )


def history(
    config: Config,
    rev_range: str | None = None,
    verbose: bool = False,
    indicate_current: bool = False,
    format: str = "text",
) -> None:
    """List revisions, latest first.

    Args:
        config: the configuration.
        rev_range: ``start:end``, ``start:`` or ``:end``; either may be ``current``.
        verbose: print each revision in full.
        indicate_current: mark the database's current revisions.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the range has no colon or an unknown revision, or the format is unknown.
    """
    check_format(format)
    script = script_directory(config)
    base, head = _history_range(rev_range)
    if "current" not in {base, head} and not indicate_current and not wants_environment(config):
        walked = script.walk_revisions(base or "base", head or "heads")
        _print_history(config, walked, None, verbose=verbose, format=format)
        return

    def report(found: Heads, _context: Any) -> list[Any]:
        walked = script.walk_revisions(
            (found or "base") if base == "current" else (base or "base"),  # type: ignore[arg-type] # several ids are as good
            (found or "base") if head == "current" else (head or "heads"),  # type: ignore[arg-type] # as above
        )
        held = found if indicate_current else None
        _print_history(config, walked, held, verbose=verbose, format=format)
        return []

    run_environment(config, script, report, dont_mutate=True)


def show(config: Config, rev: str, format: str = "text") -> None:
    """Show revisions in detail.

    Args:
        config: the configuration.
        rev: a revision identifier, or ``current``.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the revision is unknown or ambiguous, or the format is unknown.
    """
    check_format(format)
    if format == "json":
        found: list[Script] = []
        for_each(config, rev, found.append)
        print_document(config, revisions=revision_entries(found))
        return

    def entry(revision: Script) -> None:
        config.print_stdout(revision.log_entry)

    for_each(config, rev, entry)


def for_each(config: Config, symbol: str, action: Callable[[Script], None]) -> int:
    """Call ``action`` with each revision that ``symbol`` resolves to, and return their number.

    Args:
        config: the configuration.
        symbol: a revision identifier, or ``current``, which queries the database.
        action: called with each revision.
    """
    script = script_directory(config)
    seen: list[Script] = []

    def act(found: Any, _context: Any = None) -> list[Any]:
        seen.extend(script.get_revisions(found))
        for revision in seen:
            action(revision)
        return []

    if symbol == "current":
        run_environment(config, script, act, dont_mutate=True)
    else:
        act(symbol)
    return len(seen)


def _history_range(rev_range: str | None) -> tuple[str, str]:
    if rev_range is None:
        return "", ""
    base, colon, head = rev_range.partition(":")
    if not colon:
        raise CommandError(
            "History range requires [start]:[end], [start]:, or :[end]; "
            f"{rev_range!r} has no colon."
        )
    return base.strip(), head.strip()


def _print_history(
    config: Config,
    revisions: Iterable[Script],
    held: Heads | None,
    *,
    verbose: bool,
    format: str,
) -> None:
    if format == "json":
        print_document(config, revisions=revision_entries(revisions, held))
        return
    for revision in revisions:
        if held:
            revision._db_current_indicator = revision.revision in held
        config.print_stdout(
            revision.cmd_format(
                verbose=verbose, include_branches=True, include_doc=True, include_parents=True
            )
        )


def _require_heads(
    script: ScriptDirectory,
    held: Collection[str],
    undeclared: Collection[str],
    *,
    allow_newer: bool,
) -> None:
    """Raise if the database is not at all heads.

    Raises:
        DatabaseNotAtHead: a head is missing.
    """
    if set(held) == set(script.get_heads()) or (undeclared and allow_newer):
        return
    advice = "Run 'upgrade heads'."
    if undeclared:
        advice = (
            f"No file declares {_listed(undeclared)}: either a newer version of the project has "
            "migrated this database, which --allow-newer accepts, or a file is missing."
        )
    raise DatabaseNotAtHead(
        f"Database is not on all head revisions: it holds {_listed(held)}; the script "
        f"directory has {_listed(script.get_heads())}. {advice}"
    )


@contextlib.contextmanager
def _naming(context: Any) -> Iterator[None]:
    """Name the database in an error of the block, if there are several."""
    try:
        yield
    except DatabaseNotAtHead as exc:
        # Imported here because most commands of this module do without a database.
        from idiolect.runtime.notes import one_of_several

        if place := one_of_several(context):
            exc.add_note(place)
        raise


def is_declared(script: ScriptDirectory, revision: str) -> bool:
    """Return whether a file declares exactly this id."""
    try:
        return script.get_revision(revision).revision == revision
    except IdiolectError:
        return False


def _by_file(script: ScriptDirectory, held: Heads) -> tuple[Heads, Heads]:
    """Return those of the ids in the version table that files declare, and the others."""
    known = tuple(each for each in held if is_declared(script, each))
    return known, tuple(each for each in held if each not in known)


def _url_of(context: Any) -> str:
    url: str = context.connection.engine.url.render_as_string(hide_password=True)
    return url


def _in_order(script: ScriptDirectory, heads: Heads) -> list[Script]:
    """Return the revisions that the version rows imply, those with a row first, in order."""
    implied = script.get_all_current(heads)
    rest = sorted(implied, key=lambda each: each.revision)
    own = [each for each in script.get_revisions(heads) if each in implied]
    return own + [each for each in rest if each not in own]


def _brief(revision: Script, verbose: bool) -> str:
    return revision.cmd_format(False, include_branches=True, include_doc=verbose)


def _listed(ids: Any) -> str:
    return ", ".join(ids) or "no revision"
