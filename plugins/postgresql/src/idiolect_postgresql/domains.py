"""Compares domains with those of the models: base type, collation, default, NOT NULL, CHECK.

The comparator of the set ``idiolect.postgresql.domains``, called after tables have been compared.
Its operations precede all others that use a domain; the statements are in ``domain_ops.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql as pg

from idiolect.util.logs import Log
from idiolect_postgresql.catalogue import DOMAIN, Domain
from idiolect_postgresql.domain_ops import ChangeDomainOp, is_replaced
from idiolect_postgresql.domaintypes import declared, need_using, normalised
from idiolect_postgresql.shared import label_of, reuse_types
from idiolect_postgresql.usage import (
    are_all_gone,
    columns_that_go,
    created_by_tables,
    of_models,
    type_key,
    wanted_by_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import UpgradeOps
    from idiolect_postgresql.domaintypes import DomainType

    Key = tuple[str | None, str]

log = Log("autogenerate.compare.domains")


def compare_domains(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Insert operations that create or change domains first, and those that drop them last.

    A domain that no model uses is dropped with its last column; other domains are ignored, and so
    is the definition of one with ``create_type=False``, which is not the models' own.
    """
    models = _of_models(autogen_context)
    gone = columns_that_go(upgrade_ops.ops)
    if not models and not gone:
        return
    reflected: dict[Key, Domain] = {
        (one.schema, one.name): one.definition for one in autogen_context.schema_objects(DOMAIN)
    }
    found = [
        *_added(autogen_context, upgrade_ops, models, reflected),
        *_changed(autogen_context, models, reflected),
    ]
    last = [
        # Reflected domains are not created with their tables.
        ChangeDomainOp(name, known.definition, None, schema=schema)
        for (schema, name), known in reflected.items()
        if (schema, name) not in models
        and not known.definition.is_held
        and are_all_gone(autogen_context, known.columns, gone)
    ]
    made_first = {one.place for one in found if one.before is None and not one.with_table}
    reuse_types(
        upgrade_ops.ops,
        autogen_context.dialect,
        before=reflected.keys() | made_first,
        on_the_way_back=reflected.keys(),
    )
    upgrade_ops.ops[:] = [*found, *upgrade_ops.ops, *last]


def _of_models(autogen_context: AutogenContext) -> dict[Key, list[pg.DOMAIN]]:
    """Return the domains of the models, base types of others first."""
    found: dict[Key, list[pg.DOMAIN]] = {}
    for _column, domain in of_models(autogen_context, pg.DOMAIN):
        found.setdefault(type_key(domain, autogen_context.dialect), []).append(domain)
    return found


def _added(
    autogen_context: AutogenContext,
    upgrade_ops: UpgradeOps,
    models: Mapping[Key, list[pg.DOMAIN]],
    reflected: Mapping[Key, Domain],
) -> Iterator[ChangeDomainOp]:
    """Yield the operations that create the domains of new columns and tables."""
    facts = (upgrade_ops.ops, autogen_context.dialect, pg.DOMAIN)
    with_tables, wanted = set(created_by_tables(*facts)), set(wanted_by_columns(*facts))
    connection: Any = autogen_context.connection
    for key, domains in models.items():
        if key in reflected or key not in with_tables | wanted:
            continue
        own = [one for one in domains if one.create_type]
        if own:
            log.info("Detected added domain %r", label_of(key))
            yield ChangeDomainOp(
                key[1],
                None,
                declared(own[0], connection),
                schema=key[0],
                with_table=key in with_tables,
            )


def _changed(
    autogen_context: AutogenContext,
    models: Mapping[Key, list[pg.DOMAIN]],
    reflected: Mapping[Key, Domain],
) -> Iterator[ChangeDomainOp]:
    """Yield the operations that change existing domains."""
    connection: Any = autogen_context.connection
    wanted: dict[Key, DomainType] = {}
    for key, domains in models.items():
        declarations = {declared(one, connection) for one in domains if one.create_type}
        if key not in reflected or not declarations:
            continue
        if len(declarations) > 1:
            log.warning("Columns disagree about the domain %r; skipping it", label_of(key))
        else:
            wanted[key] = declarations.pop()
    if not wanted:
        return
    before = [reflected[key].definition for key in wanted]
    # What PostgreSQL reports may change once it is created from that, as after a restored dump.
    results = normalised(connection, [*wanted.values(), *before])
    again = results[len(before) :]
    for key, there, told, made in zip(wanted, before, again, results, strict=False):
        if made is None:
            log.info("Cannot compare domain %r, assuming equal and skipping.", label_of(key))
            continue
        model = made.named_as(wanted[key])
        if _is_same(there, model) or (told is not None and _is_same(told, model)):
            continue
        after = there.changed_to(model)
        log.info("Detected changed domain %r: %s", label_of(key), ", ".join(_points(there, after)))
        using = (False, False)
        if is_replaced(there, after):
            using = need_using(connection, there, after)
        yield ChangeDomainOp(
            key[1], there, after, schema=key[0], columns=reflected[key].columns, using=using
        )


def _is_same(there: DomainType, model: DomainType) -> bool:
    return there.changed_to(model) == there


def _points(before: DomainType, after: DomainType) -> Iterator[str]:
    """Describe how two definitions differ."""
    if before.type != after.type:
        yield f"type {before.type} to {after.type}"
    if before.collation != after.collation:
        yield f"collation {before.collation} to {after.collation}"
    if before.default != after.default:
        yield f"default {before.default} to {after.default}"
    if before.not_null is not after.not_null:
        yield "NOT NULL" if after.not_null else "NULL"
    if before.checks != after.checks:
        texts = (" ".join(sql for _name, sql in one.checks) for one in (before, after))
        yield " to ".join(text or "no CHECK" for text in texts)
