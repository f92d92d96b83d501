"""The documented Plugin class: a named set of comparators that can be enabled or disabled.

Modules register theirs in ``setup(plugin)``; autogenerate resolves the patterns of
``autogenerate_plugins`` here. Nothing is compared here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from idiolect.errors import CommandError
from idiolect.util.dispatch import DispatchPriority, PriorityDispatcher
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

#: Plugins by name, in registration order.
_all_plugins: dict[str, Plugin] = {}
#: Old names that are still accepted, and what they stand for.
_FORMER_NAMES = {
    "alembic.autogenerate.checkconstraint_byname": "alembic.ext.checkconstraint_byname",
}
_SEGMENT = re.compile(r"\w+|\*")


class Plugin:
    """A named set of extensions.

    Args:
        name: a dotted name.

    Attributes:
        autogenerate_comparators: the comparators added so far.

    Raises:
        ValueError: a plugin of this name exists.
    """

    def __init__(self, name: str) -> None:
        if name in _all_plugins:
            raise ValueError(f"A plugin named {name} is already registered")
        self.name = name
        self.autogenerate_comparators = PriorityDispatcher()
        _all_plugins[name] = self

    def remove(self) -> None:
        """Remove this plugin; what its ``setup()`` registered elsewhere stays registered."""
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
        """Register a comparator, called in runs whose ``autogenerate_plugins`` include the plugin.

        Args:
            fn: takes the arguments of its target; may return PriorityDispatchResult.STOP.
            compare_target: ``autogenerate``, ``schema``, ``table`` or ``column``.
            compare_element: the chain that a STOP ends, such as ``tables``.
            qualifier: the only dialect that it applies to.
            priority: its position among the comparators of the same target.
        """
        self.autogenerate_comparators.dispatch_for(
            compare_target, priority=priority, qualifier=qualifier, subgroup=compare_element
        )(fn)

    @classmethod
    def setup_plugin_from_module(cls, module: ModuleType, name: str) -> None:
        """Create a plugin from a module: call its ``setup(plugin)``.

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
        """Register the comparators of the selected plugins with ``comparators``.

        Args:
            comparators: the dispatcher to add to.
            include_plugins: names and patterns with ``*``; a leading ``~`` excludes.

        Raises:
            CommandError: a name or pattern matches no plugin.
            ValueError: invalid name or pattern.
        """
        for name in choose_sets(_all_plugins, include_plugins):
            comparators.populate_with(_all_plugins[name].autogenerate_comparators)


def all_plugins() -> list[Plugin]:
    """Return all plugins in registration order."""
    return list(_all_plugins.values())


def move_to_front(plugins: Iterable[Plugin]) -> None:
    """Move plugins to the front, in their order.

    The core's plugins are created when something is compared, which may be after those that env.py
    creates. Among equal priorities the core's comparators must still be called first.

    Args:
        plugins: the plugins to move.
    """
    moved = {plugin.name: plugin for plugin in plugins}
    rest = {name: plugin for name, plugin in _all_plugins.items() if name not in moved}
    _all_plugins.clear()
    _all_plugins.update({**moved, **rest})


def choose_sets(known: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return the names selected by patterns, in their original order.

    Args:
        known: names of sets of comparators.
        wanted: names and patterns with ``*``; a leading ``~`` excludes.

    Raises:
        CommandError: a name or pattern matches nothing.
        ValueError: invalid name or pattern.
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
        raise CommandError(_missing_message(missing))
    return [
        name for name in names if _any_matches(included, name) and not _any_matches(excluded, name)
    ]


def _any_matches(patterns: Iterable[re.Pattern[str]], name: str) -> bool:
    return any(pattern.match(name) for pattern in patterns)


def _missing_message(missing: dict[str, list[str]]) -> str:
    hints = sorted({near for found in missing.values() for near in found})
    hint = f" Did you mean {', '.join(map(repr, hints))}?" if hints else ""
    return f"Did not locate plugins: {', '.join(missing)}.{hint}"


def _make_re(name: str) -> re.Pattern[str]:
    """Compile a name or pattern; ``*`` matches one or more dotted words.

    Raises:
        ValueError: invalid name or pattern.
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
