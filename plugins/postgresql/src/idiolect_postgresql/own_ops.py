"""Operations on enum types and sequences, for which the documented API has no directive.

Created by comparisons and rendered as ``op.execute()``, so that revisions only need that API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import CreateSequence, DropSequence

from idiolect.operations import MigrateOperation, Operations
from idiolect.util.colons import escape_colons
from idiolect_postgresql.names import LONGEST, kept
from idiolect_postgresql.quoting import QUOTE, qualified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Sequence as SequenceItem

    from idiolect.autogenerate.context import AutogenContext
    from idiolect_postgresql.catalogue import EnumUser, TypeColumn

    Values = tuple[str, ...]

_SEQUENCE_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "cycle", "cache")
#: Suffix for the name of a type that is replaced.
_FORMER = "_old"


class ChangeTypeOp(MigrateOperation):
    """Create a named type, change its definition, or drop it; the base of the two operations.

    Args:
        name: the type.
        before: its current definition; None if it does not exist.
        after: its new definition; None to drop it.
        schema: its schema; None is the connection's default schema.
        columns: the database columns that use it.
        with_table: SQLAlchemy creates it together with a table.
    """

    def __init__(
        self,
        name: str,
        before: Any,
        after: Any,
        *,
        schema: str | None = None,
        columns: Sequence[TypeColumn] = (),
        with_table: bool = False,
    ) -> None:
        self.name = name
        self.before = before
        self.after = after
        self.schema = schema
        self.columns = columns
        self.with_table = with_table

    @property
    def place(self) -> tuple[str | None, str]:
        """Schema and name."""
        return (self.schema, self.name)

    @property
    def former_name(self) -> str:
        """The name of the old type while the new one replaces it."""
        # Leave room for the suffix: truncated, it might be the new type's name again.
        return f"{kept(self.name, LONGEST - len(_FORMER))}{_FORMER}"

    def statements(self) -> list[str]:
        """Return the statements, in order."""
        raise NotImplementedError

    def send(self, operations: Operations) -> None:
        """Execute the statements, or write them to the script."""
        for statement in self.statements():
            operations.execute(escape_colons(statement))

    def code(self, autogen_context: AutogenContext) -> list[str]:
        """Return the code of each statement, for a revision."""
        prefix = _op(autogen_context)
        return [f"{prefix}execute({escape_colons(one)!r})" for one in self.statements()]


class ChangeEnumOp(ChangeTypeOp):
    """Create an enum type, change its values, or drop it.

    Args:
        name: the type.
        before: its current values; None if it does not exist.
        after: its new values; None to drop it.
        schema: its schema; None is the connection's default schema.
        columns: the database columns that use it.
        users: indexes and constraints with conditions on such a column.
        with_table: SQLAlchemy creates it together with a table.
        autocommit: new values have to be committed before they are used.
    """

    def __init__(
        self,
        name: str,
        before: Values | None,
        after: Values | None,
        *,
        schema: str | None = None,
        columns: Sequence[TypeColumn] = (),
        users: Sequence[EnumUser] = (),
        with_table: bool = False,
        autocommit: bool = False,
    ) -> None:
        super().__init__(name, before, after, schema=schema, columns=columns, with_table=with_table)
        self.before: Values | None
        self.after: Values | None
        self.users = users
        self.autocommit = autocommit

    def reverse(self) -> ChangeEnumOp:
        """Return the operation that restores the type."""
        return ChangeEnumOp(
            self.name,
            self.after,
            self.before,
            schema=self.schema,
            columns=self.columns,
            users=self.users,
            with_table=self.with_table,
            autocommit=self.autocommit,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return ``("add_enum_type" | "remove_enum_type" | "change_enum_type", schema, ...)``.

        Followed by the name and the values, or the old and the new values.
        """
        if self.before is None:
            return ("add_enum_type", *self.place, self.after)
        if self.after is None:
            return ("remove_enum_type", *self.place, self.before)
        return ("change_enum_type", *self.place, self.before, self.after)

    @property
    def is_extension(self) -> bool:
        """Whether values are only added; existing ones then keep the order that they have."""
        if self.before is None or self.after is None:
            return False
        return set(self.before) < set(self.after)

    @property
    def needs_autocommit(self) -> bool:
        """Whether the statements must not be part of the revision's transaction."""
        return self.autocommit and self.is_extension

    def statements(self) -> list[str]:
        """Return the statements, in order."""
        type_ = qualified(self.schema, self.name)
        if self.before is None:
            return [] if self.with_table or self.after is None else [_create(type_, self.after)]
        if self.after is None:
            return [f"DROP TYPE {type_}"]
        if self.is_extension:
            return list(_additions(type_, self.before, self.after))
        return list(self._replacement(type_, self.after))

    def _replacement(self, type_: str, after: Values) -> Iterator[str]:
        """Yield statements that replace the old type by a new one; rows keep their values."""
        yield f"ALTER TYPE {type_} RENAME TO {QUOTE.quote(self.former_name)}"
        yield _create(type_, after)
        for user in self.users:
            yield _without(user)
        for one in self.columns:
            alter = f"ALTER TABLE {qualified(one.schema, one.table)} ALTER COLUMN "
            column = QUOTE.quote(one.name)
            new, words = (f"{type_}[]", "text[]") if one.is_array else (type_, "text")
            if one.default is not None:
                yield f"{alter}{column} DROP DEFAULT"
            yield f"{alter}{column} TYPE {new} USING {column}::{words}::{new}"
            if one.default is not None:
                yield f"{alter}{column} SET DEFAULT {one.default}"
        for user in self.users:
            yield _with(user)
        yield f"DROP TYPE {qualified(self.schema, self.former_name)}"


def _without(user: EnumUser) -> str:
    if user.is_constraint:
        table = qualified(user.schema, user.table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {QUOTE.quote(user.name)}"
    return f"DROP INDEX {qualified(user.schema, user.name)}"


def _with(user: EnumUser) -> str:
    if user.is_constraint:
        table = qualified(user.schema, user.table)
        return f"ALTER TABLE {table} ADD CONSTRAINT {QUOTE.quote(user.name)} {user.definition}"
    return user.definition


class CreateSequenceOp(MigrateOperation):
    """Create a sequence.

    Args:
        sequence: SQLAlchemy's Sequence.
    """

    def __init__(self, sequence: SequenceItem) -> None:
        self.sequence = sequence

    def reverse(self) -> DropSequenceOp:
        """Return the operation that drops the sequence."""
        return DropSequenceOp(self.sequence)

    def to_diff_tuple(self) -> tuple[str, SequenceItem]:
        """Return ``("add_sequence", sequence)``."""
        return ("add_sequence", self.sequence)


class DropSequenceOp(MigrateOperation):
    """Drop a sequence.

    Args:
        sequence: SQLAlchemy's Sequence.
    """

    def __init__(self, sequence: SequenceItem) -> None:
        self.sequence = sequence

    def reverse(self) -> CreateSequenceOp:
        """Return the operation that creates the sequence."""
        return CreateSequenceOp(self.sequence)

    def to_diff_tuple(self) -> tuple[str, SequenceItem]:
        """Return ``("remove_sequence", sequence)``."""
        return ("remove_sequence", self.sequence)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _create(type_: str, values: Values) -> str:
    return f"CREATE TYPE {type_} AS ENUM ({', '.join(map(_literal, values))})"


def _additions(type_: str, before: Values, after: Values) -> Iterator[str]:
    """Yield one statement per new value; each refers to a neighbour that exists by then."""
    there = list(before)
    for place, value in enumerate(after):
        if value in before:
            continue
        where = ""
        if place and there:
            where = f" AFTER {_literal(after[place - 1])}"
        elif there:
            where = f" BEFORE {_literal(there[0])}"
        there.append(value)
        yield f"ALTER TYPE {type_} ADD VALUE {_literal(value)}{where}"


@Operations.implementation_for(ChangeEnumOp)
def change_enum(operations: Operations, operation: ChangeEnumOp) -> None:
    """Send the statements, outside of the transaction if necessary."""
    if operation.needs_autocommit:
        with operations.get_context().autocommit_block():
            operation.send(operations)
    else:
        operation.send(operations)


@Operations.implementation_for(CreateSequenceOp)
def create_sequence(operations: Operations, operation: CreateSequenceOp) -> None:
    """Send the statement."""
    operations.execute(CreateSequence(operation.sequence))


@Operations.implementation_for(DropSequenceOp)
def drop_sequence(operations: Operations, operation: DropSequenceOp) -> None:
    """Send the statement."""
    operations.execute(DropSequence(operation.sequence))


def render(op: MigrateOperation, autogen_context: AutogenContext) -> list[str] | None:
    """Return the code of an operation of this module; None for others."""
    if isinstance(op, ChangeEnumOp):
        return _render_change_enum(op, autogen_context)
    if isinstance(op, (CreateSequenceOp, DropSequenceOp)):
        return [f"{_op(autogen_context)}execute({_sequence(op, autogen_context)})"]
    return None


def _op(autogen_context: AutogenContext) -> str:
    """Return the prefix of directives that batches lack, such as ``op.``."""
    from idiolect.autogenerate import render as core

    return core.directive_prefix(autogen_context, in_batch=False)


def _render_change_enum(operation: ChangeEnumOp, autogen_context: AutogenContext) -> list[str]:
    codes = operation.code(autogen_context)
    if not operation.needs_autocommit:
        return codes
    block = f"with {_op(autogen_context)}get_context().autocommit_block():"
    return ["\n".join([block, *(f"    {code}" for code in codes)])]


def _sequence(op: CreateSequenceOp | DropSequenceOp, autogen_context: AutogenContext) -> str:
    from idiolect.autogenerate import render as core

    sa = core.sqlalchemy_prefix(autogen_context)
    sequence = op.sequence
    arguments = [repr(str(sequence.name))]
    verb = "DropSequence"
    if isinstance(op, CreateSequenceOp):
        verb = "CreateSequence"
        options = {name: getattr(sequence, name, None) for name in _SEQUENCE_OPTIONS}
        arguments += [f"{name}={value!r}" for name, value in options.items() if value is not None]
        if sequence.data_type is not None:
            arguments.append(f"data_type={core.repr_type(sequence.data_type, autogen_context)}")
    if sequence.schema:
        arguments.append(f"schema={str(sequence.schema)!r}")
    return f"{sa}schema.{verb}({sa}Sequence({', '.join(arguments)}))"
