"""The rules that apply to a database: those of the core and of the plugins, by name."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import NoSuchModuleError

from idiolect.errors import HookAnswerError, IdiolectError
from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.entrypoints import DIALECTS, find
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Dialect

    from idiolect.hooks.lint import LintRule
    from idiolect.settings.config import Config

#: Keys of the config file that are lists of rules.
OPTIONS: Final = ("lint_ignore", "lint_errors")


def rules_for(dialect: Dialect) -> dict[str, LintRule]:
    """Return the rules for a dialect by name, those of the core first.

    Raises:
        HookAnswerError: two rules have the same name.
    """
    found: dict[str, LintRule] = {}
    hooks = hooks_for(dialect.name, "lint")
    for rule in hooks.lint_rules(dialect):
        if rule.name in found:
            raise HookAnswerError(
                f"Two lint rules are named {rule.name!r}; implementers of the hook 'lint_rules' "
                f"for the dialect {dialect.name!r}: {hooks.implementers('lint_rules')}. Upgrade "
                "the plugin, or switch it off with IDIOLECT_DISABLE_PLUGINS=<its distribution>.",
                hook="lint_rules",
                answer=rule,
            )
        found[rule.name] = rule
    return found


def configured(config: Config, key: str) -> tuple[str, ...]:
    """Return an option of the config file that is a list of rules."""
    value: Any = config.get_alembic_option(key)
    if value is None:
        return ()
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise config.place_of(key).error("has to be a list of names of lint rules")
    return tuple(names)


def check_names(config: Config, known: Collection[str]) -> None:
    """Raise for a rule in the config file that exists for no installed dialect.

    Args:
        config: the configuration.
        known: the names of the rules that were checked.

    Raises:
        CommandError: one is unknown.
    """
    for key in OPTIONS:
        for name in configured(config, key):
            if name in known or name in (everywhere := {*known, *names_for_all_dialects()}):
                continue
            place = config.place_of(key)
            raise place.error(f"names the lint rule {name!r}, {unknown(name, everywhere)}")


def dialect_named(name: str) -> Dialect:
    """Return SQLAlchemy's dialect of a name, without its driver."""
    made: Dialect = make_url(f"{name}://").get_dialect()()
    return made


def names_for_all_dialects() -> set[str]:
    """Return the names of the rules for all dialects that have a plugin here."""
    found: set[str] = set()
    for source in find(DIALECTS):
        # A plugin that cannot be loaded is reported where it is needed.
        with contextlib.suppress(IdiolectError, NoSuchModuleError, ImportError):
            found |= {*rules_for(dialect_named(source.name))}
    return found


def unknown(name: str, known: Collection[str]) -> str:
    """Return why a name is not accepted, with the most similar one that is."""
    similar = nearest(name, known, 1)
    hint = f"did you mean {similar[0]!r}?" if similar else "'idiolect lint --rules' lists all"
    return f"which does not exist; {hint}"
