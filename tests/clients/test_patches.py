"""What env.py files out there replace in Alembic's classes has the same effect on Idiolect's."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import alembic, idiolect, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.differential.harness import Tool

ENV = """\
import sqlalchemy as sa
from alembic import context
from alembic.ddl.impl import DefaultImpl
from alembic.ddl.sqlite import SQLiteImpl
from alembic.operations import Operations
from alembic.operations.batch import ApplyBatchImpl

engine = sa.create_engine("sqlite:///patched.db", poolclass=sa.pool.NullPool)
{patch}

with engine.connect() as connection:
    context.configure(connection=connection)
    {configured}
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "a"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("u", sa.Integer))
{body}
"""
ALTER = """\
op.create_unique_constraint("uq", "t", ["u"])
op.drop_constraint("uq", "t")
op.alter_column("t", "u", nullable=False)
"""
BATCH = """\
with op.batch_alter_table("t") as batch:
    batch.drop_constraint("missing", type_="unique")
    batch.add_column(sa.Column("x", sa.Integer))
"""
PATCHES: dict[str, tuple[str, str]] = {
    "statements-may-fail": (
        """
        execute = DefaultImpl._exec

        def forgiving(
            self, construct, execution_options=None, multiparams=None, params=None
        ):
            try:
                return execute(
                    self,
                    construct,
                    execution_options=execution_options,
                    multiparams=multiparams,
                    params=params,
                )
            except Exception as exc:
                print("forgiven", type(exc).__name__)

        DefaultImpl._exec = forgiving
        """,
        'op.execute("NONSENSE")',
    ),
    "constraints-are-passed-over": (
        """
        SQLiteImpl.add_constraint = lambda self, const: None
        SQLiteImpl.drop_constraint = lambda self, const: None
        SQLiteImpl.alter_column = lambda self, table_name, column_name, **kw: None
        """,
        ALTER,
    ),
    "unknown-constraints-are-passed-over": (
        """
        drop = ApplyBatchImpl.drop_constraint

        def tolerant(self, const):
            try:
                drop(self, const)
            except ValueError:
                print("tolerated", const.name)

        ApplyBatchImpl.drop_constraint = tolerant
        """,
        BATCH,
    ),
    "a-directive-is-wrapped": (
        """
        create = Operations.create_table

        def told(self, name, *columns, **kw):
            print("creates", name)
            return create(self, name, *columns, **kw)

        Operations.create_table = told
        """,
        "pass",
    ),
    "a-wider-version-table": (
        """
        def wide(self, *, version_table, version_table_schema, version_table_pk, **kw):
            column = sa.Column("version_num", sa.String(128), primary_key=version_table_pk)
            return sa.Table(version_table, sa.MetaData(), column, schema=version_table_schema)

        DefaultImpl.version_table_impl = wide
        """,
        "pass",
    ),
}
CONFIGURED = {
    "the-version-table-of-the-context": "context.get_context()",
    "the-object-behind-context": "context._proxy._migration_context",
}
SAMPLE = {"statements-may-fail"}
CASES = [
    *((name, patch, "", body) for name, (patch, body) in PATCHES.items()),
    *(
        (name, "", f"{what}._version.c.version_num.type.length = 77", "pass")
        for name, what in CONFIGURED.items()
    ),
]


@pytest.mark.parametrize(
    ("patch", "configured", "body"),
    [
        pytest.param(*texts, id=name, marks=[] if name in SAMPLE else [pytest.mark.full])
        for name, *texts in CASES
    ],
)
def test_a_patch_has_the_same_effect(
    patch: str, configured: str, body: str, tmp_path: Path
) -> None:
    """On what is printed, and on the database."""
    expected = _run(alembic(), tmp_path / "alembic", patch, configured, body)

    assert expected == _run(idiolect(), tmp_path / "idiolect", patch, configured, body)


def _run(
    tool: Tool, folder: Path, patch: str, configured: str, body: str
) -> tuple[str, dict[str, object]]:
    (folder / "versions").mkdir(parents=True)
    ini = "[alembic]\nscript_location = %(here)s\n"
    (folder / "alembic.ini").write_text(ini, encoding="utf-8")
    env = ENV.format(patch=textwrap.dedent(patch), configured=configured)
    (folder / "env.py").write_text(env, encoding="utf-8")
    revision = REVISION.format(body=textwrap.indent(body, "    "))
    (folder / "versions" / "a.py").write_text(revision, encoding="utf-8")
    printed = tool.must(folder, "upgrade", "head")
    return printed, snapshot(f"sqlite:///{folder / 'patched.db'}")
