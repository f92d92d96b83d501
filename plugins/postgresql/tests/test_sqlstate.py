"""The SQLSTATE is found in the errors of every driver."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from idiolect_postgresql.journal import PostgresqlJournal, left_invalid
from idiolect_postgresql.lock import transient_error
from idiolect_postgresql.sqlstate import sqlstate


class Told(Exception):
    """An error with attributes, as drivers have them."""

    def __init__(self, *args: object, **attributes: str) -> None:
        super().__init__(*args)
        self.__dict__.update(attributes)


def errors(code: str) -> dict[str, Exception]:
    """Return an error of each driver."""
    return {
        "psycopg, asyncpg": Told("text", sqlstate=code),
        "psycopg2": Told("text", pgcode=code),
        "pg8000": Told({"S": "ERROR", "C": code}),
    }


DRIVERS = sorted(errors(""))


@pytest.mark.parametrize("driver", DRIVERS)
def test_codes_are_found(driver: str) -> None:
    """Retries, invalid indexes and what needs no transaction are known with every driver."""
    deadlock, duplicate, outside = (errors(each)[driver] for each in ("40P01", "23505", "25001"))
    statement = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"

    assert "deadlock" == transient_error(DBAPIError("", {}, deadlock))
    assert "i" == left_invalid(DBAPIError(statement, {}, duplicate))
    assert "" == left_invalid(DBAPIError(statement, {}, outside))
    assert "whole" == PostgresqlJournal().refuses_transaction(outside)


@pytest.mark.parametrize("error", [None, Exception(), Exception("text"), Exception({})])
def test_no_code(error: Exception | None) -> None:
    """An error raised by the driver itself has none."""
    assert not sqlstate(error)
