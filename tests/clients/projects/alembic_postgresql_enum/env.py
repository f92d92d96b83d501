"""Models whose enumerations are created, changed, renamed and dropped, stage by stage."""

from __future__ import annotations

import alembic_postgresql_enum  # type: ignore[import-not-found] # is not installed here
import sqlalchemy as sa
from alembic import context  # type: ignore[import-not-found] # what stands for it is chosen later

alembic_postgresql_enum.set_configuration(
    alembic_postgresql_enum.Config(add_type_ignore=True, drop_unused_enums=True)
)
STAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "1": {"status": ("new", "paid")},
    "2": {"status": ("new", "paid", "50% sent"), "kind": ("large", "small")},
    "3": {"status": ("new", "50% sent")},
}
metadata = sa.MetaData()
enums = STAGES[context.get_x_argument(as_dictionary=True).get("stage", "1")]
sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    *(
        sa.Column(name, sa.Enum(*values, name=f"order_{name}"), server_default=values[0])
        for name, values in enums.items()
    ),
    sa.Column("past", sa.ARRAY(sa.Enum(*enums["status"], name="order_status"))),
)

engine = sa.create_engine(
    context.config.get_main_option("sqlalchemy.url"), poolclass=sa.pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
