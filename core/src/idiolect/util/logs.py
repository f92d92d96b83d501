"""Under which name log records are written, so that existing logging configurations keep working.

Modules pass the part of the name after the package. Years of configuration files set up the logger
``alembic``, or one below it; where that is configured and the same of ``idiolect`` is not, records
bear its name.
"""

from __future__ import annotations

import logging
from typing import Any

from idiolect.util.controls import visible

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
        logger = self._logger()
        if logger.isEnabledFor(logging.INFO):
            logger.info(message, *map(_harmless, args), stacklevel=2)

    def warning(self, message: str, *args: object, **kw: Any) -> None:
        """Log what works and may surprise."""
        self._logger().warning(message, *map(_harmless, args), stacklevel=2, **kw)

    def _logger(self) -> logging.Logger:
        elder, own = f"{_ELDER}.{self._suffix}", f"{_OWN}.{self._suffix}"
        return logging.getLogger(elder if _configured(elder) and not _configured(own) else own)


def _harmless(value: object) -> object:
    """Return a value, or its text where that holds what would steer a terminal."""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    shown = visible(text)
    return value if shown == text else shown


def _configured(name: str) -> bool:
    """Return whether the logger, or one that it is below, has a level or a handler. Makes none."""
    while name:
        logger = logging.root.manager.loggerDict.get(name)
        if isinstance(logger, logging.Logger) and (logger.level or logger.handlers):
            return True
        name = name.rpartition(".")[0]
    return False
