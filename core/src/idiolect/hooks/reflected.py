"""Results of the hook ``reflect_tables``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    #: Schema (None for the default one) and table name.
    TableKey = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class TableSignature:
    """A database table as hashable values, so that comparing it with a model is cheap.

    A signature must be complete: a table that has an expression, an order or an option in an
    index, or anything else that is not covered, has no signature.

    Attributes:
        columns: by name, the reflected column without its comment, as a hashable value that is
            equal for equal columns of any table; and the comment.
        indexes: by name, the columns in order and whether the index is unique. Indexes that
            SQLAlchemy reflects only as a unique constraint are omitted.
        uniques: by name, the columns of named unique constraints, in order.
        unnamed_uniques: the columns of unnamed unique constraints, in order.
        foreign_keys: as returned by ``idiolect.ddl.signatures.foreign_key_signature()``.
        checks: whether there are CHECK constraints.
        comment: the table comment.
        implied: names of indexes that the database created implicitly; not a difference if the
            model has no index of that name.
        has_unique_indexes: whether unique constraints are reflected only as unique indexes.
        inaction: foreign key actions, in lower case, that are equivalent to none.
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
    """Reflected tables, in the format of SQLAlchemy's ``Inspector.get_multi_...()``.

    Each attribute maps a :data:`TableKey` to the result of the method of that name. Tables that do
    not exist are in none of them. A mapping may load its values lazily.

    Attributes:
        columns: lists of dicts.
        pk_constraint: dicts.
        foreign_keys: lists of dicts.
        indexes: lists of dicts.
        unique_constraints: lists of dicts; None: the dialect cannot reflect them.
        check_constraints: lists of dicts; None as above.
        table_comment: dicts; None as above.
        table_options: dicts; None as above.
        unreflectable: the errors of tables that exist but cannot be reflected.
        signatures: :class:`TableSignature` records, or None for a table that has none; without
            the mapping they are computed from the other attributes.
        prefetch: called with the tables that will be looked up, before they are.
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
