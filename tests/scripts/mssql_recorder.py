"""A fake SQL Server behind pyodbc that records statements in order.

Used by tests of online runs. It implements T-SQL's transactions (one begins with the first
statement, and includes DDL) and the version table's rows, and nothing else. The driver is a fake as
well, because the real one needs a system library.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import NullPool, create_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

_VERSIONS = re.compile(r"\balembic_version\b")
_LITERAL = re.compile(r"'([^']*)'")
_QUERY = re.compile(r"\s*select\b", re.IGNORECASE)


class Error(Exception):
    """The driver's own."""


#: What SQLAlchemy's dialect asks of the module of a driver.
DRIVER: Any = SimpleNamespace(
    apilevel="2.0",
    paramstyle="qmark",
    threadsafety=1,
    version="5.2.0",
    Binary=bytes,
    Cursor=object,
    **{
        name: type(name, (Error,), {})
        for name in (
            *("InterfaceError", "DatabaseError", "DataError", "OperationalError"),
            *("IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"),
        )
    },
    Error=Error,
    NUMBER=float,
    SQL_DBMS_VER=18,
    SQL_VARCHAR=12,
    SQL_WVARCHAR=-9,
    SQL_DECIMAL=3,
)


@dataclass
class State:
    """The version table, and its rows."""

    has_version_table: bool = False
    versions: list[str] = field(default_factory=list)


@dataclass
class Server:
    """What arrived, and what lasts.

    Attributes:
        log: statements, ``COMMIT``, ``ROLLBACK``, ``AUTOCOMMIT ON``, ``AUTOCOMMIT OFF``, ``LOCK``
            and ``UNLOCK`` of the session, ``ABORT`` where an error ends the transaction; no
            queries, no XACT_ABORT, and no transaction's end that had nothing to end.
        lasting: what is committed.
        refused: part of a statement that fails.
        silent: part of a statement that fails, of which the driver does not tell.
        aborting: whether XACT_ABORT is on.
        knows_identity: whether it has CURRENT_TRANSACTION_ID().
    """

    log: list[str] = field(default_factory=list)
    lasting: State = field(default_factory=State)
    refused: str = ""
    silent: str = ""
    aborting: bool = False
    knows_identity: bool = True
    open: State | None = None
    transactions: int = 0

    def engine(self) -> Engine:
        """Return an engine that connects to this server."""
        return create_engine(
            "mssql+pyodbc://", module=DRIVER, creator=lambda: _Connection(self), poolclass=NullPool
        )

    @property
    def state(self) -> State:
        """What the connection sees."""
        return self.lasting if self.open is None else self.open

    def run(self, statement: str, parameters: tuple[Any, ...], *, autocommit: bool) -> None:
        """Record a statement that is no query, and change what it changes."""
        given = iter(parameters)
        shown = re.sub(r"\?", lambda _mark: repr(next(given)), statement)
        if shown.startswith("SET XACT_ABORT"):
            self.aborting = shown.endswith("ON")
            return
        if shown == "IF @@TRANCOUNT = 0 BEGIN TRANSACTION":
            self.begin()
            return
        self.log.append(" ".join(shown.split()))
        if shown.startswith("SET "):
            return  # of the session: it begins no transaction
        if shown in {"COMMIT", "ROLLBACK"}:
            del self.log[-1]
            self.end(shown)
            return
        self.begin()
        if self.refused and self.refused in shown:
            self._fail()
            raise DRIVER.ProgrammingError("42S02", f"refused: {shown}")
        if self.silent and self.silent in shown:
            self._fail()
            return
        assert self.open is not None
        if not _VERSIONS.search(shown):
            pass
        elif "CREATE TABLE" in shown:
            self.open.has_version_table = True
        else:
            self.open.versions = _changed(self.open.versions, shown)
        if autocommit:
            self.lasting, self.open = self.open, None

    def begin(self) -> None:
        """Begin a transaction unless one is open."""
        if self.open is None:
            self.open = deepcopy(self.lasting)
            self.transactions += 1

    def _fail(self) -> None:
        if self.aborting:
            self.log.append("ABORT")
            self.open = None

    def identity(self, *, autocommit: bool) -> tuple[int, int]:
        """Return CURRENT_TRANSACTION_ID() and @@TRANCOUNT for a query of a table."""
        if not self.knows_identity:
            raise DRIVER.ProgrammingError("42000", "no recognized built-in function name")
        if autocommit:
            return (-1, 0)
        self.begin()
        return (self.transactions, 1)

    def end(self, word: str) -> None:
        """Commit or roll back, and record it where a transaction was open."""
        if self.open is None:
            return
        self.log.append(word)
        if word == "COMMIT":
            self.lasting = self.open
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
    """A connection, as SQLAlchemy's dialect for pyodbc uses one."""

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

    def add_output_converter(self, *_args: Any) -> None:
        pass

    def getinfo(self, _what: int) -> str:
        return "16.00.1000"

    def cursor(self) -> _Cursor:
        return _Cursor(self)

    def commit(self) -> None:
        self.server.end("COMMIT")

    def rollback(self) -> None:
        self.server.end("ROLLBACK")

    def close(self) -> None:
        self.server.end("ROLLBACK")


class _Cursor:
    """A cursor; queries have the rows that SQLAlchemy and the run ask for."""

    arraysize = 1
    rowcount = 1
    description: Any = None
    fast_executemany = False

    def __init__(self, connection: _Connection) -> None:
        self.connection = connection
        self.rows: Iterator[tuple[Any, ...]] = iter(())

    def setinputsizes(self, *_args: Any) -> None:
        pass

    def execute(self, statement: str, *parameters: Any) -> None:
        given = parameters[0] if parameters and isinstance(parameters[0], (tuple, list)) else ()
        if "sp_getapplock" in statement:
            self.connection.server.log.append("LOCK")
            self.description = [("got", int, None, None, None, None, None)]
            self.rows = iter([(0,)])
            return
        if "sp_releaseapplock" in statement:
            self.connection.server.log.append("UNLOCK")
            self.description = None
            return
        if _QUERY.match(statement):
            self.description = [("c", str, None, None, None, None, None)]
            self.rows = iter(self._answer(statement, given))
            return
        returns = "OUTPUT inserted" in statement
        self.description = [("c", str, None, None, None, None, None)] if returns else None
        self.rows = iter([("x",)] if returns else [])
        run = self.connection.server.run
        run(statement, tuple(given), autocommit=self.connection.autocommit)

    def _answer(self, statement: str, given: Any) -> list[tuple[Any, ...]]:
        server = self.connection.server
        low = statement.lower()
        if "current_transaction_id" in low and "sys.schemas" in low:
            return [server.identity(autocommit=self.connection.autocommit)]
        if "current_transaction_id" in low:
            server.identity(autocommit=True)
            return [(-1, 0)]
        state = server.state
        if "from alembic_version" in low:
            return [(row,) for row in state.versions]
        # How SQLAlchemy asks for a table, 2.1 and 2.0.
        if "sys.objects" in low or "[information_schema].[tables]" in low:
            is_there = state.has_version_table and "alembic_version" in given
            return [("alembic_version",)] if is_there else []
        facts = {
            "@@lock_timeout": -1,
            "schema_name()": "dbo",
            "isolation": "READ COMMITTED",
            "sys.system_views": "dm_exec_sessions",
        }
        return [(next((fact for word, fact in facts.items() if word in low), "16.0.1000"),)]

    def fetchone(self) -> Any:
        return next(self.rows, None)

    def fetchall(self) -> list[Any]:
        return list(self.rows)

    def fetchmany(self, size: int = 1) -> list[Any]:
        return [row for row, _ in zip(self.rows, range(size), strict=False)]

    def nextset(self) -> bool:
        return False

    def close(self) -> None:
        pass
