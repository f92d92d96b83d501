"""Percent signs in scripts: as the database reads them, or doubled as the real Alembic has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import alembic, idiolect

if TYPE_CHECKING:
    from pathlib import Path

URLS = {
    "sqlite": "sqlite://",
    "postgresql": "postgresql+psycopg://h/never",
    "oracle": "oracle+oracledb://h/never",
    "mysql": "mysql+pymysql://h/never",
    "mariadb": "mariadb+pymysql://h/never",
    "mssql": "mssql+pymssql://h/never",
}
#: Those whose drivers format statements with percent signs.
DOUBLED = {"postgresql", "mysql", "mariadb"}
ENV = """
from {tool} import context
context.configure(url="{url}", literal_binds=True)
with context.begin_transaction():
    context.run_migrations()
"""
REVISION = """
import sqlalchemy as sa
from {tool} import op
revision, down_revision = "a%", None

def upgrade():
    t = op.create_table(
        "t",
        sa.Column("n", sa.Integer, sa.CheckConstraint("n % 5 = 0", name="c1")),
        sa.Column("s", sa.String(20), server_default="5 %"),
        sa.CheckConstraint(sa.column("n") % 3 == 0, name="c2"),
        sa.Column("u", sa.String(20), server_default=sa.text("'%s'")),
    )
    op.bulk_insert(t, [{{"n": 5, "s": "5%"}}, {{"n": 10, "s": "50%%"}}])
    op.execute("UPDATE t SET s = 'x%' WHERE s LIKE '%y' OR s = '100%%'")
    op.execute(sa.update(t).values(s="%(name)s").where(t.c.s.like("a%")))
    op.create_index("i", "t", [sa.text("(n % 7)")])
    op.add_column("t", sa.Column("v", sa.String(9), server_default="%"))

def downgrade():
    pass
"""


@pytest.fixture
def scripts(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The scripts of both tools for one history, Idiolect's with the switch and without."""
    url = URLS[request.param]
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    found: dict[str, str] = {}
    settings = {"alembic": "", "once": "", "doubled": "double_percents = true"}
    for name, setting in settings.items():
        tool = alembic() if name == "alembic" else idiolect()
        for file, text in (("env.py", ENV), ("versions/a.py", REVISION)):
            (folder / file).write_text(text.format(tool=tool.name, url=url))
        (tmp_path / "alembic.ini").write_text(f"[alembic]\nscript_location = migrations\n{setting}")
        done = tool.run(tmp_path, "upgrade", "head", "--sql")
        assert 0 == done.status, done.err
        # The one documented difference of these scripts on Oracle besides.
        found[name] = re.sub(r" RETURNING .* INTO :ret_0", "", done.out)
    return found


@pytest.mark.parametrize(
    ("scripts", "is_doubled"),
    [(dialect, dialect in DOUBLED) for dialect in URLS],
    indirect=["scripts"],
    ids=URLS,
)
def test_percent_signs(scripts: dict[str, str], is_doubled: bool) -> None:
    """With ``double_percents`` a script is the real Alembic's; without, no driver shows in it."""
    assert scripts["alembic"] == scripts["doubled"]
    assert is_doubled is ("n %% 5 = 0" in scripts["doubled"])
    once = scripts["once"]
    assert is_doubled is (once != scripts["doubled"])
    for literal in ("n % 5 = 0", "'5 %'", "'%s'", "'50%%'", "LIKE '%y'", "'100%%'", "(n % 7)"):
        assert literal in once
