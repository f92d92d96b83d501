"""What the hook ``reflect_tables`` answers: tables as they are in a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    #: The schema, None for the default one, and the name of a table.
    TableKey = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class TableSignature:
    """A table of a database in values that can be compared with a model's at little cost.

    What it says must be all there is to say: a table with an expression, an order or an option
    in an index, or with anything that is not read, has no signature.

    Attributes:
        columns: by name, what the database tells of a column without its comment, in any form
            that is hashable and equal for equal columns of any table; and the comment.
        indexes: by name, the columns in order and whether the index is unique. What SQLAlchemy
            reads as a unique constraint alone is left out.
        uniques: columns in order of named unique constraints, by name.
        unnamed_uniques: columns in order of those without name.
        foreign_keys: as ``idiolect.ddl.signatures.foreign_key_signature()`` gives them.
        checks: whether there are CHECK constraints.
        comment: of the table.
        implied: names of indexes that the database made by itself. They are no difference to a
            model that does not have one of that name.
        has_unique_indexes: whether a unique constraint is told as a unique index alone.
        inaction: words of a foreign key's rule that are as good as none, in lower case.
    """

    columns: Mapping[str, tuple[Any, str | None]]
    indexes: Mapping[str, tuple[tuple[str, ...], bool]]
    uniques: Mapping[str, tuple[str, ...]]
    unnamed_uniques: Collection[tuple[str, ...]]
    foreign_keys: Sequence[tuple[Any, ...]]
    checks: bool = False
    comment: str | None = None
    implied: Collection[str] = ()
    has_unique_indexes: bool = False
    inaction: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ReflectedTables:
    """Tables of a database: what SQLAlchemy's ``Inspector.get_multi_...()`` tell of them.

    Each attribute maps the schema and name of a table to what the method of that name gives for
    it. A table that is not there is in none. A mapping may find out what it holds when it is
    looked up.

    Attributes:
        columns: lists of dicts.
        pk_constraint: dicts.
        foreign_keys: lists of dicts.
        indexes: lists of dicts.
        unique_constraints: lists of dicts; None: the dialect cannot read them.
        check_constraints: lists of dicts; None as above.
        table_comment: dicts; None as above.
        table_options: dicts; None as above.
        unreflectable: the errors of tables that are there, but cannot be read.
        signatures: :class:`TableSignature` records, or None for a table that has none; without
            the mapping they are made from the rest.
        prefetch: is told of tables that will be looked up, before they are.
    """

    columns: Mapping[TableKey, Any]
    pk_constraint: Mapping[TableKey, Any]
    foreign_keys: Mapping[TableKey, Any]
    indexes: Mapping[TableKey, Any]
    unique_constraints: Mapping[TableKey, Any] | None = None
    check_constraints: Mapping[TableKey, Any] | None = None
    table_comment: Mapping[TableKey, Any] | None = None
    table_options: Mapping[TableKey, Any] | None = None
    unreflectable: Mapping[TableKey, Exception] = field(default_factory=dict)
    signatures: Mapping[TableKey, TableSignature | None] | None = None
    prefetch: Callable[[Collection[TableKey]], None] | None = None
