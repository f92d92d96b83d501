"""What plugins contribute under names, and what they are handed to do so.

The rooms that use contributions make a collector, have it filled by
:func:`idiolect.hooks.contributions.collect`, and read it. A name can be given once: of two
owners, both are told. Nothing here knows what is contributed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from idiolect.errors import HookError, PluginConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

#: What messages call the core as an owner.
CORE = "idiolect itself"


class Collector(Generic[T]):
    """Contributions by name.

    Args:
        taken: names that are not free, with their owners.

    Attributes:
        kind: what is contributed, for messages.
        owner: whose contributions are being added.
    """

    kind: ClassVar[str]

    def __init__(self, taken: Mapping[str, str] | None = None) -> None:
        self.owner = CORE
        self._owners = dict(taken or {})
        self._values: dict[str, T] = {}

    def put(self, name: str, value: T) -> None:
        """Keep a contribution of the present owner.

        Raises:
            PluginConflictError: the name is taken.
            HookError: the name is empty.
        """
        if not name:
            raise HookError(f"{self.owner} registered a {self.kind} without a name.")
        other = self._owners.get(name)
        if other is not None:
            raise PluginConflictError(
                f"The {self.kind} {name!r} comes from two: {other}, and {self.owner}. Uninstall "
                "one of them, or switch a plugin off with "
                "IDIOLECT_DISABLE_PLUGINS=<its distribution>.",
                name=name,
            )
        self._owners[name] = self.owner
        self._values[name] = value

    def items(self) -> Iterator[tuple[str, T]]:
        """Yield names and contributions in the order in which they were made."""
        yield from self._values.items()

    def get(self, name: str) -> T | None:
        """Return a contribution; None where there is none of that name."""
        return self._values.get(name)

    def names(self) -> list[str]:
        """Return all names, in the order in which they were contributed."""
        return list(self._values)

    def owner_of(self, name: str) -> str:
        """Return whose a name is, as messages show it."""
        return self._owners[name]


class ContributedOperation(NamedTuple):
    """An operation that a plugin brings.

    Attributes:
        op_class: the operation.
        sourcename: its classmethod that makes and invokes it; None: named like the directive.
    """

    op_class: type[Any]
    sourcename: str | None = None


class OperationCollector(Collector[ContributedOperation]):
    """The operations that plugins bring."""

    kind = "operation"

    def add(self, name: str, op_class: type[Any], sourcename: str | None = None) -> None:
        """Make an operation available as ``op.<name>``.

        Args:
            name: what the directive is called.
            op_class: the operation; ``Operations.implementation_for()`` says what carries it out.
            sourcename: the classmethod of ``op_class`` that makes and invokes one, with the
                Operations first; None: the one called ``name``.

        Raises:
            PluginConflictError: there is a directive of this name.
            HookError: it cannot be one.
        """
        source = sourcename or name
        if not str(name).isidentifier() or not callable(getattr(op_class, str(source), None)):
            raise HookError(
                f"The operation {name!r} of {self.owner} needs a name for use in Python, and a "
                f"classmethod {source!r} of {op_class!r}."
            )
        self.put(name, ContributedOperation(op_class, sourcename))


class WriteHookCollector(Collector[Callable[[str, dict[str, Any]], Any]]):
    """The types of post-write hooks that plugins bring."""

    kind = "type of post-write hook"

    def add(self, name: str, function: Callable[[str, dict[str, Any]], Any]) -> None:
        """Make a function available as the ``type`` of a post-write hook.

        Args:
            name: the type's name in the configuration.
            function: called with the new file's path and the hook's options.

        Raises:
            PluginConflictError: there is a type of this name.
            HookError: it cannot be called.
        """
        if not callable(function):
            raise HookError(
                f"The {self.kind} {name!r} of {self.owner} is {function!r}; expected: a function."
            )
        self.put(name, function)


def _without_default(function: Callable[..., Any]) -> str | None:
    code = function.__code__
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return next((name for name in only if name not in (function.__kwdefaults__ or {})), None)


class CommandCollector(Collector[Callable[..., Any]]):
    """The commands that plugins bring."""

    kind = "command"

    def add(self, function: Callable[..., Any], name: str | None = None) -> None:
        """Make a function available as a command.

        Args:
            function: takes the Config first. Parameters without default become positional
                arguments, the others flags, the keyword-only ones too; one that is False by
                default is a switch. The first paragraph of its docstring is its help.
            name: the word on the command line; None: the function's name.

        Raises:
            PluginConflictError: there is a command of this name.
            HookError: it is no function, or a keyword-only parameter has no default.
        """
        if not hasattr(function, "__code__") or not function.__code__.co_argcount:
            raise HookError(
                f"{self.owner} registered {function!r} as a command; expected: a function whose "
                "first parameter takes the Config."
            )
        needed = _without_default(function)
        if needed:
            raise HookError(
                f"{self.owner} registered {function!r} as a command, whose keyword-only parameter "
                f"{needed!r} has no default; give it one, or have it stand before the '*'."
            )
        self.put(function.__name__ if name is None else name, function)
