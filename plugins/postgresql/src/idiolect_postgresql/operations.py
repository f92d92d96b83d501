"""PostgreSQL's own operation: adding an EXCLUDE constraint.

Registered when the plugin is loaded, with the same API as users' operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Column, MetaData, Table, column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NULLTYPE

from idiolect.errors import OperationError
from idiolect.operations import BatchOperations, Operations
from idiolect.operations.ops import AddConstraintOp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Constraint
    from sqlalchemy.sql.elements import ColumnElement

    from idiolect.abc import ContextLike

#: Arguments of SQLAlchemy's ExcludeConstraint, which ignores all others.
_ARGUMENTS = ("using", "ops", "deferrable", "initially")


@Operations.register_operation("create_exclude_constraint")
@BatchOperations.register_operation("create_exclude_constraint", "batch_create_exclude_constraint")
@AddConstraintOp.register_add_constraint("exclude_constraint")
class CreateExcludeConstraintOp(AddConstraintOp):
    """Add an EXCLUDE constraint.

    Args:
        constraint_name: its name; None for the database's default.
        table_name: the table.
        elements: pairs of an expression and the operator that compares it.
        where: restricts the constraint to rows that satisfy this condition.
        schema: the table's schema; None is the connection's default schema.
        _orig_constraint: the constraint it was created from; not used.
        kw: arguments of SQLAlchemy's ExcludeConstraint.
    """

    constraint_type = "exclude"

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        elements: Sequence[tuple[Any, str]],
        where: ColumnElement[bool] | str | None = None,
        schema: str | None = None,
        _orig_constraint: ExcludeConstraint | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.elements = elements
        self.where = where
        self.schema = schema
        self._orig_constraint = _orig_constraint
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateExcludeConstraintOp:
        """Return the operation that adds ``constraint``, which belongs to a table."""
        known = cast("ExcludeConstraint", constraint)
        rendered: Any = known._render_exprs  # noqa: SLF001 - its elements in order, nowhere public
        return cls(
            known.name if isinstance(known.name, str) else None,
            known.table.name,
            [(expression, operator) for expression, _name, operator in rendered],
            where=cast("ColumnElement[bool] | None", known.where),
            schema=known.table.schema,
            _orig_constraint=known,
            deferrable=known.deferrable,
            initially=known.initially,
            using=known.using,
            ops=known.ops,
        )

    def to_constraint(self, migration_context: ContextLike | None = None) -> ExcludeConstraint:
        """Return the described constraint as a new object, on a new table of that name.

        Args:
            migration_context: not used: there is no naming convention for such constraints.

        Raises:
            OperationError: an element is not a pair, or an argument is unknown.
        """
        for name in self.kw:
            if name not in _ARGUMENTS:
                known = ", ".join(repr(one) for one in ("where", "schema", *_ARGUMENTS))
                raise OperationError(
                    f"{self._describe()}: unknown argument {name!r}; there are {known}"
                )
        pairs = [self._pair(element) for element in self.elements]
        if not pairs:
            raise OperationError(f"{self._describe()}: at least one element is required")
        constraint = ExcludeConstraint(
            *pairs,
            name=self.constraint_name,
            where=_detached(self.where),
            **self.kw,
        )
        names = dict.fromkeys(what for what, _operator in pairs if isinstance(what, str))
        columns = [Column(name, NULLTYPE) for name in names]
        table = Table(self.table_name, MetaData(), *columns, schema=self.schema)
        table.append_constraint(constraint)
        return constraint

    @classmethod
    def create_exclude_constraint(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        *elements: Any,
        **kw: Any,
    ) -> Table | None:
        """Add an EXCLUDE constraint.

        Args:
            operations: executes the operation.
            constraint_name: its name.
            table_name: the table.
            elements: pairs of an expression and the operator that compares it, such as
                ``("period", "&&")``; a string is a column name, use ``text()`` or another
                expression for anything else, with parentheses where PostgreSQL requires them.
            kw: ``where`` (restricts it to rows that satisfy this condition), ``using`` (the index
                method), ``ops`` (operator classes by name), ``deferrable``, ``initially``,
                ``schema``.
        """
        made: Table | None = operations.invoke(cls(constraint_name, table_name, elements, **kw))
        return made

    def _pair(self, element: Any) -> tuple[Any, str]:
        pair = tuple(element) if isinstance(element, (tuple, list)) else ()
        if len(pair) != 2 or not isinstance(pair[1], str):  # noqa: PLR2004 - a pair
            raise OperationError(
                f"{self._describe()}: an element is a pair of an expression and an operator, such "
                f"as ('period', '&&'); got {element!r}"
            )
        what, operator = pair
        return _detached(what), operator

    def _describe(self) -> str:
        return f"create_exclude_constraint {self.constraint_name!r} on table {self.table_name!r}"

    @classmethod
    def batch_create_exclude_constraint(
        cls, operations: BatchOperations, constraint_name: str, *elements: Any, **kw: Any
    ) -> Table | None:
        """Add an EXCLUDE constraint to the batch's table.

        Args:
            operations: records the operation.
            constraint_name: its name.
            elements: as in create_exclude_constraint().
            kw: as in create_exclude_constraint().
        """
        impl = operations.impl
        kw["schema"] = impl.schema
        made: Table | None = operations.invoke(
            cls(constraint_name, impl.table_name, elements, **kw)
        )
        return made


def _detached(expression: Any) -> Any:
    """Return an expression with columns replaced by names, so that any table can use it."""
    if not isinstance(expression, ClauseElement):
        return expression

    def replace(element: Any, **_kw: Any) -> Any:
        return column(element.name, element.type) if isinstance(element, Column) else None

    return replacement_traverse(expression, {}, replace)
