"""The SQLSTATE of an error, wherever the driver keeps it.

Used by the lock and the journal with errors of psycopg, psycopg2, asyncpg and pg8000.
"""

from __future__ import annotations

from typing import Any


def sqlstate(error: BaseException | None) -> str:
    """Return the code of a driver's error; "" where the server has sent none.

    Args:
        error: the driver's own, as in ``DBAPIError.orig``.
    """
    code: Any = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    arguments = getattr(error, "args", ())
    if code is None and arguments and isinstance(arguments[0], dict):
        code = arguments[0].get("C")  # pg8000 keeps the fields of the server's message
    return str(code or "")
