"""The registry of impl classes by dialect, and of the modules with their compiler functions.

Every subclass of DefaultImpl that sets ``__dialect__`` in its own body is registered when it is
defined, in user code and plugins alike; the core's default hooks look them up.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from idiolect.errors import UnknownDialectError
from idiolect.hooks.entrypoints import DIALECTS, find, offering_distribution

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.dialects import DialectHooks

_classes: dict[str, tuple[type[DefaultImpl], ...]] = {}
_lock = threading.Lock()
#: Modules to import after :mod:`idiolect.ddl.base`; None once that has been imported.
_compilers: list[str] | None = []


def register_class(name: str, impl_class: type[DefaultImpl]) -> None:
    """Register ``impl_class`` as the newest for the dialect ``name``."""
    with _lock:
        others = tuple(known for known in _classes.get(name, ()) if known is not impl_class)
        _classes[name] = (*others, impl_class)


def registered_classes(name: str) -> tuple[type[DefaultImpl], ...]:
    """Return the classes defined for the dialect ``name``, oldest first; () if none."""
    with _lock:
        return _classes.get(name, ())


def unregister(name: str) -> None:
    """Remove all classes of a dialect; KeyError if there are none."""
    with _lock:
        del _classes[name]


def registered_names() -> tuple[str, ...]:
    """Return the names of all dialects that have a class, sorted."""
    with _lock:
        return tuple(sorted(_classes))


def register_compilers(module: str) -> None:
    """Have a module with ``@compiles`` functions imported together with the constructs they render.

    For an impl's module, as an alternative to importing the other module there: a run with nothing
    to do then imports neither the functions nor :mod:`idiolect.ddl.base`.

    Args:
        module: the module's full name.
    """
    with _lock:
        if _compilers is not None:
            _compilers.append(module)
            return
    importlib.import_module(module)


def import_compilers() -> None:
    """Import the registered modules; called when the constructs have been defined."""
    global _compilers
    with _lock:
        modules, _compilers = _compilers or [], None
    for module in modules:
        importlib.import_module(module)


def offered_names() -> set[str]:
    """Return the dialects that installed plugins are for."""
    return {source.name for source in find(DIALECTS)}


def impl_class_for(dialect: Dialect, hooks: DialectHooks) -> type[DefaultImpl]:
    """Return the impl class for a SQLAlchemy dialect.

    The newest class for the dialect that was defined by the user, or by a package without plugins,
    takes precedence; otherwise the hook ``get_impl_class`` is called.

    Args:
        dialect: the dialect of a connection or URL.
        hooks: the dialect's hooks, so its plugin is loaded already.

    Raises:
        UnknownDialectError: no installed plugin supports it.
    """
    from_plugin = hooks.get_impl_class(dialect)
    asked = hooks.homes("get_impl_class")
    for impl_class in reversed(registered_classes(dialect.name)):
        if impl_class.__module__.partition(".")[0] not in asked:
            return impl_class
    if from_plugin is None:
        raise UnknownDialectError(_explain_unknown(dialect.name), dialect=dialect.name)
    return from_plugin


def _explain_unknown(name: str) -> str:
    served_by = offering_distribution(name)
    install = f"Run 'pip install {served_by}'" if served_by else "Install a plugin for it"
    known = offered_names() | set(registered_names()) - {"default"}
    here = f"Known here: {', '.join(map(repr, sorted(known)))}." if known else "None is installed."
    return (
        f"No dialect plugin for {name!r}: nothing installed offers it in {DIALECTS!r}. {install}, "
        f"or define a DefaultImpl subclass with __dialect__ = {name!r}. {here}"
    )
