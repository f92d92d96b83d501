"""Makes the projects that are measured: a configuration, an env.py, and any number of revisions.

Both tools get a copy of the same text, which is written for Alembic: the one reads it by
itself, the other under the alias that `idiolect-alembic` provides.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

INI = """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os
sqlalchemy.url = {url}
"""

ENV = """\
from sqlalchemy import create_engine, pool

from alembic import context

url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

REVISION = '''\
"""Revision number {number}

Revision ID: {name}
Revises: {shown}
Create Date: 2024-01-01 00:00:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '{name}'
down_revision: Union[str, Sequence[str], None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = {depends!r}


def upgrade() -> None:
    """Upgrade schema."""
{up}


def downgrade() -> None:
    """Downgrade schema."""
{down_body}
'''

#: One revision: its id, what it follows, what it depends on.
Link = tuple[str, str | tuple[str, ...] | None, str | None]


def write_project(folder: Path, links: Iterable[Link], *, url: str, tables: bool = False) -> None:
    """Write a project.

    Args:
        folder: made here.
        links: the revisions.
        url: of the database.
        tables: every revision makes and drops a table, instead of doing nothing.
    """
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI.format(url=url.replace("%", "%%")), encoding="utf-8")
    (folder / "migrations" / "env.py").write_text(ENV, encoding="utf-8")
    for number, (name, down, depends) in enumerate(links):
        path = versions / f"{name}_revision_number_{number}.py"
        up, down_body = _bodies(number) if tables else ("    pass", "    pass")
        text = REVISION.format(
            number=number,
            name=name,
            shown=down,
            down=down,
            depends=depends,
            up=up,
            down_body=down_body,
        )
        path.write_text(text, encoding="utf-8")


def linear(count: int) -> Iterator[Link]:
    """Yield a history of one line."""
    previous = None
    for name in _names(count):
        yield name, previous, None
        previous = name


def branched(count: int, branches: int = 20, *, merge_every: int = 200) -> Iterator[Link]:
    """Yield a history of many branches with merges and dependencies.

    Args:
        count: revisions in all.
        branches: lines that run side by side from one base.
        merge_every: after how many revisions two lines are merged and split again; half way
            between, a revision depends on the tip of another line.
    """
    names = _names(count)
    base = next(names)
    yield base, None, None
    tips = [base] * branches
    for number, name in enumerate(names):
        line = number % branches
        other = (line + 7) % branches
        if number % merge_every == merge_every - 1 and tips[line] != tips[other]:
            yield name, (tips[line], tips[other]), None
            tips[other] = name
        elif number % merge_every == merge_every // 2 and number > branches:
            yield name, tips[line], tips[other]
        else:
            yield name, tips[line], None
        tips[line] = name


def _names(count: int) -> Iterator[str]:
    numbers = random.Random(count)  # noqa: S311 - the same in every run
    seen: set[str] = set()
    while len(seen) < count:
        name = f"{numbers.getrandbits(48):012x}"
        if name not in seen:
            seen.add(name)
            yield name


def _bodies(number: int) -> tuple[str, str]:
    up = f"""\
    op.create_table(
        'table_{number}',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=50), nullable=False),
        sa.Column('made', sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_table_{number}_name', 'table_{number}', ['name'])"""
    down = f"""\
    op.drop_index('ix_table_{number}_name', table_name='table_{number}')
    op.drop_table('table_{number}')"""
    return up, down
