"""The core's own answers to the hooks of comparing. Asked last, after every plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.engine import ObjectKind, ObjectScope

from idiolect.hooks.markers import hookimpl
from idiolect.hooks.reflected import ReflectedTables

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.engine import Connection, Inspector

#: What every dialect tells, and what some do not.
_ALWAYS = ("columns", "pk_constraint", "foreign_keys", "indexes")
_WHERE_KNOWN = ("unique_constraints", "check_constraints", "table_comment", "table_options")
#: Of more tables than this all are read, if most are wanted: faster than naming each.
_MANY = 100


@hookimpl(trylast=True)
def reflect_tables(
    connection: Connection,
    schemas: Sequence[str | None],
    names: Mapping[str | None, Collection[str]],
) -> ReflectedTables:
    """Answer what SQLAlchemy's inspector tells, in as many queries as the dialect needs."""
    inspector = inspect(connection)
    found: dict[str, Any] = {kind: {} for kind in (*_ALWAYS, *_WHERE_KNOWN)}
    unreflectable: dict[Any, Exception] = {}
    for schema in schemas:
        wanted = names[schema]
        options = {
            "schema": schema,
            "filter_names": _filter(inspector, schema, wanted),
            "kind": ObjectKind.TABLE,
            "scope": ObjectScope.ANY,
            "unreflectable": unreflectable,
        }
        for kind, facts in found.items():
            if facts is None:
                continue
            try:
                answer = getattr(inspector, f"get_multi_{kind}")(**options)
            except NotImplementedError:
                if kind in _ALWAYS:
                    raise
                found[kind] = None
            else:
                facts.update({key: answer[key] for key in answer if key[1] in wanted})
    return ReflectedTables(**found, unreflectable=unreflectable)


def _filter(
    inspector: Inspector, schema: str | None, wanted: Collection[str]
) -> Sequence[str] | None:
    """Return the names to ask for; None: all, of which most are wanted."""
    many = len(wanted) > _MANY and len(wanted) * 2 > len(inspector.get_table_names(schema=schema))
    return None if many else list(wanted)
