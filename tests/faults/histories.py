"""Revisions that the fault matrix cuts off: DDL and DML mixed, in each way that they are written.

Each is a history of two files, `a` that is applied before and `b` that is cut off. They are for
Alembic's API alone, so that both sides run the same text.
"""

from __future__ import annotations

from dataclasses import dataclass

_HEAD = '''"""{id}"""
import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}
branch_labels = None
depends_on = None

'''
_BASE = """
def upgrade():
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("kind", sa.String(10)),
    )
    op.bulk_insert(
        sa.table("account", sa.column("id"), sa.column("name"), sa.column("kind")),
        [{"id": number, "name": f"name {number}", "kind": "old"} for number in range(1, 6)],
    )


def downgrade():
    op.drop_table("account")
"""


@dataclass(frozen=True)
class History:
    """A revision to cut off.

    Attributes:
        name: what the matrix calls it.
        body: the functions of the second file.
        direction: which of them is cut off.
        fixed: the file as somebody mends it after it failed; "": it does not fail.
        databases: where it can run.
        per_migration: whether env.py asks for a transaction for each revision.
        reads: whether it reads before a write, so that a resumed run may stop and tell.
    """

    name: str
    body: str
    direction: str = "upgrade"
    fixed: str = ""
    databases: tuple[str, ...] = ("sqlite", "postgresql", "mariadb")
    per_migration: bool = False
    reads: bool = False

    def files(self, *, fixed: bool = False) -> dict[str, str]:
        """Return the revision files by name."""
        second = self.fixed if fixed else self.body
        return {
            "a.py": _HEAD.format(id="a", down=None) + _BASE,
            "b.py": _HEAD.format(id="b", down="a") + second,
        }


_DOWN = """
def downgrade():
    op.drop_index("ix_note_account", table_name="note")
    op.execute("UPDATE account SET kind = 'back' WHERE id > 3")
    op.drop_table("note")
    op.execute("INSERT INTO account (id, name) VALUES (90, 'returned')")
    op.drop_column("account", "email")
    op.execute("DELETE FROM account WHERE id = 5")
"""
_MIXED = (
    """
def upgrade():
    op.add_column("account", sa.Column("email", sa.String(80)))
    op.execute("UPDATE account SET email = 'x' WHERE id < 3")
    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer),
        sa.Column("text", sa.String(100)),
    )
    op.get_bind().execute(
        sa.text("INSERT INTO note (id, account_id, text) VALUES (:id, :account, :text)"),
        [{"id": n, "account": n, "text": f"note {n}"} for n in range(1, 4)],
    )
    op.create_index("ix_note_account", "note", ["account_id"])
    op.execute("UPDATE account SET id = id + 100 WHERE id = 5")
    op.execute("INSERT INTO note (id, text) VALUES (50, 'last')")
"""
    + _DOWN
)
_BATCH = """
def upgrade():
    with op.batch_alter_table("account") as batch:
        batch.alter_column(
            "kind", new_column_name="sort", existing_type=sa.String(10), type_=sa.String(20)
        )
        batch.add_column(sa.Column("size", sa.Integer, server_default="7"))
    op.execute("INSERT INTO account (id, name, sort) VALUES (60, 'new', 'batch')")
    with op.batch_alter_table("account") as batch:
        batch.create_unique_constraint("uq_name_sort", ["name", "sort"])
    op.execute("DELETE FROM account WHERE id = 2")


def downgrade():
    pass
"""
_READS = """
def upgrade():
    op.create_table("note", sa.Column("id", sa.Integer, primary_key=True))
    if not op.get_bind().execute(sa.text("SELECT count(*) FROM note")).scalar():
        op.execute("INSERT INTO note (id) VALUES (1)")
    op.add_column("account", sa.Column("email", sa.String(80)))
    op.execute("UPDATE account SET email = 'x'")


def downgrade():
    pass
"""
_RAISING = """
def upgrade():
    op.add_column("account", sa.Column("email", sa.String(80)))
    op.execute("INSERT INTO account (id, name) VALUES (70, 'before')")
    {third}
    op.execute("INSERT INTO account (id, name) VALUES (71, 'after')")
    op.create_index("ix_account_name", "account", ["name"])


def downgrade():
    pass
"""
_RAISING_DOWN = """
def upgrade():
    op.add_column("account", sa.Column("email", sa.String(80)))
    op.create_index("ix_account_name", "account", ["name"])


def downgrade():
    op.drop_column("account", "email")
    op.execute("INSERT INTO account (id, name) VALUES (70, 'before')")
    op.drop_index({index}, table_name="account")
    op.execute("UPDATE account SET name = 'after' WHERE id = 1")
"""
_COPIES = """
def upgrade():
    op.add_column("account", sa.Column("email", sa.String(80)))
    with op.batch_alter_table("account", recreate="always") as batch:
        batch.alter_column("kind", new_column_name="sort", existing_type=sa.String(10))
    op.execute("UPDATE account SET sort = 'x' WHERE id = 1")


def downgrade():
    pass
"""
_SQL_ERROR = 'op.create_index("ix_account_mail", "account", ["mail"])'
_PYTHON_ERROR = 'raise RuntimeError("not yet")'
_FIXED = 'op.create_index("ix_account_mail", "account", ["email"])'
_AUTOCOMMIT = """
def upgrade():
    op.add_column("account", sa.Column("email", sa.String(80)))
    op.execute("INSERT INTO account (id, name) VALUES (80, 'before the block')")
    with op.get_context().autocommit_block():
        op.create_index("ix_account_name", "account", ["name"]{options})
        op.execute("INSERT INTO account (id, name) VALUES (81, 'in the block')")
    op.execute("UPDATE account SET kind = 'after' WHERE id = 1")
    op.create_index("ix_account_kind", "account", ["kind"])


def downgrade():
    pass
"""
_COMMITS = """
def upgrade():
    bind = op.get_bind()
    op.add_column("account", sa.Column("email", sa.String(80)))
    bind.execute(sa.text("INSERT INTO account (id, name) VALUES (80, 'first')"))
    bind.commit()
    bind.execute(sa.text("INSERT INTO account (id, name) VALUES (81, 'second')"))
    op.create_index("ix_account_name", "account", ["name"])
    bind.commit()
    bind.execute(sa.text("UPDATE account SET kind = 'third' WHERE id = 1"))


def downgrade():
    pass
"""

HISTORIES = (
    History("DDL and DML", _MIXED),
    History("DDL and DML, a transaction a revision", _MIXED, per_migration=True),
    History("downgrade", _MIXED, direction="downgrade"),
    History("batch", _BATCH),
    History(
        "third statement fails in SQL",
        _RAISING.format(third=_SQL_ERROR),
        fixed=_RAISING.format(third=_FIXED),
    ),
    History(
        "third statement fails in Python",
        _RAISING.format(third=_PYTHON_ERROR),
        fixed=_RAISING.format(third=_FIXED),
    ),
    History(
        "downgrade that fails",
        _RAISING_DOWN.format(index='"ix_account_mail"'),
        direction="downgrade",
        fixed=_RAISING_DOWN.format(index='"ix_account_name"'),
    ),
    History("autocommit block", _AUTOCOMMIT.format(options=""), databases=("mariadb", "sqlite")),
    History(
        "autocommit block",
        _AUTOCOMMIT.format(options=", postgresql_concurrently=True"),
        databases=("postgresql",),
    ),
    History("commits of its own", _COMMITS),
    History("batch that copies the table", _COPIES, reads=True),
    History("reads before it writes", _READS, reads=True),
)
