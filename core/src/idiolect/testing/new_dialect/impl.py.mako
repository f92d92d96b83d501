% if like:
"""${title}'s impl: what ${like} does, but for what is overridden here."""

from __future__ import annotations

from idiolect.ddl.alike import compile_alike
from ${like_impl[0]} import ${like_impl[1]}

# Before any @compiles of this package's own, which then counts instead.
compile_alike("${dialect}", "${like}")


class ${title}Impl(${like_impl[1]}):
    """Tells ${title} to change."""

    __dialect__ = "${dialect}"
% else:
"""${title}'s impl: standard SQL, but for what is overridden here."""

from __future__ import annotations

from idiolect.ddl.impl import DefaultImpl


class ${title}Impl(DefaultImpl):
    """Tells ${title} to change. The methods of the base are what can be overridden."""

    __dialect__ = "${dialect}"

    #: Whether the DDL of a failed revision can be rolled back.
    transactional_ddl = False
    #: What ends a statement of a script.
    command_terminator = ";"
% endif
