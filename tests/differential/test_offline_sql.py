"""``--sql``: both tools write the same script for the same history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import Allowed, alembic, assert_same_text, idiolect
from tests.differential.history import use_database

if TYPE_CHECKING:
    from pathlib import Path


URLS = {
    "sqlite": "sqlite:///never-opened.db",
    "postgresql": "postgresql+psycopg://h/never",
    "oracle": "oracle+oracledb://h/never",
    "mysql": "mysql+pymysql://h/never",
    "mariadb": "mariadb+pymysql://h/never",
    "mssql": "mssql+pyodbc://h/never",
}

ALLOWED: dict[str, tuple[Allowed, ...]] = {
    **dict.fromkeys(URLS, ()),
    "oracle": (
        Allowed(
            "no script has the variable that Alembic's INSERT asks for",
            r" RETURNING alembic_version\.version_num INTO :ret_0$",
        ),
    ),
}
"""By dialect: what may differ, with the reason."""

SAMPLE = [("upgrade", "heads"), ("upgrade", "b2:a7"), ("downgrade", "b8:base"), ("stamp", "b2")]
LONG = [
    ("upgrade", "b2"),
    ("upgrade", "billing@head"),
    ("upgrade", "reports@head"),
    ("upgrade", "a1:+1"),
    ("downgrade", "a7:b2"),
    ("downgrade", "c3:-1"),
    ("stamp", "heads"),
    ("stamp", "b2:c3"),
    ("stamp", "a7:b2"),
]
COMMANDS = [
    *(pytest.param(words, id=" ".join(words)) for words in SAMPLE),
    *(pytest.param(words, id=" ".join(words), marks=pytest.mark.full) for words in LONG),
]


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("dialect", sorted(URLS))
def test_the_script_is_the_same(words: tuple[str, ...], dialect: str, project: Path) -> None:
    """Idiolect's script equals the real Alembic's, except for allowed differences."""
    use_database(project, URLS[dialect])
    assert_same_text(project, [*words, "--sql"], ALLOWED[dialect])


@pytest.mark.parametrize(
    "words",
    [("downgrade", "b2"), ("upgrade", "b2:nowhere"), ("upgrade", "head")],
    ids=" ".join,
)
def test_what_cannot_be_written_is_refused(words: tuple[str, ...], project: Path) -> None:
    """A script that the real Alembic refuses to write is refused, without a traceback."""
    use_database(project, URLS["sqlite"])
    expected = alembic().run(project, *words, "--sql")

    outcome = idiolect().run(project, *words, "--sql")

    assert expected.status != 0
    assert outcome.status != 0
    assert not re.search("Traceback|CREATE|INSERT INTO account", outcome.out + outcome.err)
