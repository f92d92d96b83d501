"""Reads SQL text: without comments and literals, and whether it may run in a transaction."""

from __future__ import annotations

import re

# A literal is kept as a token, so that what looks like a comment in it is not removed.
_TOKENS = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<literal>'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)",
    re.DOTALL,
)
_OUTSIDE = re.compile(
    r"(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX\s+CONCURRENTLY\b"
    r"|REINDEX\b[^;]*\bCONCURRENTLY\b"
    r"|REINDEX\s+(?:\([^)]*\)\s*)?(?:SCHEMA|DATABASE|SYSTEM)\b"
    r"|VACUUM\b"
    r"|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE)\b"
    r"|ALTER\s+SYSTEM\b"
    r"|ALTER\s+DATABASE\s+\S+\s+SET\s+TABLESPACE\b"
    r"|ALTER\s+TABLE\b[^;]*\bDETACH\s+PARTITION\b[^;]*\bCONCURRENTLY\b"
    r"|CLUSTER\s*(?:\([^)]*\)\s*)?$",
    re.IGNORECASE,
)
_SUBSCRIPTION = re.compile(r"CREATE\s+SUBSCRIPTION\b", re.IGNORECASE)
_NO_SLOT = re.compile(r"\b(?:create_slot|connect)\s*=\s*'?(?:false|off|0)\b", re.IGNORECASE)
_NEW_VALUE = re.compile(r"ALTER\s+TYPE\b[^;]*\bADD\s+VALUE\b", re.IGNORECASE)


def without_comments(sql: str) -> str:
    """Return a statement without comments, and without white space and semicolons around it."""
    return _TOKENS.sub(lambda found: found["literal"] or " ", sql).strip().rstrip(";").rstrip()


def without_literals(sql: str) -> str:
    """Return a statement without comments and with empty literals."""
    return _TOKENS.sub(lambda found: "''" if found["literal"] else " ", sql).strip().rstrip("; \n")


def requires_autocommit(statement: str, version: tuple[int, ...] | None) -> bool:
    """Return whether PostgreSQL refuses a statement inside a transaction.

    Args:
        statement: its text.
        version: the server's version; None if unknown: then it is one that is still supported.
    """
    words = without_literals(statement)
    if _OUTSIDE.match(words):
        return True
    if _SUBSCRIPTION.match(words):
        return not _NO_SLOT.search(without_comments(statement))
    # Before version 12, values could not be added in a transaction at all.
    return version is not None and version < (12,) and bool(_NEW_VALUE.match(words))
