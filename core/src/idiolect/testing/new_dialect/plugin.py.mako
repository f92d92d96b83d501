"""The hooks that ${title} implements.

docs/reference/hooks.md of Idiolect describes all hooks. For hooks that are not implemented here,
% if like:
the plugin of ${like} applies.
% else:
the core's defaults apply, most of which read attributes of the impl.
% endif
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import hookimpl
% if like_plugin:
from ${like_plugin[0]} import ${like_plugin[1]}
% endif

from ${package}.impl import ${title}Impl

if TYPE_CHECKING:
    from idiolect.ddl.impl import DefaultImpl


class ${title}Plugin${f"({like_plugin[1]})" if like_plugin else ""}:
    """The plugin for SQLAlchemy's dialect ``${dialect}``, whatever its driver."""

    #: The versions of the hook specifications that it supports.
    idiolect_hookspec = "${hookspec}"

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return the impl of ${title}."""
        return ${title}Impl
