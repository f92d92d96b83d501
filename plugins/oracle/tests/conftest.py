"""Operations on Oracle, writing a script."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

    Script = Callable[..., list[str]]


@pytest.fixture
def buffer() -> io.StringIO:
    """The output buffer of the script."""
    return io.StringIO()


@pytest.fixture
def offline(buffer: io.StringIO) -> Operations:
    """Operations that write a script."""
    opts = {"as_sql": True, "output_buffer": buffer}
    return Operations(MigrationContext.configure(dialect_name="oracle", opts=opts))


@pytest.fixture
def script() -> Script:
    """A function that plays operations and returns the statements of the script, in order."""

    def play(operations: Callable[[Operations], Any], **options: Any) -> list[str]:
        written = io.StringIO()
        opts = {"as_sql": True, "output_buffer": written, **options}
        operations(Operations(MigrationContext.configure(dialect_name="oracle", opts=opts)))
        return written.getvalue().split("\n\n/\n\n")[:-1]

    return play
