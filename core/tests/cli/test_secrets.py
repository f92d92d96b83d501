"""No password is shown: not whole, not in part, not encoded."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from idiolect.cli.secrets import redact
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from pathlib import Path


def config_with(url: str, x: str = "") -> Config:
    """Return a Config that holds a URL."""
    config = Config(cmd_opts=Namespace(x=[x]))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        pytest.param(
            "pg://u:abcd1234@h/d", "login abcd1234 failed", "login *** failed", id="whole"
        ),
        pytest.param("pg://u:ab%40cd12@h/d", "got ab@cd12", "got ***", id="decoded"),
        pytest.param("pg://u:abcd%40efgh@h/d", "no host efgh@h", "no host ***@h", id="part"),
        pytest.param("pg://u:abcd@efgh@h/d", "no host 'efgh@h'", "no host '***@h'", id="unencoded"),
        pytest.param("pg://u:pa ss wo rd@h/d", "got pa ss wo rd", "got ***", id="spaces"),
        pytest.param("pg://h/d?password=abcd1234", "got abcd1234", "got ***", id="query"),
        pytest.param(
            "pg://h/d?sslmode=a&sslpassword=abcd1234", "got abcd1234", "got ***", id="query, TLS"
        ),
        pytest.param(
            "x:///?odbc_connect=DRIVER%3D%7BX%7D%3BUID%3Du%3BPWD%3D%7Bab%3Bcd12%7D",
            "login 'ab;cd12' failed",
            "login '***' failed",
            id="ODBC",
        ),
        pytest.param(
            "x:///?odbc_connect=DRIVER=X;Password=abcd1234;Encrypt=no",
            "login abcd1234 failed",
            "login *** failed",
            id="ODBC, not encoded",
        ),
        pytest.param(
            "host=h password='ab cd12' user=u",
            "login ab cd12 failed",
            "login *** failed",
            id="libpq",
        ),
        pytest.param("scott/abcd1234@//h:1521/x", "no abcd1234", "no ***", id="Oracle's DSN"),
        pytest.param("pg://u:pass@h/d", "passed; pass is", "passed; *** is", id="a word"),
        pytest.param("pg://u:abcd1234@h/d", "xabcd1234y", "x***y", id="within a word"),
        pytest.param("pg://u@h/d", "u@h and nothing else", "u@h and nothing else", id="none"),
    ],
)
def test_secrets_of_the_configuration(url: str, text: str, expected: str) -> None:
    """What the configuration's URL holds is masked wherever it comes up."""
    assert expected == redact(text, config_with(url))


def test_secrets_of_x() -> None:
    """A URL passed with -x is masked as well."""
    config = config_with("sqlite://", x="url=pg://u:abcd1234@h/d")

    assert "no ***" == redact("no abcd1234", config)


def test_secrets_of_toml(tmp_path: Path) -> None:
    """A URL in pyproject.toml is one of the configuration's too."""
    file = tmp_path / "pyproject.toml"
    file.write_text(
        '[tool.idiolect]\nurl = "pg://u:abcd1234@h/d"\nsourceless = true\n'
        '[tool.idiolect.databases]\none = {url = "pg://u:efgh5678@h/d"}\npassword = "ijkl9012"\n',
        "utf-8",
    )

    assert "no *** *** ***" == redact("no abcd1234 efgh5678 ijkl9012", Config(toml_file=file))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOME_URL", "pg://u:abcd1234@h/d"),
        ("SOME_DSN", "host=h password=abcd1234"),
        ("SOME_DSN", "scott/abcd1234@h/x"),
        ("DBPASSWORD", "abcd1234"),
        ("DB_PW", "abcd1234"),
    ],
)
def test_secrets_of_the_environment(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So are those of the environment, with or without a configuration."""
    monkeypatch.setenv(name, value)
    # It holds the values as well.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")

    assert "no ***" == redact("no abcd1234", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("at pg+x://u:abcd@h:1/d.", "at pg+x://u:***@h:1/d.", id="URL"),
        pytest.param("at pg://u:ab@cd@h/d.", "at pg://u:***@h/d.", id="unencoded"),
        pytest.param("at pg:/u:abcd@h/d.", "at pg:/u:***@h/d.", id="one slash"),
        pytest.param("at pg://h/d?password=ab.", "at pg://h/d?password=***", id="query"),
        pytest.param(
            "DRIVER={X};UID=u;PWD={a;b}}c};E=no", "DRIVER={X};UID=u;PWD=***;E=no", id="ODBC"
        ),
        pytest.param("host=h password=abcd user=u", "host=h password=*** user=u", id="libpq"),
        pytest.param("connect('h', password='ab')", "connect('h', password='***')", id="argument"),
        pytest.param("{'user': 'u', 'passwd': 'ab'}", "{'user': 'u', 'passwd': '***'}", id="dict"),
        pytest.param("connect(password=password)", "connect(password=password)", id="a name"),
        pytest.param("connect(pwd=os.environ['X'])", "connect(pwd=os.environ['X'])", id="a call"),
        pytest.param("using password: NO", "using password: NO", id="a driver's words"),
        pytest.param("SET token = 5, password = :p", "SET token = 5, password = :p", id="SQL"),
        pytest.param("File 'a.py', line 1: x@y", "File 'a.py', line 1: x@y", id="no URL"),
    ],
)
def test_unknown_urls(text: str, expected: str) -> None:
    """Passwords in anything that looks like a URL are masked."""
    assert expected == redact(text, None)
