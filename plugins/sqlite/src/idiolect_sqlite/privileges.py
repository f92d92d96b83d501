"""Determines whether a SQLite database can be written: file or folder may be read-only.

Used by the plugin before a run writes. If file permissions give reason to doubt, a write that
changes nothing is tried and rolled back.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_PATH = "SELECT CAST(file AS BLOB) FROM pragma_database_list WHERE name = 'main'"
_MODES = ("mode=ro", "immutable")
#: Primary codes of permanent write errors. Source: SQLite, "Result and Error Codes".
_PRIMARY, _CODES = 0xFF, {8, 14}


def missing_privileges(connection: Connection) -> str:
    """Return SQLite's error if the file cannot be written; "" if it can, or is busy."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_PATH)
        # As bytes, because a path need not be valid text.
        row: Any = cursor.fetchone()
        path = os.fsdecode(row[0] or b"")
        if not path or not _is_doubtful(path, str(connection.engine.url)):
            return ""
        reason = _try_to_write(cursor)
    finally:
        cursor.close()
    if not reason:
        return ""
    return (
        f"The database {path!r} cannot be written: {reason}. The file and its folder have to be "
        "writable for the user who runs this, and it must not be opened read-only."
    )


def _is_doubtful(path: str, url: str) -> bool:
    folder = Path(path).parent
    return (
        not os.access(path, os.W_OK)
        or not os.access(folder, os.W_OK)
        or any(mode in url for mode in _MODES)
    )


def _try_to_write(cursor: Any) -> str:
    """Write the existing user version again, and roll back; return the error's text."""
    cursor.execute("PRAGMA user_version")
    number = cursor.fetchone()[0]
    cursor.execute("SAVEPOINT idiolect_may_write")
    try:
        cursor.execute(f"PRAGMA user_version = {number}")
    except Exception as exc:  # noqa: BLE001 - whichever driver's
        code = getattr(exc, "sqlite_errorcode", None)
        return str(exc) if code is not None and code & _PRIMARY in _CODES else ""
    finally:
        cursor.execute("ROLLBACK TO idiolect_may_write")
        cursor.execute("RELEASE idiolect_may_write")
    return ""
