"""The base class of registries that plugins add named contributions to.

A package that uses contributions creates a collector, has it filled by
:func:`idiolect.hooks.contributions.collect`, and reads it. A name can be registered only once; a
conflict names both owners. Most collectors are in :mod:`idiolect.hooks.collectors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from idiolect.errors import HookError, PluginConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

#: The core's name as an owner in messages.
CORE = "idiolect itself"


class Collector(Generic[T]):
    """Contributions by name.

    Args:
        taken: reserved names, mapped to their owners.

    Attributes:
        kind: what is contributed, for messages.
        owner: the plugin whose contributions are being added.
    """

    kind: ClassVar[str]

    def __init__(self, taken: Mapping[str, str] | None = None) -> None:
        self.owner = CORE
        self._owners = dict(taken or {})
        self._values: dict[str, T] = {}

    def put(self, name: str, value: T) -> None:
        """Add a contribution of the current owner.

        Raises:
            PluginConflictError: the name is taken.
            HookError: the name is empty.
        """
        if not name:
            raise HookError(f"{self.owner} registered a {self.kind} without a name.")
        other = self._owners.get(name)
        if other is not None:
            raise PluginConflictError(
                f"The {self.kind} {name!r} is registered twice, by {other} and by {self.owner}. "
                "Uninstall one of them, or switch a plugin off with "
                "IDIOLECT_DISABLE_PLUGINS=<its distribution>.",
                name=name,
            )
        self._owners[name] = self.owner
        self._values[name] = value

    def items(self) -> Iterator[tuple[str, T]]:
        """Yield ``(name, contribution)`` pairs in registration order."""
        yield from self._values.items()

    def get(self, name: str) -> T | None:
        """Return the contribution called ``name``, or None."""
        return self._values.get(name)

    def names(self) -> list[str]:
        """Return all names in registration order."""
        return list(self._values)

    def owner_of(self, name: str) -> str:
        """Return the owner of a name, as shown in messages."""
        return self._owners[name]
