"""The import finder of the alias, and the functions that install and remove it.

``import alembic.x.y`` returns the module object ``idiolect.x.y``: there is no second copy, so
classes keep their identity and pickles their paths. Only the top-level package is a separate
module, because its ``__version__`` is the API level and not Idiolect's version.
Nothing here imports SQLAlchemy or accesses a project's files.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock  # threading.Lock without the cost of importing threading
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from importlib.metadata import DistributionFinder
    from types import ModuleType

    from idiolect_alembic.distribution import AliasDistribution

ALIAS = "alembic"
TARGET = "idiolect"
WHERE_LISTED = "the names that are offered are listed in docs/reference/alembic-api.md"

_SWITCH = allocate_lock()


class AlembicImportedError(CommandError):
    """The real alembic was imported before the alias was activated."""

    code = "IDI-106"


class AliasFinder:
    """Finds ``alembic`` and its submodules, and the metadata of that distribution.

    Every command installs it and few need it, so everything else is imported on demand; even
    importlib.abc, which has the documented base class, takes five milliseconds.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Find the module of Idiolect for a module name of Alembic.

        Args:
            fullname: the dotted name that is imported.
            path: the parent package's search path; not used.
            target: the module that is reloaded, or None; not used.

        Returns:
            A spec whose loader returns Idiolect's module; None for names outside of ``alembic``.

        Raises:
            ModuleNotFoundError: Idiolect has no such module; the message suggests the nearest.
        """
        # Called for every import of the process.
        if fullname[: len(ALIAS)] != ALIAS or not _is_alias(fullname):
            return None
        # See the class.
        from idiolect_alembic.loader import AliasLoader, alias_spec

        own_name = _own_name(fullname)
        own_spec = find_spec(own_name)
        if own_spec is None:
            # With the alias's name instead, a from-import would suppress this error and raise
            # its own, without the suggestion.
            raise ModuleNotFoundError(_no_module(fullname), name=own_name)
        return alias_spec(fullname, AliasLoader(own_spec, is_top=fullname == ALIAS))

    def find_distributions(
        self, context: DistributionFinder.Context
    ) -> Iterable[AliasDistribution]:
        """Return the distribution ``alembic`` for :mod:`importlib.metadata`.

        Args:
            context: the requested name (None: all), and the folders to search.

        Returns:
            One distribution whose version is the API level, or nothing if another name or other
            folders than those of this process are requested.
        """
        # See the class.
        from idiolect_alembic.distribution import alias_distributions

        others = [finder for finder in sys.meta_path if finder is not self]
        return alias_distributions(context, others)


def activate() -> None:
    """Make ``import alembic`` mean Idiolect in this process, until :func:`deactivate`.

    Calling it again has no effect. It only imports from the standard library.

    Raises:
        AlembicImportedError: the real alembic was imported before; nothing was changed.
    """
    with _SWITCH:
        if is_active():
            return
        loaded = sorted(_loaded_aliases())
        if loaded:
            raise AlembicImportedError(_already_imported(loaded), modules=tuple(loaded))
        sys.meta_path.insert(0, AliasFinder())


def deactivate() -> None:
    """Undo :func:`activate`: later imports of ``alembic`` find the real package, or nothing.

    Modules keep names that they imported before, and Idiolect itself stays imported. Does nothing
    if the alias is not active.
    """
    with _SWITCH:
        if not is_active():
            return
        sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, AliasFinder)]
        # All of them, because everything below the alias was imported through its package.
        for name in list(_loaded_aliases()):
            del sys.modules[name]


def is_active() -> bool:
    """Return whether ``import alembic`` means Idiolect in this process."""
    return any(isinstance(finder, AliasFinder) for finder in sys.meta_path)


def explain(error: BaseException) -> str | None:
    """Return advice on a name or an argument that Idiolect lacks.

    The error for a missing module already includes a suggestion. The error for a missing name is
    Python's, with Idiolect's path and without a suggestion.

    Args:
        error: the ImportError, AttributeError or TypeError that a program raised.

    Returns:
        One line for the user, or None if the error is not about Idiolect's names.
    """
    # Imported here because only error messages need it.
    from idiolect.util.advice import advise

    return advise(error)


def _is_alias(name: str) -> bool:
    return name == ALIAS or name.startswith(f"{ALIAS}.")


def _own_name(alias: str) -> str:
    return TARGET + alias.removeprefix(ALIAS)


def _loaded_aliases() -> Iterator[str]:
    # A submodule is imported after its package.
    modules = tuple(sys.modules) if ALIAS in sys.modules else ()
    return (name for name in modules if _is_alias(name))


def _already_imported(loaded: list[str]) -> str:
    module = sys.modules[loaded[0]]
    origin = getattr(module, "__file__", None) or "an unknown place"
    return (
        f"Cannot make 'alembic' resolve to Idiolect: {loaded[0]!r} was already imported"
        f" from {origin} ({len(loaded)} modules in all). Call idiolect_alembic.activate() before"
        " anything imports alembic, or start the program with 'python -m idiolect_alembic'."
    )


def _no_module(alias: str) -> str:
    parent, _, wanted = alias.rpartition(".")
    # Imported here because only error messages need it.
    import pkgutil

    package = import_module(_own_name(parent))
    known = [info.name for info in pkgutil.iter_modules(package.__path__)]
    return (
        f"No module named {alias!r}: 'alembic' is provided by Idiolect, which has the modules"
        f" that Alembic documents{_nearest(wanted, known)}; {WHERE_LISTED}."
    )


def _nearest(wanted: str | None, known: Iterable[str]) -> str:
    # As in _no_module().
    from difflib import get_close_matches

    public = [name for name in known if not name.startswith("_")]
    close = get_close_matches((wanted or "").lstrip("_"), public, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
