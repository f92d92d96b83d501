"""Returns the SQLSTATE of an error from any driver: psycopg, psycopg2, asyncpg or pg8000."""

from __future__ import annotations

from typing import Any


def sqlstate(error: BaseException | None) -> str:
    """Return the SQLSTATE of a driver's error; "" if the server has sent none.

    Args:
        error: the driver's error, as in ``DBAPIError.orig``.
    """
    code: Any = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    arguments = getattr(error, "args", ())
    if code is None and arguments and isinstance(arguments[0], dict):
        code = arguments[0].get("C")  # pg8000 stores the fields of the server's message
    return str(code or "")
