"""The documented functions of autogenerate for programs: compare, produce, render.

Used by programs and tests with a MigrationContext and models. Nothing is written.
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
        A list of tuples, such as ``("add_table", table)``, and of lists of tuples where a column
        has several changes: what makes the database as the models are.

    Raises:
        CommandError: there is no database to ask.
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
        A directive without an id, whose ``upgrade_ops`` make the database as the models are,
        and whose ``downgrade_ops`` undo that.

    Raises:
        CommandError: there is no database to ask.
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
        sqlalchemy_module_prefix: what stands before names of SQLAlchemy.
        alembic_module_prefix: what stands before directives.
        render_as_batch: render changes of a table as a batch.
        imports: lines of import that there are already.
        render_item: as in ``configure()``.
        migration_context: whose dialect is rendered for; None: SQLAlchemy's default dialect.
        user_module_prefix: what stands before names of the user's types; None: their module.

    Returns:
        Lines indented by four spaces, except the first.
    """
    # Comparing does without it.
    from idiolect.autogenerate.render.dispatch import render_cmd_body

    opts = {
        "sqlalchemy_module_prefix": sqlalchemy_module_prefix,
        "alembic_module_prefix": alembic_module_prefix,
        "render_item": render_item,
        "render_as_batch": render_as_batch,
        "user_module_prefix": user_module_prefix,
    }
    if migration_context is None:
        # Needed by those alone who have no context.
        from sqlalchemy.engine.default import DefaultDialect

        migration_context = MigrationContext.configure(dialect=DefaultDialect())
    autogen_context = AutogenContext(migration_context, opts=opts, autogenerate=False)
    autogen_context.imports = set(imports)
    return render_cmd_body(up_or_down_op, autogen_context)


def _render_migration_diffs(context: MigrationContext, template_args: dict[str, Any]) -> None:
    """Compare as the context's options say, and add the code to ``template_args``."""
    # As above.
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
    # Published code takes these from here, where Alembic's module imports them.
    if name == "RevisionContext":
        from idiolect.autogenerate.revision import RevisionContext

        return RevisionContext
    if name in {"compare", "render"}:
        return submodule("idiolect.autogenerate", name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
