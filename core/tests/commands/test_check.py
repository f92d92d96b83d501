"""check: its text and JSON output, and its exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.tests.commands.terminal import ENV
from idiolect import command
from idiolect.config import Config
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal

MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table
models = MetaData()
for name in ("t_a111", "t_b222", "t_c333"):
    Table(name, models, Column("id", Integer, primary_key=name == ""))
"""
NEW = 'Table("added", models, Column("id", Integer))\n'
ADDED = """\
1 difference between models and database:

table added
  table: missing in the database; the models have (id)"""
TUPLES = (
    "FAILED: New upgrade operations detected: [('add_table', Table('added', MetaData(), "
    "Column('id', Integer(), table=<added>), schema=None))] [IDI-003]"
)


@pytest.fixture
def compared(linear: Terminal) -> Terminal:
    """A project at its head, whose models match its three tables."""
    linear.write("models.py", MODELS)
    env = ENV.replace("(connection=connection", "(connection=connection, target_metadata=models")
    linear.write("migrations/env.py", f"import sys\nsys.path.append('.')\n{MODELS}{env}")
    linear.run("upgrade", "head")
    return linear


def with_models(terminal: Terminal, more: str) -> None:
    """Put more models into env.py."""
    path = terminal.folder / "migrations" / "env.py"
    path.write_text(path.read_text("utf-8").replace(MODELS, MODELS + more), "utf-8")


def test_nothing_differs(compared: Terminal) -> None:
    """Status 0, and Alembic's sentence."""
    said = compared.run("check")

    assert (0, "No new upgrade operations detected.", "") == (said.status, said.out, said.err)


def test_report_in_words(compared: Terminal) -> None:
    """The report goes to stdout, Alembic's message to stderr; status 1."""
    with_models(compared, NEW)
    said = compared.run("check")

    assert (1, ADDED, TUPLES) == (said.status, said.out, said.err)


def test_what_is_lacking_is_a_note(compared: Terminal) -> None:
    """Published programs compare the message of the error with Alembic's."""
    compared.run("downgrade", "-1")
    (ini,) = compared.folder.glob("*.ini")
    with pytest.raises(CommandError) as caught:
        command.check(Config(ini))

    assert "Target database is not up to date." == str(caught.value)
    said = compared.run("check")
    (line,) = said.err.splitlines()
    assert "not up to date. (Run 'upgrade heads' first; it is at b222 and lacks: c333)" in line


@pytest.mark.parametrize("differs", [True, False], ids=["differs", "same"])
def test_document(compared: Terminal, differs: bool) -> None:
    """Standard output is one document, whether something differs or not."""
    if differs:
        with_models(compared, NEW)
    said = compared.run("check", "--format", "json")

    added = {
        "upgrade_token": "upgrades",
        "change": "added",
        "kind": "table",
        "schema": None,
        "table": "added",
        "name": "added",
        "aspect": None,
        "database": None,
        "models": "(id)",
    }
    found = json.loads(said.out)
    assert ("IDI-003" if differs else None) == found.pop("error", {}).get("code")
    assert {"version": 1, "differences": [added] * differs} == found
    assert (1, TUPLES) == (said.status, said.err) if differs else (0, "") == (said.status, said.err)


def test_several_databases_are_told_apart(compared: Terminal) -> None:
    """Each run of env.py has its heading, and its token in the document."""
    with_models(compared, NEW)
    path = compared.folder / "migrations" / "env.py"
    again = path.read_text("utf-8").replace(
        "connection=connection,", "connection=connection, upgrade_token=token,"
    )
    again = again.replace(
        "    with create_engine", "  for token in 'one', 'two':\n    with create_engine"
    )
    path.write_text(again, "utf-8")

    said = compared.run("check")
    document = json.loads(compared.run("check", "--format", "json").out)

    assert f"[one]\n{ADDED}\n\n[two]\n{ADDED}" == said.out
    assert ["one", "two"] == [one["upgrade_token"] for one in document["differences"]]


def test_unknown_format(compared: Terminal) -> None:
    """An unknown format is rejected before anything runs."""
    said = compared.run("check", "--format", "yaml")

    expected = "FAILED: Unknown format 'yaml'; expected 'text' or 'json'. [IDI-001]"
    assert (1, "", expected) == (said.status, said.out, said.err)
