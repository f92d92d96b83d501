"""Files and values of no use: one clear error each, which never shows a value."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.errors import CommandError, ConfigError
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "s3cr3t"


def ask(*calls: str) -> Callable[[Config], None]:
    """Return a function that calls these getters of a Config, each with the key ``url``."""

    def run(config: Config) -> None:
        for call in calls:
            getter = getattr(config, call)
            getter() if call.endswith("_list") else getter("url")

    return run


def whole_section(config: Config) -> None:
    """Read the whole main section."""
    config.get_section("alembic")


def parser_itself(config: Config) -> None:
    """Read past Config."""
    config.file_config.get("alembic", "url")


OPTION, MAIN, HOOKS = ask("get_alembic_option"), ask("get_main_option"), ask("get_hooks_list")
LONE = "holds a '%' that is neither"
UNKNOWN = "refers to a '%(name)s' that is not defined"
INI_KEY = "idiolect.ini', section [alembic], key 'url'"
TOML_KEY = "pyproject.toml', section [tool.alembic], key 'url'"


@pytest.mark.parametrize(
    ("ini", "toml", "question", "parts"),
    [
        pytest.param(
            f"[alembic]\nurl = {SECRET}%40x",
            None,
            MAIN,
            [INI_KEY, LONE, "'%%'"],
            id="ini: percent sign",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}%",
            None,
            MAIN,
            [INI_KEY, LONE],
            id="ini: percent sign at the end",
        ),
        pytest.param(
            f"[alembic]\nurl = p%({SECRET}x", None, MAIN, [INI_KEY, LONE], id="ini: open bracket"
        ),
        pytest.param(
            f"[alembic]\nurl = p%({SECRET})x", None, MAIN, [INI_KEY, LONE], id="ini: no s"
        ),
        pytest.param(
            f"[alembic]\nurl = p%({SECRET})s",
            None,
            MAIN,
            [INI_KEY, UNKNOWN, "'here'"],
            id="ini: unknown name",
        ),
        pytest.param(
            "[alembic]\nurl = %(hree)s/x",
            None,
            MAIN,
            [INI_KEY, UNKNOWN, "used here: 'here'."],
            id="ini: misspelt name",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}%(url)s",
            None,
            MAIN,
            [INI_KEY, "circle", "'%%'"],
            id="ini: circle",
        ),
        pytest.param(
            f"[alembic]\nurl = %(pw)s\npw = {SECRET}%x",
            None,
            MAIN,
            ["key 'pw'", LONE],
            id="ini: through a reference",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}%x", None, OPTION, [INI_KEY, LONE], id="ini: alembic option"
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}%x",
            None,
            whole_section,
            [INI_KEY, LONE],
            id="ini: whole section",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}%x",
            None,
            parser_itself,
            [INI_KEY, LONE],
            id="ini: the parser",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}",
            None,
            ask("get_alembic_boolean_option"),
            [INI_KEY, "boolean value expected"],
            id="ini: no boolean",
        ),
        pytest.param(
            f"[post_write_hooks]\nhooks = a\na.options = {SECRET}%x",
            None,
            HOOKS,
            ["section [post_write_hooks], key 'a.options'", LONE],
            id="ini: hook",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = "{SECRET}%x"',
            OPTION,
            [TOML_KEY, LONE, "'%%'"],
            id="toml: percent sign",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = "p%({SECRET})s"',
            OPTION,
            [TOML_KEY, UNKNOWN, "'here'"],
            id="toml: unknown name",
        ),
        pytest.param(
            None,
            '[tool.alembic]\nurl = "%(HERE)s"',
            OPTION,
            [TOML_KEY, UNKNOWN, "'here'"],
            id="toml: other case",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = ["{SECRET}%x"]',
            OPTION,
            [TOML_KEY, LONE],
            id="toml: in a list",
        ),
        pytest.param(
            None,
            "[tool.alembic]\nurl = 2020-01-01",
            OPTION,
            ["unsupported TOML value type for key: 'url'", "date"],
            id="toml: date",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = "{SECRET}"',
            ask("get_alembic_boolean_option"),
            ["boolean value expected for TOML parameter 'url'", TOML_KEY],
            id="toml: no boolean",
        ),
        pytest.param(
            None,
            f'[tool.idiolect]\nversion_locations = "{SECRET}"',
            ask("get_version_locations_list"),
            ["[tool.idiolect], key 'version_locations'", "a list of strings"],
            id="toml: versions as text",
        ),
        pytest.param(
            None,
            "[tool.idiolect]\nprepend_sys_path = [1]",
            ask("get_prepend_sys_paths_list"),
            ["key 'prepend_sys_path'", "a list of strings"],
            id="toml: sys.path of numbers",
        ),
        pytest.param(
            None,
            f'[tool.alembic.post_write_hooks]\na = "{SECRET}"',
            HOOKS,
            ["[[tool.alembic.post_write_hooks]]"],
            id="toml: hooks as one table",
        ),
        pytest.param(
            None,
            '[[tool.alembic.post_write_hooks]]\ntype = "exec"',
            HOOKS,
            ["hook 1 has no 'name'"],
            id="toml: hook without name",
        ),
        pytest.param(
            None,
            f'[[tool.alembic.post_write_hooks]]\nname = "a"\noptions = ["{SECRET}"]',
            HOOKS,
            ["hook 1", "'options' must be a string"],
            id="toml: hook with a list",
        ),
    ],
)
def test_bad_values(
    make: Callable[..., Config], ini: str | None, toml: str | None, question: Any, parts: list[str]
) -> None:
    """A value of no use is one error with file, section and key, and never the value."""
    with pytest.raises(ConfigError) as caught:
        question(make(ini, toml))
    assert [] == [part for part in parts if part not in str(caught.value)]
    assert_hidden(caught.value)


def assert_hidden(error: BaseException) -> None:
    """Assert that neither the error, nor what it is chained to, nor its text holds the secret."""
    chain: list[str] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(f"{link!r} {vars(link)}")
        link = link.__cause__ or link.__context__
    assert SECRET not in "".join([*chain, *traceback.format_exception_only(error)])


@pytest.mark.parametrize(
    ("ini", "toml", "parts"),
    [
        pytest.param(
            f"url = {SECRET}\n", None, ["idiolect.ini", "line 1", "section"], id="ini: no section"
        ),
        pytest.param(
            f"[alembic\nurl = {SECRET}\n", None, ["line 1", "bracket"], id="ini: open section"
        ),
        pytest.param(
            f"[alembic]\na = 1\n{SECRET}\n", None, ["line 3", "key = value"], id="ini: no key"
        ),
        pytest.param(
            f"[alembic]\nurl = 1\nurl = {SECRET}\n",
            None,
            ["line 3", "'url' appears twice"],
            id="ini: key twice",
        ),
        pytest.param(
            f"[alembic]\n[alembic]\nurl = {SECRET}\n",
            None,
            ["line 2", "[alembic] appears a second time"],
            id="ini: section twice",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}é\n".encode("latin-1"),
            None,
            ["idiolect.ini", "line 2", "UTF-8"],
            id="ini: latin-1",
        ),
        pytest.param(
            f"[alembic]\nurl = {SECRET}\n".encode("utf-16"),
            None,
            ["UTF-16", "UTF-8"],
            id="ini: utf-16",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = "{SECRET}\n',
            ["pyproject.toml", "line 2"],
            id="toml: open text",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = "1"\nurl = "{SECRET}"\n',
            ["pyproject.toml", "overwrite"],
            id="toml: key twice",
        ),
        pytest.param(
            None,
            '[tool.alembic]\nurl = "C:\\new\\Projects"\n',
            ["line 2", "single quotes"],
            id="toml: Windows path",
        ),
        pytest.param(
            None,
            f'[tool.alembic]\nurl = "{SECRET}é"\n'.encode("latin-1"),
            ["pyproject.toml", "line 2", "UTF-8"],
            id="toml: latin-1",
        ),
        pytest.param(
            None,
            "[tool]\nalembic = 3\n",
            ["Incorrect TOML format", "[tool.alembic]"],
            id="toml: no table",
        ),
        pytest.param(
            None,
            "tool = 3\nidiolect = 1\n",
            ["Incorrect TOML format", "[tool]"],
            id="toml: tool is no table",
        ),
        pytest.param(
            None,
            "[tool.idiolect]\na = " + "[" * 9999,
            ["pyproject.toml", "nested"],
            id="toml: deep",
        ),
    ],
)
def test_broken_files(
    make: Callable[..., Config], ini: str | bytes | None, toml: str | bytes | None, parts: list[str]
) -> None:
    """A file that cannot be parsed is one error with file and line, and no text from it."""
    with pytest.raises(ConfigError) as caught:
        make(ini, toml).get_alembic_option("nope")
    assert [] == [part for part in parts if part not in str(caught.value)]
    assert_hidden(caught.value)


@pytest.mark.parametrize(
    "value",
    [f"{SECRET}%x", f"{SECRET}%", f"%({SECRET}", f"%({SECRET})d"],
    ids=["percent sign", "at the end", "open bracket", "no s"],
)
def test_set_option_with_percent_sign(value: str) -> None:
    """The error for a lone percent sign says how to escape it."""
    with pytest.raises(ValueError, match=r"key 'url'.*'%%'.*replace") as caught:
        Config().set_main_option("url", value)
    assert_hidden(caught.value)
    assert isinstance(caught.value, CommandError)


@pytest.mark.parametrize("value", [None, 5, object()], ids=["None", "int", "object"])
def test_set_option_to_no_string(value: Any) -> None:
    """Setting anything but a string is a TypeError that names option and type."""
    with pytest.raises(TypeError, match=f"'url' is given a {type(value).__name__}"):
        Config().set_main_option("url", value)


@pytest.mark.parametrize(
    ("name", "question", "expected"),
    [
        pytest.param("nope.ini", "alembic", "does not exist", id="missing file"),
        pytest.param("a.ini", "scheme1", r"it has \[schema1\]\)", id="nearest section"),
        pytest.param("a.ini", "quite other", r"it has \[schema1\], \[logs\]\)", id="sections"),
        pytest.param(None, "x", "no file is in use", id="no file"),
        pytest.param(".", "x", "folder, not a file", id="folder"),
        pytest.param("loop.ini", "x", "Too many levels", id="symlink loop"),
        pytest.param("a\0b", "x", "no file name", id="null byte"),
    ],
)
def test_missing_sections(tmp_path: Path, name: str | None, question: str, expected: str) -> None:
    """The error for a missing section says why it is missing."""
    (tmp_path / "a.ini").write_text("[schema1]\n[logs]\n", encoding="utf-8")
    (tmp_path / "loop.ini").symlink_to("loop.ini")
    config = Config(None if name is None else tmp_path / name)
    with pytest.raises(ConfigError, match=expected):
        config.get_section_option(question, "x")


def test_remove_without_section(make: Callable[..., Config]) -> None:
    """Removing an option without a main section is an error as well."""
    with pytest.raises(CommandError, match=r"no '\[alembic\]' section"):
        make("[x]\n").remove_main_option("a")


def test_config_args_with_percent_sign(make: Callable[..., Config]) -> None:
    """A value of config_args is interpolated in ini files, so it must be escaped there."""
    config = make("[alembic]\na = %(pw)s\n", config_args={"pw": f"{SECRET}%x"})
    with pytest.raises(ConfigError, match="key 'pw'") as caught:
        config.get_main_option("a")
    assert_hidden(caught.value)
