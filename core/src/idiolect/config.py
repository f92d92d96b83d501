"""The documented module ``idiolect.config``: Config, CommandLine, main.

Only re-exports. Most are imported lazily, because programs usually need only Config.
Nothing inside Idiolect imports this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.settings.config import Config
from idiolect.util.lazy import attribute

if TYPE_CHECKING:
    from idiolect.cli.commands import CommandFunction
    from idiolect.cli.main import CommandLine, main
    from idiolect.settings.messages import MessagingOptions

__all__ = ["CommandFunction", "CommandLine", "Config", "MessagingOptions", "main"]

# Modules that define the names that programs rarely need.
_LAZY = {
    "CommandFunction": "idiolect.cli.commands",
    "CommandLine": "idiolect.cli.main",
    "MessagingOptions": "idiolect.settings.messages",
    "main": "idiolect.cli.main",
}


def __getattr__(name: str) -> Any:
    return attribute(__name__, _LAZY, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
