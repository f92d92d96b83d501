"""Determines which names of Alembic are documented, and which of them Idiolect has.

Takes dotted paths below ``alembic``. Modules of Idiolect are imported to find out; the real Alembic
never is.
"""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

#: Modules below ``alembic`` that its documentation describes, with all public names.
_DOCUMENTED = frozenset(
    {
        "",
        "autogenerate",
        "command",
        "config",
        "context",
        "ddl",
        "ddl.base",
        "ddl.impl",
        "ddl.mssql",
        "ddl.mysql",
        "ddl.postgresql",
        "ddl.sqlite",
        "environment",
        "migration",
        "op",
        "operations",
        "operations.ops",
        "runtime",
        "runtime.environment",
        "runtime.migration",
        "runtime.plugins",
        "script",
        "script.revision",
        "script.write_hooks",
        "util.exc",
    }
)
#: Documented names in modules that are otherwise undocumented.
_DOCUMENTED_NAMES = frozenset(
    {
        "autogenerate.api.AutogenContext",
        "autogenerate.rewriter.Rewriter",
        "util",
        "util.CommandError",
        "util.langhelpers.DispatchPriority",
        "util.langhelpers.PriorityDispatchResult",
    }
)
#: Proxy modules, whose attributes are members of an object bound while a command runs.
_PROXIES = frozenset({"op", "context"})


class Standing(NamedTuple):
    """What is known about one dotted path.

    Attributes:
        documented: whether Alembic documents it.
        offered: whether Idiolect has it.
        directive: whether it is ``op.name`` with a name that plugins may register.
    """

    documented: bool
    offered: bool
    directive: bool = False


@cache
def own_module(path: str) -> str:
    """Return the longest prefix of a path below ``alembic`` that is a module of Idiolect.

    Args:
        path: such as ``script.revision.RevisionMap``; empty for the package.
    """
    words = path.split(".") if path else []
    for length in range(len(words), 0, -1):
        name = ".".join(words[:length])
        if _is_module(name):
            return name
    return ""


def _is_module(name: str) -> bool:
    try:
        return find_spec(f"idiolect.{name}") is not None
    except ModuleNotFoundError:
        return False


@cache
def standing(path: str) -> Standing:
    """Return whether a path below ``alembic`` is documented and available.

    Args:
        path: such as ``op.add_column``; of a class or function, only one attribute of a class is
            considered.
    """
    module = own_module(path)
    rest = path.removeprefix(module).lstrip(".").split(".") if path != module else []
    documented = _is_documented(path, module, rest)
    if module in _PROXIES and rest:
        known = rest[0] in dir(import_module(f"idiolect.{module}")) or rest[0] == "_proxy"
        return Standing(documented, known, directive=module == "op" and not known)
    return Standing(documented, _is_offered(module, rest))


def _is_documented(path: str, module: str, rest: list[str]) -> bool:
    if any(word.startswith("_") and not word.startswith("__") for word in path.split(".")):
        return False
    named = ".".join([*filter(None, [module]), *rest[:1]])
    return module in _DOCUMENTED or named in _DOCUMENTED_NAMES


def _is_offered(module: str, rest: list[str]) -> bool:
    if not module:
        # The package itself contains only `alembic.__version__` besides modules.
        return rest in ([], ["__version__"])
    try:
        found: Any = import_module(f"idiolect.{module}")
    except ImportError:
        return False
    for word in rest:
        if word.startswith("__"):
            return True
        if not _has(found, word):
            return False
        found = getattr(found, word, None)
        if not (inspect.isclass(found) or inspect.ismodule(found)):
            return True
    return True


def _has(owner: Any, name: str) -> bool:
    declared = [getattr(each, "__annotations__", {}) for each in getattr(owner, "__mro__", ())]
    return hasattr(owner, name) or any(name in each for each in declared)
