"""EnvironmentContext: what env.py sees as ``context``.

Commands make one to run env.py with the function ``fn``; env.py reaches it through the proxy module
and configures how the database is reached. Long explanations of the options are in
``docs/reference/options.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TextIO, overload

from idiolect.errors import CommandError
from idiolect.runtime.migration import MigrationContext
from idiolect.runtime.options import check_early
from idiolect.util import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.url import URL
    from sqlalchemy.sql import Executable

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.runtime.transactions import ProxyTransaction
    from idiolect.script.base import ScriptDirectory
    from idiolect.settings.config import Config

RevisionArgument = str | tuple[str, ...] | None

#: Arguments of configure() that replace what the command asked for, if given at all.
_OVERRIDES = ("output_encoding", "starting_rev", "tag", "transactional_ddl")


class EnvironmentContext:
    """The bridge between a command, env.py and the migration context.

    Used as a context manager it is what the module ``context`` stands for, in this thread or
    task, until the block ends.

    Args:
        config: the configuration in use.
        script: the script directory in use.
        **kw: what the command asks for: ``fn``, ``as_sql``, ``starting_rev``,
            ``destination_rev``, ``tag`` and further options of the migration context.
    """

    config: Config
    script: ScriptDirectory

    def __init__(self, config: Config, script: ScriptDirectory, **kw: Any) -> None:
        self.config = config
        self.script = script
        self.context_opts: dict[str, Any] = kw
        self._migration_context: MigrationContext | None = None
        self._configured: list[MigrationContext] = []
        self._bound_before: Any = None

    def __enter__(self) -> Self:
        self._bound_before = bound.environment.push(self)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        bound.environment.pop(self, self._bound_before)
        try:
            if exc is None:
                for context in self._configured:
                    context.check_committed()
        finally:
            for context in self._configured:
                context.stop_watching()

    def is_offline_mode(self) -> bool:
        """Return whether a script is to be written (``--sql``). Needs no ``configure()``."""
        return bool(self.context_opts.get("as_sql", False))

    def is_transactional_ddl(self) -> bool:
        """Return whether failed revisions can be rolled back. Needs ``configure()``."""
        return self.get_context().rules.transactional_ddl

    def requires_connection(self) -> bool:
        """Return whether a database has to be reached. Needs no ``configure()``."""
        return not self.is_offline_mode()

    def get_head_revision(self) -> RevisionArgument:
        """Return the id of the one head; CommandError where there are several."""
        return self.script.as_revision_number("head")

    def get_head_revisions(self) -> RevisionArgument:
        """Return the ids of all heads."""
        return self.script.as_revision_number("heads")

    def get_starting_revision_argument(self) -> RevisionArgument:
        """Return the id before the colon of ``start:end``; None for the base.

        Raises:
            CommandError: the command has no starting revision.
        """
        if self._migration_context is not None:
            start = self._migration_context._start_from_rev
        elif "starting_rev" in self.context_opts:
            start = self.context_opts["starting_rev"]
        else:
            message = "No starting revision argument is available."
            raise CommandError(message)
        return self.script.as_revision_number(start)

    def get_revision_argument(self) -> RevisionArgument:
        """Return the id that the command goes to; None for the base.

        Raises:
            CommandError: the command goes nowhere, as ``current`` does.
        """
        if "destination_rev" not in self.context_opts:
            message = "No destination revision argument is available."
            raise CommandError(message)
        return self.script.as_revision_number(self.context_opts["destination_rev"])

    def get_tag_argument(self) -> str | None:
        """Return what was passed with ``--tag``, if anything."""
        tag: str | None = self.context_opts.get("tag")
        return tag

    @overload
    def get_x_argument(self, as_dictionary: Literal[False] = False) -> list[str]: ...
    @overload
    def get_x_argument(self, as_dictionary: Literal[True]) -> dict[str, str]: ...
    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """Return what was passed with ``-x``: texts in order, or a dict of ``key=value``.

        A text without ``=`` becomes a key with an empty value; of equal keys the last counts.
        """
        given = getattr(self.config.cmd_opts, "x", None) or []
        if not as_dictionary:
            return given
        pairs = (text.partition("=") for text in given)
        return {key: value for key, _, value in pairs}

    def configure(  # noqa: PLR0917 - the documented order
        self,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect_opts: dict[str, Any] | None = None,
        transactional_ddl: bool | None = None,
        transaction_per_migration: bool = False,
        output_buffer: TextIO | None = None,
        starting_rev: str | None = None,
        tag: str | None = None,
        template_args: dict[str, Any] | None = None,
        render_as_batch: bool = False,
        target_metadata: MetaData | Collection[MetaData] | None = None,
        include_name: Callable[..., bool] | None = None,
        include_object: Callable[..., bool] | None = None,
        include_schemas: bool = False,
        process_revision_directives: Callable[..., None] | None = None,
        compare_type: bool | Callable[..., bool | None] = True,
        compare_server_default: bool | Callable[..., bool | None] = False,
        render_item: Callable[..., str | Literal[False]] | None = None,
        literal_binds: bool = False,
        upgrade_token: str = "upgrades",  # noqa: S107 - no password
        downgrade_token: str = "downgrades",  # noqa: S107 - as above
        alembic_module_prefix: str = "op.",
        sqlalchemy_module_prefix: str = "sa.",
        user_module_prefix: str | None = None,
        on_version_apply: Callable[..., None] | Collection[Callable[..., None]] | None = None,
        autogenerate_plugins: Collection[str] | None = None,
        **kw: Any,
    ) -> None:
        """Say how the database is reached and what the run is to obey.

        May be called several times by one env.py; what follows works on the latest call's
        context. All options, with their meaning and defaults: ``docs/reference/options.md``.

        Raises:
            CommandError: ``connection`` is not a Connection, or nothing tells the dialect.
            UnknownDialectError: nothing installed serves the dialect.
        """
        given = dict(locals())
        check_early(
            dialect_name=dialect_name, dialect_opts=dialect_opts, template_args=template_args
        )
        for name in ("self", "kw", "connection", "url", "dialect_name", "dialect_opts"):
            del given[name]
        opts = self._merged_options({**given, **kw})
        self._migration_context = MigrationContext.configure(
            connection=connection,
            url=url,
            dialect_name=dialect_name,
            environment_context=self,
            dialect_opts=dialect_opts,
            opts=opts,
        )
        self._configured.append(self._migration_context)

    def _merged_options(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the command's options with those of configure() over them."""
        opts = dict(self.context_opts)
        for name, value in given.items():
            if name in _OVERRIDES:
                if value is None or value == "":
                    continue
                # Asked for again by get_tag_argument() and the like, before the next context.
                self.context_opts[name] = value
            if name in {"output_buffer", "template_args"}:
                continue
            opts[name] = value
        buffer = given["output_buffer"]
        opts["output_buffer"] = self.config.output_buffer if buffer is None else buffer
        opts["script"] = self.script
        # The revision command goes on with the very dict that it passed in.
        if given["template_args"] and "template_args" in self.context_opts:
            self.context_opts["template_args"].update(given["template_args"])
        return opts

    def run_migrations(self, **kw: Any) -> None:
        """Run what the command planned, on the context of the latest ``configure()``.

        Args:
            **kw: passed to each revision's ``upgrade()`` or ``downgrade()``.
        """
        self.get_context().run_migrations(**kw)

    def execute(
        self, sql: Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Send a statement, or write it to the script. Needs ``configure()``."""
        self.get_context().execute(sql, execution_options=execution_options)

    def static_output(self, text: str) -> None:
        """Write text to the script as it is, such as a comment. Needs ``configure()``."""
        self.get_context().impl.static_output(text)

    def begin_transaction(self) -> ProxyTransaction | AbstractContextManager[Any]:
        """Return the block in which a run's transaction lives. Needs ``configure()``.

        See :meth:`MigrationContext.begin_transaction`.
        """
        return self.get_context().begin_transaction()

    def get_context(self) -> MigrationContext:
        """Return the migration context of the latest ``configure()``.

        Raises:
            CommandError: there was none yet.
        """
        if self._migration_context is None:
            message = "No context has been configured yet: call context.configure() in env.py."
            raise CommandError(message)
        return self._migration_context

    def get_bind(self) -> Connection | None:
        """Return the connection that statements go to. Needs ``configure()``."""
        return self.get_context().bind

    def get_impl(self) -> DefaultImpl:
        """Return the impl of the context. Needs ``configure()``."""
        return self.get_context().impl


def __getattr__(name: str) -> Any:
    # Types for annotations: few programs want them, and they cost what typing costs.
    from idiolect.runtime import callbacks

    if name in {"_GetRevArg", "_RevNumber"}:
        from idiolect.revisions import arguments

        aliases = {"_GetRevArg": arguments.RevisionIds, "_RevNumber": arguments.RevisionNumber}
        return aliases[name]
    if name.startswith("_") or not hasattr(callbacks, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(callbacks, name)
