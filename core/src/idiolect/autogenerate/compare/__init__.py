"""One comparator per module: each returns operations or facts, and modifies nothing.

Programs find the registry of comparators here.
"""

from __future__ import annotations

import importlib
from typing import Any

from idiolect.util.lazy import submodule


def __getattr__(name: str) -> Any:
    # Imported here because the module that fills the registry imports this package.
    if name == "comparators":
        return importlib.import_module("idiolect.autogenerate.builtin").comparators
    return submodule(__name__, name)
