"""The part of an impl that autogenerate uses to compare the database with the models.

DefaultImpl inherits it; subclasses override single methods. Nothing here changes a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Computed, DefaultClause, Identity, String, literal
from sqlalchemy.types import Enum, TypeDecorator, TypeEngine

from idiolect.util.langhelpers import memoized_property

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import (
        CheckConstraint,
        Column,
        ForeignKeyConstraint,
        Index,
        Table,
        UniqueConstraint,
    )
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ClauseElement

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.signatures import ComparisonResult
    from idiolect.ddl.wording import Pair, Wording
    from idiolect.hooks.compared import TableSide
    from idiolect.operations.ops.containers import DowngradeOps, UpgradeOps

_IDENTITY_OPTIONS = (
    "always",
    "on_null",
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
    "order",
)


def default_as_sql(column: Column[Any], rendered: str | None) -> str | None:
    """Return the default of a model's column as SQL: in quotes if it is a string.

    Args:
        column: the column.
        rendered: its default as passed to :meth:`ComparingImpl.compare_server_default`.
    """
    given: Any = getattr(column.server_default, "arg", None)
    if rendered is None or rendered != given or rendered.startswith("'"):
        return rendered
    return "'" + rendered.replace("'", "''") + "'" if _is_text(column.type) else rendered


def _is_text(type_: TypeEngine[Any]) -> bool:
    if type_._type_affinity is String:  # noqa: SLF001 - SQLAlchemy's own notion
        return True
    # A dialect's own ENUM has another affinity.
    while isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    return isinstance(type_, Enum)


class ComparingImpl:
    """The methods that autogenerate calls to compare.

    Attributes:
        type_synonyms: sets of equivalent type names.
        type_arg_extract: regular expressions with one group, for type arguments outside of
            parentheses.
        identity_attrs_ignore: options of an Identity that the database does not support.
        reflects_whole_types: whether the database reports types with all their words, such as
            UNSIGNED or WITH TIME ZONE. If not, types that begin with the same word and have a
            different number of words are the same, and settings (``name=value``) are ignored.
        keys_hold_indexes: whether an index that a foreign key needs cannot be dropped.
        compares_by_value: whether these methods treat all columns with the same type,
            nullability, default and part in the primary key as equal, whatever their names, and
            all plain indexes and constraints with the same columns, too. Reset in subclasses that
            override one of the methods, unless they set it again: all tables are then compared
            in full.
    """

    type_synonyms: ClassVar[Sequence[set[str]]] = ({"NUMERIC", "DECIMAL"},)
    type_arg_extract: ClassVar[Sequence[str]] = ()
    identity_attrs_ignore: ClassVar[Sequence[str]] = ("order", "on_null")
    compares_by_value: ClassVar[bool] = True
    reflects_whole_types: ClassVar[bool] = False
    keys_hold_indexes: ClassVar[bool] = False
    dialect: Dialect

    @memoized_property
    def wording(self) -> Wording:
        """Compares expressions that the database may report in a different form."""
        # Imported here and below because every context has an impl, but few compare.
        from idiolect.ddl.wording import Wording

        return Wording(getattr(self, "connection", None), self.dialect)

    def begin_comparison(
        self, tables: Sequence[tuple[Table, Table]], pairs: Iterable[Pair]
    ) -> None:
        """Prepare a comparison: normalise all expressions at once, so that few need a query later.

        Args:
            tables: the tables to be compared in full, in the database and in the model.
            pairs: their expressions.
        """
        self.wording.begin(pairs)

    def expression_pair(
        self, inspector_column: Column[Any], metadata_column: Column[Any]
    ) -> Pair | None:
        """Return the defaults, or computed expressions, of two columns; None if one has neither.

        Args:
            inspector_column: the column in the database.
            metadata_column: the column in the model.
        """
        from idiolect.ddl.wording import Pair

        # Published programs compare the defaults of columns without a table.
        table: Any = getattr(inspector_column, "table", None)
        if table is None:
            return None
        there, wanted = inspector_column.server_default, metadata_column.server_default
        place = (table, inspector_column.name)
        if isinstance(there, Computed) and isinstance(wanted, Computed):
            return Pair("computed", *place, self._sql(wanted.sqltext), self._sql(there.sqltext))
        if isinstance(there, DefaultClause) and isinstance(wanted, DefaultClause):
            return Pair("server_default", *place, self._sql(wanted.arg), self._sql(there.arg))
        return None

    def check_pair(self, table: Table, model: CheckConstraint, reflected: CheckConstraint) -> Pair:
        """Return the conditions of two checks.

        Args:
            table: the table in the database.
            model: the check in the model.
            reflected: the check in the database.
        """
        from idiolect.ddl.wording import Pair

        return Pair("check", table, "", self._sql(model.sqltext), self._sql(reflected.sqltext))

    def _sql(self, given: ClauseElement | str) -> str:
        expression = literal(given, String()) if isinstance(given, str) else given
        return self.render_ddl_sql_expr(expression)

    if TYPE_CHECKING:

        def render_ddl_sql_expr(
            self, expr: ClauseElement, is_server_default: bool = False, **kw: Any
        ) -> str:
            """Return an expression as SQL; implemented by DefaultImpl."""
            raise NotImplementedError

    def changed_names(self, names: Iterable[str]) -> dict[str, str]:
        """Return the names that the database changes, such as by truncation; {} by default.

        Args:
            names: of tables, columns, indexes and constraints in the models.
        """
        del names
        return {}

    def autogen_column_reflect(self, inspector: Any, table: Any, column_info: Any) -> None:
        """Correct a reflected column; by default, leave it unchanged.

        Args:
            inspector: SQLAlchemy's inspector.
            table: the table being reflected.
            column_info: the reflected data of the column; modified in place.
        """

    def adjust_reflected_dialect_options(self, reflected_object: Any, kind: str) -> dict[str, Any]:
        """Return the relevant dialect options of a reflected index or constraint.

        Args:
            reflected_object: the dict from SQLAlchemy's inspector.
            kind: ``index``, ``unique_constraint`` or ``primary_key``.
        """
        del kind
        options: dict[str, Any] = reflected_object.get("dialect_options", {})
        return options

    def correct_reflected(self, reflected: TableSide, metadata: TableSide) -> None:
        """Remove what the database reports differently from both sides of a comparison.

        Calls the two documented methods; for impls that have to know the tables as well.

        Args:
            reflected: of the database; modified in place.
            metadata: of the models; modified in place.
        """
        if reflected.uniques or reflected.indexes or metadata.uniques or metadata.indexes:
            self.correct_for_autogen_constraints(
                reflected.uniques, reflected.indexes, metadata.uniques, metadata.indexes
            )
        if reflected.foreign_keys or metadata.foreign_keys:
            self.correct_for_autogen_foreignkeys(reflected.foreign_keys, metadata.foreign_keys)

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[UniqueConstraint],
        conn_indexes: set[Index],
        metadata_unique_constraints: set[UniqueConstraint],
        metadata_indexes: set[Index],
    ) -> None:
        """Remove objects that the database reports differently from the models from the sets.

        Args:
            conn_uniques: unique constraints of the database.
            conn_indexes: indexes of the database.
            metadata_unique_constraints: unique constraints of the model.
            metadata_indexes: indexes of the model.
        """

    def correct_for_autogen_foreignkeys(
        self, conn_fks: set[ForeignKeyConstraint], metadata_fks: set[ForeignKeyConstraint]
    ) -> None:
        """Remove foreign keys that the database reports differently from the sets.

        Args:
            conn_fks: foreign keys of the database.
            metadata_fks: foreign keys of the model.
        """

    def complete_operations(
        self,
        autogen_context: AutogenContext,
        upgrade_ops: UpgradeOps,
        downgrade_ops: DowngradeOps,
    ) -> None:
        """Adapt the result of a comparison to what the database accepts. Does nothing by default.

        Args:
            autogen_context: the comparison.
            upgrade_ops: all operations; changed in place.
            downgrade_ops: their reverse; changed in place.
        """

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Return whether a column's type differs from the model's.

        Args:
            inspector_column: the column in the database.
            metadata_column: the column in the model.
        """
        from idiolect.ddl.typecompare import same_types, text_of_type, words_of

        whole = self.reflects_whole_types
        reflected, model = (
            words_of(text_of_type(column, self.dialect, in_table=whole), self.type_arg_extract)
            for column in (inspector_column, metadata_column)
        )
        return not same_types(reflected, model, self.type_synonyms, whole=whole)

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Return whether a column's default differs from the model's.

        Args:
            inspector_column: the column in the database.
            metadata_column: the column in the model.
            rendered_metadata_default: the model's default, a string as the model gives it, and
                any other expression as SQL; :func:`default_as_sql` adds the quotes.
            rendered_inspector_default: the database's default as SQL.
        """
        wanted = default_as_sql(metadata_column, rendered_metadata_default)
        if rendered_inspector_default == wanted:
            return False
        pair = self.expression_pair(inspector_column, metadata_column)
        return pair is None or not self.wording.same(pair)

    def compare_identity(self, metadata_identity: Any, inspector_identity: Any) -> bool:
        """Return whether a column's Identity differs from the model's; one may be missing."""
        if not isinstance(metadata_identity, Identity) or not isinstance(
            inspector_identity, Identity
        ):
            return metadata_identity is not inspector_identity
        usual = Identity()
        for option in _IDENTITY_OPTIONS:
            if option in self.identity_attrs_ignore:
                continue
            wanted = getattr(metadata_identity, option, None)
            there = getattr(inspector_identity, option, None)
            if option == "always":
                if bool(wanted) is not bool(there):
                    return True
            elif wanted is not None and wanted != getattr(usual, option, None) and wanted != there:
                return True
        return False

    def compare_computed(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Return whether the expressions of two computed columns differ.

        If the database cannot be queried, their SQL is compared in a normalised form.

        Args:
            inspector_column: the column in the database.
            metadata_column: the column in the model.
        """
        pair = self.expression_pair(inspector_column, metadata_column)
        if pair is None:
            return True
        is_same = self.wording.same(pair)
        if is_same is not None:
            return not is_same
        plain = self._normalize_computed_default
        return plain(pair.model) != plain(pair.reflected)

    def _normalize_computed_default(self, sqltext: str) -> str:
        """Return the SQL of a computed column in a normalised form."""
        return "".join(char for char in sqltext.lower() if char not in " \t\r\n()'\"`[]")

    def compare_indexes(self, metadata_index: Index, reflected_index: Index) -> ComparisonResult:
        """Compare two indexes of the same name.

        Args:
            metadata_index: the index in the model.
            reflected_index: the index in the database.
        """
        from idiolect.ddl import signatures

        if not signatures.is_plain(metadata_index) and not signatures.is_plain(reflected_index):
            reason = "Functional indexes cannot be compared on this dialect"
            return signatures.ComparisonResult.Skip(reason)
        differences = []
        unique = self._compare_index_unique(metadata_index, reflected_index)
        if unique is not None:
            differences.append(unique)
        before = signatures.index_elements(reflected_index, self.dialect)
        after = signatures.index_elements(metadata_index, self.dialect)
        if before != after:
            differences.append(f"expression {_listed(before)} to {_listed(after)}")
        return signatures.result_of(differences)

    def _compare_index_unique(self, metadata_index: Index, reflected_index: Index) -> str | None:
        """Return how the uniqueness of two indexes differs; published impl classes call it."""
        from idiolect.ddl.signatures import unique_difference

        return unique_difference(metadata_index, reflected_index)

    def compare_unique_constraint(
        self, metadata_constraint: UniqueConstraint, reflected_constraint: UniqueConstraint
    ) -> ComparisonResult:
        """Compare two unique constraints of the same name.

        Args:
            metadata_constraint: the constraint in the model.
            reflected_constraint: the constraint in the database.
        """
        from idiolect.ddl.signatures import ComparisonResult, column_names

        before = column_names(reflected_constraint)
        after = column_names(metadata_constraint)
        if sorted(before) == sorted(after):
            return ComparisonResult.Equal()
        return ComparisonResult.Different(f"expression {_listed(before)} to {_listed(after)}")

    def compare_check_constraint(
        self, metadata_constraint: CheckConstraint, reflected_constraint: CheckConstraint
    ) -> ComparisonResult:
        """Compare two checks of the same name; by default they are considered equal.

        Args:
            metadata_constraint: the constraint in the model.
            reflected_constraint: the constraint in the database.
        """
        from idiolect.ddl.signatures import ComparisonResult

        del metadata_constraint, reflected_constraint
        return ComparisonResult.Equal()


def _listed(names: Sequence[str]) -> str:
    return f"({', '.join(names)})"
