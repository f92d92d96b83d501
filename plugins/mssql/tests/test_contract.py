"""SQL Server's plugin keeps the contract of all dialects, as far as scripts tell."""

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
