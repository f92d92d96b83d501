"""What Config adds to the documented rules, such as two names for the main section."""

from __future__ import annotations

import configparser
import io
import logging
import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "s3cr3t"


BOTH = """\
[DEFAULT]
shared = default
[alembic]
url = old
script_location = %(here)s/s
shared = old
[idiolect]
url = new
ref = %(script_location)s/r
"""


@pytest.mark.parametrize("asked", ["alembic", "idiolect"])
@pytest.mark.parametrize("written", ["alembic", "idiolect"])
def test_section_names_are_synonyms(make: Callable[..., Config], written: str, asked: str) -> None:
    """The main section is found under either name, read or set."""
    config = make(f"[{written}]\na = 1\n", ini_section=asked)
    config.set_section_option(asked, "b", "2")
    options = config.get_section(asked) or {}
    assert ("1", "2", "1", [written]) == (
        config.get_main_option("a"),
        options.get("b"),
        config.get_section_option(asked, "a"),
        config.file_config.sections(),
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("url", "new", id="in both"),
        pytest.param("script_location", "HERE/s", id="in the other alone"),
        pytest.param("ref", "HERE/s/r", id="reference to the other"),
        pytest.param("shared", "old", id="in the other and in DEFAULT"),
    ],
)
def test_both_sections(
    make: Callable[..., Config], tmp_path: Path, name: str, expected: str
) -> None:
    """[idiolect] wins key by key over [alembic], which wins over [DEFAULT]."""
    config = make(BOTH)
    expected = expected.replace("HERE", tmp_path.as_posix())
    assert expected == config.get_main_option(name) == config.get_alembic_option(name)


def test_both_sections_keep_a_lone_percent_sign_for_later(make: Callable[..., Config]) -> None:
    """A value that cannot be interpolated disturbs only those who ask for it."""
    config = make(f"[alembic]\nurl = {SECRET}%x\n[idiolect]\na = 1\n")
    assert "1" == config.get_main_option("a")


def test_both_tables(make: Callable[..., Config]) -> None:
    """[tool.idiolect] wins key by key over [tool.alembic]."""
    config = make(None, '[tool.idiolect]\na = "new"\n[tool.alembic]\na = "old"\nb = "old"\n')
    assert {"a": "new", "b": "old"} == config.toml_alembic_config


def test_toml_is_read_again_after_forgetting(make: Callable[..., Config], tmp_path: Path) -> None:
    """The toml options are cached in the object's dict, from which they can be deleted."""
    config = make(None, '[tool.idiolect]\na = "1"\n')
    before = config.get_alembic_option("a")
    (tmp_path / "pyproject.toml").write_text('[tool.idiolect]\na = "2"\n', encoding="utf-8")
    config.__dict__.pop("toml_alembic_config")
    assert ("1", "2") == (before, config.get_alembic_option("a"))


@pytest.mark.parametrize(
    ("ini", "toml", "expected"),
    [
        pytest.param("b = True", None, True, id="capital"),
        pytest.param("b = yes", None, True, id="yes"),
        pytest.param("b = 1", None, True, id="one"),
        pytest.param("b = Off", None, False, id="off"),
        pytest.param("b = 0", None, False, id="zero"),
    ],
)
def test_boolean_words(
    make: Callable[..., Config], ini: str, toml: str | None, expected: bool
) -> None:
    """All usual words for true and false are accepted in an ini file."""
    assert expected is make(f"[idiolect]\n{ini}\n", toml).get_alembic_boolean_option("b")


def test_inline_comment_of_path_separator(make: Callable[..., Config]) -> None:
    """The separator may carry the comment that Alembic's guide shows behind it."""
    config = make("[idiolect]\npath_separator = newline  # one a line\nversion_locations = a b\n")
    assert ["a b"] == config.get_version_locations_list()


def test_hooks_on_several_lines(make: Callable[..., Config]) -> None:
    """Hooks can be on separate lines and be capitalised."""
    config = make("[post_write_hooks]\nhooks =\n  Black\n  ruff\nBlack.Type = exec\n")
    expected = [{"type": "exec", "_hook_name": "Black"}, {"_hook_name": "ruff"}]
    assert expected == config.get_hooks_list()


def test_folder_with_a_percent_sign(tmp_path: Path) -> None:
    """``here`` is correct in a folder with a percent sign in its name."""
    folder = tmp_path / "50%off"
    folder.mkdir()
    (folder / "a.ini").write_text("[alembic]\nx = %(here)s\n", encoding="utf-8")
    (folder / "p.toml").write_text('[tool.alembic]\ny = "%(here)s"\n', encoding="utf-8")
    config = Config(folder / "a.ini", folder / "p.toml")
    assert [folder.as_posix()] * 2 == [config.get_alembic_option(name) for name in ("x", "y")]


def test_windows_paths_in_ini(make: Callable[..., Config]) -> None:
    """Backslashes in an ini file are just that."""
    config = make("[idiolect]\nscript_location = C:\\new\\table\n")
    assert "C:\\new\\table" == config.get_main_option("script_location")


@pytest.mark.parametrize("break_", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_encodings(make: Callable[..., Config], mark: str, break_: str) -> None:
    """UTF-8 is read with and without a byte order mark, with either kind of line ends."""
    ini = break_.join([f"{mark}[idiolect]", "a = é", "b = 1", "  2", ""])
    toml = break_.join([f"{mark}[tool.idiolect]", 'c = "é"', ""])
    config = make(ini, toml)
    values = [config.get_alembic_option(name) for name in "abc"]
    assert ["é", "1\n2", "é"] == values


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        pytest.param((None, None), ["No configuration file"], id="none"),
        pytest.param(
            ("[x]\n", ""),
            [
                "idiolect.ini' (has no section [idiolect] or [alembic])",
                "pyproject.toml' (has no [tool.idiolect] or [tool.alembic])",
            ],
            id="nothing in them",
        ),
        pytest.param(
            ("[idiolect]\n", '[tool.idiolect]\na="1"\n'),
            ["idiolect.ini' (section [idiolect])", "pyproject.toml' ([tool.idiolect] or"],
            id="both",
        ),
    ],
)
def test_describe_sources(
    make: Callable[..., Config], files: tuple[str | None, str | None], parts: list[str]
) -> None:
    """The searched files can be described in a message."""
    text = make(*files).describe_sources()
    assert [] == [part for part in parts if part not in text]


def test_describe_missing_sources(tmp_path: Path) -> None:
    """A file that does not exist is named as such."""
    assert "nope.ini' (does not exist)" in Config(tmp_path / "nope.ini").describe_sources()


def test_values_are_not_evaluated(make: Callable[..., Config]) -> None:
    """Text that looks like code is returned unchanged."""
    text = "${HOME} {1+1} $(id) __import__('os')"
    assert text == make(f"[idiolect]\na = {text}\n").get_main_option("a")


def test_file_config_is_a_parser_kept(make: Callable[..., Config]) -> None:
    """The ConfigParser is read once and can be used directly."""
    config = make("[idiolect]\na = 1\n")
    assert isinstance(config.file_config, configparser.ConfigParser)
    assert config.file_config is config.file_config


def test_attributes_are_copied() -> None:
    """Attributes passed to the constructor are copied."""
    given: dict[str, object] = {"a": 1}
    config = Config(attributes=given)
    config.attributes["b"] = 2
    assert ({"a": 1}, {"a": 1, "b": 2}) == (given, config.attributes)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param("nope.ini", "Loading config from file: nope.ini", id="file"),
        pytest.param(None, "No config file provided; using in-memory default config", id="none"),
    ],
)
def test_verbose(caplog: pytest.LogCaptureFixture, file: str | None, expected: str) -> None:
    """With -v, the file that is read is logged."""
    with caplog.at_level(logging.INFO, "idiolect.config"):
        _ = Config(file, cmd_opts=Namespace(verbose=True)).file_config
        _ = Config(file, cmd_opts=Namespace(verbose=False)).file_config
    assert [expected] == caplog.messages


@pytest.mark.parametrize(
    ("cmd_opts", "args", "expected"),
    [
        pytest.param(None, ("a %s", "b"), "a b\n", id="format"),
        pytest.param(None, ("100%",), "100%\n", id="no arguments, no format"),
        pytest.param(Namespace(), ("a",), "a\n", id="no such option"),
        pytest.param(Namespace(quiet=True), ("a",), "", id="quiet"),
    ],
)
def test_print_stdout(cmd_opts: Namespace | None, args: tuple[Any, ...], expected: str) -> None:
    """A line is formatted if there are arguments, and printed unless quiet."""
    stdout = io.StringIO()
    Config(stdout=stdout, cmd_opts=cmd_opts).print_stdout(*args)
    assert expected == stdout.getvalue()


def test_print_stdout_narrow_encoding() -> None:
    """Characters that stdout cannot show become question marks."""
    raw = io.BytesIO()
    stdout = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    Config(stdout=stdout).print_stdout("é")
    stdout.flush()
    assert b"?\n" == raw.getvalue()


def test_messaging_opts_do_not_change() -> None:
    """The messaging options cannot be modified through the returned dict."""
    config = Config(cmd_opts=Namespace(quiet=True))
    with pytest.raises(TypeError, match="cannot be changed"):
        config.messaging_opts["quiet"] = False
    assert {"quiet": True} == config.messaging_opts


def test_template_directory() -> None:
    """Templates are in the package, unless a subclass overrides the folder."""

    class Mine(Config):
        def get_template_directory(self) -> str:
            return "/mine"

    folder = Path(Config().get_template_directory())
    assert ("templates", True, Path("/mine")) == (
        folder.name,
        folder.is_absolute(),
        Mine()._get_template_path(),
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"path_separator": "newline"}, "\n", id="first"),
        pytest.param({"version_path_separator": "space"}, " ", id="second"),
        pytest.param({"path_separator": "os"}, os.pathsep, id="os"),
    ],
)
def test_separator_for_programs(options: dict[str, str], expected: str | None) -> None:
    """Flask-Alembic asks for the character by which to join paths."""
    config = Config()
    for name, value in options.items():
        config.set_main_option(name, value)

    found = config._get_file_separator_char("path_separator", "version_path_separator")

    assert expected == found
