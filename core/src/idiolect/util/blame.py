"""Names the function of a plugin or program that raised, in a note on its exception.

For functions given to the core: comparators, renderers, post-write hooks, commands. Nothing is
suppressed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.errors import IdiolectError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_CORE = "idiolect"


def blame(exc: Exception, function: Callable[..., Any], role: str) -> None:
    """Add a note about the function that raised, unless it is the core's.

    Args:
        exc: the exception; one of ours says already what is wrong.
        function: what raised it.
        role: what it is used as.
    """
    if isinstance(exc, IdiolectError) or is_core(function):
        return
    code = getattr(function, "__code__", None)
    place = f" ({code.co_filename})" if code is not None else ""
    exc.add_note(f"in the {role}{place}")


def is_core(function: Callable[..., Any]) -> bool:
    """Return whether a function is defined in the core."""
    return str(getattr(function, "__module__", "")).partition(".")[0] == _CORE
