"""Normalises defaults as reported by SQL Server to the form in models."""

from __future__ import annotations

from idiolect.ddl.wording import without_brackets


def plain_default(sql: str | None) -> str | None:
    """Return a default without the parentheses that the server adds.

    Source: sys.default_constraints.definition: ``5`` is returned as ``((5))``, ``getdate()`` as
    ``(getdate())``.
    """
    if sql is None:
        return None
    text = without_brackets(sql.strip())
    return text.removeprefix("N") if text.startswith("N'") else text
