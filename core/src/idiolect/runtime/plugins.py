"""The documented Plugin: a name under which comparators are registered and chosen.

Modules register theirs in ``setup(plugin)``; autogenerate asks which comparators the patterns of
``autogenerate_plugins`` stand for. Nothing here compares.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from idiolect.errors import CommandError
from idiolect.hooks import entrypoints
from idiolect.util import messaging
from idiolect.util.langhelpers import DispatchPriority, PriorityDispatcher, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

#: Where distributions offer plugins, by the module that has ``setup()``.
PUBLISHED = "alembic.plugins"
#: Plugins by name, in order of registration.
_all_plugins: dict[str, Plugin] = {}
#: Former names, which keep standing for what they stood for.
_FORMER_NAMES = {
    "alembic.autogenerate.checkconstraint_byname": "alembic.ext.checkconstraint_byname",
}
#: One thread sets the published plugins up; its setup() may make a context of its own.
_loading = threading.RLock()
_SEGMENT = re.compile(r"\w+|\*")


class Plugin:
    """A named set of extensions.

    Args:
        name: words with dots between them.

    Attributes:
        autogenerate_comparators: what :meth:`add_autogenerate_comparator` was given.

    Raises:
        ValueError: there is one of that name.
    """

    def __init__(self, name: str) -> None:
        if name in _all_plugins:
            raise ValueError(f"A plugin named {name} is already registered")
        self.name = name
        self.autogenerate_comparators = PriorityDispatcher()
        _all_plugins[name] = self

    def remove(self) -> None:
        """Forget this plugin. What its ``setup()`` registered elsewhere stays."""
        del _all_plugins[self.name]

    def add_autogenerate_comparator(
        self,
        fn: Callable[..., Any],
        compare_target: str,
        compare_element: str | None = None,
        *,
        qualifier: str = "default",
        priority: DispatchPriority = DispatchPriority.MEDIUM,
    ) -> None:
        """Register a comparator, called in runs whose ``autogenerate_plugins`` name the plugin.

        Args:
            fn: takes what its target is called with; may return PriorityDispatchResult.STOP.
            compare_target: ``autogenerate``, ``schema``, ``table`` or ``column``.
            compare_element: the chain that a STOP ends, such as ``tables``.
            qualifier: the name of the one dialect that it is for.
            priority: when it is called, relative to others of its target.
        """
        self.autogenerate_comparators.dispatch_for(
            compare_target, priority=priority, qualifier=qualifier, subgroup=compare_element
        )(fn)

    @classmethod
    def setup_plugin_from_module(cls, module: ModuleType, name: str) -> None:
        """Make a plugin of a module: call its ``setup(plugin)``.

        Args:
            module: defines ``setup``.
            name: the new plugin's name.

        Raises:
            CommandError: the module has no ``setup``.
        """
        setup = getattr(module, "setup", None)
        if not callable(setup):
            raise CommandError(
                f"Plugin {name!r}: module {module.__name__!r} has no function setup(plugin)."
            )
        plugin = cls(name)
        try:
            setup(plugin)
        except BaseException:
            plugin.remove()
            raise

    @classmethod
    def populate_autogenerate_priority_dispatch(
        cls, comparators: PriorityDispatcher, include_plugins: Iterable[str]
    ) -> None:
        """Register the comparators of chosen plugins with ``comparators``.

        Args:
            comparators: is added to.
            include_plugins: names, patterns with ``*``, and with ``~`` in front what is left out.

        Raises:
            CommandError: a name or pattern stands for no plugin.
            ValueError: one is neither a name nor a pattern.
        """
        for name in choose_sets(_all_plugins, include_plugins):
            comparators.populate_with(_all_plugins[name].autogenerate_comparators)


def load_published() -> None:
    """Set up the plugins of the group ``alembic.plugins``, once a process.

    They are written for Alembic and import it, so they are left alone unless that name is ours.

    Raises:
        PluginLoadError: one of them cannot be imported.
        CommandError: one of them has no ``setup()``.
    """
    sources = _published(tuple(sys.path), os.environ.get("IDIOLECT_DISABLE_PLUGINS"))
    if not sources:
        return
    with _loading:
        _load(sources)


def _load(sources: Iterable[entrypoints.PluginSource]) -> None:
    for source in sources:
        if source.name in _all_plugins or not _is_alembic_ours():
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
    """Return the group's entries; looked up again if ``sys.path`` has changed."""
    return entrypoints.find(PUBLISHED)


def _is_alembic_ours() -> bool:
    spec = importlib.util.find_spec("alembic")
    return spec is not None and type(spec.loader).__module__.startswith("idiolect")


def all_plugins() -> list[Plugin]:
    """Return the plugins that there are, in order of registration."""
    return list(_all_plugins.values())


def put_first(plugins: Iterable[Plugin]) -> None:
    """Move plugins to the front, in their order.

    The core's are made when something is compared; a program's, in env.py, may be older. Of one
    priority the core's comparators are called first all the same.

    Args:
        plugins: those to move.
    """
    moved = {plugin.name: plugin for plugin in plugins}
    rest = {name: plugin for name, plugin in _all_plugins.items() if name not in moved}
    _all_plugins.clear()
    _all_plugins.update({**moved, **rest})


def choose_sets(known: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return the known names that patterns choose, in their order.

    Args:
        known: names of sets of comparators.
        wanted: names, patterns with ``*``, and with ``~`` in front what is left out.

    Raises:
        CommandError: a name or pattern stands for none.
        ValueError: one is neither a name nor a pattern.
    """
    names = list(known)
    missing = {}
    included: list[re.Pattern[str]] = []
    excluded: list[re.Pattern[str]] = []
    for given in wanted:
        pattern = _make_re(_translate_legacy_name(given.removeprefix("~")))
        if given.startswith("~"):
            excluded.append(pattern)
            continue
        included.append(pattern)
        if not any(pattern.match(name) for name in names):
            missing[given] = nearest(given, names)
    if missing:
        raise CommandError(_tell_missing(missing))
    return [
        name for name in names if _any_matches(included, name) and not _any_matches(excluded, name)
    ]


def _any_matches(patterns: Iterable[re.Pattern[str]], name: str) -> bool:
    return any(pattern.match(name) for pattern in patterns)


def _tell_missing(missing: dict[str, list[str]]) -> str:
    hints = sorted({near for found in missing.values() for near in found})
    hint = f" Did you mean {', '.join(map(repr, hints))}?" if hints else ""
    return f"Did not locate plugins: {', '.join(missing)}.{hint}"


def _make_re(name: str) -> re.Pattern[str]:
    """Return the regular expression of a name or pattern; ``*`` is one word or more.

    Raises:
        ValueError: it is neither.
    """
    segments = name.split(".")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise ValueError(
            f"Invalid plugin expression {name!r}: words of letters, digits and underscores, or "
            "'*', with dots between them, are expected."
        )
    parts = [r"\w+(?:\.\w+)*" if segment == "*" else segment for segment in segments]
    return re.compile(r"\.".join(parts) + r"\Z")


def _translate_legacy_name(name: str) -> str:
    return _FORMER_NAMES.get(name, name)
