"""Contributions are added and removed with their plugins, and a name has one owner."""

from __future__ import annotations

import io
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from idiolect import command
from idiolect.cli.main import CommandLine, main
from idiolect.errors import CommandError, HookError, PluginConflictError
from idiolect.hooks import Option, TemplateFolder, hookimpl
from idiolect.migration import MigrationContext
from idiolect.operations import MigrateOperation, Operations
from idiolect.runtime.options import known_options
from idiolect.script import write_hooks
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from idiolect.hooks.manager import PluginManager

    from .conftest import Install

OPTION = """
from idiolect.ddl.impl import DefaultImpl
from idiolect.hooks import Option, hookimpl

class Impl(DefaultImpl):
    pass

@hookimpl
def get_impl_class():
    return Impl

@hookimpl
def register_options(registry):
    registry.add(Option("late_separator", str, "GO"))
"""
COMMAND = """
from idiolect.hooks import hookimpl

def hail(config):
    '''Hail.'''
    print("hail")

@hookimpl
def register_commands(commands):
    commands.add(hail)
"""
PLUGINS = "idiolect.plugins"
COMMANDS = "idiolect.commands"


def offline(dialect: str = "sqlite") -> MigrationContext:
    """Return a new context that writes a script."""
    opts = {"as_sql": True, "output_buffer": io.StringIO()}
    return MigrationContext.configure(dialect_name=dialect, opts=opts)


class Op(MigrateOperation):
    """An operation that is never run."""

    @classmethod
    def fresh(cls, operations: Operations) -> None:
        """Do nothing."""


def contributor(hook: str, act: Callable[[Any], object]) -> object:
    """Return a plugin that implements one ``register_`` hook."""

    def with_registry(_self: object, registry: Any) -> None:
        act(registry)

    def with_commands(_self: object, commands: Any) -> None:
        act(commands)

    function = with_commands if hook == "register_commands" else with_registry
    function.__name__ = hook
    return type("Contributor", (), {hook: hookimpl(function)})()


def use_options() -> None:
    """Have the options collected."""
    offline()


def use_operations() -> None:
    """Have the operations collected."""
    Operations(offline())


def use_write_hooks() -> None:
    """Have the types of post-write hooks collected."""
    write_hooks._invoke("none of these", "a.py", {})


def use_commands() -> None:
    """Have the commands collected."""
    CommandLine().main(["none_of_these"])


def function(config: Config) -> None:
    """Do nothing."""


def with_needed(config: Config, *, needed: str) -> None:
    """Do nothing."""


CLASHES: dict[str, tuple[str, Callable[[Any], object], Callable[[], None], str, str]] = {
    "option of the core": (
        "register_options",
        lambda registry: registry.add(Option("tag", str)),
        use_options,
        "option of configure() 'tag'",
        "idiolect itself",
    ),
    "operation of the core": (
        "register_operations",
        lambda registry: registry.add("create_table", Op, "fresh"),
        use_operations,
        "operation 'create_table'",
        "idiolect itself",
    ),
    "method of Operations": (
        "register_operations",
        lambda registry: registry.add("get_bind", Op, "fresh"),
        use_operations,
        "operation 'get_bind'",
        "idiolect itself",
    ),
    "write hook of the core": (
        "register_write_hooks",
        lambda registry: registry.add("exec", function),
        use_write_hooks,
        "type of post-write hook 'exec'",
        "idiolect itself",
    ),
    "command of the core": (
        "register_commands",
        lambda commands: commands.add(function, "heads"),
        use_commands,
        "command 'heads'",
        "idiolect itself",
    ),
    "option twice": (
        "register_options",
        lambda registry: (registry.add(Option("x", str)), registry.add(Option("x", str))),
        use_options,
        "option of configure() 'x'",
        "the plugin 'one'",
    ),
    "operation twice": (
        "register_operations",
        lambda registry: (registry.add("fresh", Op), registry.add("fresh", Op)),
        use_operations,
        "operation 'fresh'",
        "the plugin 'one'",
    ),
}


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(("hook", "act", "use", "what", "other"), CLASHES.values(), ids=CLASHES)
def test_a_name_that_is_taken(  # noqa: PLR0917 - a column each
    plugins: PluginManager,
    hook: str,
    act: Callable[[Any], object],
    use: Callable[[], None],
    what: str,
    other: str,
) -> None:
    """The error names both owners, and disappears with the plugin."""
    plugins.register(contributor(hook, act), "one")
    with pytest.raises(PluginConflictError) as caught:
        use()
    assert str(caught.value).startswith(
        f"The {what} is registered twice, by {other} and by the plugin 'one'"
    )
    plugins.unregister("one")
    if use in {use_options, use_operations}:
        use()


@pytest.mark.usefixtures("sqlite")
def test_two_plugins_with_one_operation(plugins: PluginManager) -> None:
    """Both are named; the operation of one that is left works again."""
    for name in ("one", "two"):
        act = contributor("register_operations", lambda registry: registry.add("fresh", Op))
        plugins.register(act, name)
    with pytest.raises(
        PluginConflictError, match="'fresh' is registered twice, by the plugin 'one' and"
    ):
        use_operations()
    assert not hasattr(Operations, "fresh")
    plugins.unregister("two")
    use_operations()
    assert hasattr(Operations, "fresh")
    plugins.unregister("one")
    use_operations()
    assert not hasattr(Operations, "fresh")


@pytest.mark.usefixtures("sqlite")
def test_an_operation_that_the_project_has_replaced(plugins: PluginManager) -> None:
    """The project's replacement of a plugin's operation stays when the plugin is removed."""
    act = contributor("register_operations", lambda registry: registry.add("fresh", Op))
    plugins.register(act, "one")
    use_operations()
    own = type("Own", (Op,), {})
    Operations.register_operation("fresh")(own)
    try:
        plugins.unregister("one")
        use_operations()
        assert hasattr(Operations, "fresh")
    finally:
        Operations._directives.remove("fresh")
        del Operations.fresh  # type: ignore[attr-defined] # put there above


WRONG: dict[str, tuple[str, Callable[[Any], object], Callable[[], None], str]] = {
    "option": ("register_options", lambda r: r.add("x"), use_options, "expected: an Option"),
    "type of an option": (
        "register_options",
        lambda r: r.add(Option("x", "str")),  # type: ignore[arg-type] # the mistake
        use_options,
        "a tuple of classes",
    ),
    "option without name": (
        "register_options",
        lambda r: r.add(Option("", str)),
        use_options,
        "without a name",
    ),
    "option of an ini file": (
        "register_options",
        lambda r: r.add(Option("x", dict, ini="x")),
        use_options,
        "Leave out its ini key",
    ),
    "operation": (
        "register_operations",
        lambda r: r.add("no name", Op),
        use_operations,
        "'no name'",
    ),
    "operation without method": (
        "register_operations",
        lambda r: r.add("missing", Op),
        use_operations,
        "classmethod 'missing'",
    ),
    "write hook": (
        "register_write_hooks",
        lambda r: r.add("x", "y"),
        use_write_hooks,
        "expected: a function",
    ),
    "command": ("register_commands", lambda r: r.add(print), use_commands, "takes the Config"),
    "keyword-only parameter without default": (
        "register_commands",
        lambda r: r.add(with_needed),
        use_commands,
        "keyword-only parameter 'needed' has no default",
    ),
}


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(("hook", "act", "use", "words"), WRONG.values(), ids=WRONG)
def test_a_contribution_of_the_wrong_kind(
    plugins: PluginManager,
    hook: str,
    act: Callable[[Any], object],
    use: Callable[[], None],
    words: str,
) -> None:
    """The error names the plugin and what was expected."""
    plugins.register(contributor(hook, act), "one")
    with pytest.raises(HookError) as caught:
        use()
    assert words in str(caught.value)
    assert "the plugin 'one'" in str(caught.value)


@pytest.mark.usefixtures("sqlite")
def test_a_dialect_that_is_loaded_late(install: Install) -> None:
    """Its options are known from its first context on, even after other contexts."""
    install("my-db", OPTION)
    offline()
    assert known_options().get("late_separator") is None
    assert "GO" == offline("mysql").opts["late_separator"]
    option = known_options().get("late_separator")
    assert option is not None
    assert "the plugin 'my-db:mysql' of my-db 1.2" == option.owner


@pytest.mark.usefixtures("sqlite")
def test_an_exception_says_whose_it_is(plugins: PluginManager) -> None:
    """It propagates, with a note that names hook and plugin."""
    plugins.register(contributor("register_options", lambda _: 1 / 0), "one")
    with pytest.raises(ZeroDivisionError) as caught:
        offline()
    assert ["in the hook 'register_options' of the plugin 'one'"] == caught.value.__notes__


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("hook", ["register_options", "register_operations"])
def test_a_hook_that_uses_what_it_is_asked_to_add_to(plugins: PluginManager, hook: str) -> None:
    """It raises an error instead of a deadlock, and nothing is registered."""
    plugins.register(contributor(hook, lambda _: Operations(offline())), "one")
    with pytest.raises(HookError, match="Only register there") as caught:
        Operations(offline())
    assert [f"in the hook {hook!r} of the plugin 'one'"] == caught.value.__notes__
    plugins.unregister("one")
    assert "create_table" in dir(Operations(offline()))


@pytest.mark.usefixtures("plugins")
def test_a_command_of_an_installed_plugin(
    install: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs; a command of the core loads no plugin; a disabled plugin has none."""
    install("hailing", COMMAND, group=PLUGINS, entry="hailing")
    with pytest.raises(SystemExit):
        main(["heads", "--help"])
    assert "hailing" not in sys.modules
    capsys.readouterr()
    main(["hail"])
    assert "hail\n" == capsys.readouterr().out
    assert "hailing" in sys.modules


@pytest.mark.usefixtures("plugins")
def test_a_command_of_a_disabled_plugin(
    install: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not exist, and its plugin is not imported."""
    install("hailing", COMMAND, group=PLUGINS, entry="hailing")
    monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", "hailing")
    with pytest.raises(SystemExit):
        main(["hail"])
    assert "unknown command 'hail'" in capsys.readouterr().err
    assert "hailing" not in sys.modules


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import driver_of_mine", "needs the module 'driver_of_mine'"),
        (COMMAND.replace("commands.add(hail)", "1 / 0"), "'register_commands' of the plugin"),
        ("idiolect_hookspec = '>=9'", "supports hooks >=9"),
    ],
    ids=["import", "hook", "version"],
)
def test_a_broken_plugin_takes_no_command_from_others(
    install: Install, capsys: pytest.CaptureFixture[str], source: str, words: str
) -> None:
    """It is a warning; the commands of the others are listed and run."""
    install("broken", source, group=PLUGINS, entry="broken")
    install("hailing", COMMAND, group=PLUGINS, entry="hailing")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        main(["hail"])
    shown = capsys.readouterr()
    assert "hail\n" == shown.out
    assert "WARNING: " in shown.err
    assert words in shown.err


HAIL = """
def hail(config, *, loud=False):
    '''Hail somebody.'''
    print("HAIL" if loud else "hail")
"""


@pytest.mark.usefixtures("plugins")
def test_a_command_by_an_entry_point_of_its_own(
    install: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed and runs under the entry's name, unless the entry is disabled."""
    install("hailing", HAIL, group=COMMANDS, entry="hail-all", value="hailing:hail")
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "hail-all" in capsys.readouterr().out
    main(["hail-all", "--loud"])
    assert "HAIL\n" == capsys.readouterr().out
    monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", "hail-all")
    with pytest.raises(SystemExit):
        main(["hail-all"])
    assert "unknown command 'hail-all'" in capsys.readouterr().err


@pytest.mark.usefixtures("plugins")
def test_an_entry_point_that_cannot_be_loaded_is_left_out(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is skipped with a warning; the other commands are available."""
    install("broken", "import driver_of_mine", group=COMMANDS, value="broken:hail")
    install("hailing", HAIL, group=COMMANDS, entry="hail", value="hailing:hail")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        main(["hail"])
    shown = capsys.readouterr()
    assert "hail\n" == shown.out
    assert "needs the module 'driver_of_mine'" in shown.err


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize(
    ("entry", "source", "words"),
    [
        (
            "heads",
            HAIL,
            "The command 'heads' is registered twice, by idiolect itself and by hailing 1.2",
        ),
        ("hail", "hail = print", "takes the Config"),
    ],
    ids=["name of the core", "no command"],
)
def test_an_entry_point_that_cannot_be_a_command(
    install: Install, capsys: pytest.CaptureFixture[str], entry: str, source: str, words: str
) -> None:
    """The error names it."""
    install("hailing", source, group=COMMANDS, entry=entry, value="hailing:hail")
    with pytest.raises(SystemExit):
        main(["none_of_these"])
    shown = capsys.readouterr().err
    assert words in shown
    assert "hailing 1.2" in shown


def test_commands_that_a_program_adds_come_first(
    plugins: PluginManager, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program's own command takes the place of a plugin's; other commands of plugins stay."""

    def hail(config: Config) -> None:
        """Hail from the program."""
        config.print_stdout("from the program")

    def add(commands: Any) -> None:
        commands.add(function, "hail")
        commands.add(function, "other")

    plugins.register(contributor("register_commands", add))
    line = CommandLine()
    line.register_command(hail)
    line.main(["hail"])
    line.main(["other"])
    assert "from the program\n" == capsys.readouterr().out


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A third-party template."""
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "README").write_text("Ours.\n")
    return folder


def templates(*answers: object) -> object:
    """Return a plugin that answers ``register_templates``."""

    class Plugin:
        @hookimpl
        def register_templates(self) -> Iterator[object]:
            return iter(answers)

    return Plugin()


def test_a_template_cannot_take_a_name_of_the_core(plugins: PluginManager, template: Path) -> None:
    """The list shows the owner; the core's own template is still used."""
    plugins.register(templates(TemplateFolder(template, "generic")), "one")
    config = Config(template.parent / "new.ini", stdout=io.StringIO())
    with pytest.raises(
        PluginConflictError, match="template 'generic' is registered twice, by idiolect"
    ):
        command.list_templates(config)
    command.init(config, str(template.parent / "scripts"))
    assert (template.parent / "scripts" / "env.py").exists()


def test_wrong_templates(plugins: PluginManager, template: Path) -> None:
    """The errors for a folder without README, and for a result of another type, name the plugin."""
    config = Config(stdout=io.StringIO())
    plugins.register(templates(TemplateFolder(template.parent)), "one")
    with pytest.raises(HookError, match="of the plugin 'one' has no README"):
        command.list_templates(config)
    plugins.unregister("one")
    plugins.register(templates("ours"), "two")
    with pytest.raises(HookError, match="'register_templates' of the plugin 'two' returned 'ours'"):
        command.list_templates(config)


def test_unknown_names_are_told_with_those_of_plugins(
    plugins: PluginManager, template: Path
) -> None:
    """The nearest name may be a plugin's: of a template, and of a type of post-write hook."""
    plugins.register(templates(TemplateFolder(template)), "one")
    shout = contributor("register_write_hooks", lambda r: r.add("shouting", function))
    plugins.register(shout, "two")
    config = Config(template.parent / "new.ini", stdout=io.StringIO())
    with pytest.raises(CommandError, match=r"No such template 'our'\. Did you mean 'ours'"):
        command.init(config, str(template.parent / "scripts"), template="our")
    with pytest.raises(CommandError, match=r"'shoutin' registered\. Did you mean 'shouting'"):
        write_hooks._invoke("shoutin", "a.py", {})
