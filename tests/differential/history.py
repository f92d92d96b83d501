"""The history that both tools run: created by the real Alembic's commands, then filled in.

It has a linear part, a labelled branch, a merge, and a second base whose revisions depend on the
first line. Every operation that Idiolect offers occurs, each with its reverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.differential.harness import Tool


@dataclass(frozen=True, slots=True)
class Step:
    """One revision of the history.

    Attributes:
        rev_id: its id.
        words: the arguments of ``revision`` or ``merge`` that create its file.
        upgrade: the lines of ``upgrade()``; empty for a merge.
        downgrade: the lines of ``downgrade()``.
    """

    rev_id: str
    words: tuple[str, ...]
    upgrade: str = "pass"
    downgrade: str = "pass"


HISTORY = (
    Step(
        "a1",
        ("revision", "-m", "create account"),
        """\
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("email", sa.String(200)),
        sa.Column("credit", sa.Numeric(10, 2), server_default="0"),
        sa.Column("created", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.CheckConstraint("credit >= 0", name="ck_account_credit"),
    )
    op.create_index("ix_account_name", "account", ["name"])""",
        """\
    op.drop_index("ix_account_name", table_name="account")
    op.drop_table("account")""",
    ),
    Step(
        "b2",
        ("revision", "-m", "add status to account"),
        """\
    op.add_column(
        "account", sa.Column("status", sa.String(20), server_default="new", nullable=False)
    )
    op.create_index("ix_account_status", "account", ["status", "name"], unique=True)""",
        """\
    op.drop_index("ix_account_status", table_name="account")
    op.drop_column("account", "status")""",
    ),
    Step(
        "c3",
        ("revision", "-m", "orders, with rows"),
        """\
    account = sa.table(
        "account",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("created", sa.DateTime),
    )
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5)
    op.bulk_insert(
        account,
        [
            {"id": 1, "name": "o'hara", "created": moment},
            {"id": 2, "name": "50%", "created": moment},
        ],
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", name="fk_account")),
        sa.Column("paid", sa.Boolean(), server_default=sa.false()),
        sa.Column("note", sa.Text(), server_default="it''s"),
    )
    op.create_index(op.f("ix_orders_paid"), "orders", ["paid", "account_id"])
    op.execute("UPDATE account SET status = 'old' WHERE id = 1")""",
        """\
    op.drop_index(op.f("ix_orders_paid"), table_name="orders")
    op.drop_table("orders")
    op.execute(sa.text("DELETE FROM account WHERE id IN (1, 2)"))""",
    ),
    Step(
        "d4",
        ("revision", "-m", "invoices", "--head", "b2", "--splice", "--branch-label", "billing"),
        """\
    op.create_table(
        "invoice",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("amount", sa.Float()),
    )""",
        """\
    op.drop_table("invoice")""",
    ),
    Step(
        "e5",
        ("revision", "-m", "invoice date", "--head", "billing@head"),
        """\
    op.add_column("invoice", sa.Column("issued", sa.Date(), nullable=True))
    op.execute(
        sa.text("INSERT INTO invoice (number, year, amount) VALUES (:n, 2020, 1.5)").bindparams(
            n="n:1"
        )
    )""",
        """\
    op.execute("DELETE FROM invoice")
    op.drop_column("invoice", "issued")""",
    ),
    Step(
        "f6",
        ("revision", "-m", "orders become purchases", "--head", "c3"),
        """\
    op.drop_index("ix_orders_paid", table_name="orders")
    op.rename_table("orders", "purchase")""",
        """\
    op.rename_table("purchase", "orders")
    op.create_index("ix_orders_paid", "orders", ["paid", "account_id"])""",
    ),
    Step("a7", ("merge", "-m", "billing joins the main line", "e5", "f6")),
    Step(
        "b8",
        ("revision", "-m", "drop the status", "--head", "a7"),
        """\
    op.drop_index("ix_account_status", table_name="account")
    op.drop_column("account", "status")""",
        """\
    op.add_column("account", sa.Column("status", sa.String(20), server_default="new"))
    op.create_index("ix_account_status", "account", ["status", "name"], unique=True)""",
    ),
    Step(
        "c9",
        ("revision", "-m", "reports", "--head", "base", "--branch-label", "reports"),
        """\
    op.create_table("report", sa.Column("id", sa.Integer(), primary_key=True))""",
        """\
    op.drop_table("report")""",
    ),
    Step(
        "d10",
        ("revision", "-m", "report of purchases", "--head", "reports@head", "--depends-on", "f6"),
        """\
    op.add_column("report", sa.Column("purchases", sa.Integer(), server_default=sa.text("0")))""",
        """\
    op.drop_column("report", "purchases")""",
    ),
)


def make_project(folder: Path, tool: Tool) -> None:
    """Create a project with the whole history.

    Args:
        folder: an empty folder that becomes the project.
        tool: the tool that creates it.
    """
    tool.must(folder, "init", "migrations")
    for step in HISTORY:
        tool.must(folder, *step.words, "--rev-id", step.rev_id)
        (path,) = (folder / "migrations/versions").glob(f"{step.rev_id}_*.py")
        path.write_text(_filled(path.read_text(encoding="utf-8"), step), encoding="utf-8")


def use_database(folder: Path, url: str) -> None:
    """Write a database's URL into the project's alembic.ini.

    Args:
        folder: the project.
        url: with its password.
    """
    ini = folder / "alembic.ini"
    lines = ini.read_text(encoding="utf-8").splitlines()
    is_url = [line.startswith("sqlalchemy.url") for line in lines]
    assert is_url.count(True) == 1
    lines[is_url.index(True)] = f"sqlalchemy.url = {url.replace('%', '%%')}"
    ini.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _filled(text: str, step: Step) -> str:
    before, up, rest = text.partition("    pass\n")
    assert up
    between, down, after = rest.partition("    pass\n")
    assert down
    return "".join(
        (
            before.replace("from alembic import op", "import datetime\n\nfrom alembic import op"),
            f"    {step.upgrade.strip()}\n",
            between,
            f"    {step.downgrade.strip()}\n",
            after,
        )
    )
