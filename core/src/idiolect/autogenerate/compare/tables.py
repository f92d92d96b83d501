"""Compares tables, and collects the operations for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare.blame import blaming
from idiolect.autogenerate.compare.columns import compare_columns
from idiolect.autogenerate.compare.expressions import expressions_of
from idiolect.autogenerate.compare.inspection import Reflection
from idiolect.autogenerate.compare.proofs import Proofs
from idiolect.hooks.records import journal_name, lease_name
from idiolect.operations.ops.altercolumn import AlterColumnOp
from idiolect.operations.ops.containers import ModifyTableOps
from idiolect.operations.ops.tables import CreateTableOp, DropTableOp, RenameTableOp
from idiolect.operations.schemaobj import referent_of
from idiolect.util.langhelpers import to_list
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from sqlalchemy import Inspector, Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.containers import UpgradeOps

    Key = tuple[str | None, str]

log = Log("autogenerate.compare.tables")


@dataclass(frozen=True, slots=True)
class Pair:
    """A table of the models and the one of the same name in the database; one may be missing.

    Attributes:
        schema: its schema as operations name it.
        name: its name.
        reflected: the table in the database.
        model: the table in the models.
        former: the old name of a renamed table; otherwise None.
        former_columns: the old names of renamed columns, by their new ones.
    """

    schema: str | None
    name: str
    reflected: Table | None
    model: Table | None
    former: str | None = None
    former_columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its name for messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


def compare_tables(autogen_context: AutogenContext, schemas: Iterable[str | None]) -> list[Any]:
    """Return operations that make tables match the models: added, removed, changed.

    Args:
        autogen_context: models, connection and filters.
        schemas: the schemas of the database to compare.
    """
    models = _model_tables(autogen_context)
    return _compared(autogen_context, models, _database_names(autogen_context, schemas))


def _compare_tables(
    conn_table_names: Iterable[Key],
    metadata_table_names: Iterable[Key],
    inspector: Inspector,
    upgrade_ops: UpgradeOps,
    autogen_context: AutogenContext,
) -> None:
    """Add the differences between some tables of the database and of the models.

    Published tests call it, with models that have changed since an earlier call.

    Args:
        conn_table_names: schema and name of tables in the database.
        metadata_table_names: schema and name of tables in the models.
        inspector: SQLAlchemy's inspector.
        upgrade_ops: receives the operations.
        autogen_context: the comparison.
    """
    del inspector
    names: dict[str | None, list[str]] = {}
    for schema, name in conn_table_names:
        names.setdefault(schema, []).append(name)
    wanted = set(metadata_table_names)
    models = {
        (table.schema, table.name): table
        for metadata in to_list(autogen_context.metadata)
        for table in metadata.tables.values()
        if (table.schema, table.name) in wanted
    }
    upgrade_ops.ops.extend(_compared(autogen_context, models, names))


def _compared(
    autogen_context: AutogenContext, models: dict[Key, Table], names: dict[str | None, list[str]]
) -> list[Any]:
    reflection = Reflection(autogen_context, names, models)
    renames = reflection.renames
    proofs = Proofs(autogen_context, reflection)
    there = set(reflection.keys)
    both = sorted(models.keys() & there, key=lambda key: (key[0] or "", key[1]))
    gone = [key for key in reflection.keys if key not in models]
    # One by one they might cost queries; the others are only read if something differs.
    renamed = renames.tables.keys() | renames.columns.keys()
    unproved = proofs.unproved({key: models[key] for key in both if key not in renamed})
    unproved.extend(renamed & set(both))
    tables = reflection.tables([*gone, *unproved])
    impl = autogen_context.migration_context.impl
    pairs_of = partial(expressions_of, autogen_context)
    both_sides = [(tables[key], models[key]) for key in unproved]
    impl.begin_comparison(both_sides, (pair for two in both_sides for pair in pairs_of(*two)))
    found: list[Any] = []
    for key, model in _in_order(autogen_context, models, there).items():
        if key not in there:
            pair = Pair(model.schema, model.name, None, model)
            found.extend(_added(autogen_context, pair))
    for table in _dependents_first(reflection.tables(gone)):
        pair = Pair(table.schema, table.name, table, None)
        found.extend(_removed(autogen_context, pair))
    for key in both:
        model = models[key]
        if key not in renamed and proofs.is_equal(key, model):
            continue
        pairs = proofs.pairs(key, model)
        table = reflection.tables([key])[key]
        impl.wording.settle(pairs_of(table, model))
        former = (renames.tables.get(key), renames.columns.get(key, {}))
        pair = Pair(key[0], model.name, table, model, *former)
        differences = list(_changed(autogen_context, pair))
        if not differences:
            proofs.learn(pairs, table, model)
        found.extend(differences)
    # A new table may have the old name of a renamed one.
    found.sort(key=lambda one: not isinstance(one, RenameTableOp))
    return found


def _model_tables(autogen_context: AutogenContext) -> dict[Key, Table]:
    """Return the tables of the models without the version table."""
    tables = autogen_context.model_tables
    tables.pop(_version_table(autogen_context), None)
    return tables


def _in_order(
    autogen_context: AutogenContext, models: dict[Key, Table], there: Container[Key]
) -> dict[Key, Table]:
    """Return the tables of the models, referred ones first.

    Sorting takes SQLAlchemy quadratic time, so it is skipped if no table is to be added.

    Raises:
        NoReferencedTableError, NoReferencedColumnError: the target of a foreign key does not exist.
    """
    if all(key in there for key in models):
        for model in models.values():
            for constraint in model.foreign_key_constraints:
                _ = constraint.referred_table
        return models
    keys = {id(table): key for key, table in models.items()}
    sorted_tables = [table for table in autogen_context.sorted_tables if id(table) in keys]
    return {keys[id(table)]: table for table in sorted_tables}


def _version_table(autogen_context: AutogenContext) -> Key:
    context = autogen_context.migration_context
    return (autogen_context.schema_key(context.version_table_schema), context.version_table)


def _database_names(
    autogen_context: AutogenContext, schemas: Iterable[str | None]
) -> dict[str | None, list[str]]:
    schema_of_ours, version_table = _version_table(autogen_context)
    names = (version_table, journal_name(version_table), lease_name(version_table))
    ours = {(schema_of_ours, each) for each in names}
    return {
        schema: [
            name
            for name in autogen_context.inspector.get_table_names(schema=schema)
            if (schema, name) not in ours
            and autogen_context.run_name_filters(name, "table", {"schema_name": schema})
        ]
        for schema in sorted(schemas, key=lambda schema: schema or "")
    }


def _added(autogen_context: AutogenContext, pair: Pair) -> Iterator[Any]:
    model = pair.model
    if model is None or not autogen_context.run_object_filters(
        model, pair.name, "table", False, None
    ):
        return
    log.info("Detected added table %r", pair.label)
    yield CreateTableOp.from_table(model)
    parts = ModifyTableOps(pair.name, [], schema=pair.schema)
    _dispatch(autogen_context, parts, pair)
    if not parts.is_empty():
        yield parts


def _removed(autogen_context: AutogenContext, pair: Pair) -> Iterator[Any]:
    table = pair.reflected
    if table is None or not autogen_context.run_object_filters(
        table, pair.name, "table", True, None
    ):
        return
    log.info("Detected removed table %r", pair.label)
    parts = ModifyTableOps(pair.name, [], schema=pair.schema)
    _dispatch(autogen_context, parts, pair)
    if not parts.is_empty():
        yield parts
    yield DropTableOp.from_table(table)


def _changed(autogen_context: AutogenContext, pair: Pair) -> Iterator[Any]:
    model, table = pair.model, pair.reflected
    if model is None or table is None:
        return
    if not autogen_context.run_object_filters(model, pair.name, "table", False, table):
        return
    if pair.former is not None:
        log.info("Detected renamed table %r to %r", pair.former, pair.label)
        yield RenameTableOp(pair.former, pair.name, schema=pair.schema)
    columns = compare_columns(autogen_context, pair.schema, pair.name, table, model)
    own = [*_renamed_columns(pair, table), *columns.added, *columns.changed]
    parts = ModifyTableOps(pair.name, own, schema=pair.schema)
    _dispatch(autogen_context, parts, pair)
    parts.ops.extend(columns.removed)
    if not parts.is_empty():
        yield parts


def _renamed_columns(pair: Pair, table: Table) -> Iterator[Any]:
    for name, old in pair.former_columns.items():
        column = table.c[name]
        log.info("Detected renamed column '%s.%s' to '%s'", pair.label, old, name)
        yield AlterColumnOp(
            pair.name,
            old,
            schema=pair.schema,
            modify_name=name,
            existing_type=column.type,
            existing_nullable=column.nullable,
            existing_server_default=column.server_default,
            existing_comment=column.comment,
        )


def _dispatch(autogen_context: AutogenContext, parts: ModifyTableOps, pair: Pair) -> None:
    dialect = autogen_context.migration_context.dialect.name
    compare = autogen_context.comparators.dispatch("table", qualifier=dialect)
    with blaming(f"table {pair.label!r}"):
        compare(autogen_context, parts, pair.schema, pair.name, pair.reflected, pair.model)


def _dependents_first(tables: Mapping[Key, Table]) -> list[Table]:
    """Return tables so that each precedes those it refers to; otherwise by name."""
    waiting = {key: tables[key] for key in sorted(tables, key=lambda key: (key[0] or "", key[1]))}
    ordered: list[Table] = []
    while waiting:
        referred = {
            target for key, table in waiting.items() for target in _referred(table) if target != key
        }
        free = [key for key in waiting if key not in referred] or [next(iter(waiting))]
        ordered.extend(waiting.pop(key) for key in free)
    return ordered


def _referred(table: Table) -> set[Key]:
    found: set[Key] = set()
    for constraint in table.foreign_key_constraints:
        schema, name, _column = referent_of(constraint.elements[0])
        found.add((schema, name))
    return found
