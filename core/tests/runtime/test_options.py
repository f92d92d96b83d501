"""Arguments of configure() are validated, and some can come from config files."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.errors import CommandError, ConfigError
from idiolect.hooks import Option, hookimpl
from idiolect.runtime.environment import EnvironmentContext
from idiolect.runtime.options import CORE_OPTIONS, resolve_options
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from projects import Project

    from idiolect.hooks.manager import PluginManager

FURTHER = (
    "version_table",
    "version_table_schema",
    "version_table_pk",
    "journal",
    "auto_autocommit",
    "double_percents",
    "output_encoding",
    "migration_lock",
    "migration_lock_timeout",
    "statement_timeout",
    "lock_wait_timeout",
    "transient_retries",
)


def test_the_options_of_the_core_are_those_of_configure() -> None:
    """Each parameter is registered with its default, and the documented keywords."""
    parameters = inspect.signature(EnvironmentContext.configure).parameters
    registered = {option.name: option.default for option in CORE_OPTIONS}
    expected = {name: each.default for name, each in parameters.items()}
    del expected["self"], expected["kw"]
    assert expected == {name: registered[name] for name in registered if name not in FURTHER}
    assert {*FURTHER} == {*registered} - {*expected}
    assert [] == [option.name for option in CORE_OPTIONS if not option.doc]


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("transaction_per_migration", "perhaps", "'str'; expected: bool"),
        ("render_as_batch", [], "'list'; expected: bool"),
        ("version_table", 7, "'int'; expected: str"),
        ("include_object", "name", "'str'; expected: a function"),
        ("compare_type", 1.5, "'float'; expected: bool or a function"),
        ("on_version_apply", 1, "'int'; expected: a function or a collection"),
        ("on_version_apply", "name", "'str'; expected: a function or a collection"),
        ("on_version_apply", [print, "name"], "'list'; expected: a function or a collection"),
        ("template_args", ["x"], "'list'; expected: dict"),
    ],
)
def test_a_value_of_the_wrong_type(name: str, value: object, words: str) -> None:
    """The error names option, type, what was expected and the owner; not the value."""
    with pytest.raises(CommandError) as caught:
        resolve_options({name: value}, None)
    message = str(caught.value)
    assert f"configure({name}=...) got a value of the type {words}" in message
    assert message.endswith("It is an option of idiolect itself.")
    assert "perhaps" not in message


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("value", "expected"),
    [("true", True), ("Off", False), ("", False), (1, True), (0, False), (None, None)],
)
def test_words_for_booleans(value: object, expected: object) -> None:
    """Text from a config file is converted; None is unchanged."""
    assert {"render_as_batch": expected} == resolve_options({"render_as_batch": value}, None)


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("compare_types", "compare_type"),
        ("transaction_per_migrations", "transaction_per_migration"),
        ("include_schema", "include_schemas"),
        ("version_table_shema", "version_table_schema"),
    ],
)
def test_a_misspelt_option(name: str, meant: str) -> None:
    """There is one warning that names both, and the option is accepted."""
    with pytest.warns(UserWarning, match=f"option '{name}'.* did you mean '{meant}'") as caught:
        assert {name: True} == resolve_options({name: True}, None)
    assert 1 == len(caught)


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("name", ["acme_separator", "as_sql", "fn", "separator", "include_symbol"])
def test_an_option_of_somebody_elses(name: str) -> None:
    """Names that resemble none are let through in silence."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert {name: 1} == resolve_options({name: 1}, None)


class Acme:
    """A plugin with options in config files."""

    @hookimpl
    def register_options(self, registry: Any) -> None:
        """Register one of each kind."""
        registry.add(Option("acme_separator", str, "GO", ini="acme_separator", toml="acme_sep"))
        registry.add(Option("acme_strict", bool, ini="acme_strict", toml="acme_strict"))
        registry.add(Option("acme_size", (int, float), ini="acme_size", toml="acme_size"))
        registry.add(Option("acme_names", list, toml="acme_names"))


@pytest.fixture
def config(sqlite: PluginManager, tmp_path: Path) -> Callable[..., Config]:
    """Return a function that creates a Config from ini and toml text, with the plugin loaded."""
    sqlite.register(Acme())

    def make(ini: str = "", toml: str = "") -> Config:
        (tmp_path / "idiolect.ini").write_text(f"[idiolect]\n{ini}\n")
        (tmp_path / "pyproject.toml").write_text(f"[tool.idiolect]\n{toml}\n")
        return Config(tmp_path / "idiolect.ini", toml_file=tmp_path / "pyproject.toml")

    return make


@pytest.mark.parametrize("ini", [None, "no-such.ini", "other.ini"])
@pytest.mark.usefixtures("sqlite")
def test_options_of_a_project_without_an_ini_file(tmp_path: Path, ini: str | None) -> None:
    """Options come from pyproject.toml if there is no ini file, or no main section in it."""
    (tmp_path / "other.ini").write_text("[loggers]\nkeys = root\n")
    (tmp_path / "pyproject.toml").write_text("[tool.idiolect]\ntransient_retries = 7\n")
    config = Config(ini and tmp_path / ini, toml_file=tmp_path / "pyproject.toml")

    assert {"transient_retries": 7} == resolve_options({}, config)


FILES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "nothing": ("", "", {}, {"acme_separator": "GO"}),
    "ini": ("acme_separator = RUN", "", {}, {"acme_separator": "RUN"}),
    "toml": ("", "acme_sep = 'RUN'", {}, {"acme_separator": "RUN"}),
    "ini before toml": (
        "acme_separator = RUN",
        "acme_sep = 'NO'",
        {},
        {"acme_separator": "RUN"},
    ),
    "configure before ini": (
        "acme_separator = RUN",
        "",
        {"acme_separator": "/"},
        {"acme_separator": "/"},
    ),
    "empty in ini": ("acme_separator =", "", {}, {"acme_separator": ""}),
    "boolean in ini": ("acme_strict = yes", "", {}, {"acme_separator": "GO", "acme_strict": True}),
    "boolean in toml": (
        "",
        "acme_strict = false",
        {},
        {"acme_separator": "GO", "acme_strict": False},
    ),
    "number in ini": ("acme_size = 7", "", {}, {"acme_separator": "GO", "acme_size": 7}),
    "fraction in ini": ("acme_size = 7.5", "", {}, {"acme_separator": "GO", "acme_size": 7.5}),
    "list in toml": (
        "",
        "acme_names = ['a']",
        {},
        {"acme_separator": "GO", "acme_names": ["a"]},
    ),
}


@pytest.mark.parametrize(("ini", "toml", "given", "expected"), FILES.values(), ids=FILES)
def test_where_an_option_comes_from(
    config: Callable[..., Config],
    ini: str,
    toml: str,
    given: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    """configure() counts first, then the ini file, then toml, then the default."""
    assert expected == resolve_options(given, config(ini, toml))


@pytest.mark.parametrize(
    ("ini", "toml", "words"),
    [
        (
            "acme_strict = perhaps",
            "",
            r"idiolect.ini', section \[idiolect\], key 'acme_strict': expected true or false",
        ),
        (
            "acme_size = secret",
            "",
            r"idiolect.ini', section \[idiolect\], key 'acme_size': expected a number",
        ),
        (
            "",
            "acme_strict = 'yes'",
            r"section \[tool.idiolect\], key 'acme_strict': expected true or false",
        ),
        ("", "acme_size = true", r"section \[tool.idiolect\], key 'acme_size': expected a number"),
    ],
)
def test_a_value_in_a_file_that_does_not_fit(
    config: Callable[..., Config], ini: str, toml: str, words: str
) -> None:
    """The error names key, file, what was expected and the plugin; not the value."""
    with pytest.raises(ConfigError, match=words) as caught:
        resolve_options({}, config(ini, toml))
    assert "option of the plugin 'Acme'" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_option_of_the_ini_file_reaches_the_hooks(
    project: Project, sqlite: PluginManager
) -> None:
    """A run's context has the value, as if passed to configure()."""
    seen: list[Any] = []

    class Plugin(Acme):
        @hookimpl
        def batch_separator(self, opts: Any) -> None:
            seen.append(opts["acme_separator"])

    sqlite.register(Plugin(), "Plugin")
    project.revision("a")
    made = project.config()
    made.set_main_option("acme_separator", "RUN")
    EnvironmentContext(made, None, as_sql=True).configure(dialect_name="sqlite")  # type: ignore[arg-type]
    assert ["RUN"] == seen
