"""Finds sequences of the models that the database lacks.

The comparator of the set ``idiolect.postgresql.sequences``, called after tables have been compared.
Sequences that are not in the models are ignored: they may belong to other programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.util.logs import Log
from idiolect_postgresql.catalogue import SEQUENCE
from idiolect_postgresql.names import kept
from idiolect_postgresql.own_ops import CreateSequenceOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Sequence

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import UpgradeOps

log = Log("autogenerate.compare.sequences")


def compare_sequences(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Insert operations that create missing sequences first."""
    wanted = dict(_of_models(autogen_context))
    if not wanted:
        return
    there = {(one.schema, one.name) for one in autogen_context.schema_objects(SEQUENCE)}
    found = []
    for key in sorted(wanted.keys() - there, key=lambda key: (key[0] or "", key[1])):
        sequence = wanted[key]
        if autogen_context.run_object_filters(sequence, sequence.name, "sequence", False, None):
            log.info("Detected added sequence %r", sequence.name)
            found.append(CreateSequenceOp(sequence))
    upgrade_ops.ops[:0] = found


def _of_models(
    autogen_context: AutogenContext,
) -> Iterator[tuple[tuple[str | None, str], Sequence]]:
    given = autogen_context.metadata
    for metadata in given if isinstance(given, (list, tuple)) else [given]:
        sequences: dict[str, Sequence] = metadata._sequences  # type: ignore[union-attr]  # noqa: SLF001 - nowhere public
        for sequence in sequences.values():
            # An optional sequence is not created: SERIAL is used instead.
            if not sequence.optional:
                schema = autogen_context.schema_key(sequence.schema)
                yield (schema, kept(str(sequence.name))), sequence
