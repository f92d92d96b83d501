"""AutogenContext: what comparators and renderers share.

The API and the revision command make one; comparators and renderers receive it. It holds the
models, the connection and the filters, and compares nothing.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, inspect
from sqlalchemy.schema import sort_tables_and_constraints

from idiolect.autogenerate.builtin import comparators as global_comparators
from idiolect.autogenerate.compare.schemas import schemas_to_compare
from idiolect.errors import CommandError
from idiolect.hooks.dialects import hooks_for
from idiolect.runtime.plugins import choose_sets
from idiolect.util.langhelpers import memoized_property, to_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Inspector

    from idiolect.autogenerate.compare.inspection import Reflection
    from idiolect.hooks.compared import Comparator, SchemaObject
    from idiolect.runtime.migration import MigrationContext
    from idiolect.util.dispatch import PriorityDispatcher

_DEFAULT_PLUGINS = ("alembic.autogenerate.*", "idiolect.autogenerate.*")
#: Kinds of objects that belong to a table, for the filters of names.
_OWN_NAME = "table"


class DuplicateTablesError(CommandError, ValueError):
    """Several MetaData of the models have the same table. Also a ValueError."""


class AutogenContext:
    """The context of a comparison or rendering.

    Args:
        migration_context: whose database is compared, whose dialect is rendered for.
        metadata: the models; None takes ``target_metadata`` of the options.
        opts: options of ``configure()``; None takes those of the context.
        autogenerate: whether something is to be compared; False needs no models.

    Attributes:
        metadata: the models: a MetaData, or a sequence of them; None where there are none.
        connection: the connection to ask.
        dialect: SQLAlchemy's dialect.
        imports: lines of import that rendered code needs; renderers add to it.
        migration_context: the context.
        opts: the options by name.
        hooks: the plugins of the dialect, for questions of comparing.
        reflected_kinds: the kinds of constraints that the dialect was found able to read, or not.
        reflection: the tables of the database, once they are compared.

    Raises:
        CommandError: there is nothing to compare, or no database to ask.
    """

    #: Whether tables whose signatures are those of the models are passed over.
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
        # A program's own context may get its models later.
        if autogenerate and self.metadata is None and migration_context.environment_context:
            raise CommandError(_no_models(migration_context))
        self._check_models()
        self.migration_context = migration_context
        self.connection = migration_context.bind
        self.dialect = migration_context.dialect
        self.imports: set[str] = set()
        self.hooks = hooks_for(self.dialect.name, room="compare")
        if autogenerate:
            # Here an unknown name of a set is refused before the database is queried.
            self._chosen = self._choose_comparators()
        self._object_filters = to_list(self.opts.get("include_object"))
        self._name_filters = to_list(self.opts.get("include_name"))
        self._has_batch = False
        self.reflected_kinds: dict[str, bool] = {}
        self.reflection: Reflection | None = None

    @memoized_property
    def comparators(self) -> PriorityDispatcher:
        """The comparators chosen by ``autogenerate_plugins``, and those registered for all runs.

        Raises:
            CommandError: a name or pattern of the option stands for no set.
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
        return [one for one in offered if one.set_name in chosen]

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
        """SQLAlchemy's inspector of the connection, with a cache for the whole comparison.

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
        """Return what the database has of a kind, besides tables; plugins are asked once.

        Args:
            kind: such as ``sequence``.
        """
        return [one for one in self._schema_objects if one.kind == kind]

    @memoized_property
    def sorted_tables(self) -> list[Table]:
        """All tables of the models; a table comes after those that it refers to."""
        # As MetaData.sorted_tables, without its warning of tables that refer to each other.
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
        """All tables of the models by their key, which is their schema and name.

        Raises:
            DuplicateTablesError: several MetaData have a table of the same key.
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

    @property
    def has_filters(self) -> bool:
        """Whether the user's filters look at names or objects."""
        return bool(self._object_filters or self._name_filters)

    def run_name_filters(
        self, name: str | None, type_: str, parent_names: Mapping[str, str | None]
    ) -> bool:
        """Return whether an object of the database is to be looked at, by its name.

        Args:
            name: its name; of a schema None, where it is the default one.
            type_: ``schema``, ``table``, ``column``, ``index``, ``unique_constraint``,
                ``foreign_key_constraint`` or ``check_constraint``.
            parent_names: ``schema_name`` and ``table_name`` of what it belongs to;
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
        """Return whether an object is to be compared.

        Args:
            object_: the table, column, index or constraint.
            name: its name.
            type_: as in :meth:`run_name_filters`.
            reflected: whether it comes from the database.
            compare_to: the object that it is compared with; None where there is none.
        """
        return all(
            include(object_, name, type_, reflected, compare_to) for include in self._object_filters
        )

    run_filters = run_object_filters


def _no_models(migration_context: MigrationContext) -> str:
    script = getattr(migration_context, "script", None)
    place = f" {script.env_py_location}" if script is not None else ""
    return (
        f"Can't proceed with --autogenerate option; environment script{place} does not provide a "
        "MetaData object or sequence of objects to the context. Pass target_metadata=... to "
        "context.configure()."
    )
