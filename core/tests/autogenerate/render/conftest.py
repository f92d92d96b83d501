"""Rendering without a dialect plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine.default import DefaultDialect

from idiolect.autogenerate import AutogenContext
from idiolect.autogenerate.render import render_op_text
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.operations.ops import MigrateOperation

PREFIXES = {"sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op."}


@pytest.fixture
def surroundings() -> Callable[..., AutogenContext]:
    """Return a function that creates a context with options of ``configure()``."""

    def make(**opts: Any) -> AutogenContext:
        context = MigrationContext.configure(dialect=DefaultDialect(), opts={**PREFIXES, **opts})
        return AutogenContext(context, autogenerate=False)

    return make


@pytest.fixture
def rendered(
    surroundings: Callable[..., AutogenContext],
) -> Callable[..., str]:
    """Return a function that renders an operation."""

    def render(operation: MigrateOperation, **opts: Any) -> str:
        return render_op_text(surroundings(**opts), operation)

    return render
