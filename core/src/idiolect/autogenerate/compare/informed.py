"""An inspector that returns data read before, and queries the database for everything else.

SQLAlchemy reflects tables with it, and listeners of its event ``column_reflect`` receive it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from idiolect.hooks.standin import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from sqlalchemy.engine import Inspector

    from idiolect.hooks.reflected import ReflectedTables

    Names = Mapping[str | None, Collection[str]]


_NOTHING = object()


class _Informed(Protocol):
    known: ReflectedTables
    wanted: Names


def informed(inspector: Inspector, known: ReflectedTables, wanted: Names) -> Inspector:
    """Return an inspector of the same class that uses the data in ``known``.

    Args:
        inspector: its cache is shared.
        known: the data read before.
        wanted: the tables that were read, by schema.
    """
    kind = type(inspector)
    methods: dict[str, Any] = {f"get_multi_{facts}": _answering(kind, facts) for facts in KINDS}
    methods["_inspection_context"] = _stay
    copy: Inspector = kind.__new__(type(kind.__name__, (kind,), methods))
    vars(copy).update(vars(inspector), known=known, wanted=wanted)
    return copy


@contextlib.contextmanager
def _stay(inspector: Inspector) -> Iterator[Inspector]:
    """Yield the inspector itself; SQLAlchemy would create a new one without the data."""
    yield inspector


def _answering(kind: type[Inspector], facts: str) -> Callable[..., Any]:
    """Return the method for one kind of data of several tables."""
    name = f"get_multi_{facts}"
    ask = getattr(kind, name)

    def answer(
        self: _Informed,
        schema: str | None = None,
        filter_names: Collection[str] | None = None,
        **options: Any,
    ) -> Any:
        if filter_names is None or not set(filter_names) <= set(self.wanted.get(schema, ())):
            return ask(self, schema=schema, filter_names=filter_names, **options)
        facts_by_table = getattr(self.known, facts)
        if facts_by_table is None:
            raise NotImplementedError
        keys = [(schema, table) for table in filter_names]
        errors = self.known.unreflectable
        options.get("unreflectable", {}).update({key: errors[key] for key in keys if key in errors})
        found = {key: facts_by_table.get(key, _NOTHING) for key in keys}
        return {key: value for key, value in found.items() if value is not _NOTHING}

    answer.__name__ = name
    return answer
