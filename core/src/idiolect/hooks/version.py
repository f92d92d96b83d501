"""The version of the hook specifications, and the check of a plugin's declared versions.

Called by the manager before a plugin is registered. Adding a hook or a parameter increases the
minor number; removing or changing one increases the major number.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, Final

from idiolect.hooks.markers import DECLARATION

if TYPE_CHECKING:
    from collections.abc import Callable

#: Major and minor number of the specifications in :mod:`idiolect.hooks.hookspecs`.
HOOKSPEC_VERSION: Final = (1, 0)

_BOUND = r"(>=|<=|==|>|<)\s*(\d+)(?:\.(\d+))?"
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


def offered() -> str:
    """Return this core's hook version and the range of supported plugins, for messages."""
    major, minor = HOOKSPEC_VERSION
    return f"{major}.{minor}, which supports plugins for >={major},<={major}.{minor}"


def misfit(plugin: Any) -> str:
    """Return why a plugin does not support this core's hooks; empty if it does.

    A plugin without a declaration is accepted.
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
    # A bound without a minor number applies to the major number only: 1.4 satisfies "<=1".
    if all(_COMPARISONS[sign](HOOKSPEC_VERSION[: len(bound)], bound) for sign, bound in bounds):
        return ""
    from idiolect import __version__

    return f"it supports hooks {declared}, but idiolect {__version__} has hooks {offered()}."


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
