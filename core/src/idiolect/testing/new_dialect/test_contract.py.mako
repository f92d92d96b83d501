"""The plugin keeps the contract of all dialects."""

from __future__ import annotations

import os

from idiolect.testing.capabilities import answers
from idiolect.testing.suite import DialectContract


class TestContract(DialectContract):
    """${title}."""

    dialect = "${dialect}"
    contract = ${contract}
    untried = "" if os.environ.get("${variable}") else "${variable} is not set"
    # What fails and is not to work is answered for here, with a reason that the table shows:
    # answers(impossible("no comments", "table_comment", "column_comment"))
    # pytest --contract-answers prints the lines.
    capabilities = answers()
