"""Ends a process: completes what env.py or a revision left open, and releases no memory needlessly.

Entered once, when a command has run. The interpreter finalises the objects that exist then in its
last garbage collection, unless something that outlives it refers to them.
"""

from __future__ import annotations

import gc
import io
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: ``Py_TPFLAGS_HEAPTYPE`` without ``Py_TPFLAGS_IMMUTABLETYPE``: what a class statement creates.
_MADE_BY_CLASS, _FLAGS = 1 << 9, 1 << 9 | 1 << 8
#: Modules in C whose types do nothing but release memory, unless they have ``__del__``.
_PLAIN = {
    "_abc",
    "_collections",
    "_contextvars",
    "_sre",
    "_thread",
    "_weakref",
    "builtins",
    "collections",
    "collections.abc",
    "functools",
    "itertools",
    "operator",
    "re",
    "types",
    "typing",
    "weakref",
}

#: Extensions made with it report objects that still exist at exit; their types look like classes.
_REPORTS_LEAKS = "nanobind"


def prepare_exit() -> None:
    """Exclude all objects from the last collection, unless one of them may need it.

    Traversing and releasing the models of 500 tables takes a third of the time of comparing them
    with a database. But garbage collection also closes what was left open: the buffers of files
    are written, and SQLite copies its write-ahead log into the database file when its last
    connection is closed. So if the type of an object has a finaliser, is a connection in a pool or
    is unknown, because it is written in C, all objects are collected, and files and pools are
    completed before: a listener on a class of SQLAlchemy, for example, keeps all of env.py.
    """
    objects = gc.get_objects()
    kinds = {*map(type, objects)}
    # A metaclass of the user's code may raise anything.
    with suppress(Exception):
        if not any(map(_may_need_finalisation, kinds)):
            gc.freeze()
            return
    gc.unfreeze()
    completions = {kind: complete for kind in kinds if (complete := _completion_of(kind))}
    for each in objects if completions else ():
        if complete := completions.get(type(each)):
            # Closed, read-only, or on a full disk: Python ignores these at exit as well.
            with suppress(Exception):
                complete(each)


def _may_need_finalisation(kind: type) -> bool:
    return (
        hasattr(kind, "__del__")
        or not all(map(_releases_memory_only, kind.__mro__))
        or _is_pooled_connection(kind)
    )


def _releases_memory_only(kind: type) -> bool:
    module = kind.__module__
    if module == _REPORTS_LEAKS:
        return False
    return (
        kind.__flags__ & _FLAGS == _MADE_BY_CLASS
        or module in _PLAIN
        or module.startswith("sqlalchemy.")
    )


def _is_pooled_connection(kind: type) -> bool:
    # Absent if no command needed SQLAlchemy.
    pools = sys.modules.get("sqlalchemy.pool")
    return pools is not None and issubclass(kind, pools.ConnectionPoolEntry)


def _completion_of(kind: type) -> Callable[[Any], None] | None:
    """Return what completes the objects of a type, if anything does."""
    # Its base, in C: io.IOBase itself would ask an abstract base class for each type.
    if issubclass(kind, io.IOBase.__base__ or io.IOBase):
        return _flush
    engines = sys.modules.get("sqlalchemy.engine")
    if engines is not None and issubclass(kind, engines.Engine):
        return _close_idle_connections
    return None


def _flush(file: Any) -> None:
    file.flush()


def _close_idle_connections(engine: Any) -> None:
    # Connections of asynchronous drivers can be closed in their event loop only.
    if not engine.dialect.is_async:
        engine.dispose()
