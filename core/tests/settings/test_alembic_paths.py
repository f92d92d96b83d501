"""Lists of paths by the rules of Alembic 1.20, and its warnings; see test_alembic_rules.py."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeConfig = Callable[..., Any]
    Localise = Callable[[Any], Any]

TOML = """\
[tool.alembic]
prepend_sys_path = [".", "c:\\\\some\\\\path"]
version_locations = ["%(here)s/a", "b c"]
"""
NO_SEPARATOR = "No path_separator found in configuration; falling back to legacy splitting on "
DEPRECATED = (
    "The version_path_separator configuration parameter is deprecated; please use path_separator"
)
VERSIONS, PREPEND = "get_version_locations_list", "get_prepend_sys_paths_list"


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        pytest.param("space", "/a /b", ["/a", "/b"], id="space"),
        pytest.param("space", "/a:/b", ["/a:/b"], id="space keeps colons"),
        pytest.param("newline", "\n  /a b \n  /c", ["/a b", "/c"], id="newline"),
        pytest.param(":", "/a b:/c:", ["/a b", "/c"], id="colon"),
        pytest.param(";", r"C:\a b;C:\c", [r"C:\a b", r"C:\c"], id="semicolon"),
        pytest.param("os", f"/a{os.pathsep}/b", ["/a", "/b"], id="os"),
        pytest.param(":", "", None, id="empty"),
    ],
)
@pytest.mark.parametrize("getter", [VERSIONS, PREPEND])
def test_path_separator(
    peer: MakeConfig, getter: str, word: str, text: str, expected: list[str] | None
) -> None:
    """path_separator applies to both lists."""
    config = peer(
        f"[alembic]\npath_separator = {word}\nversion_path_separator = space\n"
        f"version_locations = {text}\nprepend_sys_path = {text}\n"
    )
    assert expected == getattr(config, getter)()


@pytest.mark.parametrize(
    ("getter", "separator", "expected", "warning"),
    [
        pytest.param(
            VERSIONS,
            "",
            ["/a", "/b", "/c:/d"],
            f"{NO_SEPARATOR}spaces/commas for version_locations",
            id="versions",
        ),
        pytest.param(
            VERSIONS,
            "version_path_separator = :",
            ["/a /b, /c", "/d"],
            DEPRECATED,
            id="versions, old option",
        ),
        pytest.param(
            PREPEND,
            "",
            ["/a", "/b", "/c", "/d"],
            f"{NO_SEPARATOR}spaces, commas, and colons for prepend_sys_path",
            id="sys.path",
        ),
        pytest.param(
            PREPEND,
            "version_path_separator = :",
            ["/a", "/b", "/c", "/d"],
            f"{NO_SEPARATOR}spaces, commas, and colons for prepend_sys_path",
            id="sys.path, old option",
        ),
    ],
)
def test_legacy_path_separator(
    peer: MakeConfig, getter: str, separator: str, expected: list[str], warning: str
) -> None:
    """Without path_separator the old rules apply, with a warning."""
    text = "/a /b, /c:/d"
    config = peer(f"[alembic]\n{separator}\nversion_locations = {text}\nprepend_sys_path = {text}")
    with pytest.warns(DeprecationWarning, match=f"^{warning}"):
        assert expected == getattr(config, getter)()


@pytest.mark.parametrize(
    ("getter", "option", "word"),
    [
        pytest.param(VERSIONS, "path_separator", "|", id="versions"),
        pytest.param(VERSIONS, "path_separator", "OS", id="upper case"),
        pytest.param(VERSIONS, "path_separator", "", id="empty"),
        pytest.param(VERSIONS, "version_path_separator", "|", id="versions, old option"),
        pytest.param(PREPEND, "path_separator", "|", id="sys.path"),
    ],
)
def test_unknown_path_separator(peer: MakeConfig, getter: str, option: str, word: str) -> None:
    """An unknown separator is a ValueError that lists the known ones."""
    config = peer(f"[alembic]\n{option} = {word}\nversion_locations = /a\nprepend_sys_path = /a\n")
    with pytest.raises(ValueError, match="is not a valid value") as caught:
        getattr(config, getter)()
    expected = (
        f"{word!r} is not a valid value for {option}; expected 'space', 'newline', 'os', ':', ';'"
    )
    assert expected == str(caught.value)


OS_PATHS = "[alembic]\npath_separator = os\nversion_locations = /i\n"
NO_PATHS = "[alembic]\nversion_locations =\n"


@pytest.mark.parametrize(
    ("files", "getter", "expected"),
    [
        pytest.param((None, TOML), VERSIONS, ["HERE/a", "b c"], id="versions in toml"),
        pytest.param((None, TOML), PREPEND, [".", r"c:\some\path"], id="sys.path in toml"),
        pytest.param((OS_PATHS, TOML), VERSIONS, ["/i"], id="ini wins"),
        pytest.param((NO_PATHS, TOML), VERSIONS, ["HERE/a", "b c"], id="empty in ini"),
        pytest.param(
            (None, "[tool.alembic]\nversion_locations = []\n"), VERSIONS, [], id="empty list"
        ),
        pytest.param((None, None), VERSIONS, None, id="no versions"),
        pytest.param((None, None), PREPEND, None, id="no sys.path"),
    ],
)
def test_path_lists(
    peer: MakeConfig, localise: Localise, files: tuple[str | None, ...], getter: str, expected: Any
) -> None:
    """Toml has real lists; an ini file wins unless its value is empty."""
    assert localise(expected) == getattr(peer(*files), getter)()
