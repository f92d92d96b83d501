"""Attributes of modules that are imported on first access, for their ``__getattr__``.

Published code uses ``alembic.util.exc`` after only ``import alembic``, and finds names in modules
that do not define them; importing all of these would slow down every start.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def attribute(module: str, homes: Mapping[str, str], name: str) -> Any:
    """Import an attribute of a module from where it is defined.

    Args:
        module: the full name of the module whose attribute is accessed.
        homes: the full names of the defining modules, by attribute.
        name: the accessed attribute.

    Raises:
        AttributeError: it is not among the keys of ``homes``.
    """
    if name not in homes:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    return getattr(importlib.import_module(homes[name]), name)
