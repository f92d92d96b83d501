"""EnvironmentContext: the object behind ``context`` in env.py.

Commands create one to run env.py with the function ``fn``; env.py accesses it through a proxy
module and configures the connection. The options are documented in ``docs/reference/options.md``.
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

#: Arguments of configure() that override the command's options if given.
_OVERRIDES = ("output_encoding", "starting_rev", "tag", "transactional_ddl")


class EnvironmentContext:
    """Connects a command, env.py and the migration context.

    As a context manager, it is the object that the module ``context`` proxies, in this thread or
    task, until the block ends.

    Args:
        config: the configuration.
        script: the script directory.
        **kw: the command's options: ``fn``, ``as_sql``, ``starting_rev``, ``destination_rev``,
            ``tag`` and further options of the migration context.
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
        # A note on the step that an event loop cancelled.
        self._cancelled = ""

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
        if self._cancelled and isinstance(exc, KeyboardInterrupt):
            exc.add_note(self._cancelled)
        try:
            if exc is None:
                for context in self._configured:
                    context.check_committed()
        finally:
            for context in self._configured:
                context.stop_watching()

    def is_offline_mode(self) -> bool:
        """Return whether a script is generated (``--sql``). Does not need ``configure()``."""
        return bool(self.context_opts.get("as_sql", False))

    def is_transactional_ddl(self) -> bool:
        """Return whether failed revisions can be rolled back. Needs ``configure()``."""
        return self.get_context().rules.transactional_ddl

    def requires_connection(self) -> bool:
        """Return whether the command needs a database connection. Does not need ``configure()``."""
        return not self.is_offline_mode()

    def get_head_revision(self) -> RevisionArgument:
        """Return the id of the only head; raise CommandError if there are several."""
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
        """Return the target revision of the command; None for the base.

        Raises:
            CommandError: the command has no target revision, as ``current``.
        """
        if "destination_rev" not in self.context_opts:
            message = "No destination revision argument is available."
            raise CommandError(message)
        return self.script.as_revision_number(self.context_opts["destination_rev"])

    def get_tag_argument(self) -> str | None:
        """Return the value of ``--tag``, or None."""
        tag: str | None = self.context_opts.get("tag")
        return tag

    @overload
    def get_x_argument(self, as_dictionary: Literal[False] = False) -> list[str]: ...
    @overload
    def get_x_argument(self, as_dictionary: Literal[True]) -> dict[str, str]: ...
    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """Return the values of ``-x``: a list of strings, or a dict of ``key=value`` pairs.

        A value without ``=`` becomes a key with an empty value; of equal keys the last one wins.
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
        """Configure the connection and the options of the run.

        Can be called several times by one env.py; other methods use the latest context. All
        options with their defaults are documented in ``docs/reference/options.md``.

        Raises:
            CommandError: ``connection`` is not a Connection, or the dialect cannot be determined.
            UnknownDialectError: no installed plugin supports the dialect.
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
        """Return the command's options, overridden by those given to configure()."""
        opts = dict(self.context_opts)
        for name, value in given.items():
            if name in _OVERRIDES:
                if value is None or value == "":
                    continue
                # get_tag_argument() and the like read it before the next context exists.
                self.context_opts[name] = value
            if name in {"output_buffer", "template_args"}:
                continue
            opts[name] = value
        buffer = given["output_buffer"]
        opts["output_buffer"] = self.config.output_buffer if buffer is None else buffer
        opts["script"] = self.script
        # The revision command keeps a reference to the dict it passed, so update it in place.
        if given["template_args"] and "template_args" in self.context_opts:
            self.context_opts["template_args"].update(given["template_args"])
        return opts

    def run_migrations(self, **kw: Any) -> None:
        """Run the steps planned by the command, on the context of the latest ``configure()``.

        Args:
            **kw: passed to each revision's ``upgrade()`` or ``downgrade()``.
        """
        self.get_context().run_migrations(**kw)

    def execute(
        self, sql: Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Execute a statement, or write it to the script. Needs ``configure()``."""
        self.get_context().execute(sql, execution_options=execution_options)

    def static_output(self, text: str) -> None:
        """Write text to the script unchanged, such as a comment. Needs ``configure()``."""
        self.get_context().impl.static_output(text)

    def begin_transaction(self) -> ProxyTransaction | AbstractContextManager[Any]:
        """Return the context manager for the run's transaction. Needs ``configure()``.

        See :meth:`MigrationContext.begin_transaction`.
        """
        return self.get_context().begin_transaction()

    def get_context(self) -> MigrationContext:
        """Return the migration context of the latest ``configure()``.

        Raises:
            CommandError: ``configure()`` has not been called.
        """
        if self._migration_context is None:
            message = "No context has been configured yet: call context.configure() in env.py."
            raise CommandError(message)
        return self._migration_context

    def get_bind(self) -> Connection | None:
        """Return the connection of the context. Needs ``configure()``."""
        return self.get_context().bind

    def get_impl(self) -> DefaultImpl:
        """Return the impl of the context. Needs ``configure()``."""
        return self.get_context().impl


def __getattr__(name: str) -> Any:
    # The import system looks up names such as __path__.
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Imported lazily: only annotations use these types, and importing typing takes time.
    from idiolect.runtime import callbacks

    if name in {"_GetRevArg", "_RevNumber"}:
        from idiolect.revisions import arguments

        aliases = {"_GetRevArg": arguments.RevisionIds, "_RevNumber": arguments.RevisionNumber}
        return aliases[name]
    if name.startswith("_") or not hasattr(callbacks, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(callbacks, name)
