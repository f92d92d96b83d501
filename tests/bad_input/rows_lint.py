"""What the linter is told wrongly, and revisions and an env.py that it cannot run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.bad_input.row import SECOND_FILE, Row
from tests.bad_input.spoil import ENV, INI, option, second, second_file, write

if TYPE_CHECKING:
    from tests.bad_input.row import Project

_CONNECTS = """
from idiolect import context
from sqlalchemy import create_engine
url = "postgresql+psycopg://app:{secret}@127.0.0.1:1/x"
with create_engine(url).connect() as connection:
    context.configure(connection=connection)
    context.run_migrations()
"""
_HEAD = '"""second"""\nrevision = "bbbb2222"\ndown_revision = "aaaa1111"\n'


def _repository(project: Project) -> None:
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "all")):
        names = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *names, *words], cwd=project.folder, check=True)


ROWS = [
    Row(
        "lint-unknown-rule",
        "lint",
        (INI, "lint_ignore", "'drop-tabel'", "'drop-table'"),
        (option("lint_ignore", "drop-tabel"),),
    ),
    Row(
        "lint-unknown-error-rule",
        "lint",
        (INI, "lint_errors", "'drop-tabel'", "'drop-table'"),
        (option("lint_errors", "no-downgrade drop-tabel"),),
    ),
    Row("lint-unknown-revision", "lint nosuch", ("'nosuch'",)),
    Row("lint-unknown-end", "lint aaaa1111:nosuch", ("'nosuch'",)),
    Row("lint-since-unknown", "lint", (INI, "'nosuch'"), (option("lint_since", "nosuch"),)),
    Row("lint-unknown-format", "lint --format xml", ("'xml'", "'sarif'")),
    Row("lint-no-repository", "lint --since main", ("--since", "git repository")),
    Row(
        "lint-unknown-reference",
        "lint --since nosuch",
        ("--since nosuch", "git fetch origin nosuch"),
        (_repository,),
    ),
    Row("lint-option-as-reference", "lint --since=--all", ("--since --all",), (_repository,)),
    Row("lint-no-git", "lint --since main", ("--since needs git",), env=(("PATH", ""),)),
    Row(
        "lint-no-offline-mode",
        "lint",
        (ENV, "without a database", "context.is_offline_mode()"),
        (write(ENV, _CONNECTS),),
    ),
    Row(
        "lint-env-runs-nothing",
        "lint",
        (ENV, "run_migrations"),
        (write(ENV, "from idiolect import context\n"),),
    ),
    Row(
        "lint-file-raises",
        "lint",
        (SECOND_FILE, "no way"),
        (second_file(f"{_HEAD}raise ValueError('no way')\n"),),
        fails_in=SECOND_FILE,
    ),
    Row(
        "lint-file-with-password",
        "lint",
        (SECOND_FILE,),
        (second_file(f"{_HEAD}raise ValueError('postgresql://app:{{secret}}@db/x')\n"),),
        fails_in=SECOND_FILE,
    ),
    Row(
        "lint-error-found",
        "lint",
        ("The linter found 1 error.",),
        (second("op.add_column('t', sa.Column('c', sa.Integer, nullable=False))"),),
    ),
]
