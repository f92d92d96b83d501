"""${title}'s rules, one method each: what the core asks, and what ${title} answers.

docs/reference/hooks.md of Idiolect has all hooks. What is not answered here is answered by
% if like:
the plugin of ${like}, of which this one differs.
% else:
the core, mostly from the attributes of the impl.
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

    #: The hooks that it is made for.
    idiolect_hookspec = "${hookspec}"

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """${title}'s own."""
        return ${title}Impl
