"""The documented import path of autogenerate. Names are imported lazily."""

from __future__ import annotations

import importlib
from typing import Any

from idiolect.util.lazy import submodule

_HOMES = {
    "idiolect.autogenerate.api": (
        "_render_migration_diffs",
        "compare_metadata",
        "produce_migrations",
        "render_python_code",
    ),
    "idiolect.autogenerate.builtin": ("comparators",),
    "idiolect.autogenerate.context": ("AutogenContext",),
    "idiolect.autogenerate.compare.net": ("_produce_net_changes",),
    "idiolect.autogenerate.render.dispatch": ("render_op_text", "renderers"),
    "idiolect.autogenerate.revision": ("RevisionContext",),
    "idiolect.autogenerate.rewriter": ("Rewriter",),
}
_WHERE = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        return submodule(__name__, name)
    value = globals()[name] = getattr(importlib.import_module(_WHERE[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
