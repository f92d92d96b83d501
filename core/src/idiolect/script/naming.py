"""Names of new revision files: slug, file template, time zone, and validation of ids.

Used by the generator. Does not access the disk; a returned path is always inside the given folder.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from idiolect.errors import CommandError, ScriptError
from idiolect.revisions.node import SYMBOLS, label_fault

if TYPE_CHECKING:
    import datetime as dt

_DATE_PARTS: Final = ("year", "month", "day", "hour", "minute", "second")
WORDS: Final = r"\w+"
#: Not allowed because ids become part of file names and of Python code.
_NOT_IN_AN_ID: Final = r"[\s/\\'\"`%${}<>|*?#;,()\[\]\x00-\x1f\x7f-\x9f\ud800-\udfff]"


def check_new_id(rev_id: str) -> None:
    """Validate an id: it must be usable in a file name and on the command line.

    Raises:
        CommandError: it is empty, reserved, or contains a separator, ``..``, a quote, white space
            or a control character.
    """
    if not rev_id:
        raise CommandError("The revision id is empty; give one, or leave --rev-id out.")
    if rev_id in SYMBOLS:
        raise CommandError(f"{rev_id!r} is a symbol and cannot be a revision id; choose another.")
    culprit = re.search(_NOT_IN_AN_ID, rev_id)
    part = culprit.group() if culprit else ".." if ".." in rev_id else None
    if part is not None:
        raise CommandError(
            f"The revision id {rev_id!r} holds {part!r}, which a file name cannot. "
            "Use letters, digits, '_' and single dots."
        )


def check_new_label(label: str) -> None:
    """Validate a branch label: it must be usable on the command line.

    Raises:
        CommandError: it is empty, a symbol, or contains characters with a meaning in identifiers,
            leading or trailing white space, or a control character.
    """
    fault = label_fault(label)
    if fault is None and (not label.isprintable() or label != label.strip() or not label):
        fault = "it is empty, or has white space at an end or a control character"
    if fault is not None:
        raise CommandError(f"The branch label {label!r} cannot be used: {fault}. Choose another.")


def slug(message: str | None, limit: int) -> str:
    """Return the words of a message in lower case, joined by ``_``.

    Args:
        message: any text; None and text without words return "".
        limit: maximum length in characters; whole words are dropped from the end.
    """
    words = "_".join(re.findall(WORDS, message or "")).lower()
    if len(words) > limit:
        words = words[:limit].rsplit("_", 1)[0] + "_"
    return words


def revision_path(
    folder: str | os.PathLike[str],
    file_template: str,
    *,
    rev_id: str,
    slug: str,
    create_date: dt.datetime,
) -> Path:
    """Return the path of a new revision file.

    Args:
        folder: the version location.
        file_template: a ``%`` format with the documented tokens; may contain sub-folders.
        rev_id: the token ``rev``.
        slug: the token ``slug``; loses characters that the locale cannot encode.
        create_date: the tokens ``year`` to ``second`` and ``epoch``.

    Raises:
        CommandError: the template has an unknown token, is malformed, or points outside of
            ``folder``.
    """
    tokens: dict[str, object] = {part: getattr(create_date, part) for part in _DATE_PARTS}
    tokens |= {"rev": rev_id, "slug": _in_file_names(slug), "epoch": int(create_date.timestamp())}
    try:
        name = file_template % tokens
    except KeyError as exc:
        raise CommandError(
            f"file_template {file_template!r} has the unknown token {exc.args[0]!r}. "
            f"Known here: {', '.join(tokens)}."
        ) from exc
    except (ValueError, TypeError) as exc:
        raise CommandError(
            f"file_template {file_template!r} is malformed ({exc}). "
            "Expected something like '%(rev)s_%(slug)s'."
        ) from exc
    root = Path(os.path.abspath(folder))  # noqa: PTH100 - must not follow links, as resolve() does
    path = Path(os.path.normpath(root / f"{name}.py"))
    if not path.is_relative_to(root):
        raise ScriptError(
            f"The new file would be {str(path)!r}, outside the version location {str(root)!r}. "
            f"Correct file_template {file_template!r}."
        )
    return path


def _in_file_names(text: str) -> str:
    """Drop characters that the encoding of file names lacks, such as ASCII in the locale C."""
    encoding = sys.getfilesystemencoding()
    return text.encode(encoding, "ignore").decode(encoding)


def find_zone(name: str) -> dt.tzinfo:
    """Return a time zone by its name, as given or in upper case.

    Raises:
        CommandError: neither the system nor the tzdata package has this zone.
    """
    # Imported here because only new files need it.
    from zoneinfo import ZoneInfo

    for spelling in dict.fromkeys((name, name.upper())):
        try:
            return ZoneInfo(spelling)
        except (KeyError, ValueError, OSError):
            continue
    raise CommandError(
        f"Can't locate timezone: {name}. Check the option 'timezone', or install the package "
        "tzdata where the system has no zone database."
    )
