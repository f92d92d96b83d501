"""The plugins of MySQL and MariaDB keep the contract of all dialects."""

from __future__ import annotations

import os

import pytest

from idiolect.testing.capabilities import answers, impossible
from idiolect.testing.suite import DialectContract


@pytest.mark.mariadb
class TestMariaDB(DialectContract):
    """MariaDB."""

    dialect = "mariadb"
    longest_name = 64
    capabilities = answers(
        impossible("each DDL statement commits", "transactional_ddl"),
        impossible("no indexes on expressions", "create_index_on_expression"),
        impossible("no identities", "identity", "autogenerate_identity"),
    )


class TestMySQL(DialectContract):
    """MySQL."""

    dialect = "mysql"
    untried = "" if os.environ.get("MYSQL_URL") else "no server"
    longest_name = 64
    capabilities = answers(
        impossible("each DDL statement commits", "transactional_ddl"),
        impossible("no identities", "identity", "autogenerate_identity"),
        impossible(
            "no such clause",
            "add_column_if_not_exists",
            "drop_column_if_exists",
            "create_index_if_not_exists",
            "drop_index_if_exists",
        ),
    )
