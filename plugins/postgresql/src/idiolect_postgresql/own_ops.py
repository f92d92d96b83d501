"""Operations on enumerated types and sequences, which no directive of the documented API is for.

Comparing makes them and rendering writes them as ``op.execute()``, so that a revision needs
nothing but that API.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateSequence, DropSequence

from idiolect.operations import MigrateOperation, Operations
from idiolect_postgresql.names import LONGEST, kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Sequence as SequenceItem

    from idiolect.autogenerate.context import AutogenContext
    from idiolect_postgresql.catalogue import EnumColumn, EnumUser

    Values = tuple[str, ...]

# What SQLAlchemy's text() takes for a parameter.
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")
_SEQUENCE_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "cycle", "cache")
#: Ends the name of a type whose place another takes.
_FORMER = "_old"
_QUOTE = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]


class ChangeEnumOp(MigrateOperation):
    """Make an enumerated type, change its values, or drop it.

    Args:
        name: the type.
        before: its values so far; None where it is not there yet.
        after: its values from then on; None where it goes.
        schema: its schema; None is the connection's default schema.
        columns: the columns of the database that have it.
        users: indexes and constraints with conditions on such a column.
        with_table: SQLAlchemy makes it together with a table.
        autocommit: new values have to be committed before they are used.
    """

    def __init__(
        self,
        name: str,
        before: Values | None,
        after: Values | None,
        *,
        schema: str | None = None,
        columns: Sequence[EnumColumn] = (),
        users: Sequence[EnumUser] = (),
        with_table: bool = False,
        autocommit: bool = False,
    ) -> None:
        self.name = name
        self.before = before
        self.after = after
        self.schema = schema
        self.columns = columns
        self.users = users
        self.with_table = with_table
        self.autocommit = autocommit

    def reverse(self) -> ChangeEnumOp:
        """Return the operation that makes the type as it was."""
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

        The name follows, then the values, or those before and after.
        """
        place = (self.schema, self.name)
        if self.before is None:
            return ("add_enum_type", *place, self.after)
        if self.after is None:
            return ("remove_enum_type", *place, self.before)
        return ("change_enum_type", *place, self.before, self.after)

    @property
    def is_extension(self) -> bool:
        """Whether values are added, and those that were there stay in their order."""
        if self.before is None or self.after is None:
            return False
        return self.before == tuple(value for value in self.after if value in self.before)

    @property
    def needs_autocommit(self) -> bool:
        """Whether the statements are not to be part of the revision's transaction."""
        return self.autocommit and self.is_extension

    def statements(self) -> list[str]:
        """Return the statements, in order."""
        type_ = _qualified(self.schema, self.name)
        if self.before is None:
            return [] if self.with_table or self.after is None else [_create(type_, self.after)]
        if self.after is None:
            return [f"DROP TYPE {type_}"]
        if self.is_extension:
            return list(_additions(type_, self.before, self.after))
        return list(self._replacement(type_, self.after))

    def _replacement(self, type_: str, after: Values) -> Iterator[str]:
        """Yield what puts a new type in the place of the old one; rows keep their words."""
        # Where it would be cut, it might be the name of the new type again.
        old = f"{kept(self.name, LONGEST - len(_FORMER))}{_FORMER}"
        yield f"ALTER TYPE {type_} RENAME TO {_QUOTE.quote(old)}"
        yield _create(type_, after)
        for user in self.users:
            yield _without(user)
        for one in self.columns:
            schema = None if one.schema == "public" and self.schema is None else one.schema
            alter = f"ALTER TABLE {_qualified(schema, one.table)} ALTER COLUMN "
            column = _QUOTE.quote(one.name)
            new, words = (f"{type_}[]", "text[]") if one.is_array else (type_, "text")
            if one.default is not None:
                yield f"{alter}{column} DROP DEFAULT"
            yield f"{alter}{column} TYPE {new} USING {column}::{words}::{new}"
            if one.default is not None:
                yield f"{alter}{column} SET DEFAULT {one.default}"
        for user in self.users:
            yield _with(user)
        yield f"DROP TYPE {_qualified(self.schema, old)}"


def _without(user: EnumUser) -> str:
    if user.is_constraint:
        table = _qualified(user.schema, user.table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {_QUOTE.quote(user.name)}"
    return f"DROP INDEX {_qualified(user.schema, user.name)}"


def _with(user: EnumUser) -> str:
    if user.is_constraint:
        table = _qualified(user.schema, user.table)
        return f"ALTER TABLE {table} ADD CONSTRAINT {_QUOTE.quote(user.name)} {user.definition}"
    return user.definition


class CreateSequenceOp(MigrateOperation):
    """Make a sequence.

    Args:
        sequence: as SQLAlchemy has it.
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
        sequence: as SQLAlchemy has it.
    """

    def __init__(self, sequence: SequenceItem) -> None:
        self.sequence = sequence

    def reverse(self) -> CreateSequenceOp:
        """Return the operation that makes the sequence."""
        return CreateSequenceOp(self.sequence)

    def to_diff_tuple(self) -> tuple[str, SequenceItem]:
        """Return ``("remove_sequence", sequence)``."""
        return ("remove_sequence", self.sequence)


def _qualified(schema: str | None, name: str) -> str:
    quoted: str = _QUOTE.quote(name)
    return f"{_QUOTE.quote_schema(schema)}.{quoted}" if schema else quoted


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _create(type_: str, values: Values) -> str:
    return f"CREATE TYPE {type_} AS ENUM ({', '.join(map(_literal, values))})"


def _additions(type_: str, before: Values, after: Values) -> Iterator[str]:
    """Yield a statement a new value; each names a neighbour that is there by then."""
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
    """Send the statements, outside of the transaction where that is needed."""
    if operation.needs_autocommit:
        with operations.get_context().autocommit_block():
            _send(operations, operation)
    else:
        _send(operations, operation)


def _send(operations: Operations, operation: ChangeEnumOp) -> None:
    for statement in operation.statements():
        operations.execute(_text(statement))


@Operations.implementation_for(CreateSequenceOp)
def create_sequence(operations: Operations, operation: CreateSequenceOp) -> None:
    """Send the statement."""
    operations.execute(CreateSequence(operation.sequence))


@Operations.implementation_for(DropSequenceOp)
def drop_sequence(operations: Operations, operation: DropSequenceOp) -> None:
    """Send the statement."""
    operations.execute(DropSequence(operation.sequence))


def render(op: MigrateOperation, autogen_context: AutogenContext) -> list[str] | None:
    """Return the code of an operation of this module; None of any other."""
    prefix = autogen_context.opts.get("alembic_module_prefix") or ""
    if isinstance(op, ChangeEnumOp):
        return _render_change_enum(op, prefix)
    if isinstance(op, (CreateSequenceOp, DropSequenceOp)):
        return [f"{prefix}execute({_sequence(op, autogen_context)})"]
    return None


def _render_change_enum(operation: ChangeEnumOp, prefix: str) -> list[str]:
    codes = [f"{prefix}execute({_text(statement)!r})" for statement in operation.statements()]
    if not operation.needs_autocommit:
        return codes
    block = f"with {prefix}get_context().autocommit_block():"
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


def _text(statement: str) -> str:
    """Return a statement as execute() takes it, which reads a colon as a parameter's."""
    return _PARAMETER.sub(r"\\:", statement)
