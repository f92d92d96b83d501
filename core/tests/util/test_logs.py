"""The name under which records are logged follows what is configured."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """Leave both loggers as they were."""
    names = ("alembic", "idiolect", "alembic.runtime", "alembic.runtime.migration")
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.NOTSET)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ((), "idiolect.runtime.migration"),
        (("idiolect",), "idiolect.runtime.migration"),
        (("alembic",), "alembic.runtime.migration"),
        (("alembic", "idiolect"), "idiolect.runtime.migration"),
        (("alembic.runtime.migration",), "alembic.runtime.migration"),
        (("alembic.runtime",), "alembic.runtime.migration"),
        (("alembic.runtime", "idiolect"), "idiolect.runtime.migration"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else "",
)
def test_name(caplog: pytest.LogCaptureFixture, configured: tuple[str, ...], expected: str) -> None:
    """The older name is used if only that is configured."""
    for name in configured:
        logging.getLogger(name).setLevel(logging.INFO)

    with caplog.at_level(logging.INFO):
        Log("runtime.migration").info("Running %s", "a -> b")

    assert [(each.name, each.message) for each in caplog.records] == [(expected, "Running a -> b")]


def test_a_handler_that_does_nothing_configures_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Libraries give the older logger such a handler; the name stays ours."""
    logger, handler = logging.getLogger("alembic"), logging.NullHandler()
    logger.addHandler(handler)
    try:
        with caplog.at_level(logging.INFO):
            Log("runtime.migration").info("x")
    finally:
        logger.removeHandler(handler)

    assert ["idiolect.runtime.migration"] == [each.name for each in caplog.records]
