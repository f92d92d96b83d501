"""URLs that are none, or that lead to no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bad_input.row import Row, each_command
from tests.bad_input.spoil import INI, env_py, on_server, option, server_with, url

if TYPE_CHECKING:
    from tests.bad_input.row import Project

_PLACE = ("sqlalchemy.url", INI)
_COMMANDS = ("upgrade head", "current", "stamp head", "ensure_version")
_BEGIN = "postgresql+psycopg://app"


def _urls(prefix: str, address: str, *says: str) -> list[Row]:
    """Return a row for each of a few commands, all of the same URL."""
    return each_command(prefix, _COMMANDS[:2], (*_PLACE, *says), url(address))


_DEBUG = env_py(
    before="import logging\nlogging.basicConfig(level=logging.DEBUG)\n"
    'logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)\n'
    'logging.getLogger("idiolect").setLevel(logging.DEBUG)'
)


def _read_only(project: Project) -> None:
    read_only = "?options=-cdefault_transaction_read_only%3Don"
    url((project.server + read_only).replace("%", "%%"))(project)


ROWS = [
    *_urls("url-garbage", "utter nonsense", "cannot be parsed"),
    *_urls("url-garbage-password", "postgresql:app:{secret}@db/x", "cannot be parsed"),
    *_urls("url-one-slash", "postgresql:/app:{secret}@db/x", "cannot be parsed"),
    *_urls("url-no-scheme", "//app:{secret}@db/x", "cannot be parsed"),
    *_urls("url-only-password", "{secret}", "cannot be parsed"),
    *_urls("url-empty", "", "empty"),
    *each_command("url-none", _COMMANDS, _PLACE, option("sqlalchemy.url", None)),
    *_urls("url-of-the-template", "driver://user:{secret}@localhost/dbname", "driver"),
    *_urls("url-unknown-dialect", "nosuchdb://app:{secret}@db/x", "nosuchdb"),
    *_urls("url-misspelt-dialect", "postgrsql://app:{secret}@db/x", "postgrsql"),
    *_urls("url-old-dialect", "postgres://app:{secret}@db/x", "postgresql"),
    *_urls("url-unknown-driver", "postgresql+nodriver://app:{secret}@db/x", "nodriver"),
    *_urls(
        "url-driver-missing", "oracle+cx_oracle://app:{secret}@db/x", "cx_Oracle", "pip install"
    ),
    Row(
        "url-unknown-dialect-offline",
        "upgrade head --sql",
        ("nosuchdb",),
        (url("nosuchdb://app:{secret}@db/x"),),
    ),
    Row("url-garbage-offline", "upgrade head --sql", _PLACE, (url("{secret}"),)),
    *_urls("url-bad-port", f"{_BEGIN}:{{secret}}@127.0.0.1:port/x", "port"),
    *_urls("url-huge-port", f"{_BEGIN}:{{secret}}@127.0.0.1:99999/x", "99999"),
    *_urls("url-at", f"{_BEGIN}:{{secret}}@{{secret2}}@127.0.0.1:1/x", "%40"),
    *_urls("url-slash", f"{_BEGIN}:{{secret}}/{{secret2}}@127.0.0.1:1/x"),
    *_urls("url-colon", f"{_BEGIN}:{{secret}}:{{secret2}}@127.0.0.1:1/x"),
    *_urls("url-question", f"{_BEGIN}:{{secret}}?{{secret2}}@127.0.0.1:1/x"),
    *_urls("url-hash", f"{_BEGIN}:{{secret}}#{{secret2}}@127.0.0.1:1/x"),
    *_urls("url-bracket", f"{_BEGIN}:{{secret}}[{{secret2}}@127.0.0.1:1/x"),
    *_urls("url-space", f"{_BEGIN}:{{secret}} {{secret2}}@127.0.0.1:1/x"),
    *_urls("url-encoded", f"{_BEGIN}:{{secret}}%%40{{secret2}}%%2F@127.0.0.1:1/x"),
    *_urls("url-percent", f"{_BEGIN}:{{secret}}%{{secret2}}@127.0.0.1:1/x", "%%"),
    *_urls("url-percent-encoded-once", f"{_BEGIN}:{{secret}}%40{{secret2}}@db/x", "%%"),
    *_urls("url-reference", f"{_BEGIN}:%(nosuch)s{{secret}}@db/x", "%%"),
    *_urls("url-reference-secret", f"{_BEGIN}:%({{secret}})s@db/x", "%%"),
    *_urls("url-refused", f"{_BEGIN}:{{secret}}@127.0.0.1:1/x", "127.0.0.1", "refused"),
    *_urls("url-password-in-query", f"{_BEGIN}@127.0.0.1:1/x?password={{secret}}", "refused"),
    *_urls("url-unknown-host", f"{_BEGIN}:{{secret}}@nohost.invalid/x", "nohost.invalid"),
    *_urls("url-unknown-argument", f"{_BEGIN}:{{secret}}@127.0.0.1:1/x?nosuch=1", "nosuch"),
    *_urls("url-mariadb-refused", "mysql+pymysql://app:{secret}@127.0.0.1:1/x", "127.0.0.1"),
    Row(
        "url-raiseerr",
        "--raiseerr upgrade head",
        ("refused",),
        (url(f"{_BEGIN}:{{secret}}@127.0.0.1:1/x"),),
        raw=True,
    ),
    Row(
        "url-raiseerr-garbage",
        "--raiseerr upgrade head",
        (),
        (url("postgresql:app:{secret}@db/x"),),
        raw=True,
    ),
    Row(
        "url-raiseerr-percent",
        "--raiseerr upgrade head",
        ("%%",),
        (url(f"{_BEGIN}:{{secret}}%{{secret2}}@db/x"),),
        raw=True,
    ),
    Row(
        "url-from-environment",
        "upgrade head",
        ("127.0.0.1", "refused"),
        (env_py(before='config.set_main_option("sqlalchemy.url", os.environ["APP_DB"])'),),
        env=(("APP_DB", f"{_BEGIN}:{{secret}}@127.0.0.1:1/x"),),
    ),
    Row(
        "url-from-environment-percent",
        "upgrade head",
        ("%%", "sqlalchemy.url"),
        (env_py(before='config.set_main_option("sqlalchemy.url", os.environ["APP_DB"])'),),
        env=(("APP_DB", f"{_BEGIN}:{{secret}}%40{{secret2}}@127.0.0.1:1/x"),),
    ),
    Row(
        "url-from-x",
        "-x url=postgresql+psycopg://app:{secret}@127.0.0.1:1/x upgrade head",
        ("127.0.0.1", "refused"),
        (
            env_py(
                before="given = context.get_x_argument(as_dictionary=True)\n"
                'config.set_main_option("sqlalchemy.url", given["url"])'
            ),
        ),
    ),
    Row(
        "postgresql-wrong-password",
        "upgrade head",
        (*_PLACE, "password authentication failed", "postgres"),
        (server_with(password="{secret}"),),
        needs="postgresql",
    ),
    Row(
        "postgresql-wrong-password-odd",
        "upgrade head",
        (*_PLACE, "password authentication failed"),
        (server_with(password="{secret}@/%:{secret2}"),),
        needs="postgresql",
    ),
    Row(
        "postgresql-wrong-user",
        "current",
        (*_PLACE, "nosuchuser"),
        (server_with(username="nosuchuser", password="{secret}"),),
        needs="postgresql",
    ),
    Row(
        "postgresql-unknown-database",
        "upgrade head",
        (*_PLACE, "nosuchdatabase", "does not exist"),
        (server_with(database="nosuchdatabase"),),
        needs="postgresql",
    ),
    Row(
        "postgresql-unknown-host",
        "upgrade head",
        (*_PLACE, "nohost.invalid"),
        (server_with(host="nohost.invalid"),),
        needs="postgresql",
    ),
    Row(
        "postgresql-unknown-schema",
        "upgrade head",
        (*_PLACE, "nosuchschema"),
        (
            on_server,
            env_py(configure='version_table_schema="nosuchschema", '),
        ),
        needs="postgresql",
    ),
    Row(
        "mariadb-wrong-password",
        "upgrade head",
        (*_PLACE, "Access denied"),
        (server_with(password="{secret}"),),
        needs="mariadb",
    ),
    Row(
        "mariadb-wrong-password-odd",
        "upgrade head",
        (*_PLACE, "Access denied"),
        (server_with(password="{secret}@/%:{secret2}"),),
        needs="mariadb",
    ),
    Row(
        "mariadb-unknown-database",
        "current",
        (*_PLACE, "nosuchdatabase"),
        (server_with(database="nosuchdatabase"),),
        needs="mariadb",
    ),
    Row(
        "mariadb-unknown-host",
        "upgrade head",
        (*_PLACE, "nohost.invalid"),
        (server_with(host="nohost.invalid"),),
        needs="mariadb",
    ),
    *(
        Row(
            f"postgresql-read-only-{command.partition(' ')[0]}",
            command,
            ("transaction_read_only is on", "standby", "IDI-208"),
            (_read_only,),
            needs="postgresql",
        )
        for command in ("upgrade head", "stamp head", "ensure_version")
    ),
    Row(
        "postgresql-wrong-password-debug",
        "upgrade head",
        ("password authentication failed",),
        (server_with(password="{secret}"), _DEBUG),
        needs="postgresql",
        raw=True,
    ),
    Row(
        "postgresql-wrong-password-raiseerr",
        "--raiseerr upgrade head",
        ("password authentication failed",),
        (server_with(password="{secret}"), _DEBUG),
        needs="postgresql",
        raw=True,
    ),
    Row(
        "mariadb-wrong-password-debug",
        "--raiseerr upgrade head",
        ("Access denied",),
        (server_with(password="{secret}"), _DEBUG),
        needs="mariadb",
        raw=True,
    ),
    *_urls("url-async-driver", "postgresql+asyncpg://app:{secret}@127.0.0.1:1/x", "async"),
    *_urls("url-async-sqlite", "sqlite+aiosqlite:///app.db", "async"),
    *each_command(
        "url-driver-not-async",
        _COMMANDS[:2],
        (*_PLACE, "synchronous one"),
        env_py(
            before="from sqlalchemy.ext.asyncio import create_async_engine\n"
            'create_async_engine(config.get_main_option("sqlalchemy.url"))'
        ),
        url("sqlite+pysqlite:///app.db"),
    ),
    Row(
        "url-password-in-query-debug",
        "--raiseerr current",
        ("refused",),
        (url(f"{_BEGIN}@127.0.0.1:1/x?password={{secret}}"), _DEBUG),
        raw=True,
    ),
]
