"""RevisionContext: one run of the revision or check command, from its arguments to files.

The commands create one and pass its methods to env.py as the function that ``run_migrations()``
calls. Nothing is written before all MigrationScripts have been validated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare.net import populate_migration_script
from idiolect.autogenerate.context import AutogenContext
from idiolect.autogenerate.directives import check_directives, require_types
from idiolect.errors import CommandError
from idiolect.hooks.dialects import hooks_for
from idiolect.operations.ops.containers import DowngradeOps, MigrationScript, UpgradeOps
from idiolect.util.langhelpers import new_rev_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Dialect

    from idiolect.runtime.migration import MigrationContext
    from idiolect.script.base import ScriptDirectory
    from idiolect.script.script import Script
    from idiolect.settings.config import Config

_UP_TOKEN = "upgrades"  # noqa: S105 - a word of a template
_DOWN_TOKEN = "downgrades"  # noqa: S105 - as above


class RevisionContext:
    """The revisions that a command is about to write.

    Args:
        config: the configuration.
        script_directory: the script directory for the files.
        command_args: the arguments of the command by name.
        process_revision_directives: called with the MigrationScripts before the function of env.py.

    Attributes:
        template_args: variables for the templates of the new files.
        generated_revisions: the MigrationScripts, one per file.
        dialects: the dialect of each run of env.py, by the template variable that it fills.
    """

    def __init__(
        self,
        config: Config,
        script_directory: ScriptDirectory,
        command_args: dict[str, Any],
        process_revision_directives: Callable[..., None] | None = None,
    ) -> None:
        self.config = config
        self.script_directory = script_directory
        self.command_args = command_args
        self.process_revision_directives = process_revision_directives
        self.template_args: dict[str, Any] = {"config": config}
        self.generated_revisions: list[MigrationScript] = [self._default_revision()]
        self.dialects: dict[str, Dialect] = {}
        self._pending: MigrationScript | None = None
        self._last_autogen_context: AutogenContext | None = None
        self._rendered: list[tuple[MigrationScript, dict[str, Any]]] = []

    def _default_revision(self) -> MigrationScript:
        args = self.command_args
        return MigrationScript(
            args["rev_id"] or new_rev_id(),
            UpgradeOps(),
            DowngradeOps(),
            message=args["message"],
            head=args["head"],
            splice=args["splice"],
            branch_label=args["branch_label"],
            version_path=args["version_path"],
            depends_on=args["depends_on"],
        )

    def run_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Compare the models with the database and add the differences to the MigrationScripts.

        Args:
            rev: the heads of the database.
            migration_context: connected to the database.

        Raises:
            CommandError: the database lacks revisions, or there are no models.
        """
        self._run_environment(rev, migration_context, autogenerate=True)

    def run_no_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Call the hooks with the MigrationScripts without comparing."""
        self._run_environment(rev, migration_context, autogenerate=False)

    def _run_environment(
        self, rev: Any, migration_context: MigrationContext, *, autogenerate: bool
    ) -> None:
        if autogenerate:
            self._require_heads(rev)
        context = AutogenContext(migration_context, autogenerate=autogenerate)
        directive = self._directive_for(migration_context.opts)
        self.dialects[directive.upgrade_ops_list[-1].upgrade_token] = context.dialect
        if autogenerate:
            populate_migration_script(context, directive)
        if self.process_revision_directives is not None:
            self.process_revision_directives(migration_context, rev, self.generated_revisions)
            check_directives(self.generated_revisions, self.process_revision_directives)
        hooks = hooks_for(migration_context.dialect.name, subpackage="compare")
        hooks.process_revision_directives(migration_context, rev, self.generated_revisions)
        implementers = hooks.implementers("process_revision_directives")
        check_directives(self.generated_revisions, implementers)
        self._last_autogen_context = context

    def _require_heads(self, rev: Any) -> None:
        script = self.script_directory
        have = {each.revision for each in script.get_revisions(rev)}
        wanted = {each.revision for each in script.get_revisions("heads")}
        if have != wanted:
            lacking = ", ".join(sorted(wanted - have)) or "none"
            # Published programs compare the message with Alembic's.
            error = CommandError("Target database is not up to date.")
            error.add_note(
                "Run 'upgrade heads' first; it is at "
                f"{', '.join(sorted(have)) or 'base'} and lacks: {lacking}"
            )
            raise error

    def _directive_for(self, opts: dict[str, Any]) -> MigrationScript:
        """Return the MigrationScript of a run; further runs add containers to it."""
        up_token = opts.get("upgrade_token") or _UP_TOKEN
        down_token = opts.get("downgrade_token") or _DOWN_TOKEN
        if not self.generated_revisions:
            return MigrationScript(None, UpgradeOps([], up_token), DowngradeOps([], down_token))
        directive = self.generated_revisions[-1]
        if self._pending is None:
            directive.upgrade_ops_list[-1].upgrade_token = up_token
            directive.downgrade_ops_list[-1].downgrade_token = down_token
        else:
            directive.upgrade_ops_list.append(UpgradeOps([], up_token))
            directive.downgrade_ops_list.append(DowngradeOps([], down_token))
        self._pending = directive
        return directive

    def generate_scripts(self) -> Iterator[Script | None]:
        """Write a file for each MigrationScript, and yield its revision.

        All are rendered before the first is written.

        Raises:
            CommandError: a file cannot be written; no further ones are written.
        """
        directives = list(self.generated_revisions)
        self._rendered = [(each, self._template_args_of(each)) for each in directives]
        for directive in directives:
            yield self._to_script(directive)

    def _template_args_of(self, directive: MigrationScript) -> dict[str, Any]:
        template_args = dict(self.template_args)
        if self._last_autogen_context is not None:
            # Imported here because the check command does not render.
            from idiolect.autogenerate.render.dispatch import render_python_into_template_args

            context = self._last_autogen_context
            context.imports = set()
            if not context.opts.get("render_item"):
                require_types(directive)
            render_python_into_template_args(context, directive, template_args)
        return template_args

    def _to_script(self, directive: MigrationScript) -> Script | None:
        found = (args for each, args in self._rendered if each is directive)
        template_args = next(found, None) or self._template_args_of(directive)
        return self.script_directory.generate_revision(
            directive.rev_id or new_rev_id(),
            directive.message,
            refresh=True,
            head=directive.head if directive.head is not None else "head",
            splice=bool(directive.splice),
            branch_labels=directive.branch_label,
            version_path=directive.version_path,
            depends_on=directive.depends_on,
            **template_args,
        )
