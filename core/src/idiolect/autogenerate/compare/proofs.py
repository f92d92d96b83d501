"""Detects tables that need no comparison, because their signature equals the model's.

The comparison of tables asks before each table, and reports the tables that it compared in full.
Two columns are considered equal only if the same pair of values was compared in full before without
a difference; indexes and constraints, if their names and columns are equal. If user code takes
part, all tables are compared in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.exc import IdentifierError
from sqlalchemy.types import NullType

from idiolect.autogenerate.compare.values import ModelTable, OpaqueError, model_column
from idiolect.ddl.comparing import ComparingImpl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from idiolect.autogenerate.compare.inspection import Reflection
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.reflected import TableKey, TableSignature

#: Attribute of comparators of tables: a function of a signature and a ModelTable that returns True
#: if the comparator would find nothing.
PROOF = "proves_equal"
#: Attribute of comparators of columns: True if they depend on values only.
BY_VALUE = "by_value"
#: Hooks whose result may depend on the individual column or table.
_HOOKS = ("compare_type", "compare_server_default", "reflect_column", "adjust_reflected")
_METHODS = frozenset(name for name in vars(ComparingImpl) if callable(vars(ComparingImpl)[name]))


class Proofs:
    """The proven equalities of one comparison.

    Args:
        autogen_context: the comparison.
        reflection: the database's side.

    Attributes:
        are_possible: whether anything can be proved; False if user code takes part.
    """

    def __init__(self, autogen_context: AutogenContext, reflection: Reflection) -> None:
        self._reflection = reflection
        self._dialect = autogen_context.migration_context.dialect
        self._default_schema = getattr(self._dialect, "default_schema_name", None)
        self._has_comments = bool(self._dialect.supports_comments)
        self._equal_pairs: set[Any] = set()
        self._known: dict[TableKey, tuple[dict[str, Any], bool]] = {}
        proofs = _proofs(autogen_context)
        self.are_possible = proofs is not None and _is_unwatched(autogen_context)
        self._proofs = proofs or []

    def unproved(self, models: Mapping[TableKey, Table]) -> list[TableKey]:
        """Return the tables to compare in full: the first one of each shape.

        If no differences are found in these, the others are proved equal.

        Args:
            models: by table key, for existing tables, in the order of comparison.
        """
        if not self.are_possible:
            return list(models)
        before = set(self._equal_pairs)
        found = []
        for key, model in models.items():
            if self.is_equal(key, model):
                continue
            found.append(key)
            pairs, fits = self._looked_at(key, model)
            # A table with other differences proves nothing.
            if fits:
                self._equal_pairs.update(pairs.values())
        self._equal_pairs = before
        return found

    def is_equal(self, key: TableKey, model: Table) -> bool:
        """Return whether a table is proved to match the model."""
        if not self.are_possible:
            return False
        pairs, fits = self._looked_at(key, model)
        return fits and self._equal_pairs.issuperset(pairs.values())

    def pairs(self, key: TableKey, model: Table) -> dict[str, Any]:
        """Return the pairs to learn if nothing differs; call it before tables are compared."""
        return self._looked_at(key, model)[0] if self.are_possible else {}

    def _looked_at(self, key: TableKey, model: Table) -> tuple[dict[str, Any], bool]:
        """Return the pairs of columns, and whether everything else is equal."""
        if key not in self._known:
            signature = self._reflection.signature(key)
            pairs = None if signature is None else self._pairs(signature, model)
            fits = signature is not None and pairs is not None and self._fit(signature, model)
            self._known[key] = (pairs or {}, fits)
        return self._known[key]

    def _fit(self, signature: TableSignature, model: Table) -> bool:
        if self._has_comments and _differ(signature.comment, model.comment):
            return False
        try:
            facts = ModelTable(model, self._dialect, self._default_schema)
        except (OpaqueError, IdentifierError):
            return False
        return all(proves(signature, facts) for proves in self._proofs)

    def learn(self, pairs: dict[str, Any], reflected: Table, model: Table) -> None:
        """Record the pairs as equal: the tables were compared in full, and nothing differs."""
        for name, pair in pairs.items():
            before, after = reflected.c.get(name), model.c.get(name)
            if before is None or after is None or isinstance(before.type, NullType):
                continue
            if before.server_default is None and after.server_default is not None:
                continue  # Equal or not, SQLAlchemy could not reflect the type.
            # Its warnings name table and column, and so have to be repeated for each.
            is_key = before.primary_key and after.primary_key
            if before.nullable is after.nullable or is_key:
                self._equal_pairs.add(pair)

    def _pairs(self, signature: TableSignature, model: Table) -> dict[str, Any] | None:
        """Return both sides of each column by name; None if columns certainly differ."""
        columns = model.c
        if len(columns) != len(signature.columns):
            return None
        pairs = {}
        for column in columns:
            reflected = signature.columns.get(column.name)
            if reflected is None or column.system:
                return None
            facts, comment = reflected
            if self._has_comments and _differ(comment, column.comment):
                return None
            try:
                pairs[column.name] = (facts, model_column(column, model, self._dialect))
            except OpaqueError:
                return None
        return pairs


def _differ(reflected: str | None, model: str | None) -> bool:
    return (reflected or None) != (model or None)


def _proofs(autogen_context: AutogenContext) -> list[Callable[..., bool]] | None:
    """Return the proofs of all comparators of tables; None if one has none."""
    comparators = autogen_context.comparators
    dialect = autogen_context.migration_context.dialect.name
    of_columns = comparators.registered("column", qualifier=dialect)
    of_tables = comparators.registered("table", qualifier=dialect)
    proofs = [getattr(comparator, PROOF, None) for comparator in of_tables]
    if not all(getattr(comparator, BY_VALUE, False) for comparator in of_columns):
        return None
    return [proof for proof in proofs if proof] if all(proofs) else None


def _is_unwatched(autogen_context: AutogenContext) -> bool:
    """Return whether no user code takes part in the comparison of tables."""
    context = autogen_context.migration_context
    wanted = (context._user_compare_type, context._user_compare_server_default)  # noqa: SLF001 - its options
    connection: Any = autogen_context.connection
    options = connection.get_execution_options()
    return (
        autogen_context.by_signature
        and not autogen_context.has_filters
        and not any(callable(option) for option in wanted)
        and not _are_listened_to()
        and not options.get("schema_translate_map")
        and _compares_by_value(type(context.impl))
        and _are_hooks_default(autogen_context)
    )


def _are_hooks_default(autogen_context: AutogenContext) -> bool:
    """Return whether only the core and the impl's own package implement hooks on columns."""
    own = type(autogen_context.migration_context.impl).__module__.partition(".")[0]
    homes = set().union(*(autogen_context.hooks.homes(hook) for hook in _HOOKS))
    return homes <= {__name__.partition(".")[0], own}


def _are_listened_to() -> bool:
    """Return whether event listeners for all tables or columns exist."""
    column: Column[Any] = Column("c", Integer)
    metadata = MetaData()
    table = Table("t", metadata, column)
    return any(
        getattr(item.dispatch, name, ())
        for item in (metadata, table, column)
        for name in ("column_reflect", "before_parent_attach", "after_parent_attach")
    )


def _compares_by_value(impl_class: type) -> bool:
    """Return whether the class sets the flag, or inherits it together with all relevant methods."""
    for cls in impl_class.__mro__:
        if "compares_by_value" in vars(cls):
            return bool(vars(cls)["compares_by_value"])
        if _METHODS & vars(cls).keys():
            return False
    return False
