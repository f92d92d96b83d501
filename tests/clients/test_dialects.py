"""Dialects that define an impl class for Alembic: their scripts, with both tools.

Each operation is a separate revision, so that an unsupported one hides no other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.clients.client import Client, make_project, search_path
from tests.differential.harness import assert_same_states
from tests.differential.playing import playing

if TYPE_CHECKING:
    from pathlib import Path

REQUESTS = (
    *("requests==2.34.2", "urllib3==2.8.0", "idna==3.20", "certifi==2026.10.18"),
    *("charset-normalizer==3.5.2", "packaging==26.3", "python-dateutil==2.9.0.post0"),
    "six==1.17.0",
)
OPERATIONS = (
    """op.create_table(
        "t",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(50), nullable=False, comment="it's"),
        sa.Column("sum", sa.Numeric(10, 2), server_default="0"),
        sa.Column("seen", sa.DateTime(), server_default=sa.func.now()),
        comment="rows",
    )""",
    'op.add_column("t", sa.Column("note", sa.String(20), comment="50%"))',
    'op.add_column("t", sa.Column("flag", sa.Boolean(), server_default=sa.true()), schema="s")',
    'op.alter_column("t", "note", type_=sa.Text(), existing_type=sa.String(20))',
    'op.alter_column("t", "note", nullable=False, existing_type=sa.Text())',
    'op.alter_column("t", "note", server_default="x", existing_type=sa.Text())',
    'op.alter_column("t", "note", comment="new", existing_type=sa.Text())',
    'op.alter_column("t", "note", new_column_name="remark", existing_type=sa.Text())',
    'op.alter_column("t", "sum", server_default=None, existing_type=sa.Numeric(10, 2))',
    'op.create_table_comment("t", "other", existing_comment="rows")',
    'op.create_unique_constraint("uq", "t", ["name"])',
    'op.create_foreign_key("fk", "t", "u", ["id"], ["id"])',
    'op.create_check_constraint("ck", "t", "id > 0")',
    'op.drop_constraint("uq", "t", type_="unique")',
    'op.create_index("ix", "t", ["name"])',
    'op.drop_index("ix", table_name="t")',
    """op.bulk_insert(
        sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String)),
        [{"id": 1, "name": "o'hara"}],
    )""",
    """op.execute("UPDATE t SET name = 'x'")""",
    'op.drop_column("t", "remark")',
    'op.rename_table("t", "v")',
    'op.rename_table("v", "w", schema="s")',
    'op.drop_table("w", schema="s")',
)
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "r{number:02}"
down_revision = {down!r}


def upgrade():
    {operation}


def downgrade():
    pass
"""

DIALECTS = {
    "cockroachdb+psycopg://u@h/d": Client(
        "sqlalchemy-cockroachdb",
        "2.0.4",
        "0804306a733a1fe09b2d496eadf8bf35d878862b6138e69175136fa2ca0ce5d0",
    ),
    "redshift+psycopg2://u@h/d": Client(
        "sqlalchemy-redshift",
        "1.0.0",
        "8b3a946401148b9443eb623f84a64bb30fa99ddc873c17d6a9e70cc0e5ea8dd1",
        needs=("packaging==26.3",),
    ),
    "bigquery://p/d": Client(
        "sqlalchemy-bigquery",
        "1.17.3",
        "5fdafa8106596f3dcd3414ae7265e45ad26d2429596b624aadd1ec6349a6b545",
        needs=(
            *REQUESTS,
            *("google-cloud-bigquery==3.47.0", "google-api-core==2.44.0", "google-auth==2.62.2"),
            *("google-cloud-core==2.8.0", "google-crc32c==1.9.0", "protobuf==7.36.2"),
            *("google-resumable-media==2.11.0", "googleapis-common-protos==1.76.0"),
            *("proto-plus==1.29.0", "pyasn1==0.6.5", "pyasn1-modules==0.4.2", "rsa==4.9.1"),
            *("cachetools==8.0.0", "cryptography==50.0.2", "cffi==2.1.1", "pycparser==3.12"),
        ),
    ),
    "databricks://token:x@h?http_path=p&catalog=c&schema=s": Client(
        "databricks-sqlalchemy",
        "2.0.10",
        "47ad32cc8660bf11fbe1ad8065f976264f7d2399e517144518e77fd6f5ba90b4",
        needs=(
            *REQUESTS,
            *("databricks-sql-connector==4.9.0", "lz4==4.4.5", "oauthlib==4.0.1"),
            *("openpyxl==3.1.5", "pybreaker==1.4.1", "pyjwt==2.15.1", "thrift==0.25.0"),
        ),
        is_namespace=True,
    ),
    "trino://u@h:1/c": Client(
        "trino",
        "0.340.0",
        "908aa292d7216e79370581f1fb089e8052d08a5f48e839c6f6713a4fa2998e1c",
        needs=(
            *REQUESTS,
            *("lz4==4.4.5", "orjson==3.13.0", "pytz==2026.6", "tzlocal==5.4.5"),
            "zstandard==0.25.0",
        ),
    ),
}
SAMPLE = {"sqlalchemy-cockroachdb", "sqlalchemy-redshift"}
CASES = [
    pytest.param(
        url,
        client,
        id=client.name,
        marks=[] if client.name in SAMPLE else [pytest.mark.full],
    )
    for url, client in DIALECTS.items()
]
OWN_CLASS = {"trino"}
"""Those whose impl class is the project's."""


@pytest.mark.parametrize(("url", "client"), CASES)
def test_a_dialect_writes_the_same_scripts(url: str, client: Client, tmp_path: Path) -> None:
    """Its impl class is found, and its rules for the constructs of ALTER TABLE are used."""
    expected = _play("alembic", client, tmp_path / "alembic", url)

    scripts = _play("idiolect", client, tmp_path / "idiolect", url)

    # Some constructs have a rule for more dialects here: there is nothing to compare with.
    written = [operation for operation, script in expected if script]
    assert_same_states(
        [state for state in expected if state[0] in written],
        [state for state in scripts if state[0] in written],
        client.name,
    )
    assert len(written) > len(OPERATIONS) / 2


def _play(tool: str, client: Client, folder: Path, url: str) -> list[tuple[str, str]]:
    make_project(folder, client, url, project="dialects")
    down = None
    for number, operation in enumerate(OPERATIONS):
        text = REVISION.format(number=number, down=down, operation=operation)
        (folder / "versions" / f"r{number:02}.py").write_text(text, encoding="utf-8")
        down = f"r{number:02}"
    states: list[tuple[str, str]] = []
    with playing(tool, folder, "alembic.config:main", {"PYTHONPATH": search_path(client)}) as run:
        for number, operation in enumerate(OPERATIONS):
            low = f"r{number - 1:02}" if number else "base"
            done = run(("upgrade", f"{low}:r{number:02}", "--sql"))
            # What has no SQL fails with both, each in its own words.
            script = "" if done.failed else (folder / "script.sql").read_text(encoding="utf-8")
            assert "No module named" not in done.said
            # Alembic doubles percent signs for some drivers, in scripts that no driver reads.
            states.append((operation, script.replace("%%", "%")))
    return states


@pytest.mark.parametrize(("url", "client"), [case for case in CASES if case.id not in OWN_CLASS])
def test_its_class_is_listed_as_legacy(url: str, client: Client) -> None:
    """The command ``plugins`` lists it with its package and dialect."""
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", "plugins", "--format", "json"],
        env={**os.environ, "PYTHONPATH": search_path(client)},
        capture_output=True,
        text=True,
        check=True,
    )

    legacy = [each for each in json.loads(done.stdout)["plugins"] if each["kind"] == "legacy"]

    assert [(client.name, client.version, True)] == [
        (each["distribution"].replace("_", "-"), each["version"], each["wins"]) for each in legacy
    ]
    assert url.partition(":")[0].partition("+")[0] == legacy[0]["dialect"]
