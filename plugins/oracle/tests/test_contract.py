"""The contract suite for Oracle, as far as scripts suffice."""

from __future__ import annotations

from idiolect.testing.capabilities import answers, impossible
from idiolect.testing.suite import DialectContract


class TestContract(DialectContract):
    """Oracle."""

    dialect = "oracle"
    untried = "no server"
    capabilities = answers(impossible("each DDL statement commits", "transactional_ddl"))
