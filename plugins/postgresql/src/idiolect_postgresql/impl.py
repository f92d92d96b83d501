"""PostgreSQL's impl."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Identity, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM, ExcludeConstraint
from sqlalchemy.types import NULLTYPE

from idiolect.ddl.base import IdentityColumnDefault
from idiolect.ddl.comparing import default_as_sql
from idiolect.ddl.impl import DefaultImpl, is_wanted
from idiolect.ddl.signatures import ComparisonResult, final_name, result_of, unique_difference
from idiolect.ddl.typecompare import text_of_type
from idiolect.errors import OperationError
from idiolect.util import warn
from idiolect_postgresql import compare, normal, render

# Registers the SQL rendering.
from idiolect_postgresql.compile import PostgresqlColumnType, is_void
from idiolect_postgresql.names import kept, warn_of_truncation, with_kept_names
from idiolect_postgresql.reflect import can_reflect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    from sqlalchemy import Constraint, Index, Table
    from sqlalchemy.sql.elements import ClauseElement
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.alter import ColumnChanges
    from idiolect.ddl.base import AlterColumn
    from idiolect.ddl.wording import Pair
    from idiolect.operations.batch import ApplyBatchImpl
    from idiolect.operations.ops import DowngradeOps, UpgradeOps

#: The package of PostgreSQL's own types.
_OWN_TYPES = "sqlalchemy.dialects.postgresql"
#: Options that SQLAlchemy reports for every index or unique constraint, mostly without effect.
_USUAL = {"postgresql_include", "postgresql_nulls_not_distinct"}


class PostgresqlImpl(DefaultImpl):
    """Changes the schema of a PostgreSQL database."""

    __dialect__ = "postgresql"

    compares_by_value = True
    reflects_whole_types = True
    transactional_ddl = True
    type_synonyms = (*DefaultImpl.type_synonyms, {"FLOAT", "DOUBLE PRECISION"})
    #: For pairs of indexes on expressions, whether elements differ; None: compare their text.
    _parts_that_differ: Mapping[tuple[Index, Index], bool | None] = MappingProxyType({})
    identity_attrs_ignore = (*DefaultImpl.identity_attrs_ignore, "nominvalue", "nomaxvalue")

    def create_table(self, table: Table, **kw: Any) -> None:
        """Create a table; warn about names that the database truncates."""
        columns = (column.name for column in table.columns)
        constraints = (
            final_name(one, self.dialect) for one in table.constraints if is_wanted(one, self)
        )
        warn_of_truncation("create_table", table.name, *columns, *constraints)
        super().create_table(table, **kw)

    def rename_table(
        self, old_table_name: str, new_table_name: str, schema: str | None = None
    ) -> None:
        """Rename a table; warn about a name that the database truncates."""
        warn_of_truncation("rename_table", new_table_name)
        super().rename_table(old_table_name, new_table_name, schema=schema)

    def add_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        """Add a column; warn about a name that the database truncates."""
        warn_of_truncation("add_column", column.name)
        super().add_column(table_name, column, **kw)

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an index.

        Args:
            index: columns in ``postgresql_include`` may be names that its table does not have, as
                an operation only knows the indexed columns.
            kw: passed to SQLAlchemy's CreateIndex, such as ``if_not_exists``.
        """
        warn_of_truncation("create_index", final_name(index, self.dialect))
        _add_included_columns(index, index.table)
        super().create_index(index, **kw)

    def add_constraint(self, const: Constraint, **kw: Any) -> None:
        """Add a constraint; its ``postgresql_include`` is as in :meth:`create_index`.

        Warns about a name that the database truncates.
        """
        warn_of_truncation(f"create_{const.__visit_name__}", final_name(const, self.dialect))
        if isinstance(const, (UniqueConstraint, PrimaryKeyConstraint)):
            _add_included_columns(const, const.table)
        super().add_constraint(const, **kw)

    def prep_table_for_batch(self, batch_impl: ApplyBatchImpl, table: Table) -> None:
        """Drop the named constraints that the new table will have: names are unique per schema.

        Source: "CREATE INDEX" in PostgreSQL's manual: an index's name is unique in its schema,
        and unique constraints are indexes.
        """
        for constraint in table.constraints:
            if constraint.name is not None and constraint.name in batch_impl.named_constraints:
                self.drop_constraint(constraint)

    def alter_statements(self, changes: ColumnChanges) -> list[AlterColumn]:
        """Return the standard SQL statements, but with the new type first, including its USING.

        If an Identity is given that is equal to the existing one, there is no statement for it.

        Raises:
            OperationError: ``postgresql_using`` without a new type.
        """
        warn_of_truncation("alter_column", changes.name)
        options = {name for name in changes.options if name.startswith("postgresql_")}
        for unknown in sorted(options - {"postgresql_using"}):
            # As for other unknown arguments: old revisions have them and must continue to run.
            warn(
                f"alter_column {changes.column_name!r} on table {changes.table_name!r}: the "
                f"argument {unknown!r} is unknown and changes nothing; PostgreSQL's is "
                "'postgresql_using'"
            )
        using = changes.options.get("postgresql_using")
        if using and changes.type_ is None:
            raise OperationError(
                "postgresql_using must be used with the type_ parameter "
                f"(column {changes.column_name!r} of table {changes.table_name!r})"
            )
        typed: list[AlterColumn] = []
        if changes.type_ is not None:
            place = (changes.table_name, changes.column_name)
            typed = [PostgresqlColumnType(*place, changes.type_, using=using, **changes.facts())]
        rest = super().alter_statements(replace(changes, type_=None))
        if _ceases_to_count(changes):
            # An identity column cannot be nullable, so the identity is dropped first.
            rest.sort(key=lambda statement: not isinstance(statement, IdentityColumnDefault))
        return [*typed, *(statement for statement in rest if not is_void(statement))]

    def complete_operations(
        self,
        autogen_context: AutogenContext,
        upgrade_ops: UpgradeOps,
        downgrade_ops: DowngradeOps,
    ) -> None:
        """Complete column changes, such as by a ``USING`` expression."""
        from idiolect_postgresql.casts import complete_changes
        from idiolect_postgresql.partitions import keep_partitions

        keep_partitions(autogen_context, upgrade_ops, downgrade_ops)
        complete_changes(autogen_context, upgrade_ops, downgrade_ops)

    def changed_names(self, names: Iterable[str]) -> dict[str, str]:
        """Return the truncated form of names that are too long."""
        return {name: cut for name in names if (cut := kept(name)) != name}

    def autogen_column_reflect(
        self, inspector: Any, table: Table, column_info: dict[str, Any]
    ) -> None:
        """Remove the default of a SERIAL column, and a domain's properties from its column."""
        compare.forget_own_sequence(self.connection, table, column_info)
        if isinstance(column_info["type"], DOMAIN):
            compare.forget_domain(self.connection, table, column_info)

    def render_ddl_sql_expr(
        self,
        expr: ClauseElement,
        is_server_default: bool = False,
        is_index: bool = False,
        **kw: Any,
    ) -> str:
        """Return an expression as SQL, in parentheses if an index element needs them."""
        if is_index:
            expr = render.in_brackets(expr)
        return super().render_ddl_sql_expr(
            expr, is_server_default=is_server_default, is_index=is_index, **kw
        )

    def render_type(
        self, type_obj: TypeEngine[Any], autogen_context: AutogenContext
    ) -> str | Literal[False]:
        """Return the code of a type whose ``repr()`` is incomplete.

        Subclasses in published code have methods such as ``_render_ARRAY_type`` for PostgreSQL's
        own types.
        """
        own: Any = getattr(self, f"_render_{type_obj.__visit_name__}_type", None)
        if own is not None and type(type_obj).__module__.startswith(_OWN_TYPES):
            code: str | Literal[False] = own(type_obj, autogen_context)
            return code
        if isinstance(type_obj, DOMAIN):
            return render.render_domain(type_obj, autogen_context)
        if isinstance(type_obj, ENUM) and not type_obj.create_type:
            return render.render_enum(type_obj, autogen_context)
        return super().render_type(type_obj, autogen_context)

    def render_constraint(
        self, constraint: Constraint, autogen_context: AutogenContext
    ) -> str | Literal[False] | None:
        """Return the code of an EXCLUDE constraint."""
        if isinstance(constraint, ExcludeConstraint):
            return render.render_exclude(constraint, autogen_context)
        return super().render_constraint(constraint, autogen_context)

    def adjust_reflected_dialect_options(self, reflected_object: Any, kind: str) -> dict[str, Any]:
        """Omit the usual values that SQLAlchemy reports for every index or unique constraint."""
        options = super().adjust_reflected_dialect_options(reflected_object, kind)
        return {name: value for name, value in options.items() if name not in _USUAL or value}

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Compare types, with FLOAT(p) and array dimensions as PostgreSQL stores them."""
        there = text_of_type(inspector_column, self.dialect)
        wanted = with_kept_names(text_of_type(metadata_column, self.dialect))
        if there.lower() == compare.stored_type(wanted):
            return False
        return super().compare_type(inspector_column, metadata_column)

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare defaults normalised by the database, or else by their values."""
        wanted = default_as_sql(metadata_column, rendered_metadata_default)
        if compare.is_null(wanted):
            wanted = None
        if compare.is_null(rendered_inspector_default):
            rendered_inspector_default = None
        if wanted is not None and rendered_inspector_default is not None:
            pair = self.expression_pair(inspector_column, metadata_column)
            if pair is not None and self.wording.same(pair):
                return False
        return compare.defaults_differ(
            self.connection,
            metadata_column,
            wanted,
            rendered_inspector_default,
        )

    def _normalize_computed_default(self, sqltext: str) -> str:
        """Return the SQL of a computed column in a normalised form."""
        return compare.plain_computed(sqltext)

    def compare_indexes(self, metadata_index: Index, reflected_index: Index) -> ComparisonResult:
        """Compare columns, expressions, sort order, uniqueness, INCLUDE and NULLS DISTINCT."""
        differences = []
        unique = unique_difference(metadata_index, reflected_index)
        if unique is not None:
            differences.append(unique)
        before = compare.elements_of(reflected_index, self.dialect)
        after = compare.elements_of(metadata_index, self.dialect)
        if self._parts_differ(metadata_index, reflected_index, before, after):
            both = (reflected_index, metadata_index)
            told = (compare.readable_elements(one, self.dialect) for one in both)
            differences.append(f"expression {' to '.join(told)}")
        differences.extend(compare.option_differences(metadata_index, reflected_index))
        return result_of(differences)

    def _parts_differ(
        self, model: Index, reflected: Index, before: list[str], after: list[str]
    ) -> bool:
        """Compare elements by text if that is sufficient, otherwise normalised by the database."""
        if all(isinstance(part, Column) for part in model.expressions):
            return before != after
        numbers = compare.parts_with_operator_class(model)
        for number, sql in numbers.items():
            warn(
                f"Expression #{number + 1} {sql!r} in index {str(model.name)!r} detected "
                "to include an operator clause. Expression compare cannot proceed. Please move "
                "the operator clause to the ``postgresql_ops`` dict to enable proper compare "
                "of the index expressions: https://docs.sqlalchemy.org/en/latest/dialects/"
                "postgresql.html#operator-classes"
            )
        if numbers:
            return compare.without(before, numbers) != compare.without(after, numbers)
        pair = (model, reflected)
        known = self._parts_that_differ
        differ = (known if pair in known else self._compared_parts([pair]))[pair]
        return before != after if differ is None else differ

    def begin_comparison(
        self, tables: Sequence[tuple[Table, Table]], pairs: Iterable[Pair]
    ) -> None:
        """Normalise all expressions at once, and all indexes on expressions."""
        both = [
            (model, reflected)
            for there, wanted in tables
            for model in wanted.indexes
            for reflected in there.indexes
            if str(reflected.name) == final_name(model, self.dialect)
        ]
        partial = [
            two
            for two in both
            if all(one.dialect_options["postgresql"].get("where") is not None for one in two)
        ]
        wheres = [compare.where_pair(self, *two) for two in partial]
        super().begin_comparison(tables, [*pairs, *wheres])
        on_expressions = [
            two for two in both if not all(isinstance(part, Column) for part in two[0].expressions)
        ]
        self._parts_that_differ = self._compared_parts(on_expressions)

    def _compared_parts(
        self, indexes: Sequence[tuple[Index, Index]]
    ) -> dict[tuple[Index, Index], bool | None]:
        answers = normal.parts_differ(self.connection, indexes) if indexes else []
        return dict(zip(indexes, answers, strict=True))

    def compare_unique_constraint(
        self, metadata_constraint: UniqueConstraint, reflected_constraint: UniqueConstraint
    ) -> ComparisonResult:
        """Compare columns, INCLUDE, NULLS DISTINCT, and when it is checked."""
        both = (metadata_constraint, reflected_constraint)
        found: list[str | None] = [super().compare_unique_constraint(*both).message]
        if can_reflect(self.connection):
            found.append(compare.timing_difference(*both))
        return result_of([*filter(None, found), *compare.option_differences(*both)])


def _ceases_to_count(changes: ColumnChanges) -> bool:
    """Return whether a column stops being an identity."""
    new = changes.server_default
    was = isinstance(changes.existing_server_default, Identity)
    return was and new is not False and not isinstance(new, Identity)


def _add_included_columns(
    item: Index | UniqueConstraint | PrimaryKeyConstraint, table: Any
) -> None:
    """Add the columns named by the item's INCLUDE to its table, unless it has them."""
    # SQLAlchemy has this option for indexes in all 2.0 releases, for constraints since 2.0.41.
    for name in item.dialect_options["postgresql"].get("include") or ():
        if table is not None and isinstance(name, str) and name not in table.c:
            table.append_column(Column(name, NULLTYPE))
