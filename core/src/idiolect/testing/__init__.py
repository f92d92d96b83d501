"""What the author of a dialect plugin starts from, and tests it with.

A test module inherits :class:`idiolect.testing.suite.DialectContract` and says in an attribute
what the database cannot do. :mod:`idiolect.testing.plugin` prints the table of results. The suite
needs pytest. Nothing else in Idiolect imports this package, except the command ``new-dialect``.
"""

from __future__ import annotations

import sys

# Before the suite is imported: its assertions are to show both sides, as those of tests do. The
# command is no test, and does without pytest.
if "pytest" in sys.modules:
    sys.modules["pytest"].register_assert_rewrite("idiolect.testing.suite")
