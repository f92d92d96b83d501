"""The directives of a revision: ``from idiolect import op``.

Each name is a directive of the :class:`idiolect.operations.base.Operations` bound in this
thread or task. Names are resolved when called, so a module may import them at any time.
"""

from __future__ import annotations

from typing import Any

from idiolect.util.bound import operations as _bound
from idiolect.util.proxies import directive as _directive


def _class() -> type:
    from idiolect.operations.base import Operations

    return Operations


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and not hasattr(_class(), name):
        from idiolect.operations.registry import DOCUMENTED, directives

        if name in DOCUMENTED:
            raise directives.unknown(name)
    return _directive(_bound, _class, __name__, name)


def __dir__() -> list[str]:
    return [name for name in dir(_class()) if not name.startswith("_")]
