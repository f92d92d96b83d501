"""Tools for authors of dialect plugins: the contract test suite and the package template.

A test class derives from :class:`idiolect.testing.suite.DialectContract` and declares in an
attribute what the database does not support. :mod:`idiolect.testing.plugin` prints the table of
results. The suite needs pytest. Only the command ``new-dialect`` imports this package elsewhere.
"""

from __future__ import annotations

import sys

# Before the suite is imported, so that its assertions are rewritten like those of tests. The
# command new-dialect does not need pytest.
if "pytest" in sys.modules:
    sys.modules["pytest"].register_assert_rewrite("idiolect.testing.suite")
