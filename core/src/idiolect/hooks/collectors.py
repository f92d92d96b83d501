"""The registries that plugins add operations, types of post-write hooks, and commands to.

Passed to the hooks ``register_operations``, ``register_write_hooks`` and ``register_commands``, by
the packages that use the contributions. They check what is added, and do not call it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from idiolect.errors import HookError
from idiolect.hooks.collector import Collector


class ContributedOperation:
    """An operation that a plugin contributes.

    Attributes:
        op_class: the operation class.
        sourcename: the classmethod that creates and invokes it; None: same name as the directive.
    """

    __slots__ = ("op_class", "sourcename")

    def __init__(self, op_class: type[Any], sourcename: str | None = None) -> None:
        self.op_class = op_class
        self.sourcename = sourcename


class OperationCollector(Collector[ContributedOperation]):
    """Operations that plugins contribute."""

    kind = "operation"

    def add(self, name: str, op_class: type[Any], sourcename: str | None = None) -> None:
        """Make an operation available as ``op.<name>``.

        Args:
            name: the directive's name.
            op_class: the operation; ``Operations.implementation_for()`` registers how to run it.
            sourcename: the classmethod of ``op_class`` that creates and invokes the operation and
                takes the Operations as its first argument; None: the one called ``name``.

        Raises:
            PluginConflictError: a directive of this name exists.
            HookError: the name or the class is not valid for a directive.
        """
        source = sourcename or name
        if not str(name).isidentifier() or not callable(getattr(op_class, str(source), None)):
            raise HookError(
                f"The operation {name!r} of {self.owner} needs a Python identifier as its name, "
                f"and a classmethod {source!r} of {op_class!r}."
            )
        self.put(name, ContributedOperation(op_class, sourcename))


class WriteHookCollector(Collector[Callable[[str, dict[str, Any]], Any]]):
    """Types of post-write hooks that plugins contribute."""

    kind = "type of post-write hook"

    def add(self, name: str, function: Callable[[str, dict[str, Any]], Any]) -> None:
        """Make a function available as the ``type`` of a post-write hook.

        Args:
            name: the type's name in the configuration.
            function: called with the new file's path and the hook's options.

        Raises:
            PluginConflictError: a type of this name exists.
            HookError: ``function`` is not callable.
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
    """Commands that plugins contribute."""

    kind = "command"

    def add(self, function: Callable[..., Any], name: str | None = None) -> None:
        """Make a function available as a command.

        Args:
            function: takes the Config as its first argument. Parameters without a default become
                positional arguments, all others options, keyword-only ones included; a default of
                False makes a flag. The first paragraph of the docstring is the help text.
            name: the command's name; None: the function's name.

        Raises:
            PluginConflictError: a command of this name exists.
            HookError: not a function, or a keyword-only parameter has no default.
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
                f"{needed!r} has no default; give it one, or move it before the '*'."
            )
        self.put(function.__name__ if name is None else name, function)
