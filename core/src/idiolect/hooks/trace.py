"""Traces hook calls to standard error, for plugin authors.

Enabled by ``IDIOLECT_TRACE_HOOKS`` for each new scope. Writes a line before a call, with the
plugins in calling order, and a line after it, with the result.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from idiolect.util.controls import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pluggy

VARIABLE = "IDIOLECT_TRACE_HOOKS"
_IN_URL = r"(://[^\s:/@]*:)[^\s]*(@)"
_LONGEST = 200


def is_wanted() -> bool:
    """Return whether the environment enables tracing."""
    return os.environ.get(VARIABLE, "").strip().lower() not in {"", "0", "false", "no", "off"}


def trace(scope: pluggy.PluginManager, dialect: str) -> None:
    """Write a line before and after every hook call of ``scope``."""

    def before(hook: str, impls: Sequence[pluggy.HookImpl], _kwargs: Mapping[str, Any]) -> None:
        # pluggy iterates over the list in reverse.
        asked = ", ".join(impl.plugin_name for impl in reversed(impls))
        _write(f"{hook} [{dialect}] asks {asked}")

    def after(
        outcome: pluggy.Result[Any],
        hook: str,
        _impls: Sequence[pluggy.HookImpl],
        _kwargs: Mapping[str, Any],
    ) -> None:
        failure = outcome.exception
        if failure is None:
            _write(f"{hook} [{dialect}] -> {_shown(outcome.get_result())}")
        else:
            _write(f"{hook} [{dialect}] raised {type(failure).__name__}: {_shown(failure, str)}")

    scope.add_hookcall_monitoring(before, after)


def _shown(value: object, how: Any = repr) -> str:
    """Return a value on one line, shortened, with passwords in URLs masked."""
    text = re.sub(_IN_URL, r"\1***\2", " ".join(how(value).split()))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _write(line: str) -> None:
    sys.stderr.write(f"hook {visible(line)}\n")
