"""Which version of the hooks this core has, and which versions a plugin says that it fits.

Used by the manager with a plugin that is about to be registered. A hook or an argument that is
added raises the second number, one that is removed or changed raises the first.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Major and minor number of the specifications in :mod:`idiolect.hooks.hookspecs`.
HOOKSPEC_VERSION: Final = (1, 0)
#: The attribute of a plugin that tells the versions which it is made for.
DECLARATION: Final = "idiolect_hookspec"

_BOUND = r"(>=|<=|==|>|<)\s*(\d+)(?:\.(\d+))?"
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


def offered() -> str:
    """Return the version of this core with the range of plugins that fit, for messages."""
    major, minor = HOOKSPEC_VERSION
    return f"{major}.{minor}, which serves plugins made for >={major},<={major}.{minor}"


def misfit(plugin: Any) -> str:
    """Return why a plugin does not fit this core's hooks; an empty string where it does.

    A plugin without a declaration is taken to fit.
    """
    declared = getattr(plugin, DECLARATION, None)
    if declared is None:
        return ""
    bounds = _parse(declared)
    if bounds is None:
        return (
            f"{DECLARATION} is {declared!r}; expected comparisons such as '>=1,<2' or '>=1.2', "
            "joined by commas."
        )
    # A bound without a minor number speaks of the major one alone: 1.4 is no more than "<=1".
    if all(_COMPARISONS[sign](HOOKSPEC_VERSION[: len(bound)], bound) for sign, bound in bounds):
        return ""
    from idiolect import __version__

    return f"it is made for hooks {declared}, and idiolect {__version__} has hooks {offered()}."


def _parse(declared: object) -> list[tuple[str, tuple[int, ...]]] | None:
    if not isinstance(declared, str):
        return None
    found = [re.fullmatch(_BOUND, part.strip()) for part in declared.split(",")]
    parsed = [
        (match[1], tuple(int(number) for number in match.groups()[1:] if number is not None))
        for match in found
        if match is not None
    ]
    return parsed if len(parsed) == len(found) else None
