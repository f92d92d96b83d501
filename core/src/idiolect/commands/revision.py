"""The command ``revision``, which creates a revision file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.commands.environment import run_environment, script_directory, wants_environment
from idiolect.errors import CommandError
from idiolect.util.langhelpers import new_rev_id

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from idiolect.autogenerate.revision import RevisionContext
    from idiolect.script.base import ScriptDirectory
    from idiolect.script.script import Script
    from idiolect.settings.config import Config


def revision(  # noqa: PLR0917 - the documented order
    config: Config,
    message: str | None = None,
    autogenerate: bool = False,
    sql: bool = False,
    head: str | Sequence[str] | None = "head",
    splice: bool = False,
    branch_label: str | Sequence[str] | None = None,
    version_path: str | os.PathLike[str] | None = None,
    rev_id: str | None = None,
    depends_on: str | Sequence[str] | None = None,
    process_revision_directives: Callable[..., None] | None = None,
) -> Script | list[Script | None] | None:
    """Create a revision file.

    Args:
        config: the configuration.
        message: what the revision does; becomes its docstring and part of the file's name.
        autogenerate: compare the models with the database and generate operations.
        sql: with ``revision_environment``, run env.py in offline mode.
        head: the parent of the new revision; None is the same as ``"head"``.
        splice: allow a ``head`` that already has children.
        branch_label: branch labels of the new revision.
        version_path: the version location to write to.
        rev_id: its id; by default a random one.
        depends_on: revisions that must be applied first.
        process_revision_directives: called before the file is written if env.py runs, and before
            the function that env.py configures.

    Returns:
        The new revision; a list if a hook generated none or several.

    Raises:
        CommandError: the head is unknown or not unique, or the options are incompatible.
    """
    script = script_directory(config)
    environment = wants_environment(config)
    if autogenerate and sql:
        problem = "Using --sql with --autogenerate does not make any sense"
        raise CommandError(problem)
    if sql and not environment:
        problem = (
            "Using --sql with the revision command when revision_environment is not configured "
            "does not make any sense"
        )
        raise CommandError(problem)
    if autogenerate or environment or process_revision_directives:
        arguments = {
            "message": message,
            "head": head,
            "splice": splice,
            "branch_label": branch_label,
            "version_path": version_path,
            "rev_id": rev_id,
            "depends_on": depends_on,
            "autogenerate": autogenerate,
            "sql": sql,
        }
        return _by_environment(
            config,
            script,
            arguments,
            process_revision_directives,
            autogenerate=autogenerate,
            as_sql=sql,
        )
    return script.generate_revision(
        rev_id or new_rev_id(),
        message,
        refresh=True,
        head="head" if head is None else head,
        splice=splice,
        branch_labels=branch_label,
        version_path=version_path,
        depends_on=depends_on,
        config=config,
    )


def _by_environment(
    config: Config,
    script: ScriptDirectory,
    arguments: dict[str, Any],
    process: Callable[..., None] | None,
    *,
    autogenerate: bool,
    as_sql: bool,
) -> Script | list[Script | None] | None:
    """Run env.py, for autogenerate or so that hooks can modify the revision; then write it."""
    # Imported here because it loads SQLAlchemy, which an empty revision does not need.
    from idiolect.autogenerate.revision import RevisionContext

    context = RevisionContext(config, script, arguments, process)
    run = context.run_autogenerate if autogenerate else context.run_no_autogenerate

    def fn(heads: tuple[str, ...], migration_context: Any) -> list[Any]:
        run(heads, migration_context)
        return []

    run_environment(
        config,
        script,
        fn,
        must_run=autogenerate,
        as_sql=as_sql,
        template_args=context.template_args,
        # Comparators of programs look up the revision that is being generated.
        revision_context=context,
    )
    scripts = _written(context)
    return scripts[0] if len(scripts) == 1 else scripts


def _written(context: RevisionContext) -> list[Script | None]:
    """Write all files; if one fails, delete those already written."""
    scripts: list[Script | None] = []
    try:
        for script in context.generate_scripts():
            scripts.append(script)  # noqa: PERF402 - those before a failure are needed
    except Exception:
        for written in filter(None, scripts):
            Path(written.path).unlink(missing_ok=True)
        raise
    return scripts
