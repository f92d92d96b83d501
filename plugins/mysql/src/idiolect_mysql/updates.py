"""ON UPDATE CURRENT_TIMESTAMP, which SQLAlchemy treats as a part of a column's default.

Dropping a default leaves it in place, so the column has to be redefined. Used by the impl and by
reflection. No database is queried here.

Source: "Automatic Initialization and Updating for TIMESTAMP and DATETIME" in MySQL's manual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import DefaultClause, text

from idiolect.autogenerate.compare.server_defaults import rendered_default
from idiolect.operations.ops import AlterColumnOp, OpContainer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column

    from idiolect.autogenerate.context import AutogenContext

_UPDATE = re.compile(
    r"\s*\bon update (?:current_timestamp|now)\b(?:\s*\(\s*\d*\s*\))?", re.IGNORECASE
)
#: What MariaDB writes for no default, if such a column is NOT NULL.
_NOTHING = re.compile(r"(?:null|'0000-00-00 00:00:00(?:\.0+)?')?", re.IGNORECASE)


def has_update(default: Any) -> bool:
    """Return whether a default, or its text, includes ON UPDATE."""
    return _UPDATE.search(_text(default)) is not None


def with_update(default: str | None, update: str, *, nullable: bool) -> str | None:
    """Return a reflected default with the column's ON UPDATE, as models declare it.

    A column without a default cannot be described so if it is NOT NULL.

    Args:
        default: the default as SQL, or None.
        update: the moment after ON UPDATE.
        nullable: whether the column allows NULL.
    """
    if default is None and not nullable:
        return None
    if default is not None and has_update(default):
        return default
    return f"{default or 'NULL'} ON UPDATE {update}"


def without_update(default: str | None) -> str | None:
    """Return a default without ON UPDATE; None if nothing else is left."""
    if default is None:
        return None
    rest = _UPDATE.sub("", default).strip()
    return None if _NOTHING.fullmatch(rest) else rest


def comparable(column: Column[Any], model: str | None, reflected: str | None) -> str | None:
    """Return the reflected default to compare: with ON UPDATE, unless the model leaves it open.

    ``server_onupdate=FetchedValue()`` says that there is one, without its SQL.
    """
    if column.server_onupdate is None or (model is not None and has_update(model)):
        return reflected
    return without_update(reflected)


def keep_updates(autogen_context: AutogenContext, container: OpContainer) -> None:
    """Complete changes of defaults that have ON UPDATE.

    If it is dropped, the code names the existing default, by which the impl knows that the column
    has to be redefined. If the model leaves it open, it is kept beside a new default.

    Args:
        autogen_context: the comparison.
        container: the operations of one direction; changed in place.
    """
    for operation in _changes(container):
        found = _UPDATE.search(_text(operation.existing_server_default))
        new = operation.modify_server_default
        if found is None or new is False or has_update(new):
            continue
        key = (autogen_context.schema_key(operation.schema), str(operation.table_name))
        table = autogen_context.model_tables.get(key)
        model = None if table is None else table.c.get(str(operation.column_name))
        if model is not None and model.server_onupdate is not None:
            default = rendered_default(model, autogen_context.dialect) or "NULL"
            operation.modify_server_default = DefaultClause(text(f"{default}{found[0]}"))
        else:
            operation.names_existing_default = new is None


def _changes(container: OpContainer) -> Iterator[AlterColumnOp]:
    for one in container.ops:
        if isinstance(one, OpContainer):
            yield from _changes(one)
        elif isinstance(one, AlterColumnOp):
            yield one


def _text(default: Any) -> str:
    sql = getattr(default, "arg", default)
    sql = getattr(sql, "text", sql)
    return sql if isinstance(sql, str) else ""
