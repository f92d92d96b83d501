"""Operations on SQL Server, writing a script."""

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
def script() -> Script:
    """A function that plays operations and returns the batches of the script, in order."""

    def play(operations: Callable[[Operations], Any], **options: Any) -> list[str]:
        written = io.StringIO()
        opts = {"as_sql": True, "output_buffer": written, **options}
        operations(Operations(MigrationContext.configure(dialect_name="mssql", opts=opts)))
        batches = written.getvalue().split("\n\nGO\n\n")
        return [" ".join(batch.split()).removesuffix(";") for batch in batches[:-1]]

    return play
