"""Renders constraints inside of a table, and the operations that add and drop them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from idiolect.autogenerate.render.expressions import (
    ident,
    keyword_items,
    name_text,
    user_defined_render,
    value_text,
)
from idiolect.autogenerate.render.imports import directive_prefix, sqlalchemy_prefix
from idiolect.operations.schemaobj import referent_of
from idiolect.util import messaging
from idiolect.util.dispatch import Dispatcher

if TYPE_CHECKING:
    from sqlalchemy import Constraint, ForeignKey, MetaData

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.constraints import (
        CreateCheckConstraintOp,
        CreatePrimaryKeyOp,
        CreateUniqueConstraintOp,
        DropConstraintOp,
    )
    from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp

#: Renderers of constraints inside of a table, by class.
constraint_renderers = Dispatcher()

_FOREIGN_KEY_RULES = ("onupdate", "ondelete", "initially", "deferrable", "use_alter", "match")
_UNNAMED = (
    "# WARNING: constraint name is None; this directive will fail as",
    "# rendered.  Add a name, or use a naming convention; see",
    "# https://alembic.sqlalchemy.org/en/latest/naming.html",
)


def render_constraint(
    constraint: Constraint,
    autogen_context: AutogenContext,
    namespace_metadata: MetaData | None,
) -> str | None:
    """Return the code of a constraint inside of a table.

    Args:
        constraint: the constraint.
        autogen_context: the context.
        namespace_metadata: contains the tables that foreign keys refer to.

    Returns:
        The code; None if there is nothing to render.
    """
    try:
        render = constraint_renderers.dispatch(constraint)
    except ValueError:
        context = autogen_context.migration_context
        answer = context.impl.render_constraint(constraint, autogen_context)
        if answer is not False:
            return answer
        messaging.warn(f"No renderer is established for object {constraint!r}")
        return f"[Unknown Python object {constraint!r}]"
    rendered: str | None = render(constraint, autogen_context, namespace_metadata)
    return rendered


@constraint_renderers.dispatch_for(PrimaryKeyConstraint)
def render_primary_key(
    constraint: PrimaryKeyConstraint,
    autogen_context: AutogenContext,
    namespace_metadata: MetaData | None,
) -> str | None:
    """Return the code of a primary key; None if it has no columns."""
    rendered = user_defined_render("primary_key", constraint, autogen_context)
    if rendered is not False:
        return rendered
    if not constraint.columns:
        return None
    arguments = [repr(ident(column.name)) for column in constraint.columns]
    arguments += _named(autogen_context, constraint)
    arguments += keyword_items(autogen_context, constraint.dialect_kwargs)
    return f"{sqlalchemy_prefix(autogen_context)}PrimaryKeyConstraint({', '.join(arguments)})"


@constraint_renderers.dispatch_for(UniqueConstraint)
def render_unique_constraint(
    constraint: UniqueConstraint,
    autogen_context: AutogenContext,
    namespace_metadata: MetaData | None,
) -> str | None:
    """Return the code of a unique constraint."""
    rendered = user_defined_render("unique", constraint, autogen_context)
    if rendered is not False:
        return rendered
    arguments = [repr(ident(column.name)) for column in constraint.columns]
    arguments += _timing(constraint)
    arguments += _named(autogen_context, constraint)
    arguments += keyword_items(autogen_context, constraint.dialect_kwargs)
    return f"{sqlalchemy_prefix(autogen_context)}UniqueConstraint({', '.join(arguments)})"


@constraint_renderers.dispatch_for(CheckConstraint)
def render_check_constraint(
    constraint: CheckConstraint,
    autogen_context: AutogenContext,
    namespace_metadata: MetaData | None,
) -> str | None:
    """Return the code of a check; None for one that belongs to its column's type."""
    rendered = user_defined_render("check", constraint, autogen_context)
    if rendered is not False:
        return rendered
    if getattr(constraint, "_type_bound", False):
        return None
    arguments = [value_text(constraint.sqltext, autogen_context, wrap_in_element=False)]
    arguments += _named(autogen_context, constraint)
    arguments += _timing(constraint)
    arguments += keyword_items(autogen_context, constraint.dialect_kwargs)
    return f"{sqlalchemy_prefix(autogen_context)}CheckConstraint({', '.join(arguments)})"


@constraint_renderers.dispatch_for(ForeignKeyConstraint)
def render_foreign_key(
    constraint: ForeignKeyConstraint,
    autogen_context: AutogenContext,
    namespace_metadata: MetaData | None,
) -> str | None:
    """Return the code of a foreign key, with column names instead of keys."""
    rendered = user_defined_render("foreign_key", constraint, autogen_context)
    if rendered is not False:
        return rendered
    schema = namespace_metadata.schema if namespace_metadata is not None else None
    local = [ident(column.name) for column in _local_columns(constraint)]
    remote = [fk_colspec(fk, schema, namespace_metadata) for fk in constraint.elements]
    options = _named(autogen_context, constraint)
    options += [f"{name}={value!r}" for name, value in _foreign_key_rules(constraint)]
    options += keyword_items(autogen_context, constraint.dialect_kwargs)
    prefix = sqlalchemy_prefix(autogen_context)
    return f"{prefix}ForeignKeyConstraint({local!r}, {remote!r}, {', '.join(options)})"


def fk_colspec(
    fk: ForeignKey, metadata_schema: str | None, namespace_metadata: MetaData | None
) -> str:
    """Return the target of a foreign key: schema, table and column name.

    Args:
        fk: the foreign key.
        metadata_schema: the schema of tables given without one.
        namespace_metadata: where to look up the table, for a column given by its key.
    """
    schema, table_name, column_name = referent_of(fk)
    if fk._table_column is not None:  # noqa: SLF001 - the same in SQLAlchemy 2.0 and 2.1
        return ".".join(filter(None, (schema, table_name, column_name)))
    schema = schema or metadata_schema
    full = f"{schema}.{table_name}" if schema else table_name
    known = namespace_metadata.tables.get(full) if namespace_metadata is not None else None
    column_name = column_name or fk.parent.key
    if known is not None and not fk.link_to_name and column_name in known.c:
        column_name = known.c[column_name].name
    return f"{full}.{column_name}"


def _local_columns(constraint: ForeignKeyConstraint) -> list[Any]:
    return [element.parent for element in constraint.elements]


def _foreign_key_rules(constraint: ForeignKeyConstraint) -> list[tuple[str, Any]]:
    rules = [(name, getattr(constraint, name)) for name in _FOREIGN_KEY_RULES]
    return [(name, value) for name, value in rules if _is_given(name, value)]


def _is_given(name: str, value: Any) -> bool:
    return value is not None if name == "deferrable" else bool(value)


def _timing(constraint: Constraint) -> list[str]:
    facts = {"deferrable": constraint.deferrable, "initially": constraint.initially}
    return [f"{name}={value!r}" for name, value in facts.items() if value]


def _named(autogen_context: AutogenContext, constraint: Constraint) -> list[str]:
    if not isinstance(constraint.name, str):
        return []
    return [f"name={name_text(autogen_context, constraint.name)}"]


def add_unique_constraint(autogen_context: AutogenContext, op: CreateUniqueConstraintOp) -> str:
    """Return the code that adds a unique constraint."""
    what = [f"[{', '.join(repr(ident(name)) for name in op.columns)}]"]
    timing = [name for name in ("deferrable", "initially") if op.kw.get(name)]
    what += [f"{name}={op.kw[name]!r}" for name in timing]
    return _add(
        autogen_context, "create_unique_constraint", op, what, omit=("deferrable", "initially")
    )


def add_primary_key(autogen_context: AutogenContext, op: CreatePrimaryKeyOp) -> str:
    """Return the code that adds a primary key."""
    what = [f"[{', '.join(repr(ident(name)) for name in op.columns)}]"]
    return _add(autogen_context, "create_primary_key", op, what)


def add_check_constraint(autogen_context: AutogenContext, op: CreateCheckConstraintOp) -> str:
    """Return the code that adds a check."""
    what = [value_text(op.condition, autogen_context, wrap_in_element=False)]
    return _add(autogen_context, "create_check_constraint", op, what)


def _add(
    autogen_context: AutogenContext,
    directive: str,
    op: CreateUniqueConstraintOp | CreatePrimaryKeyOp | CreateCheckConstraintOp,
    what: list[str],
    *,
    omit: tuple[str, ...] = (),
) -> str:
    in_batch = autogen_context._has_batch  # noqa: SLF001 - the context's state for renderers
    arguments = [name_text(autogen_context, op.constraint_name)]
    if not in_batch:
        arguments.append(repr(ident(op.table_name)))
    arguments += what
    if op.schema and not in_batch:
        arguments.append(f"schema={ident(op.schema)!r}")
    rest = {name: value for name, value in op.kw.items() if name not in omit}
    arguments += keyword_items(autogen_context, rest)
    return f"{directive_prefix(autogen_context)}{directive}({', '.join(arguments)})"


def add_foreign_key(autogen_context: AutogenContext, op: CreateForeignKeyOp) -> str:
    """Return the code that adds a foreign key."""
    in_batch = autogen_context._has_batch  # noqa: SLF001 - as above
    tables = [op.referent_table] if in_batch else [op.source_table, op.referent_table]
    arguments = [name_text(autogen_context, op.constraint_name)]
    arguments += [repr(ident(name)) for name in tables]
    arguments += [
        repr([ident(name) for name in names]) for names in (op.local_cols, op.remote_cols)
    ]
    known = ("source_schema", "referent_schema", *_FOREIGN_KEY_RULES)
    for name in known[1:] if in_batch else known:
        value = op.kw.get(name)
        if _is_given(name, value):
            arguments.append(f"{name}={ident(value)!r}")
    rest = {name: value for name, value in op.kw.items() if name not in known}
    arguments += keyword_items(autogen_context, rest)
    return f"{directive_prefix(autogen_context)}create_foreign_key({', '.join(arguments)})"


def drop_constraint(autogen_context: AutogenContext, op: DropConstraintOp) -> list[str]:
    """Return the code that drops a constraint, with a warning if it has no name."""
    in_batch = autogen_context._has_batch  # noqa: SLF001 - as above
    lines: list[str] = []
    if op.constraint_name is None:
        messaging.warn(
            "Autogenerate rendered a drop_constraint() directive for an unnamed constraint on "
            f"table {op.table_name!r}; the directive will fail as rendered. Add a name to it, or "
            "use a naming convention."
        )
        lines += _UNNAMED
    arguments = [name_text(autogen_context, op.constraint_name)]
    if not in_batch:
        arguments.append(repr(ident(op.table_name)))
        if op.schema:
            arguments.append(f"schema={ident(op.schema)!r}")
    if op.constraint_type:
        arguments.append(f"type_={op.constraint_type!r}")
    if op.if_exists is not None:
        arguments.append(f"if_exists={op.if_exists!r}")
    call = f"{directive_prefix(autogen_context)}drop_constraint({', '.join(arguments)})"
    return [*lines, call]
