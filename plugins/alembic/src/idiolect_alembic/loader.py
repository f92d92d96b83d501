"""The import loader of the alias: returns Idiolect's module, executing and changing nothing.

Used by the finder in :mod:`idiolect_alembic.alias`. Code, source and data are those of Idiolect's
module, so that ``python -m`` and readers of package data work.
"""

from __future__ import annotations

from importlib import import_module
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from idiolect import ALEMBIC_API as API_LEVEL

if TYPE_CHECKING:
    from types import CodeType


class AlembicPackage(ModuleType):
    """The top-level package ``alembic``: the API level, and Idiolect's modules as attributes.

    Alembic's package has all submodules loaded once ``op`` is imported; here a module is imported
    when it is first accessed.
    """

    def __getattr__(self, name: str) -> ModuleType:
        if name.startswith("_"):
            raise AttributeError(_no_attribute(self, name), name=name, obj=self)
        try:
            return import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError as exc:
            # If the module exists but cannot be imported, its own error propagates.
            if exc.name is None or exc.name.split(".")[1:] != [name]:
                raise
            raise AttributeError(_no_attribute(self, name), name=name, obj=self) from exc

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), "context", "op"})


class AliasLoader(InspectLoader):
    """Loads one alias.

    Args:
        own_spec: the spec of Idiolect's module.
        is_top: whether the alias is the top-level package, which is a separate module.
    """

    def __init__(self, own_spec: ModuleSpec, *, is_top: bool) -> None:
        self.own_spec = own_spec
        self.is_top = is_top
        self._found_spec: ModuleSpec | None = own_spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Import Idiolect's module, or create the top-level package.

        Args:
            spec: the alias's spec.

        Returns:
            The module for the alias's name.
        """
        if self.is_top:
            return AlembicPackage(spec.name)
        module = import_module(self.own_spec.name)
        self._found_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Restore the spec of Idiolect's module, which the import of the alias has replaced.

        With the alias's spec, a reload would execute the module under the wrong name.

        Args:
            module: what :meth:`create_module` returned.
        """
        if not self.is_top:
            module.__spec__ = self._found_spec
            return
        _silence_last_resort()
        vars(module).update(
            __version__=API_LEVEL,
            __all__=("context", "op"),
            __doc__=f"Idiolect under Alembic's name; API of Alembic {API_LEVEL}.",
        )

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of Idiolect's module, for ``python -m``."""
        del fullname
        return self._inspect().get_code(self.own_spec.name)

    def get_source(self, fullname: str) -> str | None:
        """Return the source of Idiolect's module, or None."""
        del fullname
        return self._inspect().get_source(self.own_spec.name)

    def is_package(self, fullname: str) -> bool:
        """Return whether Idiolect's module is a package."""
        del fullname
        return self.own_spec.submodule_search_locations is not None

    def get_data(self, path: str) -> bytes:
        """Read a data file of Idiolect's package, for :func:`pkgutil.get_data`."""
        return cast("bytes", cast("Any", self.own_spec.loader).get_data(path))

    def get_resource_reader(self, fullname: str) -> Any:
        """Return the reader of Idiolect's package data, for :mod:`importlib.resources`."""
        del fullname
        return cast("Any", self.own_spec.loader).get_resource_reader(self.own_spec.name)

    def _inspect(self) -> InspectLoader:
        # All loaders of files and zip archives are InspectLoaders; typeshed does not say so.
        return cast("InspectLoader", self.own_spec.loader)


def alias_spec(name: str, loader: AliasLoader) -> ModuleSpec:
    """Return the import system's spec of an alias.

    Args:
        name: the dotted name below ``alembic``.
        loader: the alias's loader.

    Returns:
        A spec with the origin and the search path of Idiolect's module.
    """
    own = loader.own_spec
    spec = ModuleSpec(name, loader, origin=own.origin)
    spec.has_location = own.has_location
    if own.submodule_search_locations is not None:
        spec.submodule_search_locations = list(own.submodule_search_locations)
    return spec


def _silence_last_resort() -> None:
    """Keep libraries that log below ``alembic`` from printing where nobody configures logging.

    Python prints warnings of loggers without any handler, and Alembic's logger has one.
    """
    # Imported here because most commands import no alias.
    import logging

    logger = logging.getLogger("alembic")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _no_attribute(module: ModuleType, name: str) -> str:
    return f"module {module.__name__!r} has no attribute {name!r}"
