"""AutogenContext: the state shared by comparators and renderers.

The API and the revision command create one; comparators and renderers receive it. It holds the
models, the connection and the filters.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, inspect
from sqlalchemy.schema import sort_tables_and_constraints

from idiolect.autogenerate.builtin import comparators as global_comparators
from idiolect.autogenerate.compare.schemas import schemas_to_compare
from idiolect.errors import CommandError
from idiolect.hooks.compared import TARGETS
from idiolect.hooks.dialects import hooks_for
from idiolect.runtime.migration import MigrationContext
from idiolect.runtime.plugins import choose_sets
from idiolect.util.langhelpers import memoized_property, to_list
from idiolect.util.messaging import warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Inspector

    from idiolect.autogenerate.compare.inspection import Reflection
    from idiolect.hooks.compared import Comparator, SchemaObject
    from idiolect.util.dispatch import PriorityDispatcher

_DEFAULT_PLUGINS = ("alembic.autogenerate.*", "idiolect.autogenerate.*")
#: The kind of object that filters of names get with its own name as table name.
_OWN_NAME = "table"


class DuplicateTablesError(CommandError, ValueError):
    """Several MetaData of the models contain the same table. Also a ValueError."""


class AutogenContext:
    """The context of a comparison or rendering.

    Args:
        migration_context: its database is compared, its dialect is rendered for.
        metadata: the models; None takes ``target_metadata`` of the options.
        opts: options of ``configure()``; None takes those of the context.
        autogenerate: whether something is to be compared; False requires no models.

    Attributes:
        metadata: a MetaData, or a sequence of them; None if there are no models.
        connection: the connection to query.
        dialect: SQLAlchemy's dialect.
        imports: import statements that rendered code needs; renderers add to it.
        migration_context: the context.
        opts: the options by name.
        hooks: the hooks of the dialect.
        reflected_kinds: for kinds of constraints, whether the dialect can reflect them.
        reflection: the tables of the database, once they are compared.

    Raises:
        CommandError: there are no models, or no database connection.
    """

    #: Whether to skip tables whose signatures equal those of the models.
    by_signature = True
    metadata: MetaData | Sequence[MetaData] | None = None
    connection: Connection | None = None
    _chosen: list[Comparator] | None = None

    def __init__(
        self,
        migration_context: MigrationContext,
        metadata: MetaData | Sequence[MetaData] | None = None,
        opts: Mapping[str, Any] | None = None,
        autogenerate: bool = True,
    ) -> None:
        self.opts: dict[str, Any] = dict(migration_context.opts if opts is None else opts)
        if autogenerate and migration_context.as_sql:
            raise CommandError(
                "autogenerate can't use as_sql=True as it prevents querying the database for "
                "schema information"
            )
        self.metadata = self.opts.get("target_metadata") if metadata is None else metadata
        # A program may set the models of its own context later.
        if autogenerate and self.metadata is None and migration_context.environment_context:
            raise CommandError(_no_models(migration_context))
        self._check_models()
        self.migration_context = migration_context
        self.connection = _read_by(migration_context)
        self.dialect = migration_context.dialect
        self.imports: set[str] = set()
        self.hooks = hooks_for(self.dialect.name, subpackage="compare")
        if autogenerate:
            # Raises for unknown names before the database is queried.
            self._chosen = self._choose_comparators()
        self._object_filters = to_list(self.opts.get("include_object"))
        self._name_filters = to_list(self.opts.get("include_name"))
        self._has_batch = False
        self.reflected_kinds: dict[str, bool] = {}
        self.reflection: Reflection | None = None

    @memoized_property
    def comparators(self) -> PriorityDispatcher:
        """The comparators selected by ``autogenerate_plugins``, and those registered for all runs.

        Raises:
            CommandError: a name or pattern of the option matches no set.
        """
        comparators = global_comparators.branch()
        for one in self._chosen if self._chosen is not None else self._choose_comparators():
            comparators.dispatch_for(
                one.target,
                priority=one.priority,
                qualifier=one.qualifier,
                subgroup=one.element,
            )(one.function)
        return comparators

    def _choose_comparators(self) -> list[Comparator]:
        offered = self.hooks.autogenerate_comparators(self.dialect)
        names = dict.fromkeys(one.set_name for one in offered)
        wanted = self.opts.get("autogenerate_plugins")
        chosen = set(choose_sets(names, _DEFAULT_PLUGINS if wanted is None else wanted))
        if wanted is None:
            chosen.update(one.set_name for one in offered if one.by_default)
        found = [one for one in offered if one.set_name in chosen]
        for one in found:
            if one.target not in TARGETS:
                warn(
                    f"The comparator {getattr(one.function, '__qualname__', one.function)!r} of "
                    f"the set {one.set_name!r} is never called: its target is {one.target!r}, and "
                    f"the targets are {', '.join(map(repr, TARGETS))}."
                )
        return found

    def _check_models(self) -> None:
        if self.metadata is None:
            return
        for one in to_list(self.metadata):
            if not isinstance(one, MetaData):
                raise CommandError(
                    "target_metadata is expected to be a MetaData or a sequence of such, got "
                    f"{one!r}. A declarative base has it as its attribute 'metadata'."
                )

    @contextlib.contextmanager
    def _within_batch(self) -> Iterator[None]:
        """Render as inside of a batch in the block."""
        self._has_batch = True
        try:
            yield
        finally:
            self._has_batch = False

    @memoized_property
    def inspector(self) -> Inspector:
        """SQLAlchemy's inspector of the connection, cached for the whole comparison.

        Raises:
            TypeError: there is no connection.
        """
        if self.connection is None:
            raise TypeError("can't return inspector as this AutogenContext has no connection")
        inspector: Inspector = inspect(self.connection)
        return inspector

    @memoized_property
    def schemas(self) -> set[str | None]:
        """The schemas that are compared; None is the default one."""
        return schemas_to_compare(self)

    @memoized_property
    def _schema_objects(self) -> list[SchemaObject]:
        ordered = sorted(self.schemas, key=lambda schema: schema or "")
        return self.hooks.reflect_extra(self.inspector, ordered)

    def schema_objects(self, kind: str) -> list[SchemaObject]:
        """Return the database objects of a kind other than tables; plugins are called once.

        Args:
            kind: such as ``sequence``.
        """
        return [one for one in self._schema_objects if one.kind == kind]

    @memoized_property
    def sorted_tables(self) -> list[Table]:
        """All tables of the models, each after those that it refers to."""
        # As MetaData.sorted_tables, without its warning about cycles.
        return [
            table
            for one in to_list(self.metadata)
            for table, _keys in sort_tables_and_constraints(  # type: ignore[no-untyped-call]
                sorted(one.tables.values(), key=lambda table: table.key)
            )
            if table is not None
        ]

    @memoized_property
    def table_key_to_table(self) -> dict[str, Table]:
        """All tables of the models by key: schema and name.

        Raises:
            DuplicateTablesError: several MetaData contain a table with the same key.
        """
        found: dict[str, Table] = {}
        twice: dict[str, None] = {}
        for one in to_list(self.metadata):
            twice.update(dict.fromkeys(key for key in one.tables if key in found))
            found.update(one.tables)
        if twice:
            keys = ", ".join(f'"{key}"' for key in sorted(twice))
            raise DuplicateTablesError(
                f"Duplicate table keys across multiple MetaData objects: {keys}. Define "
                "each table in one of those that target_metadata lists."
            )
        return found

    def schema_key(self, schema: str | None) -> str | None:
        """Return a schema as keys of the comparison have it: None for the default one."""
        default = getattr(self.dialect, "default_schema_name", None)
        return None if schema == default else schema

    @property
    def model_tables(self) -> dict[tuple[str | None, str], Table]:
        """All tables of the models by schema, None for the default one, and name.

        Raises:
            DuplicateTablesError: several MetaData contain a table with the same key.
        """
        tables = self.table_key_to_table.values()
        return {(self.schema_key(table.schema), table.name): table for table in tables}

    @property
    def has_filters(self) -> bool:
        """Whether the user has configured filters for names or objects."""
        return bool(self._object_filters or self._name_filters)

    def run_name_filters(
        self, name: str | None, type_: str, parent_names: Mapping[str, str | None]
    ) -> bool:
        """Return whether to reflect an object of the database, by its name.

        Args:
            name: its name; None for the default schema.
            type_: ``schema``, ``table``, ``column``, ``index``, ``unique_constraint``,
                ``foreign_key_constraint`` or ``check_constraint``.
            parent_names: ``schema_name`` and ``table_name`` of its parent;
                ``schema_qualified_table_name`` is added for the filters.
        """
        if not self._name_filters:
            return True
        names = dict(parent_names)
        if "schema_name" in names:
            table = name if type_ == _OWN_NAME else names.get("table_name")
            if table:
                schema = names["schema_name"]
                names["schema_qualified_table_name"] = f"{schema}.{table}" if schema else table
        return all(include(name, type_, names) for include in self._name_filters)

    def run_object_filters(
        self,
        object_: Any,
        name: Any,
        type_: str,
        reflected: bool,
        compare_to: Any,
    ) -> bool:
        """Return whether to compare an object.

        Args:
            object_: the table, column, index or constraint.
            name: its name.
            type_: as in :meth:`run_name_filters`.
            reflected: whether it comes from the database.
            compare_to: the object it is compared with, or None.
        """
        return all(
            include(object_, name, type_, reflected, compare_to) for include in self._object_filters
        )

    run_filters = run_object_filters


def _read_by(migration_context: Any) -> Connection | None:
    """Return the connection for reflection.

    A context's ``bind`` begins its transaction, which on SQLite may be a write transaction that
    blocks other writers and waits for them.
    """
    is_real = isinstance(migration_context, MigrationContext)
    # An object that a program passes instead has the documented attribute.
    found: Connection | None = migration_context.connection if is_real else migration_context.bind
    return found


def _no_models(migration_context: MigrationContext) -> str:
    script = getattr(migration_context, "script", None)
    place = f" {script.env_py_location}" if script is not None else ""
    return (
        f"Can't proceed with --autogenerate option; environment script{place} does not provide a "
        "MetaData object or sequence of objects to the context. Pass target_metadata=... to "
        "context.configure()."
    )
