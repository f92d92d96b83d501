"""Who answers first: configure(), third-party plugins, the dialect's, the class, the core."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.ddl.impl import DefaultImpl
from idiolect.hooks import hookimpl
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from projects import Project

    from idiolect.hooks.manager import PluginManager


class DuckImpl(DefaultImpl):
    """The class of the dialect's plugin."""

    command_terminator = "class"


def terminating(text: str | None, *, tryfirst: bool = False, trylast: bool = False) -> Any:
    """Return a plugin that answers one rule."""

    class Plugin:
        @hookimpl(tryfirst=tryfirst, trylast=trylast)
        def statement_terminator(self) -> str | None:
            return text

    return Plugin()


class DialectPlugin:
    """A minimal dialect plugin."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Answer the class."""
        return DuckImpl


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that installs a distribution with a named plugin for SQLite."""

    def put(attribute: str) -> None:
        folder = tmp_path / "installed"
        info = folder / "duck-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: duck\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[idiolect.dialects]\nsqlite = duck:plugin\n")
        (folder / "duck.py").write_text(DUCK + f"plugin = {attribute}()\n")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, "duck", raising=False)
        monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", "idiolect-sqlite")

    return put


DUCK = textwrap.dedent(
    """
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import hookimpl

    class DuckImpl(DefaultImpl):
        __dialect__ = "sqlite"
        transactional_ddl = True
        command_terminator = "class"

    class Silent:
        @hookimpl
        def get_impl_class(self):
            return DuckImpl

    class Plugin(Silent):
        @hookimpl
        def statement_terminator(self):
            return "dialect"
    """
)


def terminator() -> str:
    """Return the rule of a new context."""
    return context().rules.statement_terminator


def context(**opts: Any) -> MigrationContext:
    """Return a new context that writes a script."""
    return MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True, **opts})


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize(("attribute", "expected"), [("Plugin", "dialect"), ("Silent", "class")])
def test_the_dialects_plugin_wins_over_the_class(
    install: Callable[[str], None], attribute: str, expected: str
) -> None:
    """The class attribute answers where the plugin has no opinion."""
    install(attribute)
    assert expected == terminator()


@pytest.mark.parametrize("dialect", [None, "sqlite"], ids=["neutral", "for the dialect"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "rank",
    [({}, "third"), ({"tryfirst": True}, "third"), ({"trylast": True}, "dialect")],
    ids=["plain", "tryfirst", "trylast"],
)
def test_a_third_party_plugin_wins_over_the_dialects(
    plugins: PluginManager,
    install: Callable[[str], None],
    dialect: str | None,
    when: str,
    rank: tuple[dict[str, bool], str],
) -> None:
    """Whether it came before or after the dialect; ``trylast`` steps back behind the dialect."""
    options, expected = rank
    install("Plugin")
    if when == "after":
        assert "dialect" == terminator()
    plugins.register(terminating("third", **options), dialect=dialect)
    assert expected == terminator()


def test_the_newest_third_party_plugin_is_asked_first(sqlite: PluginManager) -> None:
    """Of plugins that have no rank, the latest registered."""
    sqlite.register(terminating("old"), "old")
    sqlite.register(terminating("new"), "new")
    sqlite.register(terminating(None), "silent")
    assert "new" == terminator()
    sqlite.unregister("new")
    assert "old" == terminator()


def test_trylast_still_wins_over_the_class(
    plugins: PluginManager, install: Callable[[str], None]
) -> None:
    """The core's own answer is the last of all."""
    install("Silent")
    plugins.register(terminating("third", trylast=True))
    assert "third" == terminator()


def test_an_empty_answer_is_an_answer(sqlite: PluginManager) -> None:
    """Only None means no opinion."""
    sqlite.register(terminating(""))
    assert not terminator()


def test_configure_wins_over_every_plugin(sqlite: PluginManager) -> None:
    """An option of env.py takes precedence."""

    class Plugin:
        @hookimpl(tryfirst=True)
        def transactional_ddl(self) -> bool:
            return True

    sqlite.register(Plugin())
    assert context().rules.transactional_ddl is True
    assert context(transactional_ddl=False).rules.transactional_ddl is False


def test_the_core_answers_last(sqlite: PluginManager) -> None:
    """Without any result, the statements are those of standard SQL."""
    rules = context().rules
    assert (";", "", "BEGIN", "COMMIT") == (
        rules.statement_terminator,
        rules.batch_separator,
        rules.offline_transaction.begin,
        rules.offline_transaction.commit,
    )
    assert "AUTOCOMMIT" == rules.autocommit_level


USERS_ENV = """
from idiolect import context
from idiolect.ddl.impl import DefaultImpl

class MyImpl(DefaultImpl):
    __dialect__ = "sqlite"
    command_terminator = "mine"

context.configure(dialect_name="sqlite")
with context.begin_transaction():
    context.run_migrations()
"""


def test_a_users_subclass_wins_over_the_plugins(project: Project, sqlite: PluginManager) -> None:
    """A class that env.py defines for the dialect serves it, with its own attributes."""
    project.env(USERS_ENV)
    project.revision("a", None, "op.execute('done')")
    script = project.sql()
    assert "donemine" in script
    assert "BEGIN" not in script, "DefaultImpl is not transactional"


def test_a_third_party_plugin_chooses_the_class(
    plugins: PluginManager, install: Callable[[str], None]
) -> None:
    """The class defined by the dialect's own plugin is not mistaken for the user's."""

    class Plugin:
        @hookimpl
        def get_impl_class(self) -> type[DefaultImpl]:
            return DuckImpl

    install("Plugin")
    assert "duck" == type(context().impl).__module__
    plugins.register(Plugin())
    assert DuckImpl is type(context().impl)


def test_a_dialects_plugin_is_asked_for_its_own_contexts_alone(plugins: PluginManager) -> None:
    """Neither its answers nor its wrappers reach another dialect."""
    asked: list[str] = []

    class Other(DialectPlugin):
        @hookimpl(tryfirst=True)
        def statement_terminator(self) -> str:
            asked.append("other")
            return "other"

        @hookimpl(wrapper=True)
        def version_table(self) -> Any:
            asked.append("other's wrapper")
            return (yield)

    plugins.register(DialectPlugin(), dialect="sqlite")
    plugins.register(Other(), dialect="mysql")
    assert "class" == terminator()
    assert [] == asked
    other = MigrationContext.configure(dialect_name="mysql", opts={"as_sql": True})
    assert "other" == other.rules.statement_terminator
    assert ["other", "other's wrapper"] == asked


def test_contexts_made_before_keep_their_rules(sqlite: PluginManager) -> None:
    """Adding or removing a plugin only affects later contexts."""
    before = context()
    name = sqlite.register(terminating("third"))
    assert ";" == before.rules.statement_terminator
    during = context()
    sqlite.unregister(name)
    assert ("third", ";") == (during.rules.statement_terminator, terminator())
