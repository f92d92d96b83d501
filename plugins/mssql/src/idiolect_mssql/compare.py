"""Defaults as SQL Server reports them, in the form that models have.

Used by the impl; nothing here asks the database.
"""

from __future__ import annotations

from idiolect.ddl.wording import without_brackets


def plain_default(sql: str | None) -> str | None:
    """Return a default without the parentheses that the server puts around it.

    Source: sys.default_constraints.definition: ``5`` comes back as ``((5))``, ``getdate()`` as
    ``(getdate())``.
    """
    if sql is None:
        return None
    text = without_brackets(sql.strip())
    return text.removeprefix("N") if text.startswith("N'") else text
