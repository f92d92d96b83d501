"""Determines the schemas to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idiolect.autogenerate.context import AutogenContext

#: The views of the SQL standard; they cannot be changed in any database.
_SYSTEM_SCHEMA = "information_schema"


def schemas_to_compare(autogen_context: AutogenContext) -> set[str | None]:
    """Return the schemas that options and filters select; None is the default one."""
    found: set[str | None] = {None}
    if autogen_context.opts.get("include_schemas"):
        inspector = autogen_context.inspector
        found |= {name for name in inspector.get_schema_names() if name != _SYSTEM_SCHEMA}
        default = getattr(autogen_context.dialect, "default_schema_name", None)
        found -= {default} - {None}
    return {name for name in found if autogen_context.run_name_filters(name, "schema", {})}
