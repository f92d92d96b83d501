"""A script written by operations on SQLAlchemy's default dialect, which needs no plugin."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect

from idiolect.ddl.impl import DefaultImpl
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Dialect


class BareContext:
    """Just what operations read of a context."""

    def __init__(self, impl: DefaultImpl, opts: dict[str, Any]) -> None:
        self.impl = impl
        self.dialect: Dialect = impl.dialect
        self.as_sql = impl.as_sql
        self.opts = opts

    @property
    def connection(self) -> Any:
        """The impl's."""
        return self.impl.connection

    bind = connection


@dataclass
class Script:
    """Operations that write, and what they wrote."""

    op: Operations
    impl: DefaultImpl
    buffer: io.StringIO

    @property
    def text(self) -> str:
        """All of it."""
        return self.buffer.getvalue()

    @property
    def statements(self) -> list[str]:
        """Statements without terminator, white space folded."""
        return [" ".join(part.split()).removesuffix(";") for part in self.text.split("\n\n")[:-1]]


class MakeScript(Protocol):
    """Makes scripts."""

    def __call__(
        self, impl_class: type[DefaultImpl] = ..., dialect: Dialect | None = ..., **opts: Any
    ) -> Script:
        """Make one."""


@pytest.fixture
def make_script() -> MakeScript:
    """Make Operations that write a script."""

    def make(
        impl_class: type[DefaultImpl] = DefaultImpl, dialect: Dialect | None = None, **opts: Any
    ) -> Script:
        buffer = io.StringIO()
        impl = impl_class(dialect or DefaultDialect(), None, True, None, buffer, opts)
        return Script(Operations(BareContext(impl, opts)), impl, buffer)  # type: ignore[arg-type]

    return make


@pytest.fixture
def script(make_script: MakeScript) -> Script:
    """Operations that write a script, without options."""
    return make_script()


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def online(connection: Connection) -> Operations:
    """Operations that execute standard SQL on ``connection``."""
    impl = DefaultImpl(connection.dialect, connection, False, None, None, {})
    return Operations(BareContext(impl, {}))  # type: ignore[arg-type]
