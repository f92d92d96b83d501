"""The plugins, where they come from, and which one takes precedence: the data for ``plugins``.

Each installed plugin is loaded separately and none is registered, so that a broken one is an entry
like the others. Nothing is printed here.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from idiolect.commands.capable import capabilities_of
from idiolect.ddl.lookup import registered_classes, registered_names
from idiolect.errors import HookError, PluginLoadError
from idiolect.hooks import entrypoints
from idiolect.hooks.manager import RegisteredPlugin, get_manager, hooks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idiolect.commands.capable import Capabilities
    from idiolect.hooks.entrypoints import PluginSource

Kind = Literal["dialect", "plugin", "startup", "command", "registered", "legacy"]
State = Literal["ok", "disabled", "conflict", "broken"]

_KINDS: Final[dict[str, Kind]] = {
    entrypoints.DIALECTS: "dialect",
    entrypoints.PLUGINS: "plugin",
    entrypoints.STARTUP: "startup",
    entrypoints.COMMANDS: "command",
}
#: Kinds of entries that are functions and implement no hooks.
_FUNCTIONS: Final = frozenset({"startup", "command"})
#: SQLAlchemy's group: third-party dialects define their impl class where they are imported.
_SQLALCHEMY_DIALECTS: Final = "sqlalchemy.dialects"
#: Precedence for the impl class, lowest first.
_AUTHORITY: Final[tuple[Kind, ...]] = ("dialect", "registered", "legacy")
_CHOOSES: Final = "get_impl_class"
#: Why a kind takes precedence over the others.
_REASONS: Final[dict[Kind, str]] = {
    "dialect": "the plugin that a distribution offers for the dialect",
    "registered": "asked before the plugins that are installed, and the newest first",
    "legacy": "a class with __dialect__ that was defined beside the plugins, and the newest",
}


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """One plugin, start-up function, command or impl class.

    Attributes:
        kind: the entry point group; ``registered``: registered in code; ``legacy``: an impl class
            with ``__dialect__`` that belongs to neither the core nor a plugin.
        name: the name of the entry point or registration; of a legacy class the dialect.
        dialect: the only dialect it applies to; None for all.
        module: its location, ``module:attribute``.
        distribution: the distribution's name; None if it belongs to none.
        version: the distribution's version.
        file: the file of the module; None if it was not imported.
        state: whether it is usable.
        problem: why it is not.
        loaded: whether this process already uses it; dialect plugins are loaded on first use.
        load_seconds: how long the import took; None if it was not imported now.
        hooks: the names of the hooks that it implements.
        wins: whether its dialect uses its impl class; None if this does not apply.
        why: the reason for ``wins``, or None.
        capabilities: what a dialect's plugin reports; None if it is not one, or cannot report
            without a server.
    """

    kind: Kind
    name: str
    dialect: str | None
    module: str
    distribution: str | None
    version: str | None
    file: str | None
    state: State
    problem: str | None
    loaded: bool
    load_seconds: float | None
    hooks: tuple[str, ...]
    wins: bool | None = None
    why: str | None = None
    capabilities: Capabilities | None = None


def inventory() -> list[PluginFacts]:
    """Return all plugins: installed ones by group and name, registered ones, legacy classes."""
    installed = [
        _examined(kind, source, sources)
        for group, kind in _KINDS.items()
        for sources in [entrypoints.installed(group)]
        for source in sources
    ]
    found = [*installed, *_registered_by_hand(), *_legacy_classes(_packages(installed))]
    winners = {
        dialect: _winner([each for each in found if each.dialect == dialect])
        for dialect in {each.dialect for each in found if each.dialect is not None}
    }
    return [each if each.dialect is None else _placed(each, winners) for each in found]


def _placed(each: PluginFacts, winners: Mapping[Any, PluginFacts | None]) -> PluginFacts:
    """Return the entry with its precedence and the reason."""
    winner = winners[each.dialect]
    if each is winner:
        return replace(each, wins=True, why=_REASONS[each.kind])
    if each.state != "ok":
        why = "cannot be used"
    elif each.kind != "legacy" and _CHOOSES not in each.hooks:
        why = f"does not implement {_CHOOSES}"
    elif winner is None:
        why = "no plugin is usable"
    else:
        why = f"{winner.kind} {winner.module!r} is {_REASONS[winner.kind]}"
    return replace(each, wins=False, why=why)


def _winner(candidates: list[PluginFacts]) -> PluginFacts | None:
    """Return the candidate whose impl class the dialect uses."""
    able = [
        each
        for each in candidates
        if each.state == "ok" and (each.kind == "legacy" or _CHOOSES in each.hooks)
    ]
    # Of two registered plugins, or two legacy classes, the later one takes precedence.
    return max(reversed(able), key=lambda each: _AUTHORITY.index(each.kind), default=None)


def _examined(kind: Kind, source: PluginSource, others: list[PluginSource]) -> PluginFacts:
    module = source.value.partition(":")[0]
    facts = PluginFacts(
        kind=kind,
        name=source.name,
        dialect=source.name if kind == "dialect" else None,
        module=source.value,
        distribution=source.distribution,
        version=source.version,
        file=None,
        state="ok",
        problem=None,
        loaded=_is_in_use(kind, source),
        load_seconds=None,
        hooks=(),
    )
    disabled = entrypoints.disabled_names()
    if source.is_among(disabled):
        return replace(facts, state="disabled", problem="disabled by IDIOLECT_DISABLE_PLUGINS")
    offered = Counter(each.name for each in others if not each.is_among(disabled))
    if kind == "dialect" and offered[source.name] > 1:
        problem = "several distributions offer this dialect"
        return replace(facts, state="conflict", problem=problem)
    began = None if module in sys.modules else time.perf_counter()
    try:
        plugin = source.load()
        took = None if began is None else round(time.perf_counter() - began, 6)
        hooks = () if kind in _FUNCTIONS else _hooks(source.name, plugin, source)
    except (PluginLoadError, HookError) as exc:
        return replace(facts, state="broken", problem=str(exc))
    file = _file_of(module)
    try:
        able = capabilities_of(source.name, plugin, source) if kind == "dialect" else None
    except Exception as exc:  # noqa: BLE001 - whatever the plugin raises
        notes = "; ".join(getattr(exc, "__notes__", ()))
        problem = f"{type(exc).__name__} {notes}: {exc}"
        return replace(facts, state="broken", problem=problem, file=file, hooks=hooks)
    return replace(facts, file=file, load_seconds=took, hooks=hooks, capabilities=able)


def _hooks(name: str, plugin: Any, source: PluginSource | None) -> tuple[str, ...]:
    return tuple(hooks_of(RegisteredPlugin(name, plugin, None, source)))


def _is_in_use(kind: Kind, source: PluginSource) -> bool:
    if kind in _FUNCTIONS:
        return source.value.partition(":")[0] in sys.modules
    return any(each.source == source for each in get_manager().plugins())


def _registered_by_hand() -> Iterator[PluginFacts]:
    for each in get_manager().plugins():
        if each.source is not None:
            continue
        home = each.plugin if isinstance(each.plugin, type(sys)) else type(each.plugin)
        module = getattr(home, "__module__", home.__name__)
        yield PluginFacts(
            kind="registered",
            name=each.name,
            dialect=each.dialect,
            module=module if home is each.plugin else f"{module}:{home.__qualname__}",
            distribution=None,
            version=None,
            file=_file_of(module),
            state="ok",
            problem=None,
            loaded=True,
            load_seconds=None,
            hooks=_hooks(each.name, each.plugin, None),
        )


def _packages(installed: list[PluginFacts]) -> set[str]:
    """Return the packages whose impl classes belong to plugins."""
    answering = {each.module.partition(".")[0] for each in installed if _CHOOSES in each.hooks}
    return {each.partition(":")[0] for each in answering} | {__name__.partition(".")[0]}


def _legacy_classes(known: set[str]) -> Iterator[PluginFacts]:
    """Yield the impl classes of packages without plugins, oldest first by dialect."""
    _import_dialects()
    for name in registered_names():
        for each in registered_classes(name):
            package = each.__module__.partition(".")[0]
            if package in known:
                continue
            distribution, version = _origin(package)
            yield PluginFacts(
                kind="legacy",
                name=name,
                dialect=name,
                module=f"{each.__module__}:{each.__qualname__}",
                distribution=distribution,
                version=version,
                file=_file_of(each.__module__),
                state="ok",
                problem=None,
                loaded=True,
                load_seconds=None,
                hooks=(),
            )


def _import_dialects() -> None:
    """Import SQLAlchemy's third-party dialects, as a connection would."""
    modules: dict[str, PluginSource] = {}
    for source in entrypoints.find(_SQLALCHEMY_DIALECTS):
        modules.setdefault(source.value.partition(":")[0], source)
    for source in modules.values():
        try:
            source.load()
        except PluginLoadError:
            continue  # its driver may be missing, which is reported when connecting


def _origin(package: str) -> tuple[str | None, str | None]:
    """Return the name and version of the distribution of a package."""
    from importlib import metadata

    for name in metadata.packages_distributions().get(package, ()):
        return name, metadata.version(name)
    return None, None


def _file_of(module: str) -> str | None:
    return getattr(sys.modules.get(module), "__file__", None)
