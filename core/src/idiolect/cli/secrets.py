"""Masks passwords in output.

Applied to the complete text of failures and of usage errors. Secrets are collected from the URLs in
the configuration, ``-x`` and the environment, and from options and variables with names like
``password``; passwords in any other URL in the text are masked as well.
"""

from __future__ import annotations

import os
import re
import urllib.parse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config

_MASK = "***"
#: Up to the last ``@`` of the line, because a password may contain an unencoded one.
_PASSWORD = re.compile(r"://[^\s:/@]*:(.*)@")
_NAMED = r"[\w.-]*(?:password|passwd|passphrase|pwd|token|secret)"
_IN_QUERY = re.compile(rf"([?&]{_NAMED}=)([^&#\s'\")]+)", re.IGNORECASE)
#: In ODBC and libpq connection strings, and in the repr of dicts and arguments. In a value in
#: braces ``}}`` means ``}``; an unquoted value must follow immediately, or it may be SQL.
_IN_STRING = re.compile(
    r"((?<![^\s;,{(\"'?&])[\"']?[\w.-]*(?:password|passwd|passphrase|pwd)[\"']?)"
    r"(\s*[=:]\s*(?:'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\")"
    r"|=(?:\{(?:[^}]|\}\})*\}|[^\s;,&)'\"]+))",
    re.IGNORECASE,
)
#: A text that is only a connection string, and a password in it up to the next key: if quoted
#: wrongly, the rest of the password appears in the driver's error.
_IS_STRING = re.compile(
    r"^\s*\w+\s*=|\b(?:host|server|user|uid|dbname|database)\s*=", re.IGNORECASE
)
_TO_NEXT_KEY = re.compile(
    r"\w*(?:password|passwd|pwd)\s*=(.*?)(?=[\s;]\w+\s*=|$)", re.IGNORECASE | re.DOTALL
)
#: ``user/password@dsn``, the form of Oracle's tools.
_OF_DSN = re.compile(r"[\w$#]+/([^@\s]+)@\S+")
#: Values of environment variables that may contain a password.
_HOLDS_ONE = re.compile(r"://|(?:password|passwd|pwd)\s*=|/[^\s@]+@", re.IGNORECASE)
#: A value in code that is not a literal: a call, a name, a placeholder.
_CODE = re.compile(
    r"[A-Za-z_][\w.]*[(\[]|(?:None|True|False|os\.\w+|\w+\.\w[\w.]*)$|\{\w+\}$|%[(s]"
)
#: Does not match the placeholder in messages that show the form of a URL.
_SHOWN = re.compile(r"(\w:/{0,2}[^\s:/@]*:)(?!password@host:port/database)[^\s]*(@)")
_SPECIAL = re.compile(r"[^\w.~-]+")
#: Names of options and variables that contain a password.
_NAME = re.compile(
    r"(?:^|[_.-])(?:pass|pw|pwd|secret|token)$|(?:password|passwd|passphrase|secret_key)$"
)
#: Shell variables that contain folders.
_NOT_SECRET = {"PWD", "OLDPWD"}
_SHORTEST = 4
#: From this length on, a secret is masked inside of longer words, too.
_UNMISTAKABLE = 8


def redact(text: str, config: Config | None) -> str:
    """Return ``text`` with all passwords masked, from the configuration or in URLs."""
    for secret in sorted(_secrets(config), key=len, reverse=True):
        pattern = re.escape(secret)
        if len(secret) < _UNMISTAKABLE or secret.isalpha():
            # A password may be a common word, such as "postgres"; do not mask it inside of others.
            pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
        text = re.sub(pattern, _MASK, text)
    text = _IN_STRING.sub(_masked_value, _IN_QUERY.sub(rf"\1{_MASK}", text))
    return _SHOWN.sub(rf"\1{_MASK}\2", text)


def _masked_value(match: re.Match[str]) -> str:
    """Return a named value masked, unless it is a name or a call in code."""
    name, rest = match.groups()
    value = rest.lstrip(" =:")
    if value[0] not in "'\"" and (_CODE.match(value) or value == name.lstrip("\"'")):
        return match[0]
    quote = value[0] if value[0] in "'\"" else ""
    return f"{name}{rest[: len(rest) - len(value)]}{quote}{_MASK}{quote}"


def _secrets(config: Config | None) -> set[str]:
    """Return the passwords in the URLs of the configuration, whole, in parts and unquoted."""
    found: set[str] = set()
    for text in _texts(config):
        for secret in _in_text(text):
            found |= _forms(secret)
    for name, value in _named(config):
        if _NAME.search(name.lower()) and name not in _NOT_SECRET:
            found |= _forms(value)
    # If a URL is parsed differently than intended, a driver's error contains part of the password.
    found |= {part for secret in found for part in _SPECIAL.split(secret)}
    return {secret for secret in found if len(secret) >= _SHORTEST}


def _in_text(text: str) -> Iterator[str]:
    """Yield the passwords in a URL or connection string, including one nested in the other."""
    yield from _PASSWORD.findall(text)
    for each in dict.fromkeys((text, urllib.parse.unquote_plus(text.replace("%%", "%")))):
        yield from (found[1] for found in _IN_QUERY.findall(each))
        yield from (_bare(found[1].lstrip(" =:")) for found in _IN_STRING.findall(each))
        if _IS_STRING.search(each):
            yield from (found.strip("; ") for found in _TO_NEXT_KEY.findall(each))
    whole = _OF_DSN.fullmatch(text)
    if whole is not None and "://" not in text:
        yield whole[1]


def _bare(value: str) -> str:
    """Return a value of a connection string without its quotes or braces."""
    if len(value) > 1 and (value[0] + value[-1]) in {"{}", "''", '""'}:
        return value[1:-1]
    return value


def _forms(secret: str) -> set[str]:
    """Return a password encoded for a URL, and decoded."""
    found: set[str] = set()
    for form in (secret, secret.replace("%%", "%")):
        found |= {form, urllib.parse.unquote(form), urllib.parse.unquote_plus(form)}
    # A form without special characters is its own encoding.
    odd = {form for form in found if _SPECIAL.search(form)}
    return found | {urllib.parse.quote(form, safe="") for form in odd}


def _named(config: Config | None) -> Iterator[tuple[str, str]]:
    """Yield named values: environment variables, values of ``-x``, options."""
    yield from os.environ.items()
    if config is None:
        return
    for each in getattr(config.cmd_opts, "x", None) or ():
        name, _, value = each.partition("=")
        yield name, value
    try:
        parser = config.file_config
        for section in parser.sections():
            yield from ((name, value or "") for name, value in parser.items(section, raw=True))
    except Exception:  # noqa: BLE001 - a broken file is reported, not searched
        return


def _texts(config: Config | None) -> Iterator[str]:
    yield from (value for value in os.environ.values() if _HOLDS_ONE.search(value))
    if config is None:
        return
    yield from getattr(config.cmd_opts, "x", None) or ()
    try:
        parser = config.file_config
        for section in parser.sections():
            yield from (value or "" for _, value in parser.items(section, raw=True))
        yield from _texts_within(config.toml_alembic_config)
    except Exception:  # noqa: BLE001 - a broken file is reported, not searched
        return


def _texts_within(value: Any) -> Iterator[str]:
    """Yield the strings of a toml value at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            # In the form of a URL query, so that passwords under separate keys are found, too.
            yield f"?{key}={each}" if isinstance(each, str) and _NAME.search(key.lower()) else ""
            yield from _texts_within(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_within(each)
