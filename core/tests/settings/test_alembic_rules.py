"""The rules for options that Alembic 1.20 documents or shows, as one table per getter.

``CONFIG_MODULE=alembic.config pytest <this file>`` runs the tables against the real one, where it
is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeConfig = Callable[..., Any]
    Localise = Callable[[Any], Any]

INI = """\
[DEFAULT]
shared = everywhere
[alembic]
script_location = %(here)s/scripts
url = p%%40ss
Mixed.Key = Hello
empty =
ref = %(script_location)s/x
lines = a
  b
from_args = %(base)s/y
[other]
x = 1
"""
TOML = """\
[tool.alembic]
script_location = "%(here)s/scripts"
file_template = "%%(rev)s_%%(slug)s"
truncate_slug_length = 50
sourceless = true
names = ["%(here)s", "50%%"]
from_args = "%(base)s/y"
Mixed = "M"
prepend_sys_path = [".", "c:\\\\some\\\\path"]
version_locations = ["%(here)s/a", "b c"]
pairs = [{x = "%(here)s"}]
[tool.alembic.table]
key = "%(here)s/t"
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("script_location", "HERE/scripts", id="here"),
        pytest.param("url", "p%40ss", id="escaped percent sign"),
        pytest.param("mixed.key", "Hello", id="lower case"),
        pytest.param("Mixed.Key", "Hello", id="case of the file"),
        pytest.param("empty", "", id="empty"),
        pytest.param("ref", "HERE/scripts/x", id="reference"),
        pytest.param("lines", "a\nb", id="several lines"),
        pytest.param("from_args", "/base/y", id="config_args"),
        pytest.param("shared", "everywhere", id="DEFAULT section"),
        pytest.param("here", "HERE", id="here itself"),
        pytest.param("nope", None, id="missing"),
    ],
)
def test_main_option(peer: MakeConfig, localise: Localise, name: str, expected: str | None) -> None:
    """An option of the main section is interpolated and found in any case."""
    assert localise(expected) == peer(INI).get_main_option(name)


def test_main_option_default(peer: MakeConfig) -> None:
    """The default answers for a key that is missing, not for one that is empty."""
    config = peer(INI)
    assert ("d", "") == (config.get_main_option("nope", "d"), config.get_main_option("empty", "d"))


def test_main_option_of_named_section(peer: MakeConfig) -> None:
    """Another main section is used instead of the default."""
    config = peer(INI, ini_section="other")
    assert ("1", None) == (config.get_main_option("x"), config.get_main_option("url"))


@pytest.mark.parametrize(
    ("ini", "section"),
    [
        pytest.param(INI, "nope", id="named section is not there"),
        pytest.param("[x]\n", "alembic", id="no main section"),
        pytest.param("", "alembic", id="empty file"),
    ],
)
def test_main_option_without_section(peer: MakeConfig, ini: str, section: str) -> None:
    """A missing main section is an error, even with a default."""
    config = peer(ini, ini_section=section)
    with pytest.raises(
        Exception,
        match=rf"No config file '.*some.ini' found, or file has no '\[{section}\]' section",
    ):
        config.get_main_option("x", "default")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        pytest.param("other", {"shared": "everywhere", "x": "1"}, id="with defaults"),
        pytest.param("nope", "the default", id="missing"),
        pytest.param("DEFAULT", "the default", id="DEFAULT is none"),
    ],
)
def test_section(peer: MakeConfig, tmp_path: Path, section: str, expected: Any) -> None:
    """A section is returned as a dict including defaults; a missing one as the given default."""
    if isinstance(expected, dict):
        expected = {"base": "/base", "here": tmp_path.as_posix(), **expected}
    assert expected == peer(INI).get_section(section, "the default")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("x", "1", id="there"),
        pytest.param("shared", "everywhere", id="inherited"),
        pytest.param("nope", "d", id="missing"),
    ],
)
def test_section_option(peer: MakeConfig, name: str, expected: str) -> None:
    """Options of any section can be read."""
    assert expected == peer(INI).get_section_option("other", name, "d")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("script_location", "HERE/scripts", id="text"),
        pytest.param("file_template", "%(rev)s_%(slug)s", id="escaped percent signs"),
        pytest.param("truncate_slug_length", 50, id="integer"),
        pytest.param("sourceless", True, id="boolean"),
        pytest.param("names", ["HERE", "50%"], id="list"),
        pytest.param("table", {"key": "HERE/t"}, id="table"),
        pytest.param("pairs", [{"x": "HERE"}], id="list of tables"),
        pytest.param("from_args", "/base/y", id="config_args"),
        pytest.param("Mixed", "M", id="exact case"),
        pytest.param("mixed", None, id="other case"),
        pytest.param("nope", None, id="missing"),
    ],
)
def test_alembic_option_in_toml(
    peer: MakeConfig, localise: Localise, name: str, expected: Any
) -> None:
    """An option of the toml table is interpolated in every text within it, by its exact name."""
    assert localise(expected) == peer(None, TOML).get_alembic_option(name)


MERGED_INI = "[alembic]\na = ini\nonly_ini = i\nempty =\n"
MERGED_TOML = '[tool.alembic]\na = "toml"\nonly_toml = "t"\nempty = "toml"\n'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a", "ini", id="both"),
        pytest.param("only_ini", "i", id="ini"),
        pytest.param("only_toml", "t", id="toml"),
        pytest.param("empty", "", id="empty in ini"),
        pytest.param("nope", "d", id="neither"),
    ],
)
def test_merged_option(peer: MakeConfig, name: str, expected: str) -> None:
    """The ini file takes precedence over toml."""
    assert expected == peer(MERGED_INI, MERGED_TOML).get_alembic_option(name, "d")


@pytest.mark.parametrize(
    "ini", [pytest.param("[x]\na = 1\n", id="no section"), pytest.param(None, id="no file")]
)
def test_option_without_ini_section(peer: MakeConfig, ini: str | None) -> None:
    """Toml answers where the ini file or its main section is missing; the main option does not."""
    assert "toml" == peer(ini, MERGED_TOML).get_alembic_option("a")


def test_named_section_leaves_toml_alone(peer: MakeConfig) -> None:
    """The name of the main section applies to the ini file only."""
    assert "toml" == peer(MERGED_INI, MERGED_TOML, ini_section="x").get_alembic_option("a")


@pytest.mark.parametrize(
    ("ini", "toml", "expected"),
    [
        pytest.param("b = true", None, True, id="ini true"),
        pytest.param("b = false", None, False, id="ini false"),
        pytest.param("b =", None, False, id="ini empty"),
        pytest.param("", None, False, id="missing"),
        pytest.param("", "b = true", True, id="toml true"),
        pytest.param("", "b = false", False, id="toml false"),
        pytest.param("b = false", "b = true", False, id="ini wins"),
    ],
)
def test_boolean(peer: MakeConfig, ini: str, toml: str | None, expected: bool) -> None:
    """Booleans are words in ini files and real ones in toml."""
    config = peer(f"[alembic]\n{ini}\n", toml and f"[tool.alembic]\n{toml}\n")
    assert expected is config.get_alembic_boolean_option("b")


@pytest.mark.parametrize("value", ['"true"', "1", "[]", "{}"])
def test_boolean_of_other_type(peer: MakeConfig, value: str) -> None:
    """Anything but true and false is rejected in toml."""
    config = peer(None, f"[tool.alembic]\nb = {value}\n")
    with pytest.raises(Exception, match="boolean value expected for TOML parameter 'b'"):
        config.get_alembic_boolean_option("b")


INI_HOOKS = """\
[post_write_hooks]
hooks = x, y
x.type = exec
x.options = %(here)s/o
y.type = module
z.type = unused
"""
TOML_HOOKS = '[[tool.alembic.post_write_hooks]]\nname = "h"\ntype = "t"\noptions = "%(here)s 5%%"\n'
FROM_INI = [
    {"type": "exec", "options": "HERE/o", "_hook_name": "x"},
    {"type": "module", "_hook_name": "y"},
]
FROM_TOML = [{"type": "t", "options": "HERE 5%", "_hook_name": "h"}]


@pytest.mark.parametrize(
    ("ini", "toml", "expected"),
    [
        pytest.param(INI_HOOKS, None, FROM_INI, id="ini"),
        pytest.param(None, TOML_HOOKS, FROM_TOML, id="toml"),
        pytest.param(INI_HOOKS, TOML_HOOKS, FROM_INI, id="ini wins"),
        pytest.param("[alembic]\n", TOML_HOOKS, FROM_TOML, id="no section in ini"),
        pytest.param("[post_write_hooks]\nhooks =\n", TOML_HOOKS, [], id="none in ini"),
        pytest.param("[post_write_hooks]\n", TOML_HOOKS, [], id="empty section in ini"),
        pytest.param(None, None, [], id="no file"),
        pytest.param(
            "[post_write_hooks]\nhooks = a,,b ,\na.b.c = 1\nab.d = 2\n",
            None,
            [{"b.c": "1", "_hook_name": "a"}, {"_hook_name": "b"}],
            id="odd commas, no type",
        ),
    ],
)
def test_hooks(
    peer: MakeConfig, localise: Localise, ini: str | None, toml: str | None, expected: Any
) -> None:
    """Hooks come in order, each with its options and its name."""
    assert localise(expected) == peer(ini, toml).get_hooks_list()


def test_set_and_remove(peer: MakeConfig) -> None:
    """Options set in code win over the file, may refer to others, and can be removed."""
    config = peer(INI)
    config.set_main_option("url", "%(ref)s 5%%")
    config.set_section_option("new", "Key", "%(shared)s")
    url, new = config.get_main_option("url"), config.get_section_option("new", "key")
    config.remove_main_option("url")
    assert (f"{config.get_main_option('ref')} 5%", "everywhere", "gone") == (
        url,
        new,
        config.get_main_option("url", "gone"),
    )


def test_set_without_main_section(peer: MakeConfig) -> None:
    """Setting a main option creates the section."""
    config = peer("[x]\n")
    config.set_main_option("u", "v")
    assert "v" == config.get_main_option("u")


def test_no_files(peer: MakeConfig) -> None:
    """A Config with no file has an empty main section."""
    config = peer()
    assert (None, ["alembic"], {}, None) == (
        config.get_main_option("x"),
        config.file_config.sections(),
        config.toml_alembic_config,
        config.config_file_name,
    )


def test_missing_files(peer: MakeConfig, tmp_path: Path) -> None:
    """Files that do not exist hold nothing, and the ini file has no main section then."""
    config = peer("", "")
    (tmp_path / "some.ini").unlink()
    (tmp_path / "pyproject.toml").unlink()
    answers = (
        config.get_alembic_option("x", "d"),
        config.get_section("alembic"),
        config.get_hooks_list(),
    )
    assert ("d", None, []) == answers


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("link/a.ini", "link", id="symlink stays"),
        pytest.param("link/../real/a.ini", "link/../real", id="dots stay"),
        pytest.param("real/a.ini", "real", id="relative"),
    ],
)
def test_here(
    peer: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, expected: str
) -> None:
    """``here`` is the file's folder, absolute and otherwise as given; it overrides config_args."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "a.ini").write_text("[alembic]\nx = %(here)s\n", encoding="utf-8")
    config = type(peer())(path, config_args={"here": "elsewhere"})
    assert f"{tmp_path.as_posix()}/{expected}" == config.get_main_option("x")


def test_config_args_are_copied(peer: MakeConfig) -> None:
    """``here`` reaches config_args and toml_args, and not the caller's mapping."""
    config = peer(INI, TOML)
    _ = (config.file_config, config.toml_alembic_config)
    assert {"base", "here"} == set(config.config_args) == set(config.toml_args)
