"""Under which name log records are written, so that existing logging configurations keep working.

Rooms come in with the part of the name after the package. Years of configuration files set up
the logger ``alembic``; where that one is configured and ``idiolect`` is not, records bear its
name.
"""

from __future__ import annotations

import logging
from typing import Any

_OWN, _ELDER = "idiolect", "alembic"


class Log:
    """A logger whose full name is decided when something is logged.

    Args:
        suffix: the name below the package: ``runtime.migration``.
    """

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    def info(self, message: str, *args: object) -> None:
        """Log progress."""
        self._logger().info(message, *args, stacklevel=2)

    def warning(self, message: str, *args: object, **kw: Any) -> None:
        """Log what works and may surprise."""
        self._logger().warning(message, *args, stacklevel=2, **kw)

    def _logger(self) -> logging.Logger:
        root = _ELDER if _configured(_ELDER) and not _configured(_OWN) else _OWN
        return logging.getLogger(f"{root}.{self._suffix}")


def _configured(name: str) -> bool:
    """Return whether somebody gave the logger a level or a handler. Makes none."""
    logger = logging.root.manager.loggerDict.get(name)
    return isinstance(logger, logging.Logger) and bool(logger.level or logger.handlers)
