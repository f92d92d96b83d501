"""Loads and registers plugins, and determines the order in which a dialect's contexts call them.

The manager knows names, owners and order; it calls no dialect hook itself. A dialect's plugin is
loaded when the dialect is first used, the neutral ones with the first context. Hooks of a dialect
are called through :mod:`idiolect.hooks.dialects`.
"""

from __future__ import annotations

import importlib
import os
import threading
from types import FunctionType
from typing import TYPE_CHECKING, Any

import pluggy

from idiolect.errors import CommandError, HookError, PluginConflictError
from idiolect.hooks import entrypoints, hookspecs
from idiolect.hooks.markers import DECLARATION, PROJECT
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

#: Modules with the core's own implementations, imported with the first context.
DEFAULTS = ("idiolect.ddl.builtin", "idiolect.runtime.builtin")
#: Those that most commands do not need, imported when their subpackage calls its hooks.
SUBPACKAGE_DEFAULTS = {
    "autogenerate": (
        "idiolect.autogenerate.render.builtin",
        "idiolect.autogenerate.compare.builtin",
    ),
    "compare": ("idiolect.autogenerate.compare.builtin",),
    "lint": ("idiolect.lint.builtin",),
}


class RegisteredPlugin:
    """A registered plugin.

    Attributes:
        name: unique among the registered plugins.
        plugin: the object whose methods or functions are hook implementations.
        dialect: the only dialect whose contexts call it; None for all.
        source: the entry point it was loaded from; None if registered in code.
    """

    __slots__ = ("dialect", "name", "plugin", "source")

    def __init__(
        self,
        name: str,
        plugin: Any,
        dialect: str | None = None,
        source: entrypoints.PluginSource | None = None,
    ) -> None:
        self.name = name
        self.plugin = plugin
        self.dialect = dialect
        self.source = source

    @property
    def is_dialects_own(self) -> bool:
        """Whether a distribution provides it as the dialect's plugin."""
        return self.source is not None and self.dialect is not None

    @property
    def label(self) -> str:
        """Its name in messages."""
        return f"{self.name!r} of {self.source.label}" if self.source else repr(self.name)


class PluginManager:
    """The plugins of this process.

    Attributes:
        generation: increases with every change; caches derived from the plugins compare it.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._plugins: dict[str, RegisteredPlugin] = {}
        self._hooks: dict[str, list[str]] = {}
        # One set per plugin, for hooks that are called plugin by plugin.
        self._alone: dict[str, pluggy.PluginManager] = {}
        self._neutral_loaded = False
        self._lock = threading.RLock()

    def register(self, plugin: Any, name: str | None = None, *, dialect: str | None = None) -> str:
        """Register a plugin object.

        Args:
            plugin: a module or object with functions marked by ``idiolect.hooks.hookimpl``.
            name: unique name; by default derived from the object.
            dialect: SQLAlchemy's name of the only dialect to call it for.

        Returns:
            The name to pass to :meth:`unregister`.

        Raises:
            HookError: a hook is unknown or has other parameters; nothing is registered then.
            ValueError: the name is taken.
        """
        name = name or getattr(plugin, "__name__", None) or type(plugin).__qualname__
        self._add(RegisteredPlugin(name, plugin, dialect))
        return name

    def unregister(self, name: str) -> Any:
        """Remove a plugin and return its object; existing contexts continue to call it."""
        with self._lock:
            self.generation += 1
            self._alone.pop(name, None)
            self._hooks.pop(name, None)
            return self._plugins.pop(name).plugin

    def plugins(self) -> list[RegisteredPlugin]:
        """Return the registered plugins, oldest first, without loading any."""
        with self._lock:
            return list(self._plugins.values())

    def load_neutral(self, failed: Callable[[CommandError], None] | None = None) -> None:
        """Load the group ``idiolect.plugins``, once per process.

        Args:
            failed: called with the error of each unusable plugin, while the others are loaded; the
                next call tries it again. None: the first error is raised.

        Raises:
            PluginLoadError: a plugin cannot be imported.
            HookError: a plugin implements an unknown hook.
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
        """Load the plugin for a SQLAlchemy dialect, once per process.

        Returns:
            The plugin, or None if no distribution provides one.

        Raises:
            PluginConflictError: two distributions provide one.
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

    def scope(self, dialect: str, subpackage: str | None = None) -> pluggy.PluginManager:
        """Return the plugins that contexts of ``dialect`` call, in the order of authority.

        There is a scope per dialect, rather than one manager for all, because the order must not
        depend on when a dialect was loaded. pluggy calls the latest registered first, and among
        those marked ``trylast`` the latest last, hence the order below.

        Args:
            dialect: SQLAlchemy's name of the dialect.
            subpackage: the one whose defaults are included; None: only those always loaded.
        """
        with self._lock:
            asked = [each for each in self._plugins.values() if each.dialect in {dialect, None}]
            scope = self._initial_scope(asked)
        for each in sorted(asked, key=lambda each: not each.is_dialects_own):
            if not scope.has_plugin(each.label):
                scope.register(each.plugin, each.label)
        for module in (*DEFAULTS, *SUBPACKAGE_DEFAULTS.get(subpackage or "", ())):
            scope.register(importlib.import_module(module), module)
        if _is_traced():
            from idiolect.hooks import trace

            trace.trace(scope, dialect)
        return scope

    def implementers(self, hook: str) -> list[RegisteredPlugin]:
        """Return the registered plugins that implement a hook, oldest first."""
        with self._lock:
            return [each for name, each in self._plugins.items() if hook in self._hooks[name]]

    def ask(self, name: str, hook: str, arguments: dict[str, Any]) -> list[Any]:
        """Call a hook of one registered plugin and return its results without None.

        Raises:
            Exception: the plugin's own, with a note that names the plugin.
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

    def _initial_scope(self, asked: list[RegisteredPlugin]) -> pluggy.PluginManager:
        """Return the initial set of a scope: empty, or the one its only plugin was validated in.

        Most commands have one plugin, and creating a set is most of its cost.
        """
        alone = None
        if len(asked) == 1 and not _is_traced():
            alone = self._alone.pop(asked[0].name, None)
        return alone or _empty_scope()

    def _has(self, source: entrypoints.PluginSource) -> bool:
        return any(each.source == source for each in self._plugins.values())

    def _dialect_plugin(self, name: str) -> RegisteredPlugin | None:
        """Return the dialect's own plugin, or else one registered for it in code."""
        own = [each for each in self._plugins.values() if each.dialect == name]
        return next((each for each in own if each.is_dialects_own), own[0] if own else None)

    def _add(self, new: RegisteredPlugin) -> None:
        """Validate everything before changing state: a bad plugin leaves no trace."""
        alone = _alone(new)
        with self._lock:
            if new.name in self._plugins:
                raise ValueError(f"a plugin named {new.name!r} is registered already")
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
    """pluggy's manager without the inspection of attributes that every object inherits."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        """Return the options that a function was marked with.

        pluggy's lookup, which runs no descriptors, takes most of the time of registering a plugin.
        It is left what is not simply a function of a module, or of the plugin's own class.
        """
        if name.startswith("__"):
            return None
        own = getattr(plugin, "__dict__", {})
        found = own[name] if name in own else vars(type(plugin)).get(name)
        if isinstance(found, FunctionType):
            return getattr(found, f"{PROJECT}_impl", None)
        return super().parse_hookimpl_opts(plugin, name)

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        """Return the options of a hook specification.

        The specifications are the functions of a module of ours: unlike pluggy, no need to avoid
        running descriptors, which takes most of the time.
        """
        return getattr(getattr(module_or_class, name), f"{PROJECT}_spec", None)


def _empty_scope() -> pluggy.PluginManager:
    scope = _Scope(PROJECT)
    scope.add_hookspecs(hookspecs)
    return scope


def hooks_of(new: RegisteredPlugin) -> list[str]:
    """Return the names of the hooks that a plugin implements, without registering it.

    Raises:
        HookError: unsupported hook version, unknown hook, or wrong parameters.
    """
    return _hooks_in(_alone(new), new.plugin)


def _hooks_in(scope: pluggy.PluginManager, plugin: Any) -> list[str]:
    return sorted(caller.name for caller in scope.get_hookcallers(plugin) or ())


def _alone(new: RegisteredPlugin) -> pluggy.PluginManager:
    """Return a pluggy manager with only this plugin registered.

    Raises:
        HookError: the plugin is invalid.
    """
    if hasattr(new.plugin, DECLARATION):
        # Imported here because few plugins declare versions.
        from idiolect.hooks import version

        reason = version.misfit(new.plugin)
        if reason:
            raise _misfit(new, reason)
    if isinstance(new.plugin, type) and (name := _first_method(new.plugin)):
        raise _misfit(
            new,
            f"it is the class {new.plugin.__name__!r}, whose hook {name!r} needs an instance: "
            f"register {new.plugin.__name__}() instead.",
        )
    scope = _empty_scope()
    try:
        scope.register(new.plugin, new.label)
        scope.check_pending()
    except pluggy.PluginValidationError as exc:
        raise _misfit(new, _explain(exc)) from exc
    if _is_traced():
        from idiolect.hooks import trace

        trace.trace(scope, f"plugin {new.name}")
    return scope


def _first_method(plugin: type) -> str | None:
    """Return the first hook of a class that is neither a static method nor a class method."""
    return next(
        (
            name
            for name, value in vars(plugin).items()
            if isinstance(value, FunctionType) and hasattr(value, f"{PROJECT}_impl")
        ),
        None,
    )


def _is_traced() -> bool:
    # The module decides; it is imported only if the variable is set.
    if not os.environ.get("IDIOLECT_TRACE_HOOKS"):
        return False
    from idiolect.hooks import trace

    return trace.is_wanted()


def _misfit(new: RegisteredPlugin, reason: str) -> HookError:
    message = f"The plugin {new.label} does not fit: {reason}"
    if new.source is not None:
        message += (
            f" Upgrade {new.source.distribution}, or switch the plugin off with "
            f"IDIOLECT_DISABLE_PLUGINS={new.source.name}."
        )
    return HookError(message)


def _explain(exc: pluggy.PluginValidationError) -> str:
    """Return pluggy's reason on one line, with suggestions for unknown names."""
    # The plugin is named already; pluggy adds its repr, with an address in memory.
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


# Created at import, so that threads need no lock for it.
_manager = PluginManager()


def get_manager() -> PluginManager:
    """Return the manager of this process."""
    return _manager
