"""Percent signs in compiled SQL, which SQLAlchemy doubles for drivers that format statements.

Used where SQL is written to a script or compared, and where a user's SQL becomes part of a
compiled statement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


def single_percents(sql: str, dialect: Dialect) -> str:
    """Return compiled SQL with the percent signs that the database is to receive.

    SQLAlchemy doubles percent signs for drivers that format statements with ``%``.
    """
    is_doubled = getattr(dialect.identifier_preparer, "_double_percents", False)
    return sql.replace("%%", "%") if is_doubled else sql


def driver_percents(sql: str, dialect: Dialect) -> str:
    """Return SQL written by a user with percent signs as in compiled statements.

    The inverse of :func:`single_percents`; signs that the user has already doubled are kept.
    """
    is_doubled = getattr(dialect.identifier_preparer, "_double_percents", False)
    return re.sub(r"(?<!%)%(?!%)", "%%", sql) if is_doubled else sql
