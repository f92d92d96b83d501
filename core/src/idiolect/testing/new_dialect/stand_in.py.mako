"""A substitute for the SQLAlchemy dialect of ${title}, while none is installed."""

from __future__ import annotations

from ${standin[0]} import ${standin[1]}


class StandIn(${standin[1]}):
    """Writes ${f"what {like} takes" if like else "standard SQL"}, and connects to nothing."""

    name = "${dialect}"
    supports_statement_cache = True
