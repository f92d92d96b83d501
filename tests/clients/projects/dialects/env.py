"""Writes a command's script for a dialect that provides its own impl class."""

from __future__ import annotations

from pathlib import Path

from alembic import context  # type: ignore[import-not-found] # what stands for it is chosen later
from alembic.ddl.impl import DefaultImpl  # type: ignore[import-not-found] # as above
from alembic.ddl.impl import _impls as impls
from sqlalchemy import make_url

url = context.config.get_main_option("sqlalchemy.url")
dialect = make_url(url).get_dialect()()

if dialect.name not in impls:
    # As the documentation of dialects tells that have none.
    class Impl(DefaultImpl):  # type: ignore[misc] # its base is chosen later
        """The impl of this project."""

        __dialect__ = dialect.name


with Path("script.sql").open("w", encoding="utf-8") as script:
    context.configure(url=url, output_buffer=script)
    script.write(f"-- {type(context.get_context().impl).__name__}\n")
    with context.begin_transaction():
        context.run_migrations()
