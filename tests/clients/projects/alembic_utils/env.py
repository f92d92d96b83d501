"""Functions, views, triggers and grants as entities, that come, change and go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context  # type: ignore[import-not-found] # what stands for it is chosen later
from alembic_utils.pg_extension import (  # type: ignore[import-not-found] # is not installed here
    PGExtension,
)
from alembic_utils.pg_function import PGFunction  # type: ignore[import-not-found] # as above
from alembic_utils.pg_materialized_view import (  # type: ignore[import-not-found] # as above
    PGMaterializedView,
)
from alembic_utils.pg_trigger import PGTrigger  # type: ignore[import-not-found] # as above
from alembic_utils.pg_view import PGView  # type: ignore[import-not-found] # as above
from alembic_utils.replaceable_entity import (  # type: ignore[import-not-found] # as above
    register_entities,
    registry,
)

metadata = sa.MetaData()
sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("credit", sa.Integer, server_default="0"),
)
upper = PGFunction(
    schema="public",
    signature="shout(word text)",
    definition="RETURNS text AS $$ BEGIN RETURN upper(word) || ':'; END; $$ LANGUAGE plpgsql",
)
louder = PGFunction(
    schema="public",
    signature="shout(word text)",
    definition="RETURNS text AS $$ BEGIN RETURN upper(word) || '100%'; END; $$ LANGUAGE plpgsql",
)
stamp = PGFunction(
    schema="public",
    signature="stamp()",
    definition="RETURNS trigger AS $$ BEGIN NEW.credit = 1; RETURN NEW; END; $$ LANGUAGE plpgsql",
)
rich = PGView(
    schema="public", signature="rich", definition="SELECT id, name FROM account WHERE credit > 9"
)
richer = PGView(
    schema="public",
    signature="rich",
    definition="SELECT id, name, credit FROM account WHERE credit > 99 AND name <> 'it''s'",
)
total = PGMaterializedView(
    schema="public",
    signature="total",
    definition="SELECT sum(credit) AS total FROM account",
    with_data=True,
)
stamped = PGTrigger(
    schema="public",
    signature="stamped",
    on_entity="public.account",
    definition="BEFORE INSERT ON public.account FOR EACH ROW EXECUTE FUNCTION public.stamp()",
)
trigrams = PGExtension(schema="public", signature="pg_trgm")
STAGES = {
    "1": [],
    "2": [upper, stamp, rich, trigrams],
    "3": [louder, stamp, richer, total, stamped],
    "4": [stamp, rich],
}
entities = STAGES[context.get_x_argument(as_dictionary=True).get("stage", "1")]
# The process that runs the commands stays: what the last one registered must not.
registry.clear()
register_entities(
    entities, entity_types=[PGFunction, PGView, PGMaterializedView, PGTrigger, PGExtension]
)

engine = sa.create_engine(
    context.config.get_main_option("sqlalchemy.url"), poolclass=sa.pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
