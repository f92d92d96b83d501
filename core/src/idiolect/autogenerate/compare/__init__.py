"""One comparator a file: each returns operations or facts, and changes nothing.

Programs find the registry of comparators here.
"""

from __future__ import annotations

import importlib
from typing import Any

from idiolect.util.lazy import submodule


def __getattr__(name: str) -> Any:
    # The registry is filled where all comparators are known, which import this package.
    if name == "comparators":
        return importlib.import_module("idiolect.autogenerate.builtin").comparators
    return submodule(__name__, name)
