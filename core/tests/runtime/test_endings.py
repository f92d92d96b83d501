"""What is called at the end of a transaction that somebody else ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import NullPool, create_engine, event, text

from idiolect.runtime.endings import at_end_of_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A connection with a row that is not committed."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.db", poolclass=NullPool)
    with engine.begin() as first:
        first.execute(text("CREATE TABLE t (n INTEGER)"))
    with engine.connect() as made:
        made.execute(text("INSERT INTO t VALUES (1)"))
        yield made


def _rows(connection: Connection) -> list[int]:
    """Return what others see."""
    with connection.engine.connect() as other:
        return list(other.execute(text("SELECT n FROM t")).scalars())


def test_it_is_called_once_after_the_commit(connection: Connection) -> None:
    """Others see what was committed; a later transaction of the connection calls nothing."""
    seen: list[list[int]] = []
    at_end_of_transaction(connection, lambda: seen.append(_rows(connection)))
    connection.commit()
    connection.execute(text("INSERT INTO t VALUES (2)"))
    connection.commit()
    assert [[1]] == seen
    assert [1, 2] == _rows(connection)


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_it_is_called_if_all_is_rolled_back(connection: Connection, end: str) -> None:
    """Closing the connection does so, too."""
    seen: list[str] = []
    at_end_of_transaction(connection, lambda: seen.append(end))
    getattr(connection, end)()
    assert [end] == seen
    assert [] == _rows(connection)


def test_several_are_called_in_order(connection: Connection) -> None:
    """Of each run in the transaction."""
    seen: list[str] = []
    at_end_of_transaction(connection, lambda: seen.append("first"))
    at_end_of_transaction(connection, lambda: seen.append("second"))
    assert [] == seen
    connection.commit()
    assert ["first", "second"] == seen


def test_what_a_later_listener_does_is_part_of_the_transaction(connection: Connection) -> None:
    """Nothing is committed before it, as it may refuse the commit."""

    def refuse(_connection: Connection) -> None:
        raise RuntimeError("no")

    seen: list[str] = []
    at_end_of_transaction(connection, lambda: seen.append("called"))
    event.listen(connection, "commit", refuse)
    with pytest.raises(RuntimeError, match="no"):
        connection.commit()
    assert [] == seen
    assert [] == _rows(connection)
