"""A short history for each of Alembic's templates, including batches and a branch.

The real Alembic creates project and files. The template for several databases gets every revision
for both of its engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from tests.differential.history import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.differential.harness import Tool

TEMPLATES = ("generic", "async", "multidb", "pyproject", "pyproject_async")
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
"""For the asynchronous templates; MariaDB has no driver among those of the tests."""

HISTORY = (
    Step(
        "a1",
        ("revision", "-m", "accounts"),
        """\
    account = op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("size", sa.Integer(), server_default="3"),
        sa.CheckConstraint("size > 0", name="ck_size"),
        sa.UniqueConstraint("name", name="uq_name"),
    )
    op.bulk_insert(account, [{"id": 1, "name": "o'hara"}, {"id": 2, "name": "50%"}])
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.Integer(), sa.ForeignKey("account.id", name="fk_account")),
    )
    op.execute("INSERT INTO entry (id, account) VALUES (1, 2)")""",
        """\
    op.drop_table("entry")
    op.drop_table("account")""",
    ),
    Step(
        "b2",
        ("revision", "-m", "in a batch"),
        """\
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("note", sa.String(20), server_default="it''s"))
        batch.alter_column("size", existing_type=sa.Integer(), type_=sa.BigInteger())
        batch.drop_constraint("uq_name", type_="unique")
        batch.create_index("ix_size", ["size", "name"])
    with op.batch_alter_table("entry") as batch:
        batch.add_column(sa.Column("parent", sa.Integer()))
        batch.create_foreign_key("fk_parent", "entry", ["parent"], ["id"], ondelete="CASCADE")""",
        """\
    with op.batch_alter_table("entry") as batch:
        batch.drop_constraint("fk_parent", type_="foreignkey")
        batch.drop_column("parent")
    with op.batch_alter_table("account") as batch:
        batch.drop_index("ix_size")
        batch.create_unique_constraint("uq_name", ["name"])
        batch.alter_column("size", existing_type=sa.BigInteger(), type_=sa.Integer())
        batch.drop_column("note")""",
    ),
    Step(
        "c3",
        ("revision", "-m", "aside", "--head", "base", "--branch-label", "aside"),
        """\
    op.create_table("aside", sa.Column("id", sa.Integer(), primary_key=True))""",
        """\
    op.drop_table("aside")""",
    ),
    Step(
        "d4",
        ("revision", "-m", "aside needs accounts", "--head", "aside@head", "--depends-on", "b2"),
        """\
    with op.batch_alter_table("aside") as batch:
        batch.add_column(sa.Column("account", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_aside", "account", ["account"], ["id"])
    op.execute("INSERT INTO aside (id, account) SELECT id, id FROM account WHERE note <> ''")""",
        """\
    op.execute("DELETE FROM aside")
    with op.batch_alter_table("aside") as batch:
        batch.drop_constraint("fk_aside", type_="foreignkey")
        batch.drop_column("account")""",
    ),
    Step("e5", ("merge", "-m", "one head again", "b2", "d4")),
)


def make_project(folder: Path, tool: Tool, template: str) -> None:
    """Create a project from a template, with the whole history.

    Args:
        folder: an empty folder that becomes the project.
        tool: the tool that creates it.
        template: one of TEMPLATES.
    """
    tool.must(folder, "init", "--template", template, "migrations")
    for step in HISTORY:
        tool.must(folder, *step.words, "--rev-id", step.rev_id)
        (path,) = (folder / "migrations/versions").glob(f"{step.rev_id}_*.py")
        lines = _filled(path.read_text(encoding="utf-8").splitlines(), step)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _filled(lines: list[str], step: Step) -> Iterator[str]:
    """Ways up and down take turns in a file, whatever it calls them."""
    bodies = [step.upgrade, step.downgrade]
    for line in lines:
        if line.strip() == "pass":
            yield f"    {bodies[0].strip()}"
            bodies.reverse()
        else:
            yield line


def use_databases(folder: Path, template: str, urls: Sequence[str]) -> None:
    """Write the databases' URLs into the project's alembic.ini.

    Args:
        folder: the project.
        template: the project's template.
        urls: with passwords; the second is for the template for several databases.
    """
    ini = folder / "alembic.ini"
    lines = ini.read_text(encoding="utf-8").splitlines()
    wanted = iter(urls)
    for place, line in enumerate(lines):
        if line.startswith("sqlalchemy.url"):
            url = sa.make_url(next(wanted))
            if "async" in template:
                url = url.set(drivername=DRIVERS[url.get_backend_name()])
            shown = url.render_as_string(hide_password=False).replace("%", "%%")
            lines[place] = f"sqlalchemy.url = {shown}"
    ini.write_text("\n".join([*lines, ""]), encoding="utf-8")
