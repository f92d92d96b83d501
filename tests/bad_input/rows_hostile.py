"""Text that would steer a terminal, and passwords where the configuration does not say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bad_input.row import FIRST, SECOND, Row, name_of
from tests.bad_input.spoil import (
    ENV,
    env_py,
    on_server,
    option,
    second,
    second_file,
    server_with,
    sql,
    url,
    write,
)

if TYPE_CHECKING:
    from tests.bad_input.row import Needs

#: Clears the screen, rings, goes back to the margin, and steers with one character of Latin 1.
_STEERS = "\x1b[2J\x07\rgone\x9b31m"
_SHOWN = r"\x1b[2J\x07"
_REFUSED = "postgresql+psycopg://app:{secret}@127.0.0.1:1/x"
_ODD = "{secret}@/%:{secret2}"
_ENCODED = "{secret}%40%2F%25%3A{secret2}"
_BY_NAME = env_py(
    before="import sqlalchemy\n"
    "def create_engine(url, **kw):\n"
    "    made = sqlalchemy.URL.create('postgresql+psycopg', 'app', os.environ['APP_PASSWORD'],\n"
    "        '127.0.0.1', 1, 'x')\n"
    "    raise RuntimeError(f'no way to {made.password} of '\n"
    "        f'{made.render_as_string(hide_password=False)}')"
)
_CHAINED = (
    "from sqlalchemy import create_engine\n"
    "from idiolect import context\n"
    "url = context.config.get_main_option('sqlalchemy.url')\n"
    "try:\n"
    "    try:\n"
    "        create_engine(url).connect()\n"
    "    except Exception as exc:\n"
    "        raise ValueError(f'first of {url}') from exc\n"
    "except ValueError:\n"
    "    raise RuntimeError(f'second of {url}')\n"
)
_ECHO = env_py(
    before="import logging, sys, sqlalchemy\n"
    "logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)\n"
    "def create_engine(url, **kw):\n"
    "    return sqlalchemy.create_engine(url, echo='debug', echo_pool='debug', **kw)"
)
#: What a driver says of a DSN that it cannot use: with the DSN in it.
_DRIVERS_WORDS = {
    "psycopg": 'missing "=" after "host=h password={secret} port" in connection info string',
    "uri": 'invalid URI query parameter in "postgresql://app:{secret}@h/x?y"',
    "asyncpg": "invalid DSN: 'postgres://app:{secret}@{secret2}@h'",
    "decoded": "cannot log in with password '{secret}@/%:{secret2}'",
    "encoded": "cannot log in with {secret}%40%2F%25%3A{secret2}",
}

#: MariaDB writes it in its own way.
_LOGINS: tuple[tuple[Needs, str], ...] = (
    ("postgresql", r"\x1b[2J"),
    ("mariadb", r"\001B[2J"),
)


def _error(words: str) -> str:
    return (
        "import sqlalchemy.exc\n"
        f"raise sqlalchemy.exc.OperationalError(None, None, Exception({words!r}))"
    )


ROWS = [
    *(
        Row(
            f"steer-listed-{name_of(command)}",
            command,
            (),
            (
                write(
                    "migrations/versions/od\x1b[2Jd.py",
                    f'"""{_STEERS.encode("unicode_escape").decode()}"""\n'
                    f"revision = 'a\\x1b[2J'\ndown_revision = {SECOND!r}\n"
                    "branch_labels = ('b\\x1b[2J',)\n"
                    "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n",
                ),
            ),
            status=0,
            raw=True,
            changes=("app.db",),
        )
        for command in (
            *("history", "history --verbose", "show head", "heads", "graph"),
            *("graph --format mermaid", "graph --format dot", "graph --format svg"),
            *("upgrade head", "upgrade --plan head", "history --format json"),
        )
    ),
    Row(
        "steer-message",
        "upgrade head",
        ("RuntimeError", _SHOWN),
        (second(f"raise RuntimeError({_STEERS!r})"),),
        fails_in=SECOND,
    ),
    Row(
        "steer-env-py",
        "upgrade head",
        ("RuntimeError", _SHOWN),
        (write(ENV, f"raise RuntimeError({_STEERS!r})\n"),),
        fails_in="env.py",
    ),
    Row(
        "steer-raiseerr",
        "--raiseerr upgrade head",
        ("RuntimeError", _SHOWN),
        (second(f"raise RuntimeError({_STEERS!r})"),),
        raw=True,
    ),
    Row(
        "steer-statement",
        "upgrade head",
        (_SHOWN,),
        (second(f"op.execute(sa.text({'nonsense ' + _STEERS.replace(':', '')!r}))"),),
        fails_in=SECOND,
    ),
    Row(
        "steer-current",
        "upgrade head",
        (r"\x1b[2J",),
        (sql("UPDATE alembic_version SET version_num = 'x\x1b[2J'"),),
    ),
    Row("steer-argument", f"show '{_STEERS}'", (_SHOWN,)),
    Row("steer-command", f"'{_STEERS}'", (), status=2),
    Row("steer-option", "upgrade head", (), (option("script_location", _STEERS[:4]),)),
    Row(
        "steer-file",
        "upgrade head",
        (r"\x1b[2J",),
        (write("migrations/versions/odd\x1b[2J.py", "revision = 'odd'\ndef (:\n"),),
    ),
    *(
        Row(
            f"steer-{needs}",
            "upgrade head",
            (r"\x1b[2J",),
            (on_server, second("op.execute(sa.text('SELECT * FROM \"x\\x1b[2Jy\"'))")),
            fails_in=SECOND,
            needs=needs,
            changes=("*",),
        )
        for needs in ("postgresql", "mariadb")
    ),
    *(
        Row(
            f"steer-{needs}-login",
            "upgrade head",
            (said,),
            (server_with(username="a\x1b[2Jb", password="{secret}"),),
            needs=needs,
        )
        for needs, said in _LOGINS
    ),
    *(
        Row(
            f"secret-variable-{kind}",
            f"{flag}upgrade head",
            ("no way to ***",),
            (_BY_NAME,),
            fails_in="" if flag else "env.py",
            raw=bool(flag),
            env=(("APP_PASSWORD", password),),
        )
        for kind, flag, password in (
            ("plain", "", "{secret}"),
            ("odd", "", _ODD),
            ("raiseerr", "--raiseerr ", _ODD),
        )
    ),
    Row(
        "secret-x",
        "-x password={secret} upgrade head",
        ("with ***",),
        (
            env_py(
                before="raise RuntimeError("
                "'with %(password)s' % context.get_x_argument(as_dictionary=True))"
            ),
        ),
        fails_in="env.py",
    ),
    Row(
        "secret-option",
        "upgrade head",
        ("with ***",),
        (
            option("db_password", "{secret}"),
            env_py(before="raise RuntimeError('with ' + config.get_main_option('db_password'))"),
        ),
        fails_in="env.py",
    ),
    *(
        Row(
            f"secret-driver-{kind}",
            "upgrade head",
            (),
            (url(f"postgresql+psycopg://app:{_ENCODED.replace('%', '%%')}@h/x"), spoil),
        )
        for kind, words in _DRIVERS_WORDS.items()
        for spoil in (env_py(before=_error(words)),)
    ),
    *(
        Row(
            f"secret-{name_of(command)}{'-' if command else ''}{kind}",
            f"{flag} {command}",
            ("127.0.0.1",),
            (spoil, url(_REFUSED)),
            raw=True,
        )
        for kind, flag, spoil in (
            ("chained", "--raiseerr", write(ENV, _CHAINED)),
            ("echo", "", _ECHO),
            ("echo-raiseerr", "--raiseerr", _ECHO),
            ("trace", "--trace-hooks", env_py()),
        )
        for command in ("upgrade head", "current")
    ),
    *(
        Row(f"secret-{name_of(command)}", command, (), (url(_REFUSED),), raw=True)
        for command in (
            "doctor",
            "doctor --format json",
            "upgrade --plan head",
            "upgrade --plan --format json head",
            "current --format json",
            "history --indicate-current --format json",
            "check",
        )
    ),
    *(
        Row(
            f"secret-sql-{kind}",
            "upgrade head --sql",
            (),
            (url("postgresql+psycopg://app:{secret}@127.0.0.1:1/x"), *spoil),
            status=0,
            raw=True,
            changes=("*",),
        )
        for kind, spoil in (("header", ()), ("echo", (_ECHO,)))
    ),
    Row(
        "secret-import-diff",
        "import-alembic --diff",
        (),
        (
            url("postgresql+psycopg://app:{secret}@127.0.0.1:1/x"),
            second_file(
                "from alembic import op\nimport sqlalchemy as sa\n"
                f"revision = {SECOND!r}\ndown_revision = {FIRST!r}\n"
                "def upgrade():\n    pass\ndef downgrade():\n    pass\n"
            ),
        ),
        status=0,
        raw=True,
    ),
    *(
        Row(
            f"secret-{driver}-{kind}",
            "--raiseerr upgrade head" if kind == "raiseerr" else "upgrade head",
            (),
            (url(f"{scheme}://app:{_ENCODED.replace('%', '%%')}@127.0.0.1:1/x"), _ECHO),
            raw=True,
        )
        for driver, scheme in (
            ("psycopg2", "postgresql+psycopg2"),
            ("pg8000", "postgresql+pg8000"),
            ("pymysql", "mysql+pymysql"),
        )
        for kind in ("plain", "raiseerr")
    ),
]
