"""The options of ``configure()``: registration and validation.

Used by MigrationContext, after the dialect's plugin was loaded. The core's options are registered
here, those of plugins by the hook ``register_options``. Unregistered options are accepted, because
implementations of hooks may read any.
"""

from __future__ import annotations

import collections.abc
from typing import TYPE_CHECKING, Any, Final

from idiolect.errors import CommandError, ConfigError
from idiolect.hooks.collector import CORE
from idiolect.hooks.contributions import Current, collect
from idiolect.hooks.options import Option, OptionRegistry
from idiolect.hooks.records import VERSION_TABLE
from idiolect.util import messaging
from idiolect.util.langhelpers import asbool, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idiolect.settings.config import Config
    from idiolect.settings.sections import Place

# isinstance() accepts it; mypy does not accept it as a class.
_FUNCTION: Any = collections.abc.Callable
_SEVERAL: Any = collections.abc.Collection

#: Values that commands pass in the same dict as options.
_OF_COMMANDS: Final = frozenset(
    {
        "as_sql",
        "destination_rev",
        "dont_mutate",
        "fn",
        "is_draft",
        "lock",
        "purge",
        "restart",
        "script",
    }
)

#: Similarity from which an unknown name is reported as a misspelt option, from 0 to 1.
_ALIKE: Final = 0.85

_ABOVE_ZERO: Final = "a number of seconds above 0"
#: Expected values: of the core's numeric options by name, of other options by type.
_RANGES: Final = {
    "statement_timeout": _ABOVE_ZERO,
    "lock_wait_timeout": _ABOVE_ZERO,
    "migration_lock_timeout": "a number of seconds, 0 or more",
    "transient_retries": "a whole number, 0 or more",
}
_WORDS: Final[dict[Any, str]] = {
    float: "a number",
    int: "a whole number",
    bool: "true or false",
}

#: The options of the core, with the types and defaults documented in ``options.md``.
CORE_OPTIONS: Final = (
    Option("connection", object, doc="the Connection to migrate on"),
    Option("url", object, doc="a database URL, used for its dialect"),
    Option("dialect_name", str, doc="SQLAlchemy's name of a dialect"),
    Option("dialect_opts", dict, doc="arguments for the dialect of url or dialect_name"),
    Option("transactional_ddl", bool, doc="whether DDL can be rolled back"),
    Option("transaction_per_migration", bool, False, "a transaction for each revision"),
    Option("output_buffer", object, doc="the stream that a script goes to"),
    Option("starting_rev", object, doc="the revision at which a script begins"),
    Option("tag", str, doc="overrides --tag"),
    Option("template_args", dict, doc="names for script.py.mako"),
    Option("render_as_batch", bool, False, "render batch operations"),
    Option("target_metadata", object, doc="the models to compare with"),
    Option("include_name", _FUNCTION, doc="which names are read from the database"),
    Option("include_object", _FUNCTION, doc="which objects are compared"),
    Option("include_schemas", bool, False, "compare all schemas"),
    Option("process_revision_directives", _FUNCTION, doc="called before files are written"),
    Option("compare_type", (bool, _FUNCTION), True, "compare types of columns"),
    Option("compare_server_default", (bool, _FUNCTION), False, "compare defaults"),
    Option("render_item", _FUNCTION, doc="renders objects as code"),
    Option("literal_binds", bool, False, "render bound values into a script"),
    Option("upgrade_token", str, "upgrades", "a name in script.py.mako"),
    Option("downgrade_token", str, "downgrades", "a name in script.py.mako"),
    Option("alembic_module_prefix", str, "op.", "the prefix of rendered operations"),
    Option("sqlalchemy_module_prefix", str, "sa.", "the prefix of SQLAlchemy's names"),
    Option("user_module_prefix", str, doc="the prefix of the user's types"),
    Option("on_version_apply", (_FUNCTION, _SEVERAL), doc="called after each step"),
    Option("autogenerate_plugins", _SEVERAL, doc="the plugins whose comparators are used"),
    Option("version_table", str, VERSION_TABLE, "the version table's name"),
    Option("version_table_schema", str, doc="the version table's schema"),
    Option("version_table_pk", bool, True, "whether a new version table has a primary key"),
    Option("journal", bool, doc="whether statements are recorded for resuming; default: yes"),
    Option(
        "double_percents",
        bool,
        False,
        "whether percent signs stay doubled in a script if the driver needs them so",
        ini="double_percents",
        toml="double_percents",
    ),
    Option(
        "auto_autocommit",
        bool,
        False,
        "whether statements that cannot run in a transaction leave it by themselves",
        ini="auto_autocommit",
        toml="auto_autocommit",
    ),
    Option("output_encoding", str, doc="the encoding of a script"),
    Option(
        "migration_lock",
        bool,
        True,
        "whether concurrent runs on the version table are prevented",
        ini="migration_lock",
        toml="migration_lock",
    ),
    Option(
        "statement_timeout",
        (float, int),
        doc="seconds that one statement of a revision may run",
        ini="statement_timeout",
        toml="statement_timeout",
    ),
    Option(
        "lock_wait_timeout",
        (float, int),
        doc="seconds that one statement of a revision may wait for a lock",
        ini="lock_wait_timeout",
        toml="lock_wait_timeout",
    ),
    Option(
        "transient_retries",
        int,
        doc="how often a run is retried after a deadlock or another transient error",
        ini="transient_retries",
        toml="transient_retries",
    ),
    Option(
        "migration_lock_timeout",
        (float, int),
        doc="seconds to wait for another run; None: while that one lives",
        ini="migration_lock_timeout",
        toml="migration_lock_timeout",
    ),
)


def _collected() -> OptionRegistry:
    registry = OptionRegistry()
    for option in CORE_OPTIONS:
        registry.add(option)
    collect("register_options", registry)
    return registry


_current = Current(_collected)


def known_options() -> OptionRegistry:
    """Return the options of the core and of all loaded plugins."""
    return _current.get()


def resolve_options(given: Mapping[str, Any], config: Config | None) -> dict[str, Any]:
    """Return the options of a context: given, else from a config file, else the default.

    Args:
        given: the arguments of ``configure()`` and the values passed by the command.
        config: where to read options of plugins from config files; None: nowhere.

    Raises:
        CommandError: a value is of the wrong type.
    """
    registry = known_options()
    opts = dict(given)
    for name, option in registry.items():
        if name in opts:
            opts[name] = _fitting(option, opts[name])
            _require_in_range(option, opts[name], None)
        elif option.owner != CORE or option.ini:
            value = _configured(option, config)
            _require_in_range(option, value, config)
            if value is not None and (option.owner != CORE or value != option.default):
                opts[name] = value
    for name in opts:
        if registry.get(name) is None and name not in _OF_COMMANDS:
            _warn_if_misspelt(name, registry)
    return opts


def check_early(**given: object) -> None:
    """Validate options of the core that are used before all options are resolved.

    Raises:
        CommandError: a value is of the wrong type.
    """
    options = {option.name: option for option in CORE_OPTIONS}
    for name, value in given.items():
        _fitting(options[name], value)


def _fitting(option: Option, value: Any) -> Any:
    """Return a validated value; text is converted for boolean options.

    Raises:
        CommandError: the value is of the wrong type.
    """
    if value is None or value is option.default or _is_of_a_type(option, value):
        return value
    if bool in option.types and isinstance(value, (int, str)):
        # env.py often passes text that it read from a config file.
        try:
            return asbool(value or False)
        except ValueError:
            pass
    raise CommandError(
        f"configure({option.name}=...) got a value of the type {type(value).__name__!r}; "
        f"expected: {_expected(option)}. It is an option of {option.owner}."
    )


def _is_of_a_type(option: Option, value: Any) -> bool:
    if _FUNCTION in option.types and _SEVERAL in option.types:
        return callable(value) or (isinstance(value, _SEVERAL) and all(map(callable, value)))
    return isinstance(value, (*option.types,)) or (
        dict in option.types and isinstance(value, collections.abc.Mapping)
    )


def _configured(option: Option, config: Config | None) -> Any:
    """Return an option's value from the ini or toml file, or its default."""
    if config is None:
        return option.default
    # With a pyproject.toml the ini file or its section may be missing.
    text = config._ini_option(option.ini) if option.ini else None  # noqa: SLF001
    if text is not None:
        for kind in (bool, int, float, str):
            if kind in option.types:
                try:
                    return asbool(text) if kind is bool else kind(text)
                except ValueError:
                    continue
        raise _unreadable(option, config.place_of(option.ini))
    value = config._toml_option(option.toml) if option.toml else None  # noqa: SLF001
    if value is None:
        return option.default
    # bool is a subclass of int, but no valid value for int options.
    is_bool = isinstance(value, bool) and not {bool, object} & {*option.types}
    if is_bool or not isinstance(value, (*option.types,)):
        raise _unreadable(option, config.place_of(option.toml))
    return value


def _unreadable(option: Option, place: Place) -> ConfigError:
    kinds = [words for kind, words in _WORDS.items() if kind in option.types]
    words = _RANGES.get(option.name) or (kinds[0] if kinds else _expected(option))
    whose = "" if option.owner == CORE else f". It is an option of {option.owner}."
    return place.error(f"expected {words}{whose}")


def _require_in_range(option: Option, value: Any, config: Config | None) -> None:
    """Reject a number that might be read as "no limit" or as a limit of 0.

    Raises:
        CommandError: it is negative, not allowed to be 0, or NaN.
    """
    words = _RANGES.get(option.name)
    if words is None or isinstance(value, bool) or value is None:
        return
    if value > 0 or (value == 0 and words != _ABOVE_ZERO):
        return
    if config is not None:
        raise _unreadable(option, config.place_of(option.name))
    raise CommandError(
        f"configure({option.name}=...) got {value!r}; expected {words}. "
        f"It is an option of {option.owner}."
    )


def _expected(option: Option) -> str:
    names = {_FUNCTION: "a function", _SEVERAL: "a collection"}
    return " or ".join(names.get(each, each.__name__) for each in option.types)


def _warn_if_misspelt(name: str, registry: OptionRegistry) -> None:
    alike = nearest(name, registry.names(), limit=1, cutoff=_ALIKE)
    if alike:
        messaging.warn(
            f"configure() was given the option {name!r}, which is unknown; did you mean "
            f"{alike[0]!r} of {registry.owner_of(alike[0])}?",
            stacklevel=6,
        )
