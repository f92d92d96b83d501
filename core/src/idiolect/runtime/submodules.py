"""Finds out whether a revision file uses a submodule that nothing has imported yet."""

from __future__ import annotations

import pkgutil
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def lacks_submodule(module: ModuleType) -> bool:
    """Return whether a function of a file may use a submodule that is not imported.

    Such as ``shop.models``, where the file says ``import shop`` and only another one imports the
    submodule. Names are compared without their order, so the answer may be True without a need.

    Args:
        module: the revision file, loaded.
    """
    names = {
        name
        for value in vars(module).values()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
        for name in _names(value.__code__)
    }
    packages = [value for value in vars(module).values() if _is_package(value)]
    seen: set[str] = set()
    while packages:
        package = packages.pop()
        if package.__name__ in seen:
            continue
        seen.add(package.__name__)
        if not all(hasattr(package, name) for name in names & _submodules(package)):
            return True
        packages += [value for name in names if _is_package(value := vars(package).get(name))]
    return False


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _is_package(value: object) -> bool:
    return isinstance(value, ModuleType) and hasattr(value, "__path__")


@cache
def _submodules(package: ModuleType) -> frozenset[str]:
    return frozenset(found.name for found in pkgutil.iter_modules(package.__path__))
