"""The finder behind the alias, and the switch that puts it in place and takes it away.

``import alembic.x.y`` is answered with the one module object ``idiolect.x.y``: no second copy is
loaded, so classes keep their identity and pickles their paths. Only the top package is a module
of its own, because its ``__version__`` tells the API level and not Idiolect's version.
Nothing here imports SQLAlchemy or looks at a project's files.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock  # threading.Lock, without the import of the rest
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
    """The real alembic was imported before the alias was asked for."""

    code = "IDI-106"


class AliasFinder:
    """Resolves ``alembic`` and everything below it, and the metadata of that distribution.

    Every command puts one in place and few need it, so what it answers with is imported when it
    answers; importlib.abc, which has the documented base class, alone costs five milliseconds.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Find the module of Idiolect that an Alembic module's name stands for.

        Args:
            fullname: the dotted name that is imported.
            path: the parent package's search path; not used, as the answer is never a file's.
            target: the module that is reloaded, or None; not used.

        Returns:
            A spec whose loader hands out Idiolect's module; None for names outside ``alembic``.

        Raises:
            ModuleNotFoundError: Idiolect has no such module; the message names the nearest.
        """
        if not _is_alias(fullname):
            return None
        # See the class.
        from idiolect_alembic.loader import AliasLoader, alias_spec

        own_name = _own_name(fullname)
        own_spec = find_spec(own_name)
        if own_spec is None:
            # The name is that of the missing module: with the alias's name, a from-import
            # would swallow this error and report its own, which gives no advice.
            raise ModuleNotFoundError(_no_module(fullname), name=own_name)
        return alias_spec(fullname, AliasLoader(own_spec, is_top=fullname == ALIAS))

    def find_distributions(
        self, context: DistributionFinder.Context
    ) -> Iterable[AliasDistribution]:
        """Answer :mod:`importlib.metadata` for the distribution ``alembic``.

        Args:
            context: which name is asked for (None: all) and below which folders.

        Returns:
            One distribution whose version is the API level, or nothing where the question is
            about another name or about other folders than this process imports from.
        """
        # See the class.
        from idiolect_alembic.distribution import alias_distributions

        others = [finder for finder in sys.meta_path if finder is not self]
        return alias_distributions(context, others)


def activate() -> None:
    """Make ``import alembic`` mean Idiolect in this process, until :func:`deactivate`.

    Calling it again changes nothing. It costs no import beyond the standard library's.

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

    Modules that hold names imported before keep them, and Idiolect itself stays imported.
    Without an active alias nothing happens.
    """
    with _SWITCH:
        if not is_active():
            return
        sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, AliasFinder)]
        # All of them go: whatever stands below the alias was imported through its package.
        for name in list(_loaded_aliases()):
            del sys.modules[name]


def is_active() -> bool:
    """Return whether ``import alembic`` means Idiolect in this process."""
    return any(isinstance(finder, AliasFinder) for finder in sys.meta_path)


def explain(error: BaseException) -> str | None:
    """Say what to do about a name or an argument that Idiolect lacks.

    A module that is missing says so itself. A name that a module lacks is reported by Python,
    with Idiolect's path and no advice: this gives the advice.

    Args:
        error: the ImportError, AttributeError or TypeError that a program raised.

    Returns:
        One line for the user, or None where the error is not about Idiolect's names.
    """
    # For an error message alone.
    from idiolect.util.advice import advise

    return advise(error)


def _is_alias(name: str) -> bool:
    return name == ALIAS or name.startswith(f"{ALIAS}.")


def _own_name(alias: str) -> str:
    return TARGET + alias.removeprefix(ALIAS)


def _loaded_aliases() -> Iterator[str]:
    return (name for name in tuple(sys.modules) if _is_alias(name))


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
    # For an error message alone.
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
