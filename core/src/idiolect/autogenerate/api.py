"""The documented functions of autogenerate for programs: compare, produce, render.

They take a MigrationContext and models, and write nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare.net import populate_migration_script
from idiolect.autogenerate.context import AutogenContext
from idiolect.operations.ops.containers import DowngradeOps, MigrationScript, UpgradeOps
from idiolect.runtime.migration import MigrationContext
from idiolect.util.lazy import submodule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal

    from sqlalchemy import MetaData


def compare_metadata(context: MigrationContext, metadata: MetaData | Sequence[MetaData]) -> Any:
    """Compare a database with models.

    Args:
        context: the database, and the options of the comparison.
        metadata: the models.

    Returns:
        The changes that make the database match the models: a list of diff tuples, such as
        ``("add_table", table)``, and of lists of tuples for columns with several changes.

    Raises:
        CommandError: there is no database connection.
    """
    upgrade_ops = produce_migrations(context, metadata).upgrade_ops
    return [] if upgrade_ops is None else upgrade_ops.as_diffs()


def produce_migrations(
    context: MigrationContext, metadata: MetaData | Sequence[MetaData]
) -> MigrationScript:
    """Compare a database with models, and return operations.

    Args:
        context: the database, and the options of the comparison.
        metadata: the models.

    Returns:
        A MigrationScript without an id, whose ``upgrade_ops`` make the database match the models,
        and whose ``downgrade_ops`` undo that.

    Raises:
        CommandError: there is no database connection.
    """
    migration_script = MigrationScript(None, UpgradeOps(), DowngradeOps())
    populate_migration_script(AutogenContext(context, metadata), migration_script)
    return migration_script


def render_python_code(  # noqa: PLR0917 - the documented order
    up_or_down_op: UpgradeOps | DowngradeOps,
    sqlalchemy_module_prefix: str = "sa.",
    alembic_module_prefix: str = "op.",
    render_as_batch: bool = False,
    imports: Iterable[str] = (),
    render_item: Callable[..., str | Literal[False]] | None = None,
    migration_context: MigrationContext | None = None,
    user_module_prefix: str | None = None,
) -> str:
    """Return the code of ``upgrade()`` or ``downgrade()`` for operations.

    Args:
        up_or_down_op: the operations.
        sqlalchemy_module_prefix: prefix for names of SQLAlchemy.
        alembic_module_prefix: prefix for directives.
        render_as_batch: render changes of a table as a batch.
        imports: existing import statements; required ones are added.
        render_item: as in ``configure()``.
        migration_context: determines the dialect; None: SQLAlchemy's default dialect.
        user_module_prefix: prefix for the user's types; None: their module.

    Returns:
        Lines indented by four spaces, except the first.
    """
    # Imported here because comparing does not need it.
    from idiolect.autogenerate.render.dispatch import render_cmd_body

    opts = {
        "sqlalchemy_module_prefix": sqlalchemy_module_prefix,
        "alembic_module_prefix": alembic_module_prefix,
        "render_item": render_item,
        "render_as_batch": render_as_batch,
        "user_module_prefix": user_module_prefix,
    }
    if migration_context is None:
        # Imported here because it is only needed without a context.
        from sqlalchemy.engine.default import DefaultDialect

        migration_context = MigrationContext.configure(dialect=DefaultDialect())
    autogen_context = AutogenContext(migration_context, opts=opts, autogenerate=False)
    autogen_context.imports = set(imports)
    return render_cmd_body(up_or_down_op, autogen_context)


def _render_migration_diffs(context: MigrationContext, template_args: dict[str, Any]) -> None:
    """Compare according to the context's options, and add the code to ``template_args``."""
    # See render_python_code().
    from idiolect.autogenerate.render.dispatch import render_python_into_template_args

    autogen_context = AutogenContext(context)
    script = MigrationScript(
        None,
        UpgradeOps([], context.opts["upgrade_token"]),
        DowngradeOps([], context.opts["downgrade_token"]),
    )
    populate_migration_script(autogen_context, script)
    render_python_into_template_args(autogen_context, script, template_args)


def __getattr__(name: str) -> Any:
    # Published code imports these from here, as from Alembic's module.
    if name == "RevisionContext":
        from idiolect.autogenerate.revision import RevisionContext

        return RevisionContext
    if name in {"compare", "render"}:
        return submodule("idiolect.autogenerate", name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
