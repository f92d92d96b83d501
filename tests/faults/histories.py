"""Revisions that the fault matrix interrupts: DDL and DML mixed, in all common styles.

Each is a history of two files: `a` is applied before, `b` is interrupted. They use only Alembic's
API, so that both sides run the same text.
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
    """A revision to interrupt.

    Attributes:
        name: its name in the matrix.
        body: the functions of the second file.
        direction: the function that is interrupted.
        fixed: the file as fixed after it failed; "": it does not fail.
        databases: where it can run.
        per_migration: whether env.py sets ``transaction_per_migration``.
        reads: whether it reads before a write, so that a resumed run may stop with an error.
        in_sample: whether it is part of the sample.
    """

    name: str
    body: str
    direction: str = "upgrade"
    fixed: str = ""
    databases: tuple[str, ...] = ("sqlite", "postgresql", "mariadb")
    per_migration: bool = False
    reads: bool = False
    in_sample: bool = True

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

_SESSION = """
def upgrade():
    from sqlalchemy.orm import DeclarativeBase, Session

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id = sa.Column(sa.Integer, primary_key=True)
        text = sa.Column(sa.String(50), nullable=False)
        parent = sa.Column(sa.Integer)

    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.String(50), nullable=False),
        sa.Column("parent", sa.Integer),
    )
    session = Session(bind=op.get_bind())
    first = Note(text="first")
    session.add(first)
    session.flush()
    session.add_all([Note(text="after", parent=first.id), Note(text="the last")])
    session.{end}()
    op.add_column("note", sa.Column("size", sa.Integer))
    first.text = "changed"
    session.{end}()
    op.execute(
        "INSERT INTO account (id, name) "
        "SELECT 200 + count(*), 'children' FROM note a JOIN note b ON b.parent = a.id"
    )
    # Whatever numbers were given.
    op.execute("UPDATE note SET id = 1000 + length(text), parent = NULL")


def downgrade():
    pass
"""
_RETURNING = """
def upgrade():
    bind = op.get_bind()
    note = sa.table("note", sa.column("id", sa.Integer), sa.column("text", sa.String))
    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.String(50)),
    )
    found = bind.execute(
        sa.text("INSERT INTO note VALUES (1, 'first'), (2, 'second') RETURNING id, text")
    ).all()
    op.create_index("ix_note_text", "note", ["text"])
    bind.execute(
        note.insert(), [{"id": 100 + row.id, "text": row.text.upper()} for row in found]
    )
    bind.commit()
    gone = bind.execute(sa.text("DELETE FROM note WHERE id > 101 RETURNING text")).scalar()
    op.add_column("note", sa.Column("size", sa.Integer))
    bind.execute(sa.text("UPDATE note SET text = :gone WHERE id > 100"), {"gone": gone})


def downgrade():
    pass
"""
_SHAPES = """
def upgrade():
    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer),
        sa.Column("text", sa.String(20), server_default="x"),
    )
    op.bulk_insert(
        sa.table("note", sa.column("id"), sa.column("account_id")),
        [{"id": n, "account_id": n} for n in (1, 2)],
    )
    op.create_foreign_key("fk_note_account", "note", "account", ["account_id"], ["id"])
    op.create_unique_constraint("uq_note", "note", ["account_id", "text"])
    op.create_check_constraint("ck_note", "note", "account_id < 1000")
    op.alter_column("note", "text", existing_type=sa.String(20), type_=sa.String(40))
    op.alter_column(
        "note", "text", existing_type=sa.String(40), new_column_name="words", nullable=True
    )
    op.drop_constraint("ck_note", "note", type_="check")
    op.rename_table("note", "remark")
    op.execute("INSERT INTO remark (id, words) VALUES (7, 'renamed')")
    op.drop_constraint("fk_note_account", "remark", type_="foreignkey")
    op.drop_constraint("uq_note", "remark", type_="unique")
    op.drop_column("remark", "account_id")
    op.create_table("spare", sa.Column("id", sa.Integer, primary_key=True))
    op.drop_table("spare")
    op.execute("UPDATE remark SET words = 'last' WHERE id = 1")


def downgrade():
    pass
"""
_FUNCTIONS = {
    "postgresql": """
def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('sad')")
    op.execute("CREATE SEQUENCE counter")
    op.execute(
        "CREATE FUNCTION grow(n int) RETURNS int LANGUAGE sql AS "
        "$$ INSERT INTO account (id, name) VALUES (n, 'grown') RETURNING id $$"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE 'happy'")
        op.execute("SELECT setval('counter', 50)")
        op.execute("SELECT grow(200)")
        op.execute("DO 'BEGIN INSERT INTO account (id, name) VALUES (201, ''done''); END'")
    op.execute("ALTER TABLE account ADD COLUMN mood mood DEFAULT 'happy'")
    op.execute("INSERT INTO account (id, name) SELECT last_value + 300, 'last' FROM counter")


def downgrade():
    pass
""",
    "mariadb": """
def upgrade():
    op.execute("CREATE SEQUENCE counter")
    op.execute(
        "CREATE FUNCTION grow(n int) RETURNS int MODIFIES SQL DATA "
        "BEGIN INSERT INTO account (id, name) VALUES (n, 'grown'); RETURN n; END"
    )
    op.execute("SELECT grow(200)")
    op.execute("CREATE VIEW names AS SELECT name FROM account")
    op.execute(
        "CREATE TRIGGER small BEFORE INSERT ON account FOR EACH ROW SET NEW.kind = 'small'"
    )
    op.execute("INSERT INTO account (id, name) VALUES (201, 'by trigger')")
    op.execute("DROP TRIGGER small")
    op.execute("SET @size = 5")
    op.execute("INSERT INTO account (id, name) VALUES (202 + @size, 'last')")


def downgrade():
    pass
""",
}

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
    History(
        "autocommit block, a transaction a revision",
        _AUTOCOMMIT.format(options=""),
        databases=("mariadb", "sqlite"),
        per_migration=True,
        in_sample=False,
    ),
    History(
        "autocommit block, a transaction a revision",
        _AUTOCOMMIT.format(options=", postgresql_concurrently=True"),
        databases=("postgresql",),
        per_migration=True,
        in_sample=False,
    ),
    History(
        "commits of its own, a transaction a revision",
        _COMMITS,
        per_migration=True,
        in_sample=False,
    ),
    History("batch that copies the table", _COPIES),
    History(
        "batch that copies the table, after a commit",
        _COPIES.replace("    with", "    op.get_bind().commit()\n    with"),
    ),
    History("Session.flush", _SESSION.format(end="flush"), in_sample=False),
    History("Session.commit", _SESSION.format(end="commit")),
    History("rows that writes return", _RETURNING),
    History("shapes of tables", _SHAPES, databases=("mariadb", "postgresql"), in_sample=False),
    History("functions and types", _FUNCTIONS["mariadb"], databases=("mariadb",)),
    History("functions and types", _FUNCTIONS["postgresql"], databases=("postgresql",)),
    History("reads before it writes", _READS, reads=True),
)
