"""What the hook ``reflect_tables`` answers: tables as they are in a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    #: The schema, None for the default one, and the name of a table.
    TableKey = tuple[str | None, str]


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
