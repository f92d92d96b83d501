"""Which plugins are loaded, and in which order a dialect's contexts ask them.

The manager knows names, owners and order; it asks no hook itself. A dialect's plugin is loaded
on the first use of the dialect's name, the neutral ones at the first context. Questions of a
dialect go through :mod:`idiolect.hooks.dialects`.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pluggy

from idiolect.errors import CommandError, HookError, PluginConflictError
from idiolect.hooks import entrypoints, hookspecs, trace, version
from idiolect.hooks.markers import PROJECT
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

#: Modules that hold the core's own answers, imported when the first context needs them.
DEFAULTS = ("idiolect.ddl.builtin", "idiolect.runtime.builtin")
#: Those of rooms that most commands never enter, imported when a room asks its own hooks.
ROOM_DEFAULTS = {
    "autogenerate": (
        "idiolect.autogenerate.render.builtin",
        "idiolect.autogenerate.compare.builtin",
    ),
    "compare": ("idiolect.autogenerate.compare.builtin",),
}


class RegisteredPlugin(NamedTuple):
    """A plugin with what is known of it.

    Attributes:
        name: unique among the registered.
        plugin: the object whose methods or functions are hook implementations.
        dialect: the dialect whose contexts alone consult it; None for all.
        source: the entry point that it came from; None when registered by hand.
    """

    name: str
    plugin: Any
    dialect: str | None = None
    source: entrypoints.PluginSource | None = None

    @property
    def is_dialects_own(self) -> bool:
        """Whether it is what a distribution offers for a dialect, as opposed to an addition."""
        return self.source is not None and self.dialect is not None

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.name!r} of {self.source.label}" if self.source else repr(self.name)


class PluginManager:
    """The plugins of this process.

    Attributes:
        generation: grows with every change, so that what was derived from it can be renewed.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._plugins: dict[str, RegisteredPlugin] = {}
        self._hooks: dict[str, list[str]] = {}
        # Each plugin in a set of its own, to be asked for its contributions.
        self._alone: dict[str, pluggy.PluginManager] = {}
        self._neutral_loaded = False
        self._lock = threading.RLock()

    def register(self, plugin: Any, name: str | None = None, *, dialect: str | None = None) -> str:
        """Register a plugin object by hand.

        Args:
            plugin: a module or object with functions marked by ``idiolect.hooks.hookimpl``.
            name: unique name; by default the object's own.
            dialect: a SQLAlchemy dialect's name, to be consulted for its contexts alone.

        Returns:
            The name under which it can be unregistered.

        Raises:
            HookError: a hook is unknown or has other arguments; nothing is registered then.
            ValueError: the name is taken.
        """
        name = name or getattr(plugin, "__name__", None) or f"{type(plugin).__qualname__}"
        self._add(RegisteredPlugin(name, plugin, dialect))
        return name

    def unregister(self, name: str) -> Any:
        """Take a plugin back and return its object; contexts made before still consult it."""
        with self._lock:
            self.generation += 1
            self._alone.pop(name, None)
            self._hooks.pop(name, None)
            return self._plugins.pop(name).plugin

    def plugins(self) -> list[RegisteredPlugin]:
        """Return what is registered, oldest first, without loading anything."""
        with self._lock:
            return list(self._plugins.values())

    def load_neutral(self, failed: Callable[[CommandError], None] | None = None) -> None:
        """Load the group ``idiolect.plugins``, once a process.

        Args:
            failed: told of each plugin that cannot be used, while the others are loaded; the
                next call tries it again. None: the first failure is raised.

        Raises:
            PluginLoadError: one of them cannot be imported.
            HookError: one of them implements an unknown hook.
        """
        with self._lock:
            if self._neutral_loaded:
                return
            complete = True
            for source in entrypoints.find(entrypoints.PLUGINS):
                try:
                    if not self._has(source):
                        self._add(RegisteredPlugin(_unique(source), source.load(), None, source))
                except CommandError as exc:
                    if failed is None:
                        raise
                    complete = False
                    failed(exc)
            self._neutral_loaded = complete

    def load_dialect(self, name: str) -> RegisteredPlugin | None:
        """Load the plugin for a SQLAlchemy dialect's name, once a process.

        Returns:
            The plugin, or None where nothing installed offers one.

        Raises:
            PluginConflictError: two distributions offer one.
            PluginLoadError: it cannot be imported.
            HookError: it implements an unknown hook.
        """
        with self._lock:
            known = self._dialect_plugin(name)
            if known is not None and known.source is not None:
                return known
            sources = entrypoints.find(entrypoints.DIALECTS, name)
            if len(sources) > 1:
                raise PluginConflictError(self._conflict(name, sources), dialect=name)
            for source in sources:
                self._add(RegisteredPlugin(_unique(source), source.load(), name, source))
            return self._dialect_plugin(name)

    def scope(self, dialect: str, room: str | None = None) -> pluggy.PluginManager:
        """Return the plugins that contexts of ``dialect`` ask, in the order of authority.

        Args:
            dialect: SQLAlchemy's name of the dialect.
            room: whose own defaults are asked as well; None: those of no room.

        A scope of its own, rather than one manager for all, because the order must not depend on
        when a dialect happened to be loaded. pluggy calls the latest registered first, and of
        those marked ``trylast`` the latest last, hence the order below.
        """
        with self._lock:
            asked = [each for each in self._plugins.values() if each.dialect in {dialect, None}]
            scope = self._taken_over(asked)
        for each in sorted(asked, key=lambda each: not each.is_dialects_own):
            if not scope.has_plugin(each.label):
                scope.register(each.plugin, each.label)
        for module in (*DEFAULTS, *ROOM_DEFAULTS.get(room or "", ())):
            scope.register(importlib.import_module(module), module)
        if trace.is_wanted():
            trace.trace(scope, dialect)
        return scope

    def implementers(self, hook: str) -> list[RegisteredPlugin]:
        """Return the registered plugins that implement a hook, oldest first."""
        with self._lock:
            return [each for name, each in self._plugins.items() if hook in self._hooks[name]]

    def ask(self, name: str, hook: str, arguments: dict[str, Any]) -> list[Any]:
        """Call a hook of one registered plugin and return its answers, None left out.

        Raises:
            Exception: the plugin's own, with a note that says whose it is.
        """
        with self._lock:
            if name not in self._alone:
                self._alone[name] = _alone(self._plugins[name])
            caller = getattr(self._alone[name].hook, hook)
        try:
            answers: list[Any] = caller(**arguments)
        except Exception as exc:
            exc.add_note(f"in the hook {hook!r} of the plugin {self._plugins[name].label}")
            raise
        return answers

    def _taken_over(self, asked: list[RegisteredPlugin]) -> pluggy.PluginManager:
        """Return what a scope begins with: empty, or the set that its only plugin was checked in.

        Most commands have one plugin, and making a set is most of what it costs them.
        """
        alone = None
        if len(asked) == 1 and not trace.is_wanted():
            alone = self._alone.pop(asked[0].name, None)
        return alone or _empty_scope()

    def _has(self, source: entrypoints.PluginSource) -> bool:
        return any(each.source == source for each in self._plugins.values())

    def _dialect_plugin(self, name: str) -> RegisteredPlugin | None:
        """Return the dialect's own plugin, or else one that was registered for it by hand."""
        own = [each for each in self._plugins.values() if each.dialect == name]
        return next((each for each in own if each.is_dialects_own), own[0] if own else None)

    def _add(self, new: RegisteredPlugin) -> None:
        """Check everything, then change the state: a bad plugin leaves no trace."""
        alone = _alone(new)
        with self._lock:
            if new.name in self._plugins:
                message = f"a plugin named {new.name!r} is registered already"
                raise ValueError(message)
            self._plugins[new.name] = new
            self._alone[new.name] = alone
            self._hooks[new.name] = _hooks_in(alone, new.plugin)
            self.generation += 1

    @staticmethod
    def _conflict(name: str, sources: list[entrypoints.PluginSource]) -> str:
        offers = " and ".join(source.label for source in sources)
        return (
            f"Two distributions offer a plugin for the dialect {name!r}: {offers}. Uninstall one, "
            f"or set IDIOLECT_DISABLE_PLUGINS={sources[-1].distribution} to leave it out."
        )


def _unique(source: entrypoints.PluginSource) -> str:
    return f"{source.distribution}:{source.name}"


class _Scope(pluggy.PluginManager):
    """pluggy's set of plugins, without a look at what Python itself gives to every object."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        """Return what a marked function is marked with."""
        return None if name.startswith("__") else super().parse_hookimpl_opts(plugin, name)


def _empty_scope() -> pluggy.PluginManager:
    scope = _Scope(PROJECT)
    scope.add_hookspecs(hookspecs)
    return scope


def hooks_of(new: RegisteredPlugin) -> list[str]:
    """Return the names of the hooks that a plugin implements, without registering it.

    Raises:
        HookError: it is made for other hooks, or one does not exist, or has other arguments.
    """
    return _hooks_in(_alone(new), new.plugin)


def _hooks_in(scope: pluggy.PluginManager, plugin: Any) -> list[str]:
    return sorted(caller.name for caller in scope.get_hookcallers(plugin) or ())


def _alone(new: RegisteredPlugin) -> pluggy.PluginManager:
    """Return a set of plugins that holds this one alone.

    Raises:
        HookError: the plugin does not fit.
    """
    reason = version.misfit(new.plugin)
    if reason:
        raise _misfit(new, reason)
    scope = _empty_scope()
    try:
        scope.register(new.plugin, new.label)
        scope.check_pending()
    except pluggy.PluginValidationError as exc:
        raise _misfit(new, _explain(exc)) from exc
    if trace.is_wanted():
        trace.trace(scope, f"plugin {new.name}")
    return scope


def _misfit(new: RegisteredPlugin, reason: str) -> HookError:
    message = f"The plugin {new.label} does not fit: {reason}"
    if new.source is not None:
        message += (
            f" Upgrade {new.source.distribution}, or switch the plugin off with "
            f"IDIOLECT_DISABLE_PLUGINS={new.source.name}."
        )
    return HookError(message)


def _explain(exc: pluggy.PluginValidationError) -> str:
    """Return pluggy's reason on one line, with the names that it should have been."""
    # The plugin is named already; pluggy adds how its object is shown, with an address in memory.
    text = str(exc).replace(f" in plugin {exc.plugin!r}", "")
    reason = " ".join(text.split())
    known = [name for name in vars(hookspecs) if _is_hook(name)]
    words = reason.split("'")[1::2]
    for word in words:
        if word in known:
            code = getattr(hookspecs, word).__code__
            arguments = code.co_varnames[: code.co_argcount]
            return f"{reason}. Arguments of {word!r}: {', '.join(arguments)}."
    for word in words:
        alike = nearest(word, known)
        if alike:
            return f"{reason}. Did you mean {alike[0]!r}?"
    return f"{reason}. Known hooks: {', '.join(sorted(known))}."


def _is_hook(name: str) -> bool:
    return hasattr(getattr(hookspecs, name), f"{PROJECT}_spec")


# Made at import, which happens once however many threads begin with a migration.
_manager = PluginManager()


def get_manager() -> PluginManager:
    """Return the manager of this process."""
    return _manager
