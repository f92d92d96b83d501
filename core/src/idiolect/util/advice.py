"""Explains errors about API names and arguments that a program uses and Idiolect lacks.

Used by the command line and the alias package for exceptions of user code: code that needs a newer
Alembic or uses Alembic's internals, and code that gets objects of the real Alembic.
"""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from idiolect import ALEMBIC_API, __version__
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

WHERE_LISTED = "docs/reference/alembic-api.md lists the available names"
_MISSING = (
    "Install idiolect-alembic, with which 'alembic' stands for Idiolect in env.py and revisions, "
    "or write 'idiolect' for 'alembic' in these files."
)
_ANOTHER = (
    "This is the real Alembic, which is not part of this run: 'alembic' stands for Idiolect once "
    "idiolect-alembic is installed, so that the two cannot be mixed."
)
_DIRECTIVES = " A directive of another package is available once that package is imported."
_OWN = "idiolect"
_ALIAS = "alembic"
#: Classes whose methods revisions and env.py may call with arguments of a newer version.
_OWNERS = (
    ("operations.base", "Operations"),
    ("operations.base", "BatchOperations"),
    ("runtime.environment", "EnvironmentContext"),
)
_IMPORTED = re.compile(r"cannot import name '(\w+)'")
_COUNT = re.compile(r"(\w+)\(\) (?:takes .* positional|missing \d+ required)")
_KEYWORD = re.compile(r"(?:^|[.\s])(\w+)\(\) got an unexpected keyword argument '(\w+)'")


def advise(error: BaseException) -> str | None:
    """Return one line of advice on an error, or None if it is not about names of the API.

    Args:
        error: the exception of the user's code.
    """
    if _is_of_alembic(error):
        return _ANOTHER
    if isinstance(error, ModuleNotFoundError):
        return _MISSING if (error.name or "").partition(".")[0] == _ALIAS else None
    if isinstance(error, ImportError):
        wanted = _IMPORTED.search(str(error))
        owner = sys.modules.get(error.name or "")
        return _lacks(owner, wanted[1] if wanted else "", str(error))
    if isinstance(error, AttributeError):
        asked = isinstance(error.obj, ModuleType) or not _is_own(_accessed_module(error))
        return _lacks(error.obj, error.name or "", str(error)) if asked else None
    if isinstance(error, TypeError):
        return _takes_no(str(error)) or _signature(error)
    return None


def is_alembic_here() -> bool:
    """Return whether the real Alembic was imported in this process."""
    package = sys.modules.get(_ALIAS)
    # The alias is an instance of our own class.
    return package is not None and not _is_own(type(package).__module__)


def _is_of_alembic(error: BaseException) -> bool:
    """Return whether the error is caused by the real Alembic in this process."""
    if not is_alembic_here():
        return False
    owner = getattr(error, "obj", None)
    names = (getattr(owner, "__name__", None), _accessed_module(error))
    return any((name or "").partition(".")[0] == _ALIAS for name in names)


def _accessed_module(error: BaseException) -> str:
    """Return the name of the module whose code raised an error, or used the missing name."""
    frames = error.__traceback__
    found = ""
    while frames is not None:
        if frames.tb_frame.f_code.co_name != "__getattr__":
            found = frames.tb_frame.f_globals.get("__name__", "")
        frames = frames.tb_next
    return found


def _is_own(name: str) -> bool:
    top = name.partition(".")[0]
    return top == _OWN or top.startswith(f"{_OWN}_")


def _lacks(owner: Any, wanted: str, said: str) -> str | None:
    """Return advice on a name that one of our modules, classes or objects does not have."""
    if isinstance(owner, ModuleType):
        name = owner.__name__
        if not (_is_own(name) or name == _ALIAS):
            return None
        # Programs for Alembic know the module by that name.
        shown = f"{_ALIAS}{name.removeprefix(_OWN)}" if sys.modules.get(_ALIAS) else name
        shown = _ALIAS if name == _ALIAS else shown
    else:
        cls = owner if isinstance(owner, type) else type(owner)
        shown = cls.__name__
        if not _is_own(cls.__module__):
            return None
    hint = "" if "Did you mean" in said else _nearest(wanted, dir(owner))
    further = _DIRECTIVES if shown.endswith(".op") else ""
    return (
        f"{shown!r} is provided by Idiolect {__version__}, which has what Alembic {ALEMBIC_API} "
        f"documents{hint}; {WHERE_LISTED}.{further}"
    )


def _nearest(wanted: str, known: Iterable[str]) -> str:
    public = [name for name in known if not name.startswith("_")]
    close = nearest(wanted.lstrip("_"), public, limit=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _signature(error: TypeError) -> str | None:
    """Return a directive's signature without ``self``, which Python's message counts."""
    found = _COUNT.search(str(error))
    if found is None:
        return None
    name = found[1]
    function = getattr(sys.modules.get(f"{_OWN}.op"), name, None)
    if function is None or not _is_own(getattr(function, "__module__", "") or _OWN):
        return None
    # Imported here because only this advice needs it.
    import inspect

    from idiolect.util.compat import signature_of

    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters = signature_of(function).parameters.values()
    except (TypeError, ValueError):
        return None
    names = ", ".join(
        str(each.replace(annotation=inspect.Parameter.empty))
        for each in parameters
        if each.kind in positional and each.name != "self"
    )
    return f"It is called as op.{name}({names}, ...)."


def _takes_no(text: str) -> str | None:
    """Return advice on an argument that a directive or an option of the API does not accept."""
    found = _KEYWORD.search(text)
    if found is None:
        return None
    function, argument = found.groups()
    if function.startswith("__"):
        # Every class has such a method; the text does not say which class was meant.
        return None
    for module, name in _OWNERS:
        owner = getattr(sys.modules.get(f"{_OWN}.{module}"), name, None)
        if hasattr(owner, function):
            return (
                f"{function}() has no argument {argument!r} in the API that Idiolect "
                f"{__version__} offers, which is that of Alembic {ALEMBIC_API}."
            )
    return None
