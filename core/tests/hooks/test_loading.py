"""Unusable plugins: errors name the distribution, and occur only where the plugin is needed."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, MetaData, String, Table

from idiolect import command
from idiolect.errors import (
    CommandError,
    HookAnswerError,
    HookError,
    PluginConflictError,
    PluginLoadError,
    UnknownDialectError,
)
from idiolect.hooks import hookimpl
from idiolect.hooks.dialects import hooks_for
from idiolect.migration import MigrationContext

from .conftest import GOOD, Install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from projects import Project

    from idiolect.hooks.manager import PluginManager


def context(dialect: str = "mysql") -> MigrationContext:
    """Return a new context that writes a script."""
    return MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True})


@pytest.mark.usefixtures("plugins")
def test_a_dialect_is_loaded_when_it_is_used(install: Install) -> None:
    """Not before, and once."""
    install("my-db")
    assert "my_db" not in sys.modules
    assert "my-db" == context().rules.statement_terminator
    module = sys.modules.pop("my_db")
    assert "my-db" == context().rules.statement_terminator
    assert "my_db" not in sys.modules, "it was loaded again"
    assert module.Impl.command_terminator == "my-db"


@pytest.mark.usefixtures("plugins")
def test_an_unknown_dialect(install: Install) -> None:
    """The message names the dialect, what is installed, and both ways out."""
    install("my-db")
    with pytest.raises(UnknownDialectError) as caught:
        context("oracle")
    message = str(caught.value)
    assert "No dialect plugin for 'oracle'" in message
    assert "Install a plugin for it" in message or "pip install" in message
    assert "__dialect__ = 'oracle'" in message
    assert "'mysql'" in message
    assert "IDI-101" == caught.value.code


@pytest.mark.usefixtures("plugins")
def test_an_official_dialect_that_is_missing_is_named_by_its_package() -> None:
    """The extras of the core's own metadata say what to install."""
    with pytest.raises(UnknownDialectError, match="pip install idiolect-postgresql"):
        context("postgresql")


BROKEN = {
    "a driver is missing": (
        "import driver_of_my_db",
        [
            "The plugin 'mysql' of my-db 1.2 cannot be loaded",
            "needs the module 'driver_of_my_db', which is not installed",
            "Install what provides 'driver_of_my_db'",
            "IDIOLECT_DISABLE_PLUGINS=mysql",
        ],
    ),
    "a module of its own is missing": (
        "import my_db.nowhere",
        ["of my-db 1.2 cannot be loaded", "importing 'my_db' failed", "Reinstall or upgrade my-db"],
    ),
    "it raises": (
        "raise RuntimeError('too old a libc')",
        ["of my-db 1.2 cannot", "RuntimeError: too old a libc", "Reinstall or upgrade my-db"],
    ),
    "it is no Python": ("def :", ["of my-db 1.2 cannot be loaded", "SyntaxError"]),
    "it needs a name that a module lacks": (
        "from os import no_such_name",
        ["of my-db 1.2 cannot be loaded", "ImportError", "no_such_name"],
    ),
    "a misspelt hook": (
        GOOD.format(name="x") + "\n@hookimpl\ndef batch_seperator():\n    return ''\n",
        [
            "'my-db:mysql' of my-db 1.2 does not fit: unknown hook 'batch_seperator'. Did you",
            "Did you mean 'batch_separator'?",
            "Upgrade my-db, or switch the plugin off with IDIOLECT_DISABLE_PLUGINS=mysql",
        ],
    ),
    "an unknown hook": (
        GOOD.format(name="x") + "\n@hookimpl\ndef zzz():\n    return ''\n",
        ["of my-db 1.2 does not fit", "zzz", "Known hooks: adjust_reflected, autocommit_level"],
    ),
    "a wrong argument": (
        GOOD.format(name="x") + "\n@hookimpl\ndef batch_separator(dialct):\n    return ''\n",
        [
            "of my-db 1.2 does not fit",
            "dialct",
            "Arguments of 'batch_separator': dialect, impl_class, opts",
            "Upgrade my-db",
        ],
    ),
}


@pytest.mark.parametrize(("source", "words"), BROKEN.values(), ids=BROKEN)
def test_a_plugin_that_cannot_be_used(
    plugins: PluginManager, install: Install, source: str, words: list[str]
) -> None:
    """The error names distribution, version, reason and remedy, and nothing is registered."""
    install("my-db", source)
    for _again in range(2):
        with pytest.raises((PluginLoadError, HookError)) as caught:
            context()
        message = str(caught.value)
        assert [] == [word for word in words if word not in message], message
        assert "\n" not in message
        assert caught.value.__cause__ is not None
    assert [] == plugins.plugins()


@pytest.mark.usefixtures("plugins")
def test_an_entry_point_to_a_name_that_is_not_there(install: Install) -> None:
    """The distribution with the wrong entry point is named."""
    install("my-db", value="my_db:plugin")
    with pytest.raises(PluginLoadError, match=r"of my-db 1\.2 cannot be loaded.*AttributeError"):
        context()


@pytest.mark.usefixtures("plugins")
def test_a_broken_plugin_that_is_not_needed(project: Project, install: Install) -> None:
    """It disturbs neither another dialect nor commands about files."""
    install("my-db", "raise RuntimeError('broken')")
    install("neutral", "raise RuntimeError('broken too')", group="idiolect.plugins", entry="n")
    project.revision("a")
    config = project.config()
    command.heads(config)
    command.history(config)
    with pytest.raises(PluginLoadError, match=r"'n' of neutral 1\.2 cannot be loaded"):
        project.upgrade()


@pytest.mark.usefixtures("sqlite")
def test_another_dialects_broken_plugin_is_never_imported(install: Install) -> None:
    """The entry's name says which dialect it is for."""
    install("my-db", "raise RuntimeError('broken')")
    assert ";" == context("sqlite").rules.statement_terminator
    assert "my_db" not in sys.modules


@pytest.mark.usefixtures("plugins")
def test_two_distributions_for_one_dialect(
    install: Install, disable: Callable[[str], None]
) -> None:
    """Both are named with their versions, and the suggested remedy works."""
    install("my-db", version="1.2")
    install("your-db", version="3.4")
    with pytest.raises(PluginConflictError) as caught:
        context()
    message = str(caught.value)
    assert "for the dialect 'mysql': my-db 1.2 and your-db 3.4" in message
    assert "IDIOLECT_DISABLE_PLUGINS=your-db" in message
    disable("your-db")
    assert "my-db" == context().rules.statement_terminator


@pytest.mark.usefixtures("plugins")
def test_of_two_copies_of_a_distribution_the_first_on_the_path_counts(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for Python's own import."""
    install("my-db")
    copy = tmp_path / "copy" / "my_db-0.1.dist-info"
    copy.mkdir(parents=True)
    (copy / "entry_points.txt").write_text("[idiolect.dialects]\nmysql = nowhere\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(copy.parent)])
    assert "my-db" == context().rules.statement_terminator


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize("disabled", ["mysql", "My_DB", " other , my-db "])
def test_a_disabled_plugin_is_not_there(
    install: Install, disable: Callable[[str], None], disabled: str
) -> None:
    """By the entry's name or the distribution's, in any spelling that pip takes."""
    install("my-db", "raise RuntimeError('broken')")
    disable(disabled)
    with pytest.raises(UnknownDialectError):
        context()


@pytest.mark.usefixtures("plugins")
def test_a_neutral_plugin_serves_every_dialect(install: Install) -> None:
    """The group ``idiolect.plugins`` is loaded with the first context."""
    source = "from idiolect.hooks import hookimpl\n"
    source += "@hookimpl\ndef statement_terminator():\n    return 'neutral'\n"
    install("my-db")
    install("neutral", source, group="idiolect.plugins", entry="n")
    assert "neutral" == context().rules.statement_terminator


WRONG: dict[str, tuple[str, object, str]] = {
    "a name for a class": ("get_impl_class", "Impl", "a DefaultImpl class"),
    "a number for a bool": ("transactional_ddl", 1, "bool"),
    "a number for text": ("statement_terminator", 0, "str"),
    "bytes for text": ("batch_separator", b"GO", "str"),
    "a pair for a record": ("offline_transaction", ("BEGIN", "COMMIT"), "OfflineTransaction"),
    "False for a level": ("autocommit_level", False, "str"),
    "a table without version_num": (
        "version_table",
        Table("versions", MetaData()),
        "a Table with a column 'version_num'",
    ),
}


@pytest.mark.parametrize(("hook", "answer", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer(sqlite: PluginManager, hook: str, answer: object, expected: str) -> None:
    """The error names the result, the expected type, and the implementers."""
    namespace: dict[str, Any] = {hook: hookimpl(_answering(hook, answer))}
    sqlite.register(type("Liar", (), namespace)())
    with pytest.raises(HookAnswerError) as caught:
        context("sqlite")
    message = str(caught.value)
    assert f"hook {hook!r} for the dialect 'sqlite' returned {answer!r}" in message
    assert f"expected: {expected}." in message
    assert "Implemented by: 'Liar'" in message
    assert isinstance(caught.value, CommandError)


def _answering(hook: str, answer: object) -> Callable[[Any], object]:
    def implementation(_self: Any) -> object:
        return answer

    implementation.__name__ = hook
    return implementation


@pytest.mark.usefixtures("plugins")
def test_a_wrong_answer_names_distribution_and_version(install: Install) -> None:
    """So that the user knows what to upgrade or to disable."""
    source = GOOD.format(name="x") + "\n@hookimpl\ndef batch_separator():\n    return 7\n"
    install("my-db", source)
    with pytest.raises(HookAnswerError, match=r"of my-db 1\.2, .*IDIOLECT_DISABLE_PLUGINS="):
        context()


@pytest.mark.parametrize(
    ("hook", "answer"),
    [("prepare_connection", "no context manager"), ("version_record", ["no mapping"])],
)
def test_a_wrong_answer_in_a_run_changes_nothing(
    project: Project, sqlite: PluginManager, hook: str, answer: object
) -> None:
    """It is noticed before the row is written."""

    class Wide:
        @hookimpl
        def version_table(self) -> Table:
            return Table("versions", MetaData(), Column("version_num", String), Column("x", String))

    sqlite.register(Wide())
    sqlite.register(type("Liar", (), {hook: hookimpl(_answering(hook, answer))})())
    project.revision("a")
    with pytest.raises(HookAnswerError, match=f"The hook '{hook}' .*'Liar'"):
        project.upgrade()
    assert [] == project.tables()


def test_a_wrapper_that_forgets_to_return(project: Project, sqlite: PluginManager) -> None:
    """Its None is no answer: the step is undone."""

    class Forgetful:
        @hookimpl(wrapper=True)
        def run_step(self) -> Any:
            yield

    sqlite.register(Forgetful())
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    with pytest.raises(HookAnswerError, match="'run_step' for the dialect 'sqlite' returned None"):
        project.upgrade()
    assert [] == project.tables()


@pytest.mark.usefixtures("plugins")
def test_an_exception_in_a_hook_says_whose_it_is(install: Install) -> None:
    """It propagates unchanged, with a note about hook, dialect and implementers."""
    source = GOOD.format(name="x") + "\n@hookimpl\ndef batch_separator():\n    return 1 / 0\n"
    install("my-db", source)
    with pytest.raises(ZeroDivisionError) as caught:
        context()
    (note,) = caught.value.__notes__
    assert "in the hook 'batch_separator' for the dialect 'mysql'" in note
    assert "'my-db:mysql' of my-db 1.2" in note


def test_a_revisions_exception_is_not_blamed_on_hooks(project: Project) -> None:
    """It propagates through run_step, and only names the revision and its file."""
    path = project.revision("a", None, "1 / 0")
    with pytest.raises(ZeroDivisionError) as caught:
        project.upgrade()
    assert [f"in upgrade() of revision 'a' ({path})"] == caught.value.__notes__


def test_registering_by_hand(plugins: PluginManager) -> None:
    """Names are unique, an invalid plugin is rejected, and unregister() returns the object."""

    class Plugin:
        @hookimpl
        def batch_separator(self) -> str:
            return "GO"

    class Misspelt:
        @hookimpl
        def batch_separators(self) -> str:
            return "GO"

    plugin = Plugin()
    before = plugins.generation
    name = plugins.register(plugin)
    assert [plugin] == [each.plugin for each in plugins.plugins()]
    assert plugins.generation > before
    with pytest.raises(ValueError, match="registered already"):
        plugins.register(Plugin())
    with pytest.raises(HookError, match=r"batch_separators.*Did you mean 'batch_separator'"):
        plugins.register(Misspelt())
    plugins.register(Plugin(), "another")
    assert plugin is plugins.unregister(name)
    assert ["another"] == [each.name for each in plugins.plugins()]


def test_a_class_in_place_of_an_instance(plugins: PluginManager) -> None:
    """Its hooks could not be called; static methods could."""

    class Plugin:
        @hookimpl
        def batch_separator(self) -> str:
            return "GO"

    class Namespace:
        @staticmethod
        @hookimpl
        def batch_separator() -> str:
            return "GO"

    with pytest.raises(HookError, match=r"class 'Plugin'.*'batch_separator'.*register Plugin\(\)"):
        plugins.register(Plugin)
    assert plugins.register(Namespace)


def test_a_plugin_whose_import_asks_for_another_dialect(
    plugins: PluginManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread that prepares a dialect meanwhile does not wait for it, nor the other way."""
    scope = plugins.scope
    preparing, imported = threading.Event(), threading.Event()
    in_time: list[bool] = []

    def slow(dialect: str, subpackage: str | None = None) -> Any:
        if dialect == "one":
            preparing.set()
            in_time.append(imported.wait(60))
        return scope(dialect, subpackage)

    def import_a_plugin() -> None:
        preparing.wait(60)
        # As load_dialect(), which imports while it holds the lock.
        with plugins._lock:
            hooks_for("two")
            imported.set()

    monkeypatch.setattr(plugins, "scope", slow)
    # Threads that wait for each other would keep the process from ending.
    importing = threading.Thread(target=import_a_plugin, daemon=True)
    preparing_one = threading.Thread(target=hooks_for, args=("one",), daemon=True)
    preparing_one.start()
    importing.start()
    for thread in (importing, preparing_one):
        thread.join(60)
    assert [True] == in_time
