"""How one alias is loaded: hand out Idiolect's module, execute nothing, leave no trace on it.

Used by the finder in :mod:`idiolect_alembic.alias`. Code, source and data are those of the
module that the alias stands for, so that ``python -m`` and readers of package data work.
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
    """The top package ``alembic``: the API level, and Idiolect's modules as attributes.

    Alembic's own package has everything below it loaded once ``op`` is; here a module is
    imported when it is first asked for.
    """

    def __getattr__(self, name: str) -> ModuleType:
        if name.startswith("_"):
            raise AttributeError(_no_attribute(self, name), name=name, obj=self)
        try:
            return import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError as exc:
            # A module that exists but cannot be imported is another matter: that error stays.
            if exc.name is None or exc.name.split(".")[1:] != [name]:
                raise
            raise AttributeError(_no_attribute(self, name), name=name, obj=self) from exc

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), "context", "op"})


class AliasLoader(InspectLoader):
    """Loads one alias.

    Args:
        own_spec: how Idiolect's module is found.
        is_top: whether the alias is the top package, which is a module of its own.
    """

    def __init__(self, own_spec: ModuleSpec, *, is_top: bool) -> None:
        self.own_spec = own_spec
        self.is_top = is_top
        self._found_spec: ModuleSpec | None = own_spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Import Idiolect's module, or make the top package.

        Args:
            spec: the alias's spec.

        Returns:
            The module that is to stand under the alias's name.
        """
        if self.is_top:
            return AlembicPackage(spec.name)
        module = import_module(self.own_spec.name)
        self._found_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give Idiolect's module back the spec that the import of the alias replaced.

        With the alias's spec, a reload would run the module under the wrong name.

        Args:
            module: what :meth:`create_module` returned.
        """
        if not self.is_top:
            module.__spec__ = self._found_spec
            return
        vars(module).update(
            __version__=API_LEVEL,
            __all__=("context", "op"),
            __doc__=f"Idiolect under Alembic's name; API of Alembic {API_LEVEL}.",
        )

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of the module that the alias stands for, for ``python -m``."""
        del fullname
        return self._inspect().get_code(self.own_spec.name)

    def get_source(self, fullname: str) -> str | None:
        """Return the source text of the module that the alias stands for; None without one."""
        del fullname
        return self._inspect().get_source(self.own_spec.name)

    def is_package(self, fullname: str) -> bool:
        """Return whether the alias stands for a package."""
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
        # The loaders of files and zip archives all are InspectLoaders; typeshed promises less.
        return cast("InspectLoader", self.own_spec.loader)


def alias_spec(name: str, loader: AliasLoader) -> ModuleSpec:
    """Describe an alias to the import system.

    Args:
        name: the dotted name below ``alembic``.
        loader: the loader that knows the module it stands for.

    Returns:
        A spec with the place and the search path of Idiolect's module.
    """
    own = loader.own_spec
    spec = ModuleSpec(name, loader, origin=own.origin)
    spec.has_location = own.has_location
    if own.submodule_search_locations is not None:
        spec.submodule_search_locations = list(own.submodule_search_locations)
    return spec


def _no_attribute(module: ModuleType, name: str) -> str:
    return f"module {module.__name__!r} has no attribute {name!r}"
