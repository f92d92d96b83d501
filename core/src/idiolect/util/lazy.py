"""Modules of a package as its attributes, imported on first access.

Used in ``__getattr__`` of packages: published code uses ``alembic.util.exc`` after only
``import alembic``, and importing all modules of a package would slow down every start.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def submodule(package: str, name: str) -> ModuleType:
    """Import a module of a package.

    Args:
        package: the package's full name.
        name: the accessed attribute.

    Raises:
        AttributeError: the package has no such module.
    """
    full_name = f"{package}.{name}"
    if name.startswith("_") or find_spec(full_name) is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return importlib.import_module(full_name)
