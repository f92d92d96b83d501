"""Runs two command lines on one project, and compares their effects and output.

The real Alembic generates the project; then each of the two runs commands on it, as a user would
in a shell. A difference is a failure unless a test's table allows it, with a reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import cache
from pprint import pformat
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tests.differential.reference import reference_python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECONDS = 300
SEEDS = 12
FAILED = 255
"""The real Alembic's exit status for an error of a user's making."""
# For work on the harness: with it, the real Alembic plays both sides and all must be equal.
SELF_TEST = "IDIOLECT_DIFFERENTIAL_SELF"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command did.

    Attributes:
        status: the exit status.
        out: the text on standard output.
        err: the text on standard error, log lines included.
    """

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One of the two command lines.

    Attributes:
        name: its name in test ids and messages.
        command: the command prefix.
    """

    name: str
    command: tuple[str, ...]

    def run(self, project: Path, *words: str, seed: int | None = None) -> Outcome:
        """Run a subcommand in the project's folder.

        Args:
            project: the folder with alembic.ini.
            words: the subcommand and its arguments.
            seed: for the order of Python's sets; None for any.
        """
        done = subprocess.run(
            [*self.command, *words],
            cwd=project,
            env={
                **os.environ,
                "COLUMNS": "80",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "random" if seed is None else str(seed),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def must(self, project: Path, *words: str) -> str:
        """Run a subcommand that has to succeed, and return its standard output."""
        outcome = self.run(project, *words)
        assert outcome.status == 0, f"{self.name} {' '.join(words)}:\n{outcome.err}"
        return outcome.out


@cache
def alembic() -> Tool:
    """Return the real Alembic's command line."""
    return Tool("alembic", (str(reference_python()), "-m", "alembic"))


@cache
def idiolect() -> Tool:
    """Return Idiolect's command line; it activates the alias for the revision files' imports."""
    if os.environ.get(SELF_TEST):
        return Tool("idiolect", alembic().command)
    return Tool("idiolect", (sys.executable, "-m", "idiolect"))


@dataclass(frozen=True, slots=True)
class Allowed:
    """One difference between the two tools' texts that is meant to be there.

    Attributes:
        reason: why Idiolect differs.
        pattern: what is rewritten in both texts before they are compared.
        replacement: what it is rewritten to.
        flags: for the regular expression.
    """

    reason: str
    pattern: str
    replacement: str = ""
    flags: re.RegexFlag = field(default=re.MULTILINE)

    def rewrite(self, text: str) -> str:
        """Return the text without the difference."""
        return re.sub(self.pattern, self.replacement, text, flags=self.flags)


def rewritten(text: str, allowed: Sequence[Allowed]) -> str:
    """Return the text with all allowed differences taken out, for comparison."""
    for difference in allowed:
        text = difference.rewrite(text)
    return text


def assert_same_text(project: Path, words: Sequence[str], allowed: Sequence[Allowed]) -> None:
    """Run a command with both tools; compare success, and the output of a success.

    Siblings of a branch are unordered: the real Alembic lists them in the order of its sets, which
    differs per run. Idiolect's output must be stable and equal one of the real Alembic's.

    Args:
        project: where both run.
        words: the subcommand and its arguments.
        allowed: differences to ignore.

    Raises:
        AssertionError: none of the reference's texts equals Idiolect's.
    """
    outcome = idiolect().run(project, *words, seed=0)
    if not os.environ.get(SELF_TEST):
        again = idiolect().run(project, *words, seed=1)
        assert again == outcome, _difference(outcome.out + outcome.err, again.out + again.err)
    text = rewritten(outcome.out, allowed)
    expected = ""
    for seed in range(SEEDS):
        reference = alembic().run(project, *words, seed=seed)
        assert reference.status in {0, FAILED}, reference.err
        assert bool(reference.status) == bool(outcome.status), outcome.err
        expected = rewritten(reference.out, allowed)
        # Messages are the tools' own; the real Alembic even prints them on standard output.
        if reference.status or expected == text:
            return
    assert expected == text, _difference(expected, text)


def _difference(expected: str, text: str) -> str:
    return "\n" + "\n".join(unified_diff(expected.splitlines(), text.splitlines(), lineterm=""))


def assert_same_states(expected: Sequence[Any], states: Sequence[Any], told: str = "") -> None:
    """Compare the states that two runs left, step by step, and show differences.

    Args:
        expected: the state after each step of the real Alembic.
        states: the state after each step of the other run.
        told: text for the message.

    Raises:
        AssertionError: two states differ; the message contains the differing lines.
    """
    for before, after in zip(expected, states, strict=True):
        assert before == after, f"{told}{_difference(pformat(before), pformat(after))}"


def snapshot(url: str) -> dict[str, Any]:
    """Return everything that a database holds: schema and rows, the version table included.

    Args:
        url: the database.

    Returns:
        By table: columns with type, nullability, default and comment, primary key, foreign keys,
        unique and check constraints, indexes, and rows in order; and all sequences.
    """
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        return held_by(connection)


def held_by(connection: sa.Connection) -> dict[str, Any]:
    """Return the same of a database that is connected to."""
    inspector = sa.inspect(connection)
    names = inspector.get_table_names()
    held: dict[str, Any] = {name: _table(inspector, connection, name) for name in names}
    if connection.dialect.supports_sequences:
        held["(sequences)"] = sorted(inspector.get_sequence_names())
    return held


def _table(inspector: sa.Inspector, connection: sa.Connection, name: str) -> dict[str, Any]:
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    rows = connection.execute(table.select())
    return {
        "columns": [
            {**column, "type": repr(column["type"])} for column in inspector.get_columns(name)
        ],
        "primary key": inspector.get_pk_constraint(name),
        "foreign keys": _sorted(inspector.get_foreign_keys(name)),
        "uniques": _sorted(inspector.get_unique_constraints(name)),
        "checks": _sorted(inspector.get_check_constraints(name)),
        "indexes": _sorted([_index(each) for each in inspector.get_indexes(name)]),
        "comment": _comment(inspector, connection, name),
        "rows": sorted(repr(tuple(row)) for row in rows),
    }


def _index(reflected: Any) -> dict[str, Any]:
    """Expressions among the options are objects that equal nothing but themselves."""
    options = reflected.get("dialect_options", {})
    return {**reflected, "dialect_options": {name: str(value) for name, value in options.items()}}


def _comment(inspector: sa.Inspector, connection: sa.Connection, name: str) -> str | None:
    if not connection.dialect.supports_comments:
        return None
    return inspector.get_table_comment(name)["text"]


def _sorted(items: Sequence[Any]) -> list[Any]:
    return sorted(items, key=repr)
