"""PostgreSQL's impl: standard SQL in transactions, with indexes that include columns.

Contexts on PostgreSQL make one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column
from sqlalchemy.types import NULLTYPE

import idiolect_postgresql.compile  # noqa: F401 - whoever has the impl has its SQL text
from idiolect.ddl.impl import DefaultImpl

if TYPE_CHECKING:
    from sqlalchemy import Index


class PostgresqlImpl(DefaultImpl):
    """Tells a PostgreSQL database to change."""

    __dialect__ = "postgresql"

    transactional_ddl = True

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an index.

        Args:
            index: columns in ``postgresql_include`` may be names that its table does not have
                yet, as an operation knows the indexed columns only.
            kw: passed to SQLAlchemy's CreateIndex, such as ``if_not_exists``.
        """
        table = index.table
        included = index.dialect_options["postgresql"]["include"] or ()
        for name in included:
            if table is not None and isinstance(name, str) and name not in table.c:
                table.append_column(Column(name, NULLTYPE))
        super().create_index(index, **kw)
