"""The registry of impl classes as a mapping, for published env.py files that use Alembic's."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from idiolect.ddl.lookup import (
    offered_names,
    register_class,
    registered_classes,
    registered_names,
    unregister,
)
from idiolect.hooks.dialects import hooks_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.ddl.impl import DefaultImpl


class Registered(MutableMapping[str, "type[DefaultImpl]"]):
    """The registry as a mapping, which published env.py files read and modify.

    Adding a class has the effect of defining it now; deleting an entry unregisters the dialect.
    Installed plugins are included: looking up a dialect loads its plugin.
    """

    def __getitem__(self, name: str) -> type[DefaultImpl]:
        if not registered_classes(name) and name in offered_names():
            from sqlalchemy.engine import make_url

            hooks_for(name).get_impl_class(make_url(f"{name}://").get_dialect()())
        classes = registered_classes(name)
        if not classes:
            raise KeyError(name)
        return classes[-1]

    def __setitem__(self, name: str, impl_class: type[DefaultImpl]) -> None:
        register_class(name, impl_class)

    def __delitem__(self, name: str) -> None:
        unregister(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*registered_names(), *offered_names()}))

    def __len__(self) -> int:
        return len(list(iter(self)))
