"""Regular expressions for names of revision files, for programs that search for such files.

Imported from :mod:`idiolect.script.base`; not used by Idiolect itself.
"""

from __future__ import annotations

import re
from typing import Any, Final

from idiolect.script.base import DEFAULT_FILE_TEMPLATE
from idiolect.script.naming import WORDS

NAMES: Final[dict[str, Any]] = {
    "_default_file_template": DEFAULT_FILE_TEMPLATE,
    "_only_source_rev_file": re.compile(r"(?!\.\#|__init__)(.*\.py)$"),
    "_slug_re": re.compile(WORDS),
    "_sourceless_rev_file": re.compile(r"(?!\.\#|__init__)(.*\.py)(c|o)?$"),
}
"""Alias under which published code imports it."""
