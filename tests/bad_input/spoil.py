"""Ways to break a project, each a function that returns an entry of a row's ``spoil``.

Texts may contain `{secret}`, `{secret2}` and `{folder}`, which are replaced per project.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import stat
from typing import TYPE_CHECKING

from tests.bad_input.row import FIRST, SECOND, SECOND_FILE

if TYPE_CHECKING:
    from tests.bad_input.row import Project, Spoil

INI = "idiolect.ini"
ENV = "migrations/env.py"
TEMPLATE = "migrations/script.py.mako"
DATABASE = "app.db"


def write(name: str, content: str | bytes) -> Spoil:
    """Write a file, whatever was there."""

    def spoil(project: Project) -> None:
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = project.fill(content).encode() if isinstance(content, str) else content
        path.write_bytes(data)

    return spoil


def replace(name: str, old: str, new: str) -> Spoil:
    """Replace a piece of a file, which must exist."""

    def spoil(project: Project) -> None:
        path = project.folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} holds no {old!r}"
        path.write_text(text.replace(old, project.fill(new)), "utf-8")

    return spoil


def option(key: str, value: str | None) -> Spoil:
    """Give an option of the ini file another value, or with None take it out."""

    def spoil(project: Project) -> None:
        path = project.folder / INI
        lines = path.read_text("utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(f"{key} =")]
        if value is not None:
            kept.insert(kept.index("[idiolect]") + 1, f"{key} = {project.fill(value)}")
        path.write_text("\n".join(kept) + "\n", "utf-8")

    return spoil


def url(value: str) -> Spoil:
    """Point the project to another database."""
    return option("sqlalchemy.url", value)


def delete(name: str) -> Spoil:
    """Delete a file or a folder."""

    def spoil(project: Project) -> None:
        path = project.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    return spoil


def folder(name: str) -> Spoil:
    """Replace whatever is there by an empty folder."""

    def spoil(project: Project) -> None:
        with contextlib.suppress(FileNotFoundError):
            delete(name)(project)
        (project.folder / name).mkdir()

    return spoil


def lock_up(name: str, mode: int = 0) -> Spoil:
    """Remove permissions, by default all; the row must be run without privileges."""

    def spoil(project: Project) -> None:
        path = project.folder / name
        path.chmod(mode | (stat.S_IXUSR if path.is_dir() and mode else 0))

    return spoil


def link(name: str, target: str) -> Spoil:
    """Replace whatever is there by a symbolic link."""

    def spoil(project: Project) -> None:
        with contextlib.suppress(FileNotFoundError):
            delete(name)(project)
        (project.folder / name).symlink_to(target)

    return spoil


def revision(
    rev: str, down: str | tuple[str, ...] | None, extra: str = "", *, file: str = ""
) -> Spoil:
    """Write one more revision, that does nothing."""
    text = (
        f'"""One more."""\nrevision = {rev!r}\ndown_revision = {down!r}\n{extra}\n'
        "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n"
    )
    return write(f"migrations/versions/{file or rev}_.py", text)


def second(body: str) -> Spoil:
    """Give the second revision this body of upgrade(), and downgrade() as well."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    text = (
        f'"""second"""\nimport sqlalchemy as sa\nfrom idiolect import op\n'
        f"revision = {SECOND!r}\ndown_revision = {FIRST!r}\n\n"
        f"def upgrade():\n{lines}\n\ndef downgrade():\n{lines}\n"
    )
    return write(f"migrations/versions/{SECOND_FILE}", text)


def second_file(content: str | bytes) -> Spoil:
    """Give the second revision's file this content."""
    return write(f"migrations/versions/{SECOND_FILE}", content)


def sql(*statements: str) -> Spoil:
    """Run statements on the project's SQLite database."""

    def spoil(project: Project) -> None:
        with contextlib.closing(sqlite3.connect(project.folder / DATABASE)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return spoil


def env_py(*, configure: str = "", run: str = "", before: str = "") -> Spoil:
    """Write an env.py that works, with more arguments for two calls and a line before them.

    Args:
        configure: arguments of context.configure().
        run: arguments of context.run_migrations().
        before: a line ahead of everything else, with `context` and `config` at hand.
    """
    text = f"""\
import os
from sqlalchemy import create_engine, pool
from idiolect import context
config = context.config
{before}
def migrate(**target):
    context.configure({configure}**target)
    with context.begin_transaction():
        context.run_migrations({run})

url = config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    migrate(url=url, literal_binds=True)
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        migrate(connection=connection)
"""
    return write(ENV, text)


def nothing_there(project: Project) -> None:
    """Empty the whole folder."""
    for path in project.folder.iterdir():
        delete(path.name)(project)


def on_server(project: Project) -> None:
    """Point the project to the row's own database on a server."""
    url(project.server.replace("%", "%%"))(project)


def server_with(**parts: str) -> Spoil:
    """Point the project to the row's own database on a server, some parts of the URL changed."""

    def spoil(project: Project) -> None:
        from sqlalchemy import make_url

        changed = {name: project.fill(value) for name, value in parts.items()}
        address = make_url(project.server).set(**changed)  # type: ignore[arg-type] # by name
        url(address.render_as_string(hide_password=False).replace("%", "%%"))(project)

    return spoil


BRANCH = revision("cccc3333", FIRST)
"""A second head."""
