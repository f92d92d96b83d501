"""The contract suite for SQL Server, as far as scripts suffice."""

from __future__ import annotations

from idiolect.testing.capabilities import answers, impossible
from idiolect.testing.suite import DialectContract


class TestContract(DialectContract):
    """SQL Server."""

    dialect = "mssql"
    untried = "no server"
    capabilities = answers(
        impossible("no indexes on expressions", "create_index_on_expression"),
    )
