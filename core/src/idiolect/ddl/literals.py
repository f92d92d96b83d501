"""Values rendered into the text of a statement instead of being sent as bound parameters.

Used by ``op.inline_literal()`` and for the rows of a script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine


class InlineLiteral(BindParameter[Any]):
    """A bound value that every dialect renders as a literal.

    Args:
        value: the value; None is rendered as NULL.
        type_: the type whose literal processor renders it; None derives it from the value.
    """

    # The value is part of the text, so a cached statement must not be reused for other values.
    inherit_cache = False

    def __init__(self, value: Any, type_: TypeEngine[Any] | None = None) -> None:
        super().__init__(None, value, type_=type_, unique=True)


@compiles(InlineLiteral)
def visit_inline_literal(element: InlineLiteral, compiler: SQLCompiler, **kw: Any) -> str:
    """Render the value by its type; NULL needs no type."""
    if element.value is None:
        return "NULL"
    text: str = compiler.render_literal_bindparam(element, **kw)  # type: ignore[no-untyped-call]
    return text
