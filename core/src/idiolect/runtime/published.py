"""Discovery and setup of the plugins of the group ``alembic.plugins``.

Called by each migration context. The comparators that they register are kept by
:mod:`idiolect.runtime.plugins`.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import threading
from collections.abc import Iterable

from idiolect.hooks import entrypoints
from idiolect.util import messaging

#: The entry point group for modules that define ``setup()``.
PUBLISHED = "alembic.plugins"
#: Reentrant, because the ``setup()`` of a published plugin may create a context.
_loading = threading.RLock()


def load_published() -> None:
    """Set up the plugins of the group ``alembic.plugins``, once per process.

    They are written for Alembic and import it, so they are skipped unless that import name is
    provided by this project.

    Raises:
        PluginLoadError: a plugin cannot be imported.
        CommandError: a plugin has no ``setup()``.
    """
    sources = _published(tuple(sys.path), os.environ.get("IDIOLECT_DISABLE_PLUGINS"))
    if not sources:
        return
    with _loading:
        _load(sources)


def _load(sources: Iterable[entrypoints.PluginSource]) -> None:
    # Imported here because few projects have such plugins, and only autogenerate uses them.
    from idiolect.runtime.plugins import Plugin, all_plugins

    for source in sources:
        known = {plugin.name for plugin in all_plugins()}
        if source.name in known or not _is_alembic_ours():
            continue
        module = source.load()
        if isinstance(module, Iterable):
            messaging.warn_deprecated(
                f"Plugin entrypoint {source.name!r} refers to a collection of modules, where one "
                f"module is expected; {source.label} should be brought up to date"
            )
            module = next(iter(module))
        Plugin.setup_plugin_from_module(module, source.name)


@functools.cache
def _published(_path: tuple[str, ...], _disabled: str | None) -> list[entrypoints.PluginSource]:
    """Return the group's entries, cached until ``sys.path`` changes."""
    return entrypoints.find(PUBLISHED)


def _is_alembic_ours() -> bool:
    spec = importlib.util.find_spec("alembic")
    return spec is not None and type(spec.loader).__module__.startswith("idiolect")
