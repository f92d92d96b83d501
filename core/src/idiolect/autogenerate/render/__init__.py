"""The documented import path of rendering: helpers for renderers of plugins and projects.

Names with an underscore are aliases used by published code.
"""

from __future__ import annotations

from idiolect.autogenerate.render.columns import add_column as _add_column  # noqa: F401
from idiolect.autogenerate.render.columns import alter_column as _alter_column  # noqa: F401
from idiolect.autogenerate.render.columns import drop_column as _drop_column  # noqa: F401
from idiolect.autogenerate.render.columns import (
    is_positional as _should_render_server_default_positionally,  # noqa: F401
)
from idiolect.autogenerate.render.columns import render_column as _render_column  # noqa: F401
from idiolect.autogenerate.render.columns import render_computed as _render_computed  # noqa: F401
from idiolect.autogenerate.render.columns import render_fetched_value as _render_fetched_value  # noqa: F401
from idiolect.autogenerate.render.columns import render_identity as _render_identity  # noqa: F401
from idiolect.autogenerate.render.columns import render_server_default as _render_server_default  # noqa: F401
from idiolect.autogenerate.render.constraints import add_check_constraint as _add_check_constraint  # noqa: F401
from idiolect.autogenerate.render.constraints import add_foreign_key as _add_fk_constraint  # noqa: F401
from idiolect.autogenerate.render.constraints import add_unique_constraint as _add_unique_constraint  # noqa: F401
from idiolect.autogenerate.render.constraints import constraint_renderers as _constraint_renderers  # noqa: F401
from idiolect.autogenerate.render.constraints import drop_constraint as _drop_constraint  # noqa: F401
from idiolect.autogenerate.render.constraints import fk_colspec as _fk_colspec  # noqa: F401
from idiolect.autogenerate.render.constraints import (
    render_check_constraint as _render_check_constraint,  # noqa: F401
)
from idiolect.autogenerate.render.constraints import render_constraint as _render_constraint  # noqa: F401
from idiolect.autogenerate.render.constraints import render_foreign_key as _render_foreign_key  # noqa: F401
from idiolect.autogenerate.render.constraints import render_primary_key as _render_primary_key  # noqa: F401
from idiolect.autogenerate.render.constraints import (
    render_unique_constraint as _render_unique_constraint,  # noqa: F401
)
from idiolect.autogenerate.render.data import execute_sql as _execute_sql  # noqa: F401
from idiolect.autogenerate.render.dispatch import default_renderers as default_renderers
from idiolect.autogenerate.render.dispatch import indent as _indent  # noqa: F401
from idiolect.autogenerate.render.dispatch import render_cmd_body as _render_cmd_body  # noqa: F401
from idiolect.autogenerate.render.dispatch import render_modify_table as _render_modify_table  # noqa: F401
from idiolect.autogenerate.render.dispatch import render_op as render_op
from idiolect.autogenerate.render.dispatch import render_op_text as render_op_text
from idiolect.autogenerate.render.dispatch import (
    render_python_into_template_args as _render_python_into_templatevars,  # noqa: F401
)
from idiolect.autogenerate.render.dispatch import renderers as renderers
from idiolect.autogenerate.render.expressions import ident as _ident  # noqa: F401

# For third-party renderers.
from idiolect.autogenerate.render.expressions import ident as ident
from idiolect.autogenerate.render.expressions import keyword_items as _render_dialect_kwargs_items  # noqa: F401
from idiolect.autogenerate.render.expressions import keyword_items as keyword_items
from idiolect.autogenerate.render.expressions import name_text as name_text
from idiolect.autogenerate.render.expressions import user_defined_render as _user_defined_render  # noqa: F401
from idiolect.autogenerate.render.expressions import user_defined_render as user_defined_render
from idiolect.autogenerate.render.expressions import value_text as _render_potential_expr  # noqa: F401
from idiolect.autogenerate.render.expressions import value_text as value_text
from idiolect.autogenerate.render.imports import dialect_prefix as dialect_prefix
from idiolect.autogenerate.render.imports import directive_prefix as _alembic_autogenerate_prefix  # noqa: F401
from idiolect.autogenerate.render.imports import directive_prefix as directive_prefix
from idiolect.autogenerate.render.imports import (
    sqlalchemy_prefix as _sqlalchemy_autogenerate_prefix,  # noqa: F401
)
from idiolect.autogenerate.render.imports import sqlalchemy_prefix as sqlalchemy_prefix
from idiolect.autogenerate.render.imports import user_prefix as _user_autogenerate_prefix  # noqa: F401
from idiolect.autogenerate.render.imports import user_prefix as user_prefix
from idiolect.autogenerate.render.indexes import add_index as _add_index  # noqa: F401
from idiolect.autogenerate.render.indexes import drop_index as _drop_index  # noqa: F401
from idiolect.autogenerate.render.indexes import (
    rendered_expressions as _get_index_rendered_expressions,  # noqa: F401
)
from idiolect.autogenerate.render.tables import add_table as _add_table  # noqa: F401
from idiolect.autogenerate.render.tables import create_table_comment as _render_create_table_comment  # noqa: F401
from idiolect.autogenerate.render.tables import drop_table as _drop_table  # noqa: F401
from idiolect.autogenerate.render.tables import drop_table_comment as _render_drop_table_comment  # noqa: F401
from idiolect.autogenerate.render.types import plain_type as plain_type
from idiolect.autogenerate.render.types import repr_type as _repr_type  # noqa: F401
from idiolect.autogenerate.render.types import repr_type as repr_type
from idiolect.autogenerate.render.types import type_with_subtype as _render_type_w_subtype  # noqa: F401
from idiolect.util import sqla_compat as sqla_compat

#: With more columns and constraints than this, a table gets them as one unpacked list, because
#: older Pythons and tools limit the number of arguments.
MAX_PYTHON_ARGS = 255
