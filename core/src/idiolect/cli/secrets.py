"""Passwords, kept out of what is printed.

Used on the finished text of failures and of usage errors. Secrets are
found in the URLs of the configuration, of ``-x`` and of the environment, and in options and
variables that are named like a password; any other URL in the text loses its password as well.
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
#: A password lasts to the last ``@`` of its line, because it may hold one that is not encoded.
_PASSWORD = re.compile(r"://[^\s:/@]*:(.*)@")
_IN_QUERY = re.compile(r"([?&](?:password|passwd|pwd|token|secret)=)([^&#\s'\")]+)", re.IGNORECASE)
_SHOWN = re.compile(r"(\w:/{0,2}[^\s:/@]*:)[^\s]*(@)")
_SPECIAL = re.compile(r"[^\w.~-]+")
#: A name of an option or of a variable whose value is a password.
_NAME = re.compile(r"(?:^|[_.-])(?:pass|password|passwd|passphrase|pgpassword|pwd|secret|token)$")
#: The shell's own, which are folders.
_NOT_SECRET = {"PWD", "OLDPWD"}
_SHORTEST = 4
#: From this length on, a secret is masked within longer words too.
_UNMISTAKABLE = 8


def redact(text: str, config: Config | None) -> str:
    """Return ``text`` without any password that the configuration or a URL in it holds."""
    for secret in sorted(_secrets(config), key=len, reverse=True):
        pattern = re.escape(secret)
        if len(secret) < _UNMISTAKABLE or secret.isalpha():
            # A password may be a word that messages use, as the part of another: "postgres".
            pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
        text = re.sub(pattern, _MASK, text)
    return _SHOWN.sub(rf"\1{_MASK}\2", _IN_QUERY.sub(rf"\1{_MASK}", text))


def _secrets(config: Config | None) -> set[str]:
    """Return every password in the URLs of the configuration, whole, in parts and unquoted."""
    found: set[str] = set()
    for text in _texts(config):
        for secret in (*_PASSWORD.findall(text), *(each[1] for each in _IN_QUERY.findall(text))):
            found |= _forms(secret)
    for name, value in _named(config):
        if _NAME.search(name.lower()) and name not in _NOT_SECRET:
            found |= _forms(value)
    # Where a URL is read otherwise than meant, a driver tells of a part of the password.
    found |= {part for secret in found for part in _SPECIAL.split(secret)}
    return {secret for secret in found if len(secret) >= _SHORTEST}


def _forms(secret: str) -> set[str]:
    """Return a password as it is written here and there: encoded for a URL, and not."""
    found: set[str] = set()
    for form in (secret, secret.replace("%%", "%")):
        found |= {form, urllib.parse.unquote(form), urllib.parse.unquote_plus(form)}
    # A single word is its own encoding.
    odd = {form for form in found if _SPECIAL.search(form)}
    return found | {urllib.parse.quote(form, safe="") for form in odd}


def _named(config: Config | None) -> Iterator[tuple[str, str]]:
    """Yield what has a name: variables of the environment, values of ``-x``, options."""
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
