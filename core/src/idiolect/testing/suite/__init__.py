"""The contract of a dialect plugin: derive a class, and declare what the database lacks.

    from idiolect.testing.capabilities import answers, impossible
    from idiolect.testing.suite import DialectContract

    class TestContract(DialectContract):
        dialect = "acme"
        capabilities = answers(impossible("no comments", "table_comment", "column_comment"))

A fixture ``contract_url`` returns the URL of an empty database.
"""

from __future__ import annotations

from idiolect.testing.suite.autogen import AutogenerateContract
from idiolect.testing.suite.base import Contract, capabilities_of, contract_tests, needs_database
from idiolect.testing.suite.changes import ChangesContract
from idiolect.testing.suite.database import Database
from idiolect.testing.suite.linting import LintContract
from idiolect.testing.suite.locks import LocksContract
from idiolect.testing.suite.rules import RulesContract
from idiolect.testing.suite.schemas import SchemasContract
from idiolect.testing.suite.scripts import ScriptsContract
from idiolect.testing.suite.transactions import TransactionsContract
from idiolect.testing.suite.versions import VersionsContract

__all__ = [
    "AutogenerateContract",
    "ChangesContract",
    "Contract",
    "Database",
    "DialectContract",
    "LintContract",
    "LocksContract",
    "RulesContract",
    "SchemasContract",
    "ScriptsContract",
    "TransactionsContract",
    "VersionsContract",
    "capabilities_of",
    "contract_tests",
    "needs_database",
]


class DialectContract(
    RulesContract,
    LintContract,
    ScriptsContract,
    ChangesContract,
    SchemasContract,
    TransactionsContract,
    LocksContract,
    VersionsContract,
    AutogenerateContract,
):
    """All parts of the contract."""
