"""What of a command's objects is left to the interpreter's last garbage collection."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

#: As in a run of the command line, what exists before user code runs is excluded first.
START = """
import gc

import sqlalchemy.pool

gc.freeze()
"""
ENDING = """
from idiolect.cli.finalization import prepare_exit

prepare_exit()
print(gc.get_freeze_count())
"""

HARMLESS = {
    "models": """
        from sqlalchemy import Column, Integer, MetaData, Table

        table = Table("a", MetaData(), Column("id", Integer))
        """,
    "class": """
        class Own:
            pass

        own = Own()
        """,
    "engine without a pool": """
        from sqlalchemy import NullPool, create_engine

        engine = create_engine("sqlite://", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        kept = [connection]
        kept.append(kept)
        """,
    # Python 3.12 and later keep its template, an object in C.
    "substitution": """
        import re

        re.sub("(a)", r"\\1b", "a")
        """,
}

NEEDING = {
    "pooled connection": """
        from sqlalchemy import create_engine

        engine = create_engine("sqlite://")
        engine.connect().close()
        """,
    "connection that is not returned": """
        from sqlalchemy import NullPool, create_engine

        connection = create_engine("sqlite://", poolclass=NullPool).connect()
        """,
    "connection of a driver": """
        import sqlite3

        connection = sqlite3.connect(":memory:")
        """,
    "open file": """
        import os

        file = open(os.devnull, "w")
        """,
    "finaliser": """
        class Own:
            def __del__(self):
                pass

        own = Own()
        """,
    "inherited finaliser": """
        class Base:
            def __del__(self):
                pass

        class Own(Base):
            pass

        own = Own()
        """,
    "generator": """
        def numbers():
            try:
                yield 1
            finally:
                pass

        generator = numbers()
        next(generator)
        """,
    "type in C": """
        import xml.etree.ElementTree

        element = xml.etree.ElementTree.Element("a")
        """,
    "extension that reports leaks": """
        Meta = type("Meta", (type,), {"__module__": "nanobind"})
        made = Meta("Made", (), {})
        """,
    "metaclass that raises": """
        class Meta(type):
            def __getattr__(cls, name):
                raise RuntimeError(name)

        class Own(metaclass=Meta):
            pass

        own = Own()
        """,
}


def excluded(code: str) -> int:
    """Run code in a process of its own; return how many objects the last collection excludes."""
    done = subprocess.run(
        [sys.executable, "-c", f"{START}{dedent(code)}{ENDING}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_objects_that_only_occupy_memory_are_not_collected(code: str) -> None:
    """Models, classes and unused engines are left to the system."""
    assert excluded(code)


@pytest.mark.parametrize("code", NEEDING.values(), ids=NEEDING)
def test_what_may_need_finalisation_is_collected(code: str) -> None:
    """What is open, has a finaliser or is unknown is left to the garbage collector."""
    assert 0 == excluded(code)
