"""Keeps passwords out of what is printed.

Whoever prints a failure or a usage error comes in with the finished text. What is secret is read
off the URLs of the configuration, of ``-x`` and of the environment; besides, whatever looks like
a URL in the text loses its password.
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
_SHORTEST = 4
#: From this length on, a secret is masked within longer words too.
_UNMISTAKABLE = 8


def redact(text: str, config: Config | None) -> str:
    """Return ``text`` without any password that the configuration or a URL in it holds."""
    for secret in sorted(_secrets(config), key=len, reverse=True):
        pattern = re.escape(secret)
        if len(secret) < _UNMISTAKABLE:
            # A password may be a word that messages use, as the part of another: "pass".
            pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
        text = re.sub(pattern, _MASK, text)
    return _SHOWN.sub(rf"\1{_MASK}\2", _IN_QUERY.sub(rf"\1{_MASK}", text))


def _secrets(config: Config | None) -> set[str]:
    """Return every password in the URLs of the configuration, whole, in parts and unquoted."""
    found: set[str] = set()
    for text in _texts(config):
        for secret in (*_PASSWORD.findall(text), *(each[1] for each in _IN_QUERY.findall(text))):
            for form in (secret, secret.replace("%%", "%")):
                found |= {form, urllib.parse.unquote(form), urllib.parse.unquote_plus(form)}
    # Where a URL is read otherwise than meant, a driver tells of a part of the password.
    found |= {part for secret in found for part in _SPECIAL.split(secret)}
    return {secret for secret in found if len(secret) >= _SHORTEST}


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
