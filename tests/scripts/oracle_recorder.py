"""A fake Oracle server behind python-oracledb that records statements in order.

Used by tests of online runs. It implements Oracle's transactions (each DDL commits before it runs
and after it, even if it fails) and the version table's rows, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import oracledb
from sqlalchemy import NullPool, create_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from sqlalchemy.engine import Engine

_DDL = re.compile(r"\s*(create|alter|drop|comment|rename|truncate|grant)\b", re.IGNORECASE)
_SESSION = re.compile(r"\s*alter\s+session\b", re.IGNORECASE)
_LITERAL = re.compile(r"'([^']*)'")


@dataclass
class Server:
    """What arrived, and what lasts.

    Attributes:
        log: statements, ``COMMIT``, ``ROLLBACK``, ``AUTOCOMMIT ON`` and ``AUTOCOMMIT OFF``; no
            queries, and no transaction's end that had nothing to end.
        journal: the first two words of each statement to the statement journal.
        locks: what becomes of the lock of DBMS_LOCK: ``taken``, ``given back``, or ``lost`` with
            a commit.
        versions: the committed rows of the version table.
        refused: part of a statement that fails.
        lock_timeout: the setting DDL_LOCK_TIMEOUT; None: this login may not read it.
    """

    log: list[str] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    refused: str = ""
    has_version_table: bool = False
    lock_timeout: str | None = "0"
    open: list[str] | None = None
    lock_ends_with_commit: bool = False

    def engine(self) -> Engine:
        """Return an engine that connects to this server."""
        return create_engine(
            "oracle+oracledb://", creator=lambda: _Connection(self), poolclass=NullPool
        )

    def run(self, statement: str, *, autocommit: bool) -> None:
        """Record a statement that is no query, and do what Oracle does with transactions."""
        if "_journal" in statement:
            # Its rows are not kept, so that it begins nothing that would have an end.
            self.journal.append(" ".join(statement.split()[:2]))
            return
        self.log.append(" ".join(statement.split()))
        is_ddl = bool(_DDL.match(statement)) and not _SESSION.match(statement)
        if is_ddl:
            self._keep()
        if self.refused and self.refused in statement:
            raise oracledb.DatabaseError(f"ORA-00942: refused: {statement}")
        if is_ddl:
            self.has_version_table |= "CREATE TABLE alembic_version" in statement
            return
        rows = list(self.versions if self.open is None else self.open)
        if "alembic_version" in statement:
            rows = _changed(rows, statement)
        if not _SESSION.match(statement):
            self.open = rows
        if autocommit:
            self._keep()

    def lock(self, statement: str) -> None:
        """Give a lock, or take it back."""
        if "RELEASE(" in statement:
            self.locks.append("given back")
            return
        self.locks.append("taken")
        self.lock_ends_with_commit = "release_on_commit => TRUE" in statement

    def end(self, word: str) -> None:
        """Commit or roll back, and record it where a transaction was open."""
        if self.open is None:
            return
        self.log.append(word)
        if word == "COMMIT":
            self._keep()
        self.open = None

    def _keep(self) -> None:
        if self.lock_ends_with_commit:
            self.locks.append("lost")
            self.lock_ends_with_commit = False
        if self.open is not None:
            self.versions = self.open
        self.open = None


def _changed(rows: list[str], statement: str) -> list[str]:
    values = _LITERAL.findall(statement)
    if statement.startswith("INSERT"):
        return [*rows, *values]
    if statement.startswith("DELETE"):
        return [row for row in rows if row not in values]
    new, old = values
    return [new if row == old else row for row in rows]


class _Connection:
    """A connection, as SQLAlchemy's dialect for python-oracledb uses one."""

    version = "19.3.0.0.0"
    outputtypehandler = None
    max_identifier_length = 128
    stmtcachesize = 0
    thin = True

    def __init__(self, server: Server) -> None:
        self.server = server
        self._autocommit = False

    @property
    def autocommit(self) -> bool:
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        if value != self._autocommit:
            self.server.log.append(f"AUTOCOMMIT {'ON' if value else 'OFF'}")
        self._autocommit = value

    def cursor(self) -> _Cursor:
        return _Cursor(self)

    def commit(self) -> None:
        self.server.end("COMMIT")

    def rollback(self) -> None:
        self.server.end("ROLLBACK")

    def close(self) -> None:
        self.server.end("ROLLBACK")


class _Variable:
    """An output variable: of RETURNING, of a lock, or of the query for the transaction's id."""

    values = ((1,),)
    value: Any = "1.2.3"

    def getvalue(self, position: int | None = None) -> Any:
        return self.value if position is None else ["x"]


class _Cursor:
    """A cursor; queries have the rows that SQLAlchemy and the run ask for."""

    arraysize = 100
    rowcount = 1
    outputtypehandler = None
    description: Any = None

    def __init__(self, connection: _Connection) -> None:
        self.connection = connection
        self.rows: Iterator[tuple[Any, ...]] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def var(self, *_args: Any, **_options: Any) -> _Variable:
        return _Variable()

    def setinputsizes(self, *_args: Any, **_options: Any) -> None:
        pass

    def executemany(self, statement: str, _parameters: Any, **_: Any) -> None:
        """Only the journal sends several rows at once."""
        self.execute(statement, {})

    def execute(self, statement: str, parameters: Any = None) -> None:
        if "trans_id" in statement:
            return
        if "DBMS_LOCK" in statement:
            self.connection.server.lock(statement)
            if "answer" in (parameters or {}):
                parameters["answer"].value = 0
            return
        if not statement.lstrip().upper().startswith("SELECT"):
            self.description = None
            self.connection.server.run(statement, autocommit=self.connection.autocommit)
            return
        self.description = [("c", oracledb.DB_TYPE_VARCHAR, None, None, None, None, None)]
        self.rows = iter(self._answer(statement, parameters))

    def _answer(self, statement: str, given: Any) -> list[tuple[Any, ...]]:
        server = self.connection.server
        if "FROM alembic_version" in statement:
            rows = server.versions if server.open is None else server.open
            return [(row,) for row in rows]
        if "all_" in statement.lower() or "user_" in statement.lower():
            is_other = "ALEMBIC_VERSION_JOURNAL" in f"{statement} {given}".upper()
            return [("ALEMBIC_VERSION",)] if server.has_version_table and not is_other else []
        if "isolation_level" in statement:
            return [("READ COMMITTED",)]
        if "v$parameter" in statement:
            if server.lock_timeout is None:
                raise oracledb.DatabaseError("ORA-00942: table or view does not exist")
            return [(server.lock_timeout,)]
        return [("1.1",)]

    def fetchone(self) -> Any:
        return next(self.rows, None)

    def fetchall(self) -> list[Any]:
        return list(self.rows)

    def fetchmany(self, size: int = 100) -> list[Any]:
        return [row for row, _ in zip(self.rows, range(size), strict=False)]

    def close(self) -> None:
        pass
