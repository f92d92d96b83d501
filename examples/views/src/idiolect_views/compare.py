"""Compares views and functions of the models with those of the database.

A database reports a definition in a normalised form. So the model's object is created under a
temporary name, its definition read back, and the object removed: in a savepoint if DDL is
transactional.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from idiolect.hooks import Comparator, SchemaObject
from idiolect.util import DispatchPriority
from idiolect_views.models import models_of
from idiolect_views.operations import FunctionOp, ObjectOp, ViewOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Inspector

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import UpgradeOps

#: The temporary name of a model's object during the comparison.
_SCRATCH = "idiolect_scratch"
_FUNCTIONS = """
    SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def objects_of(inspector: Inspector) -> Iterator[SchemaObject]:
    """Yield the views and functions of the default schema."""
    for name in inspector.get_view_names():
        yield SchemaObject("view", name, definition=inspector.get_view_definition(name))
    if inspector.dialect.name == "postgresql":
        connection: Any = inspector.bind
        for name, definition in connection.execute(text(_FUNCTIONS)):
            yield SchemaObject("function", name, definition=definition)


def comparators() -> list[Comparator]:
    """Return the comparator; it runs last, when it is known which tables change."""
    return [
        Comparator(
            f"idiolect_views.{op_class.kind}s",
            _comparator(op_class),
            "autogenerate",
            priority=DispatchPriority.LAST,
            by_default=True,
        )
        for op_class in (FunctionOp, ViewOp)
    ]


def _comparator(op_class: type[ObjectOp]) -> Callable[[AutogenContext, UpgradeOps], None]:
    def compare(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
        wanted = models_of(autogen_context.metadata, op_class.kind)
        there = {each.name: each for each in autogen_context.schema_objects(op_class.kind)}
        gone = [op_class(name, None, _body(there[name])) for name in there if name not in wanted]
        # Drops come before changes of the tables they depend on, new objects after them.
        upgrade_ops.ops[:0] = gone
        for name, definition in wanted.items():
            if name not in there:
                upgrade_ops.ops.append(op_class(name, definition))
            elif differs(autogen_context, op_class(name, definition), there[name]):
                upgrade_ops.ops.append(op_class(name, definition, _body(there[name])))

    return compare


def differs(autogen_context: AutogenContext, wanted: ObjectOp, there: SchemaObject) -> bool:
    """Return whether an object of the database differs from the model's.

    Objects created for this are rolled back, or dropped.
    """
    _, bracket, arguments = wanted.name.partition("(")
    scratch = type(wanted)(f"{_SCRATCH}{bracket}{arguments}", wanted.definition)
    connection: Any = autogen_context.connection
    transactional = autogen_context.migration_context.rules.transactional_ddl
    savepoint = connection.begin_nested() if transactional else None
    try:
        _send(connection, scratch)
        found = objects_of(inspect(connection))
        made = next(each for each in found if each.name == scratch.name)
        if not transactional:
            _send(connection, type(wanted)(scratch.name, None))
        return _body(made) != _body(there)
    except DBAPIError:
        # It may use columns that do not exist yet.
        return _folded(_body(there)) != _folded(wanted.definition)
    finally:
        if savepoint is not None:
            savepoint.rollback()


def _send(connection: Connection, op: ObjectOp) -> None:
    for statement in op.statements():
        connection.execute(text(statement.replace(":", "\\:")))


def _body(there: SchemaObject) -> str:
    """Return a definition in the form used in models."""
    definition = str(there.definition).strip().rstrip(";")
    head, separator, rest = definition.partition(" AS " if there.kind == "view" else "\n")
    if there.kind == "function" or head.upper().startswith("CREATE "):
        return rest.strip() if separator else definition
    return definition


def _folded(definition: str | None) -> str:
    return " ".join((definition or "").replace("`", "").split()).lower()
