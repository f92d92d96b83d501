"""Masks passwords in output.

Applied to the complete text of failures and of usage errors. Secrets are collected from the URLs in
the configuration, ``-x`` and the environment, and from options and variables with names like
``password``; passwords in any other URL in the text are masked as well.
"""

from __future__ import annotations

import os
import re
import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config

_MASK = "***"
#: Up to the last ``@`` of the line, because a password may contain an unencoded one.
_PASSWORD = re.compile(r"://[^\s:/@]*:(.*)@")
_IN_QUERY = re.compile(r"([?&](?:password|passwd|pwd|token|secret)=)([^&#\s'\")]+)", re.IGNORECASE)
_SHOWN = re.compile(r"(\w:/{0,2}[^\s:/@]*:)[^\s]*(@)")
_SPECIAL = re.compile(r"[^\w.~-]+")
#: Names of options and variables that contain a password.
_NAME = re.compile(r"(?:^|[_.-])(?:pass|password|passwd|passphrase|pgpassword|pwd|secret|token)$")
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
    return _SHOWN.sub(rf"\1{_MASK}\2", _IN_QUERY.sub(rf"\1{_MASK}", text))


def _secrets(config: Config | None) -> set[str]:
    """Return the passwords in the URLs of the configuration, whole, in parts and unquoted."""
    found: set[str] = set()
    for text in _texts(config):
        for secret in (*_PASSWORD.findall(text), *(each[1] for each in _IN_QUERY.findall(text))):
            found |= _forms(secret)
    for name, value in _named(config):
        if _NAME.search(name.lower()) and name not in _NOT_SECRET:
            found |= _forms(value)
    # If a URL is parsed differently than intended, a driver's error contains part of the password.
    found |= {part for secret in found for part in _SPECIAL.split(secret)}
    return {secret for secret in found if len(secret) >= _SHORTEST}


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
    yield from (value for value in os.environ.values() if "://" in value)
    if config is None:
        return
    yield from getattr(config.cmd_opts, "x", None) or ()
    try:
        parser = config.file_config
        for section in parser.sections():
            yield from (value or "" for _, value in parser.items(section, raw=True))
        yield from filter(_is_text, config.toml_alembic_config.values())
    except Exception:  # noqa: BLE001 - a broken file is reported, not searched
        return


def _is_text(value: object) -> bool:
    return isinstance(value, str)
