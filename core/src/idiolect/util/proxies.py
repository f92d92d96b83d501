"""Resolves the names of a proxy module: to a function bound at call time, or a current value."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.util.bound import Bound

OBJECT = "_proxy"
"""The name under which published code reads the object itself, and tests replace it."""


def directive(bound: Bound[Any], get_class: Callable[[], type], module: str, name: str) -> Any:
    """Return the value of ``module.name``.

    Args:
        bound: the binding of the object behind the module.
        get_class: returns the class of that object, imported when needed.
        module: the proxy module's name, for messages.
        name: the accessed name.

    Returns:
        For a method, a function that looks up its object when called; for anything else, the
        object's value.

    Raises:
        AttributeError: the class has no such name, or it is a value and nothing is bound.
    """
    if name == "__all__":
        return [each for each in dir(get_class()) if not each.startswith("_")]
    if name.startswith("__"):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    cls = get_class()
    if name == cls.__name__:
        return cls
    member = getattr(cls, name, None)
    if callable(member):
        return _late(bound, module, name, member)
    target = bound.find() or _put(module)
    if target is not None and name == OBJECT:
        return target
    if target is not None and hasattr(target, name):
        return getattr(target, name)
    # With the object alone: if neither is set, Python sets the name too, and adds its suggestion.
    raise AttributeError(_explain(bound, get_class, module, name), obj=sys.modules.get(module))


def _late(bound: Bound[Any], module: str, name: str, member: Any) -> Callable[..., Any]:
    @functools.wraps(member)
    def call(*args: Any, **kw: Any) -> Any:
        target = bound.find() or _put(module) or bound.get(name)
        return getattr(target, name)(*args, **kw)

    return call


def _put(module: str) -> Any:
    """Return the object that was assigned to the module from outside, or None."""
    return vars(sys.modules[module]).get(OBJECT)


def _explain(bound: Bound[Any], get_class: Callable[[], type], module: str, name: str) -> str:
    is_value = name in getattr(get_class(), "__annotations__", ())
    known = [each for each in dir(get_class()) if not each.startswith("_")]
    alike = [] if is_value else nearest(name, known)
    hint = f" Did you mean {alike[0]!r}?" if alike else ""
    if bound.find() is None and not alike:
        # Imported here because only error messages need it.
        from idiolect.util.advice import is_alembic_here

        hint = f" Nothing is bound: it is available while a command runs ({bound.name})."
        if is_alembic_here():
            hint = (
                " The real Alembic runs in this process, and knows nothing of it: start the "
                "program with 'python -m idiolect_alembic'."
            )
    return f"module {module!r} has no attribute {name!r}.{hint}"
