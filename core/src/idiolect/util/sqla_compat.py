"""What differs between SQLAlchemy 2.0 and 2.1, or has no public name there.

The one place that may reach past SQLAlchemy's documented API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def in_transaction_block(connection: Connection) -> bool:
    """Return whether a ``with connection.begin()`` or ``with engine.begin()`` block is open.

    Once such a block's transaction has ended, SQLAlchemy refuses further statements on the
    connection until the block is left.
    """
    owner: Any = getattr(connection, "_trans_context_manager", None)
    return owner is not None


def in_transaction(connection: Connection | None) -> bool:
    """Return whether a transaction is open; a mock connection, which has none, is fine."""
    ask: Any = getattr(connection, "in_transaction", None)
    return ask is not None and bool(ask())
