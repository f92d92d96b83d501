"""What the author of a dialect plugin tests it with; needs pytest.

A test module inherits :class:`idiolect.testing.suite.DialectContract` and says in an attribute
what the database cannot do. :mod:`idiolect.testing.plugin` prints the table of results. Nothing
else of Idiolect imports this package.
"""

from __future__ import annotations

import pytest

# Before the suite is imported: its assertions are to show both sides, as those of tests do.
pytest.register_assert_rewrite("idiolect.testing.suite")
