"""The registry of operations, by the names of their directives.

Filled when operation classes are registered with Operations; read by the proxy ``op``, error
messages and the generator of stubs.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idiolect.errors import OperationError
from idiolect.util.compat import signature_of
from idiolect.util.dispatch import Dispatcher
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Callable


class UnknownOperationError(OperationError, AttributeError):
    """An unknown directive was used. Also an AttributeError, for ``hasattr()``."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One directive.

    Attributes:
        name: its name on Operations and in ``op``.
        op_class: the operation that it creates.
        sourcename: the classmethod of ``op_class`` that creates and invokes it.
    """

    name: str
    op_class: type[Any]
    sourcename: str

    def method(self) -> Callable[..., Any]:
        """Return the method of Operations, with the documented signature and docstring."""
        source = getattr(self.op_class, self.sourcename)

        def directive(operations: Any, /, *args: Any, **kw: Any) -> Any:
            return source(operations, *args, **kw)

        directive.__name__ = self.name
        directive.__qualname__ = f"Operations.{self.name}"
        directive.__doc__ = self.docstring()
        directive.__module__ = self.op_class.__module__
        directive.__signature__ = self.signature()  # type: ignore[attr-defined]
        return directive

    def docstring(self) -> str:
        """Return the directive's docstring, without the ``operations`` argument."""
        text = inspect.getdoc(getattr(self.op_class, self.sourcename)) or ""
        return re.sub(r"^    operations: .*\n", "", text, count=1, flags=re.MULTILINE)

    def signature(self) -> inspect.Signature:
        """Return the directive's signature, starting with ``self``."""
        signature = signature_of(getattr(self.op_class, self.sourcename))
        _operations, *rest = signature.parameters.values()
        own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        if all(parameter.kind is not own.kind for parameter in rest):
            own = own.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return signature.replace(parameters=[own, *rest])


class OperationRegistry:
    """The directives of Operations or of BatchOperations.

    Args:
        owner: the class name, for messages.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._by_name: dict[str, Registration] = {}

    def add(self, name: str, op_class: type[Any], sourcename: str | None = None) -> Registration:
        """Register a directive; an existing one of this name is replaced.

        Raises:
            OperationError: ``op_class`` has no such classmethod.
        """
        source = sourcename or name
        if not callable(getattr(op_class, source, None)):
            raise OperationError(
                f"Operation {name!r} cannot be registered: {op_class.__qualname__} has no "
                f"classmethod {source!r}. Define it, or name another as sourcename."
            )
        found = self._by_name[name] = Registration(name, op_class, source)
        return found

    def get(self, name: str) -> Registration | None:
        """Return the directive called ``name``, or None."""
        return self._by_name.get(name)

    def remove(self, name: str) -> None:
        """Unregister a directive."""
        del self._by_name[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all directives, sorted."""
        return tuple(sorted(self._by_name))

    def registrations(self) -> tuple[Registration, ...]:
        """Return all directives, sorted by name."""
        return tuple(self._by_name[name] for name in self.names())

    def unknown(self, name: str) -> UnknownOperationError:
        """Return the error for an unknown directive."""
        if name in OF_DIALECTS:
            return UnknownOperationError(
                f"The operation {name!r} is provided by a dialect's plugin that is not loaded; a "
                "migration on that dialect loads it.",
                operation=name,
            )
        if name in DOCUMENTED:
            return UnknownOperationError(
                f"The operation {name!r} is not available on {self.owner} in this version of "
                f"Idiolect. Available: {', '.join(self.names())}.",
                operation=name,
            )
        near = nearest(name, (*self.names(), *DOCUMENTED))
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return UnknownOperationError(
            f"{self.owner} has no operation {name!r}.{hint}", operation=name
        )


#: Implementations of operations: op class (and dialect) to function.
implementations = Dispatcher()
#: The directives of ``op``.
directives = OperationRegistry("Operations")
#: The directives of a batch.
batch_directives = OperationRegistry("BatchOperations")

#: Documented directives, to distinguish those of missing plugins from misspelt ones.
DOCUMENTED = (
    "add_column",
    "alter_column",
    "batch_alter_table",
    "bulk_insert",
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_index",
    "create_primary_key",
    "create_table",
    "create_table_comment",
    "create_unique_constraint",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table",
    "drop_table_comment",
    "execute",
    "rename_table",
)
#: Those of them that a dialect's plugin contributes.
OF_DIALECTS = ("create_exclude_constraint",)


def name_of(op_class: type[Any]) -> str:
    """Return the name of the directive for ``op_class``, or else the class name."""
    for registration in directives.registrations():
        if registration.op_class is op_class:
            return registration.name
    return op_class.__name__
