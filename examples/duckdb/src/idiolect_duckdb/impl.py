"""DuckDB's impl: standard SQL, without PostgreSQL features that duckdb-engine inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Enum

import idiolect_duckdb.compile  # noqa: F401 - whoever has the impl has its SQL text
from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import OperationError

if TYPE_CHECKING:
    from sqlalchemy import Column, Constraint


class DuckDBImpl(DefaultImpl):
    """Changes the schema of a DuckDB database.

    Source: "ALTER TABLE Statement" in DuckDB's documentation, and "Transactions": DDL takes part.
    """

    __dialect__ = "duckdb"

    transactional_ddl = True
    #: Synonyms.
    type_synonyms = (*DefaultImpl.type_synonyms, {"VARCHAR", "TEXT"})

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Raise: constraints cannot be dropped."""
        raise OperationError(
            f"DuckDB cannot drop a constraint (table {str(const.table)!r}, {const.name!r}): make "
            "the table anew."
        )

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Compare enums by their values: DuckDB does not report the name of a column's type."""
        reflected, model = inspector_column.type, metadata_column.type
        if isinstance(reflected, Enum) and isinstance(model, Enum):
            return reflected.enums != model.enums
        return super().compare_type(inspector_column, metadata_column)

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare without quotes: DuckDB stores a default as written, ``'4'`` or ``4``."""
        return _plain(rendered_metadata_default) != _plain(rendered_inspector_default)


def _plain(default: str | None) -> str | None:
    if default and default[0] == default[-1] == "'":
        return default[1:-1].replace("''", "'")
    return default
