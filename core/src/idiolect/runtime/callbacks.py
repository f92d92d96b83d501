"""Types of the functions that env.py hands to ``configure()``, for those who annotate theirs.

Programs import them from the documented path, :mod:`idiolect.runtime.environment`. Nothing here
runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Literal

# Names that stay below are read when an alias is made; the rest are words for type checkers.
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
"""What a name belongs to, as ``include_name`` is told."""

NameFilterParentNames = MutableMapping[
    Literal["schema_name", "table_name", "schema_qualified_table_name"], str | None
]
"""Where a name stands, as ``include_name`` is told."""

IncludeNameFn = Callable[[str | None, NameFilterType, NameFilterParentNames], bool]
"""``include_name``: whether a name of the database is looked at."""

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
"""``render_item``: an object as code; False leaves it to Idiolect."""

ProcessRevisionDirectiveFn = Callable[
    ["MigrationContext", RevisionIds, "list[MigrationScript]"], None
]
"""``process_revision_directives``: changes what is about to be written."""

OnVersionApplyFn = Callable[
    ["MigrationContext", "MigrationInfo", Collection[Any], Mapping[str, Any]], None
]
"""``on_version_apply``: called after each step."""
