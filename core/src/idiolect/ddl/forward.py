"""Support for the documented dialect modules, whose contents live in separate packages.

Used by the forwarding modules in this package. Nothing is imported before a name is accessed.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Modules of a dialect's package that may define a name of the documented module, in order.
_MODULES = ("impl", "compile", "operations", "compare", "render")


def forwarder(module: str, package: str, distribution: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a documented module whose names live in a plugin.

    Args:
        module: the documented module, for messages.
        package: the plugin's import package.
        distribution: what to install if the package is missing.
    """

    def find(name: str) -> Any:
        if name.startswith("__"):
            # Accessed by the import system and by introspection, which expect an AttributeError.
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        if importlib.util.find_spec(package) is None:
            raise ImportError(
                f"{module}.{name} needs the distribution {distribution!r}, which is not "
                f"installed: pip install {distribution}",
                name=package,
            )
        for submodule in _MODULES:
            if importlib.util.find_spec(f"{package}.{submodule}") is None:
                continue
            found = importlib.import_module(f"{package}.{submodule}")
            if hasattr(found, name):
                return getattr(found, name)
        # Alembic's module of the dialect re-exports names from here, and programs import them.
        for shared in ("base", "impl"):
            found = importlib.import_module(f"idiolect.ddl.{shared}")
            if hasattr(found, name):
                return getattr(found, name)
        raise AttributeError(
            f"module {module!r} has no attribute {name!r} (looked in the package {package!r})"
        )

    return find
