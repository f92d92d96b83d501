"""Type aliases for the callbacks of ``configure()``, for use in annotations.

Import them from the documented path, :mod:`idiolect.runtime.environment`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Literal

# These names are evaluated when an alias is created; the others are for type checkers only.
from idiolect.revisions.arguments import RevisionIds

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.schema import FetchedValue, SchemaItem
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.containers import MigrationScript
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationInfo

NameFilterType = Literal[
    "schema",
    "table",
    "column",
    "index",
    "unique_constraint",
    "foreign_key_constraint",
    "check_constraint",
]
"""The kind of object that ``include_name`` is called for."""

NameFilterParentNames = MutableMapping[
    Literal["schema_name", "table_name", "schema_qualified_table_name"], str | None
]
"""The parent names that ``include_name`` gets."""

IncludeNameFn = Callable[[str | None, NameFilterType, NameFilterParentNames], bool]
"""``include_name``: whether a name in the database is reflected."""

IncludeObjectFn = Callable[
    ["SchemaItem", str | None, NameFilterType, bool, "SchemaItem | None"], bool
]
"""``include_object``: whether an object is compared."""

CompareType = Callable[
    ["MigrationContext", "Column[Any]", "Column[Any]", "TypeEngine[Any]", "TypeEngine[Any]"],
    bool | None,
]
"""``compare_type``: whether two types differ; None leaves it to Idiolect."""

CompareServerDefault = Callable[
    [
        "MigrationContext",
        "Column[Any]",
        "Column[Any]",
        str | None,
        "FetchedValue | None",
        str | None,
    ],
    bool | None,
]
"""``compare_server_default``: whether two defaults differ; None leaves it to Idiolect."""

RenderItemFn = Callable[[str, Any, "AutogenContext"], str | Literal[False]]
"""``render_item``: the code of an object; False leaves it to Idiolect."""

ProcessRevisionDirectiveFn = Callable[
    ["MigrationContext", RevisionIds, "list[MigrationScript]"], None
]
"""``process_revision_directives``: modifies the revisions to generate."""

OnVersionApplyFn = Callable[
    ["MigrationContext", "MigrationInfo", Collection[Any], Mapping[str, Any]], None
]
"""``on_version_apply``: called after each step."""
