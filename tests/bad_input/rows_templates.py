"""The env.py of the templates ``async`` and ``multidb``, with servers that refuse connections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import idiolect
from tests.bad_input.row import Project, Row, Spoil, name_of
from tests.bad_input.spoil import ENV, INI, option, url, write

if TYPE_CHECKING:
    from tests.bad_input.row import Needs

_TEMPLATES = Path(idiolect.__file__).parent / "templates"
_ASYNC = "postgresql+asyncpg"
_PLACE = ("sqlalchemy.url", INI)
_COMMANDS = ("upgrade head", "current")


def _env_py(template: str, *, echo: bool = False) -> Spoil:
    text = (_TEMPLATES / template / "env.py").read_text("utf-8")
    if echo:
        loud = "import logging\nlogging.basicConfig(level=logging.DEBUG)\n"
        text = text.replace("config = context.config", f"config = context.config\n{loud}", 1)
    return write(ENV, text)


def _two(first: str, second: str) -> Spoil:
    """Point the project to two databases."""

    def spoil(project: Project) -> None:
        path = project.folder / INI
        option("sqlalchemy.url", None)(project)
        text = path.read_text("utf-8").replace("[idiolect]", "[idiolect]\ndatabases = a, b", 1)
        sections = f"\n[a]\nsqlalchemy.url = {first}\n\n[b]\nsqlalchemy.url = {second}\n"
        path.write_text(text + project.fill(sections), "utf-8")

    return spoil


def _on_server(template: str, scheme: str, **parts: str) -> Spoil:
    """Point the project to its server by way of a driver, some parts of the URL changed."""

    def spoil(project: Project) -> None:
        from sqlalchemy import make_url

        changed = {name: project.fill(value) for name, value in parts.items()}
        address = make_url(project.server).set(drivername=scheme, **changed)  # type: ignore[arg-type] # by name
        text = address.render_as_string(hide_password=False).replace("%", "%%")
        point = _two("sqlite:///a.db", text) if template == "multidb" else url(text)
        point(project)

    return spoil


def _pointed(template: str, address: str) -> Spoil:
    return _two("sqlite:///a.db", address) if template == "multidb" else url(address)


def _says(template: str, *words: str) -> tuple[str, ...]:
    """Return the expected message: for several databases, where the URL is set."""
    return (*_PLACE, *(["[b]"] if template == "multidb" else []), *words)


#: Template, driver, server.
_SIDES: tuple[tuple[str, str, Needs], ...] = (
    ("async", _ASYNC, "postgresql"),
    ("multidb", "postgresql+psycopg", "postgresql"),
    ("multidb", "mariadb+pymysql", "mariadb"),
)
#: What is wrong -> parts of the URL, what PostgreSQL says, what MariaDB says.
_REFUSED = {
    "password": ({"password": "{secret}@/%:{secret2}"}, "password authentication", "Access denied"),
    "database": ({"database": "nosuchdatabase"}, "nosuchdatabase", "nosuchdatabase"),
    "host": ({"host": "nohost.invalid"}, "", "nohost.invalid"),
}
_UNREACHABLE = "app:{secret}%%40{secret2}@127.0.0.1:1/x"

ROWS = [
    *(
        Row(
            f"template-{template}-{needs}-{kind}{'-raiseerr' if flag else ''}",
            f"{flag}{'current' if kind == 'database' else 'upgrade head'}",
            () if flag else _says(template, said if needs == "postgresql" else said_by_mariadb),
            (_env_py(template, echo=bool(flag)), _on_server(template, scheme, **parts)),
            needs=needs,
            raw=bool(flag),
            changes=("a.db",),
        )
        for template, scheme, needs in _SIDES
        for kind, (parts, said, said_by_mariadb) in _REFUSED.items()
        for flag in ("", "--raiseerr ")
        if not flag or kind == "password"
    ),
    *(
        Row(
            f"template-{template}-{scheme.partition('+')[2]}-{kind}-{name_of(command)}",
            command,
            _says(template, said),
            (_env_py(template), _pointed(template, f"{driver}://{rest}" if rest else driver)),
            changes=("a.db",),
        )
        for template, scheme, _ in _SIDES
        for kind, driver, rest, said in (
            ("refused", scheme, _UNREACHABLE, "127.0.0.1"),
            ("driver", scheme.partition("+")[0] + "+nosuch", _UNREACHABLE, "nosuch"),
            ("dialect", "postgrsql", _UNREACHABLE, "postgrsql"),
            ("port", scheme, "app:{secret}@h:port/x", "port"),
            ("garbage", "{secret}", "", "parsed"),
            ("at", scheme, "app:{secret}@{secret2}@127.0.0.1:1/x", ""),
        )
        for command in (_COMMANDS if kind == "refused" else _COMMANDS[:1])
    ),
    Row(
        "template-async-mariadb-driver",
        "upgrade head",
        (*_PLACE, "synchronous one"),
        (_env_py("async"), url("mariadb+pymysql://app:{secret}@127.0.0.1:1/x")),
    ),
    Row(
        "template-async-missing-driver",
        "upgrade head",
        (*_PLACE, "aiomysql", "pip install"),
        (_env_py("async"), url("mariadb+aiomysql://app:{secret}@127.0.0.1:1/x")),
    ),
    Row(
        "template-multidb-async-driver",
        "upgrade head",
        ("async one",),
        (_env_py("multidb"), _two("sqlite:///a.db", f"{_ASYNC}://app:{{secret}}@127.0.0.1:1/x")),
        changes=("a.db",),
    ),
    Row("template-multidb-no-databases", "upgrade head", (), (_env_py("multidb"),)),
    Row(
        "template-multidb-no-section",
        "upgrade head",
        ("sqlalchemy.url",),
        (_env_py("multidb"), url("sqlite://\ndatabases = a, b")),
    ),
    Row(
        "template-multidb-percent",
        "upgrade head",
        ("%%",),
        (_env_py("multidb"), _two("sqlite://", "postgresql://app:{secret}%40{secret2}@h/x")),
    ),
]
