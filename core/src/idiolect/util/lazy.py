"""Modules of a package as its attributes, imported when they are first asked for.

Used by packages in their ``__getattr__``: published code writes ``alembic.util.exc`` after a mere
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
        name: what was asked of it, not known otherwise.

    Raises:
        AttributeError: the package has no such module either.
    """
    full_name = f"{package}.{name}"
    if name.startswith("_") or find_spec(full_name) is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return importlib.import_module(full_name)
