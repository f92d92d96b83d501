"""The doctor's checks of each database that env.py configures.

env.py runs as for ``current``; the version table, the journal and leftovers of batch operations
are read, and nothing is written.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from idiolect.cli.findings import Finding, failed
from idiolect.commands.environment import run_environment
from idiolect.commands.repair import unfinished_line
from idiolect.commands.show import is_declared
from idiolect.errors import PrivilegeError
from idiolect.hooks.records import journal_name, lease_name
from idiolect.runtime.version_table import qualified_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config

_CHECK = "version table"
#: Privileges that runs may need on the version table.
_WRITES = ("DELETE", "INSERT", "UPDATE")


def look_at_databases(config: Config, script: ScriptDirectory) -> Iterator[Finding]:
    """Run env.py, and check each database that it configures.

    Args:
        config: the configuration.
        script: the script directory.
    """
    found: list[Finding] = []

    def look(heads: tuple[str, ...], context: Any) -> list[Any]:
        found.extend(_reached(context))
        found.extend(_state(script, heads, context))
        found.extend(_width(script, context))
        found.extend(_leftovers(context))
        found.extend(_privileges(context))
        return []

    try:
        # Output of env.py must not end up in the report.
        with contextlib.redirect_stdout(sys.stderr):
            run_environment(config, script, look, dont_mutate=True)
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - reported, whatever it is
        found.append(failed("database", exc, config))
    if not found:
        text = f"{script.env_py_location!r} ended without a call of context.run_migrations()."
        remedy = "call context.configure() and then context.run_migrations() for each database"
        found.append(Finding("env.py", "problem", text, remedy))
    yield from found


def _reached(context: Any) -> Iterator[Finding]:
    dialect = context.dialect
    version = ".".join(map(str, dialect.server_version_info or ())) or "of unknown version"
    url = context.connection.engine.url.render_as_string(hide_password=True)
    impl = type(context.impl)
    yield Finding(
        "database",
        "ok",
        f"{url}: {dialect.name} {version}, driver {dialect.driver}, served by "
        f"{impl.__module__}.{impl.__name__}",
    )
    if context.opts.get("target_metadata") is None:
        yield Finding(
            "models",
            "note",
            "env.py does not set target_metadata, which 'check' and 'revision --autogenerate' "
            "need.",
            "context.configure(target_metadata=...)",
        )


def _state(script: ScriptDirectory, heads: tuple[str, ...], context: Any) -> Iterator[Finding]:
    """Check the version table's rows and what a run has left behind."""
    table = qualified_name(context)
    unknown = [head for head in heads if not is_declared(script, head)]
    if unknown:
        yield Finding(
            _CHECK,
            "problem",
            f"{table!r} holds {', '.join(unknown)}, which no revision file declares.",
            "use the version of the project that has migrated this database; restore the files; or "
            "run 'stamp --purge' with the revision that matches the schema",
        )
    elif overlap := _overlap(script, heads):
        yield Finding(
            _CHECK,
            "problem",
            f"{table!r} has rows for both {overlap[0]} and {overlap[1]}, which it follows: each "
            "row implies all of its ancestors.",
            f"'stamp --purge' to the revisions that the schema is at, without {overlap[1]}",
        )
    elif unfinished := context.journal.unfinished():
        text = unfinished_line(unfinished)
        remedy = "run 'upgrade' or 'downgrade' to continue; 'repair' shows what is recorded"
        yield Finding(_CHECK, "problem", text, remedy)
    elif set(heads) == set(script.get_heads()):
        yield Finding(_CHECK, "ok", f"{table!r} is at {_listed(heads)}")
    elif not heads and _has_tables(context):
        yield Finding(
            _CHECK,
            "note",
            f"{table!r} is empty, but the database has tables.",
            "'stamp' the revision that they are at, unless they belong to others",
        )
    else:
        text = f"{table!r} is at {_listed(heads)}, the heads are {_listed(script.get_heads())}."
        yield Finding(_CHECK, "note", text, "'upgrade heads'")


def _width(script: ScriptDirectory, context: Any) -> Iterator[Finding]:
    """Check whether the longest id fits into its column, if the database enforces lengths."""
    from sqlalchemy import inspect

    from idiolect.runtime.version_table import exists

    table = context._version
    longest = max((each.revision for each in script.walk_revisions()), key=len, default="")
    if not context.impl.enforces_string_length or not exists(context.connection, table):
        return
    columns = inspect(context.connection).get_columns(table.name, schema=table.schema)
    sizes = {each["name"]: getattr(each["type"], "length", None) for each in columns}
    if "version_num" not in sizes:
        text = f"{table.name!r} has no column 'version_num'."
        remedy = "rename the table that has this name, or set version_table to another name"
        yield Finding(_CHECK, "problem", text, remedy)
        return
    size = sizes["version_num"]
    if isinstance(size, int) and size < len(longest):
        yield Finding(
            _CHECK,
            "note",
            f"'version_num' of {table.name!r} has room for {size} characters; {longest} has "
            f"{len(longest)}. A run widens the column when it reaches that revision.",
            f"if the user may not alter the table, change it to VARCHAR({len(longest)}) beforehand",
        )


def _privileges(context: Any) -> Iterator[Finding]:
    """Check the privileges on the version table, if the dialect's plugin can."""
    try:
        context.check_privileges(_WRITES)
    except PrivilegeError as exc:
        yield Finding(_CHECK, "problem", str(exc))


def _leftovers(context: Any) -> Iterator[Finding]:
    """Look for temporary tables that an interrupted batch operation left behind."""
    from idiolect.operations.batch.rebuild import TEMPORARY

    names = _tables(context)
    for name in names:
        original = name.removeprefix(TEMPORARY)
        if original == name:
            continue
        if original in names:
            text = f"{name!r} was left by an interrupted batch operation."
            remedy = f"check that {original!r} has all rows, then DROP TABLE {name}"
        else:
            text = f"{name!r} was left by a batch operation, and {original!r} does not exist."
            remedy = f"it holds the rows: ALTER TABLE {name} RENAME TO {original}"
        yield Finding("leftovers", "problem", text, remedy)


def _overlap(script: ScriptDirectory, heads: tuple[str, ...]) -> tuple[str, str] | None:
    """Return a current id and another one that is its ancestor, if any."""
    graph = script.revision_map
    for head in heads:
        below = graph.ancestors_of([head], include_dependencies=False) - {head}
        if covered := next((each for each in heads if each in below), None):
            return head, covered
    return None


def _has_tables(context: Any) -> bool:
    version = context.version_table
    own = {version, journal_name(version), lease_name(version)}
    return bool({*_tables(context)} - own)


def _tables(context: Any) -> list[str]:
    from sqlalchemy import inspect

    names: list[str] = inspect(context.connection).get_table_names()
    return names


def _listed(ids: Any) -> str:
    return ", ".join(ids) or "the base"
