"""Determines the names of loggers, so that existing logging configurations keep working.

Modules pass the part of the name after the package. Many configuration files set up the logger
``alembic``, or one below it; if that is configured and its counterpart below ``idiolect`` is not,
records are logged under the former name.
"""

from __future__ import annotations

import logging
from typing import Any

from idiolect.util.controls import visible

_OWN, _ELDER = "idiolect", "alembic"


class Log:
    """A logger whose full name is determined when something is logged.

    Args:
        suffix: the name below the package: ``runtime.migration``.
    """

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    def info(self, message: str, *args: object) -> None:
        """Log progress."""
        logger = self._logger()
        if logger.isEnabledFor(logging.INFO):
            logger.info(message, *map(_harmless, args), stacklevel=2)

    def warning(self, message: str, *args: object, **kw: Any) -> None:
        """Log something that works, but may be unexpected."""
        self._logger().warning(message, *map(_harmless, args), stacklevel=2, **kw)

    def _logger(self) -> logging.Logger:
        elder, own = f"{_ELDER}.{self._suffix}", f"{_OWN}.{self._suffix}"
        return logging.getLogger(elder if _configured(elder) and not _configured(own) else own)


def _harmless(value: object) -> object:
    """Return a value, or its escaped text if that contains control characters."""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    shown = visible(text)
    return value if shown == text else shown


def _configured(name: str) -> bool:
    """Return whether the logger or one of its parents has a level or a handler; create none."""
    while name:
        logger = logging.root.manager.loggerDict.get(name)
        if isinstance(logger, logging.Logger) and (logger.level or _handles(logger)):
            return True
        name = name.rpartition(".")[0]
    return False


def _handles(logger: logging.Logger) -> bool:
    """Return whether a logger has a handler that is not there only to have one."""
    return any(not isinstance(each, logging.NullHandler) for each in logger.handlers)
