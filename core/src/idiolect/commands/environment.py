"""Functions with which commands run env.py."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from idiolect.errors import NothingRanWarning
from idiolect.script.base import ScriptDirectory
from idiolect.util.langhelpers import asbool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idiolect.runtime.environment import EnvironmentContext
    from idiolect.settings.config import Config


def script_directory(config: Config) -> ScriptDirectory:
    """Open the script directory of a project.

    The class is looked up as ``command.ScriptDirectory``, because programs (such as Indico)
    replace it there by a subclass.

    Raises:
        CommandError: ``script_location`` is not set, or is not a script directory.
    """
    # Not imported here, because the command line does without it.
    facade = sys.modules.get("idiolect.command")
    opened: ScriptDirectory = getattr(facade, "ScriptDirectory", ScriptDirectory).from_config(
        config
    )
    return opened


def run_environment(
    config: Config,
    script: ScriptDirectory,
    fn: Callable[[tuple[str, ...], Any], Iterable[Any]],
    *,
    must_run: bool = False,
    **opts: Any,
) -> None:
    """Run env.py.

    Args:
        config: the configuration.
        script: the script directory whose env.py to run.
        fn: called by ``context.run_migrations()`` with the current heads and the migration
            context; returns the steps to run.
        must_run: warn if env.py does not call ``run_migrations()``.
        **opts: options of the environment: ``as_sql``, ``starting_rev``, ``tag``...;
            ``environment`` replaces the environment class.

    Warns:
        NothingRanWarning: ``must_run`` is set and env.py did not call ``run_migrations()``.
    """
    was_asked = False

    def steps(heads: tuple[str, ...], context: Any) -> Iterable[Any]:
        nonlocal was_asked
        was_asked = True
        return fn(heads, context)

    _run(config, script, fn=steps, **opts)
    if not was_asked and must_run:
        warning = NothingRanWarning(
            f"{script.env_py_location!r} ended without a call of context.run_migrations(), so "
            "nothing was done. Let it call context.configure() and then context.run_migrations() "
            "for each database.",
            path=script.env_py_location,
        )
        warnings.warn(warning, stacklevel=3)


def wants_environment(config: Config) -> bool:
    """Return whether env.py has to run for commands that need no database."""
    value = config.get_alembic_option("revision_environment") or False
    try:
        return asbool(value)
    except ValueError:
        place = config.place_of("revision_environment")
        raise place.error("has to be true or false") from None


def run_for_template_args(
    config: Config, script: ScriptDirectory, template_args: dict[str, Any], *, as_sql: bool = False
) -> None:
    """Run env.py so that it can add to ``template_args``, which is modified in place."""
    _run(config, script, fn=_nothing, as_sql=as_sql, template_args=template_args)


def _run(
    config: Config,
    script: ScriptDirectory,
    *,
    environment: type[EnvironmentContext] | None = None,
    **opts: Any,
) -> None:
    # Imported here because it loads SQLAlchemy, which commands that only read files do not need.
    from idiolect.runtime.environment import EnvironmentContext

    # Programs replace the class in the facade; see script_directory().
    facade = vars(sys.modules.get("idiolect.command", sys))
    used = environment or facade.get("EnvironmentContext", EnvironmentContext)
    with used(config, script, **opts):
        script.run_env()


def _nothing(_heads: tuple[str, ...], _context: Any) -> list[Any]:
    return []
