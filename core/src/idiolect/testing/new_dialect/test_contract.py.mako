"""${title} passes the contract suite of Idiolect, except for what is declared here."""

from __future__ import annotations

import os

from idiolect.testing.capabilities import answers
from idiolect.testing.suite import DialectContract


class TestContract(DialectContract):
    """${title}."""

    dialect = "${dialect}"
    contract = ${contract}
    untried = "" if os.environ.get("${variable}") else "${variable} is not set"
    # Declare the capabilities that are expected to fail, each with a reason, for example
    #     answers(impossible("no comments", "table_comment", "column_comment"))
    # Import impossible, no and not_yet from idiolect.testing.capabilities. To print
    # declarations for all capabilities that fail now, run: pytest --contract-answers
    capabilities = answers()
