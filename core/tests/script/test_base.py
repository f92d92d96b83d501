"""The script directory: options, revisions, errors, plans, env.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.cli.main import main
from idiolect.errors import CommandError, ConfigError, ScriptError
from idiolect.revisions.errors import MissingRevisionError, RevisionError
from idiolect.runtime.steps import StampStep
from idiolect.script import Script, ScriptDirectory
from idiolect.script.revision import RevisionMap
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Environment


def config_of(environment: Environment, **options: str) -> Config:
    """Return a Config without a file that leads to the environment."""
    config = Config()
    config.set_main_option("script_location", str(environment.folder))
    for name, value in options.items():
        config.set_main_option(name, value)
    return config


@pytest.fixture
def diamond(environment: Environment) -> ScriptDirectory:
    """``a1 <- b1, b2 <- m1``, and ``o1`` which depends on ``b1``."""
    environment.revision("a1")
    environment.revision("b1", "a1", "branch_labels = 'left'\n")
    environment.revision("b2", "a1")
    environment.revision("m1", ("b1", "b2"))
    environment.revision("o1", None, "depends_on = 'b1'\n")
    return environment.open()


def test_the_graph_is_replaced_after_a_new_file(environment: Environment) -> None:
    """As pytest-alembic does it once a test has written a revision."""
    environment.revision("a1")
    script = environment.open()
    assert ["a1"] == script.get_heads()
    environment.revision("b1", "a1")

    script.revision_map = RevisionMap(script._load_revisions)

    assert ["b1"] == script.get_heads()
    assert ["b1", "a1"] == [one.revision for one in script.walk_revisions()]


def test_facade() -> None:
    """The documented path has the two classes, and no others."""
    import idiolect.script as facade

    assert (facade.ScriptDirectory, facade.Script) == (ScriptDirectory, Script)
    with pytest.raises(AttributeError, match="nope"):
        _ = facade.nope


def test_from_config_reads_every_option(environment: Environment) -> None:
    """Each documented option arrives."""
    config = config_of(
        environment,
        file_template="x%%(rev)s",
        truncate_slug_length="9",
        timezone="UTC",
        sourceless="true",
        output_encoding="utf-16",
        recursive_version_locations="true",
        path_separator="space",
        version_locations="/one /two",
    )
    config.set_section_option("post_write_hooks", "hooks", "h")
    config.set_section_option("post_write_hooks", "h.type", "exec")

    directory = ScriptDirectory.from_config(config)

    assert {
        "file_template": "x%(rev)s",
        "truncate_slug_length": 9,
        "timezone": "UTC",
        "sourceless": True,
        "output_encoding": "utf-16",
        "recursive_version_locations": True,
        "version_locations": ["/one", "/two"],
        "hooks": [{"_hook_name": "h", "type": "exec"}],
    }.items() <= vars(directory).items()
    assert directory._version_locations == [Path("/one"), Path("/two")]
    with pytest.raises(CommandError, match="Multiple version_locations present"):
        _ = directory.versions


def test_from_config_defaults(environment: Environment) -> None:
    """With nothing but a location, the documented defaults hold."""
    directory = ScriptDirectory.from_config(config_of(environment))

    assert directory.file_template == "%(rev)s_%(slug)s"
    assert directory.truncate_slug_length == 40
    assert directory.versions == str(environment.versions)
    assert directory.env_py_location == str(environment.folder / "env.py")


@pytest.mark.parametrize(
    ("options", "words", "error"),
    [
        pytest.param({}, "No 'script_location' key found in configuration", CommandError, id="no"),
        pytest.param({"script_location": ""}, "No 'script_location'", CommandError, id="empty"),
        pytest.param(
            {"script_location": "/no/such"},
            "Path doesn't exist: /no/such.  Please use the 'init' command",
            ScriptError,
            id="missing",
        ),
        pytest.param({"script_location": "nopkg:x"}, "nopkg", ScriptError, id="package"),
        pytest.param(
            {"script_location": "/", "truncate_slug_length": "x"}, "slug", ConfigError, id="length"
        ),
    ],
)
def test_unusable_config(options: dict[str, str], words: str, error: type[Exception]) -> None:
    """An invalid configuration is reported in one message."""
    config = Config()
    for name, value in options.items():
        config.set_main_option(name, value)

    with pytest.raises(error, match=words):
        ScriptDirectory.from_config(config)


def test_package_location(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """``package:folder`` is a folder inside an importable package."""
    package = environment.folder.parent / "script_room_package"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(package.parent))
    config = Config()
    config.set_main_option("script_location", "script_room_package:migrations")

    assert ScriptDirectory.from_config(config).dir == str(package / "migrations")


def test_sys_path_does_not_grow(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """Paths are prepended in order, and once however many commands run."""
    monkeypatch.setattr(sys, "path", ["/end"])
    config = config_of(environment, prepend_sys_path="/x:/y", path_separator=":")
    for _ in range(3):
        ScriptDirectory.from_config(config)

    assert sys.path == ["/x", "/y", "/end"]


def test_queries(diamond: ScriptDirectory) -> None:
    """Heads, bases, symbols and ranges are answered from the files."""
    assert diamond.get_heads() == ["m1", "o1"]
    assert diamond.get_bases() == ["a1", "o1"]
    assert diamond.get_revision("left@head").revision == "m1"
    assert {one.revision for one in diamond.get_revisions(("a1", "b1"))} == {"a1", "b1"}
    assert diamond.as_revision_number("heads") == ("m1", "o1")
    assert diamond.as_revision_number("base") is None
    assert diamond.as_revision_number("m1") == "m1"
    assert diamond.as_revision_number("unknown") == "unknown"
    assert {one.revision for one in diamond.walk_revisions()} == {"a1", "b1", "b2", "m1", "o1"}
    assert [one.revision for one in diamond.iterate_revisions("b1", "base")] == ["b1", "a1"]


def test_heads_by_dependency(environment: Environment) -> None:
    """A head that another revision depends on can be left out."""
    environment.revision("a1")
    environment.revision("o1", None, "depends_on = 'a1'\n")
    directory = environment.open()

    assert directory.get_heads() == ["a1", "o1"]
    assert directory.get_heads(consider_depends_on=True) == ["o1"]


def test_empty_environment(environment: Environment) -> None:
    """Without revisions, and without a versions folder, there is nothing and no error."""
    environment.versions.rmdir()
    directory = environment.open()

    assert (directory.get_heads(), directory.get_base(), directory.get_current_head()) == (
        [],
        None,
        None,
    )
    assert directory.get_revision("head") is None


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        pytest.param(lambda d: d.get_revision("zzzz"), "identified by 'zzzz'", id="unknown"),
        pytest.param(
            lambda d: d.get_revision("lefd@head"), "by 'lefd'; did you mean 'left'", id="label"
        ),
        pytest.param(
            lambda d: d.get_revision("head"),
            "Multiple head revisions are present for given argument 'head'; .*are: m1, o1",
            id="heads",
        ),
        pytest.param(lambda d: d.get_current_head(), "multiple heads", id="current-head"),
        pytest.param(lambda d: list(d.walk_revisions("zzzz")), "by 'zzzz'", id="walk"),
        pytest.param(lambda d: d._upgrade_revs("+9", "a1"), "Ambiguous walk", id="upgrade-too-far"),
        pytest.param(
            lambda d: d._downgrade_revs("m1", "b1"),
            r"Destination m1 is not a valid downgrade target from current head\(s\)",
            id="downgrade-up",
        ),
        pytest.param(
            lambda d: d._downgrade_revs("-9", "b1"),
            "Relative revision -9 didn't produce 9 migrations",
            id="downgrade-too-far",
        ),
        pytest.param(
            lambda d: d._stamp_revs("head", ()),
            "Multiple heads are present; please specify a single target revision",
            id="stamp-heads",
        ),
        pytest.param(lambda d: d._stamp_revs("a1", "gone"), "identified by 'gone'", id="stamp"),
    ],
)
def test_errors(
    diamond: ScriptDirectory, ask: Callable[[ScriptDirectory], Any], words: str
) -> None:
    """Unresolvable identifiers raise a command error that says what is known."""
    with pytest.raises(CommandError, match=words) as caught:
        ask(diamond)

    assert caught.value.code.startswith("IDI-03")


def test_broken_graph(environment: Environment) -> None:
    """A revision that follows a missing one is named; the error is Alembic's KeyError too."""
    environment.revision("b1", "gone")

    with pytest.raises(MissingRevisionError, match=r"gone .*is not present") as caught:
        list(environment.open().walk_revisions())

    assert isinstance(caught.value, KeyError)


@pytest.mark.parametrize(
    ("files", "at_fault"),
    [
        pytest.param({"a1": "None", "b1": "'gone'"}, ["b1"], id="missing"),
        pytest.param({"a1": "None", "b1": "'b1'"}, ["b1"], id="itself"),
        pytest.param({"a1": "'b1'", "b1": "'a1'", "c1": "None"}, ["a1", "b1"], id="circle"),
    ],
)
@pytest.mark.parametrize("words", [["heads"], ["history"]], ids=["heads", "history"])
def test_the_files_of_a_broken_graph(
    environment: Environment,
    files: dict[str, str],
    at_fault: list[str],
    words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A message on the command line names the files to be corrected, and no others."""
    paths = {
        name: str(environment.write(f"{name}.py", f"revision = {name!r}\ndown_revision = {down}\n"))
        for name, down in files.items()
    }
    config = environment.folder / "alembic.ini"
    config.write_text(f"[alembic]\nscript_location = {environment.folder}\n")
    with pytest.raises(SystemExit):
        main(["-c", str(config), *words])
    text = capsys.readouterr().err
    assert at_fault == [name for name, path in paths.items() if repr(path) in text]


@pytest.mark.parametrize("value", ["None", "None or None"], ids=["literal", "run to be known"])
def test_a_revision_that_is_none(environment: Environment, value: str) -> None:
    """An id in the file's name is not used if the declared one is empty."""
    path = environment.write("b1.py", f"revision = {value}\ndown_revision = None\n")
    with pytest.raises(CommandError, match="declares revision = None; expected a string") as caught:
        environment.open().get_heads()
    assert repr(str(path)) in str(caught.value)


def test_several_bases(diamond: ScriptDirectory) -> None:
    """With several bases there is an error that lists them."""
    with pytest.raises(CommandError, match=r"multiple bases.*a1, o1"):
        diamond.get_base()


def test_long_lists_of_heads_are_cut(environment: Environment) -> None:
    """A hundred heads are counted rather than listed."""
    for number in range(100):
        environment.revision(f"r{number:03}")

    with pytest.raises(CommandError, match="r009 and 90 more"):
        environment.open().get_current_head()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({}, "Requested range 1:2 does not refer to ancestor/descendant", id="own"),
        pytest.param({"ancestor": "from %(start)s to %(end)s"}, "^from 1 to 2$", id="given"),
    ],
)
def test_range_text(environment: Environment, options: dict[str, str], words: str) -> None:
    """The text for a range can be passed, and names the ends as given by the user."""
    environment.revision("a1")
    environment.revision("b1")
    directory = environment.open()
    with (
        pytest.raises(CommandError, match=words),
        directory._catch_revision_errors(start="1", end="2", **options),
    ):
        list(directory.iterate_revisions("a1", "b1"))


def test_plans(diamond: ScriptDirectory) -> None:
    """Plans are steps in the order in which they run."""
    up = diamond._upgrade_revs("m1", None)
    down = diamond._downgrade_revs("a1", ("m1",))

    assert [step.revision.revision for step in up][0::3] == ["a1", "m1"]
    assert {(step.is_upgrade, step.revision.revision) for step in down} == {
        (False, "m1"),
        (False, "b1"),
        (False, "b2"),
    }


STAMPS = [
    pytest.param("m1", (), [((), ("m1",), True, True)], id="new-row"),
    pytest.param("m1", ("m1",), [], id="there-already"),
    pytest.param("m1", ("b1", "b2"), [(("b1", "b2"), ("m1",), True, False)], id="up-a-merge"),
    pytest.param("a1", ("b1", "b2"), [(("b1", "b2"), ("a1",), False, False)], id="down-a-branch"),
    pytest.param("b1", ("o1",), [(("o1",), ("b1",), False, False)], id="down-a-dependency"),
    pytest.param("o1", ("b2",), [((), ("o1",), True, True)], id="another-branch"),
    pytest.param(
        "base", ("b1", "b2"), [(("b1",), (), False, True), (("b2",), (), False, True)], id="base"
    ),
    pytest.param(None, ("b1",), [(("b1",), (), False, True)], id="none-is-base"),
    pytest.param((), ("b1",), [(("b1",), (), False, True)], id="nothing-is-base"),
    pytest.param("left@base", ("b1", "b2"), [(("b1",), (), False, True)], id="base-of-a-label"),
    pytest.param(
        ("b1", "b2"),
        ("a1",),
        [(("a1",), ("b1",), True, False), (("a1",), ("b2",), True, False)],
        id="two",
    ),
    pytest.param("heads", (), [((), ("m1",), True, True), ((), ("o1",), True, True)], id="heads"),
]


@pytest.mark.parametrize(("target", "heads", "expected"), STAMPS)
def test_stamp(
    diamond: ScriptDirectory,
    target: Any,
    heads: tuple[str, ...],
    expected: list[tuple[tuple[str, ...], tuple[str, ...], bool, bool]],
) -> None:
    """A stamp replaces the rows related to its target and keeps the others."""
    assert diamond._stamp_revs(target, heads) == [StampStep(*step) for step in expected]


def test_env_is_run_each_time(environment: Environment) -> None:
    """env.py is executed at every call, without importing neighbouring files."""
    (environment.folder / "env.py").write_text(
        "import pathlib\nwith open(__file__ + '.log', 'a') as f: f.write(__name__ + ' ')\n"
    )
    directory = environment.open()
    directory.run_env()
    directory.run_env()

    assert (environment.folder / "env.py.log").read_text() == "env_py env_py "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "Can't find Python file .*env.py", id="missing"),
        pytest.param("def f(:\n", "env.py' is not valid Python: .*line 1", id="syntax"),
    ],
)
def test_unusable_env(environment: Environment, text: str | None, words: str) -> None:
    """An env.py that is missing or no Python is named."""
    path = environment.folder / "env.py"
    path.unlink()
    if text is not None:
        path.write_text(text)

    with pytest.raises(ScriptError, match=words):
        environment.open().run_env()


def test_illegal_id_in_a_file(environment: Environment) -> None:
    """The error for an id with a character that identifiers use names its file."""
    path = environment.write("x.py", "revision = 'a-b'\ndown_revision = None\n")

    with pytest.raises(RevisionError, match=r"Character\(s\) '-' not allowed") as caught:
        environment.open().get_heads()

    assert str(path) in str(caught.value)


def test_reading_imports_no_sqlalchemy(environment: Environment) -> None:
    """Heads of an environment are known without SQLAlchemy, Mako or pluggy."""
    environment.revision("a1")
    code = (
        "import sys; from idiolect.script.base import ScriptDirectory;"
        f"print(ScriptDirectory({str(environment.folder)!r}).get_heads(),"
        "[name for name in ('sqlalchemy', 'mako', 'pluggy', 'zoneinfo') if name in sys.modules])"
    )

    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert output.stdout == "['a1'] []\n"


def test_ambiguous_beginning(environment: Environment) -> None:
    """An ambiguous partial id is rejected with the candidates; a partial id has four characters."""
    for rev, down in (("ab10", None), ("ab11", "ab10"), ("10", "ab11")):
        environment.revision(rev, down)
    directory = environment.open()

    with pytest.raises(CommandError, match="'ab10', 'ab11'"):
        directory.get_revision("ab1")
    with pytest.raises(CommandError, match="by '1'; please ensure at least four characters"):
        directory.get_revision("1")


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("head", "ab11"),
        ("heads", ("ab11",)),
        ("lab@head", "ab11"),
        ("base", None),
        (None, None),
        ("ab1", "ab1"),
        (("ab11",), "ab11"),
        (("ab10", "ab11"), ("ab10", "ab11")),
        ("+1", "+1"),
        ("lab", "lab"),
        ("gone", "gone"),
    ],
)
def test_as_revision_number(environment: Environment, symbol: Any, expected: object) -> None:
    """Symbols are resolved to ids; anything else is returned unchanged."""
    environment.revision("ab10", None, "branch_labels = 'lab'\n")
    environment.revision("ab11", "ab10")

    assert environment.open().as_revision_number(symbol) == expected
