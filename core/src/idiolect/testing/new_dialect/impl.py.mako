% if like:
"""The impl of ${title}: like ${like}, except for what is overridden here."""

from __future__ import annotations

from idiolect.ddl.alike import compile_alike
from ${like_impl[0]} import ${like_impl[1]}

# Keep this before the package's own @compiles functions, so that those take precedence.
compile_alike("${dialect}", "${like}")


class ${title}Impl(${like_impl[1]}):
    """Sends the schema changes to ${title}."""

    __dialect__ = "${dialect}"
% else:
"""The impl of ${title}: standard SQL, except for what is overridden here."""

from __future__ import annotations

from idiolect.ddl.impl import DefaultImpl


class ${title}Impl(DefaultImpl):
    """Sends the schema changes to ${title}. Override the methods of the base class as needed."""

    __dialect__ = "${dialect}"

    #: Whether the DDL of a failed revision can be rolled back.
    transactional_ddl = False
    #: The terminator of statements in scripts.
    command_terminator = ";"
% endif
