"""Reads the declarations of a revision file from its text, without executing it.

The result is a :class:`RevisionHeader`, or None if the file must be executed. Three ways are tried,
the fastest first: a strict grammar for the part before the first function, Python's parser on that
part, Python's parser on the entire file; the latter two are in :mod:`idiolect.script.parsed`.
Nothing is executed or written here; :mod:`idiolect.script.index` caches the results of
:func:`read_header` across runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from idiolect.errors import ScriptError

if TYPE_CHECKING:
    from types import ModuleType

Ids = str | Iterable[str] | None

#: The variables that define the graph.
FIELDS: Final = frozenset({"revision", "down_revision", "branch_labels", "depends_on"})


# Named tuples of types, not of strings: for these, Python 3.14 imports its parser.
class RevisionHeader(
    NamedTuple(
        "RevisionHeader",
        [
            ("revision", str | None),
            ("down_revision", Ids),
            ("branch_labels", Ids),
            ("depends_on", Ids),
            ("doc", str | None),
        ],
    )
):
    """The declarations of one revision file.

    Attributes:
        revision: the id; None if the file declares none (its name may contain it).
        down_revision: the ids of its parents, as written; None for a base.
        branch_labels: its branch labels, as written.
        depends_on: ids or labels that must be applied first, as written.
        doc: the docstring as Python would set it, or None.
    """

    __slots__ = ()


_NAMES = "revision|down_revision|branch_labels|depends_on"
_STRING = r"""(?:'[^'\\\n]*+'|"[^"\\\n]*+")"""
_SEVERAL = rf"[(\[]\s*+(?:{_STRING}\s*+(?:,\s*+|(?=[)\]])))*+[)\]]"
_VALUE = rf"(?:{_STRING}|None|{_SEVERAL})"
_DOTTED = r"[A-Za-z_][\w.]*+"
_ANNOTATION = r"(?:[ ]*+:[ ]*+[\w.\[\], |]++)?+"
_ALIASED = rf"{_DOTTED}(?:[ ]+as[ ]+\w++)?+"
_ALIASES = rf"{_ALIASED}(?:[ ]*+,[ ]*+{_ALIASED})*+"
_END = r"[ \t]*+(?:\#[^\n]*+)?+(?:\n|\Z)"

#: Lines that do not bind our names: blank, comment, plain import.
_NEUTRAL = rf"""
    {_END}
  | (?:import|from[ ]{_DOTTED}[ ]import)[ ](?![^\n]*\b(?:{_NAMES})\b){_ALIASES}{_END}
"""


#: One name of a header in its plain form, and what may precede it between the docstring and the
#: first function. Anything it matches binds the name once, to a literal, and is valid Python
#: (except for errors in annotations, which surface when the file is executed). Everything else is
#: left to the parser. One name at a time, because a pattern for all four takes longer to compile
#: than a short history takes to read.
_PLAIN: Final = rf"""
    (?>{_NEUTRAL})*+
    (?:
        (?P<name>{_NAMES}){_ANNOTATION}[ ]*+=[ ]*+(?P<value>{_VALUE}){_END}
      | (?=(?:async[ ]+)?+(?:def|class)[ ]|@|\Z)
    )
"""
_LEADING_COMMENTS: Final = r"(?:[ \t]*+(?:\#[^\n]*+)?+\n)*+"
#: A statement in the first column, after the header, that may rebind our names.
_REBINDING: Final = (
    rf"\n(?:(?:{_NAMES})\b|(?:if|for|while|try|with|match|from|import|del|exec|globals)\b)"
)
_DECLARED_CODING: Final = rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*coding[:=]"


# Compiled lazily: if all headers are cached, it is not needed.


@cache
def _plain_form() -> re.Pattern[str]:
    return re.compile(_PLAIN, re.VERBOSE)


@cache
def rebinding() -> re.Pattern[str]:
    """Return the pattern of a line after the header that may rebind our names."""
    return re.compile(_REBINDING)


def read_header(path: str) -> RevisionHeader | None:
    """Read the declarations of the revision file ``path``.

    Returns:
        The header, or None if the file must be executed.

    Raises:
        ScriptError: the file cannot be read or decoded, its header contains conflict markers or is
            not valid Python, or a declared id or label is invalid.
    """
    return parse_header(read_source(path), path)


def read_source(path: str) -> str:
    r"""Return the text of a Python file, decoded as Python does, with ``\n`` as line ends.

    Raises:
        ScriptError: the file cannot be opened, contains null bytes, or cannot be decoded.
    """
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - 20,000 of these count
            data = file.read()
    except OSError as exc:
        message = f"Cannot read the revision file {path!r}: {exc.strerror or exc}."
        raise ScriptError(message, path=path) from exc
    if b"\0" in data:
        raise ScriptError(
            f"The file {path!r} holds null bytes, so Python cannot load it. "
            "Restore it from version control, or save it as UTF-8 text.",
            path=path,
        )
    return decode_source(data, path)


def decode_source(data: bytes, path: str) -> str:
    """Decode the contents of a file; see :func:`read_source`."""
    encoding = "utf-8"
    try:
        if data.startswith(b"\xef\xbb\xbf") or re.match(_DECLARED_CODING, data):
            # Few files declare an encoding, and importing tokenize slows down a short command.
            import io
            import tokenize

            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (UnicodeDecodeError, SyntaxError) as exc:
        raise ScriptError(
            f"The file {path!r} is not {encoding} text ({exc}). Save it as UTF-8, or name its "
            "encoding in the first line: # coding: latin-1",
            path=path,
        ) from exc
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def parse_header(text: str, path: str) -> RevisionHeader | None:
    r"""Parse the declarations in the text of a revision file.

    Args:
        text: the whole file, with ``\n`` as line ends.
        path: its path, for messages.

    Returns:
        As :func:`read_header`.
    """
    header = _plain_header(text)
    if header is None:
        # Python's parser is only imported for files that need it.
        from idiolect.script.parsed import parsed_header

        header = parsed_header(text, path)
        if header is not None:
            _refuse_none(header.revision, path)
    return None if header is None else _checked(header, path)


def _plain_header(text: str) -> RevisionHeader | None:
    """Parse a header in the plain form; return None for other forms."""
    doc, start = _plain_docstring(text)
    values: dict[str, str] = {}
    end = start
    while found := _plain_form().match(text, end):
        end = found.end()
        name, value = found.groups()
        if name is None:
            break
        if name in values:
            return None
        values[name] = value
    revision, down = values.get("revision", ""), values.get("down_revision")
    if found is None or down is None or revision[:1] not in {"'", '"'}:
        return None
    if rebinding().search(text, end) or "<<<<<<<" in text[:start]:
        return None
    labels, depends = values.get("branch_labels"), values.get("depends_on")
    return RevisionHeader(
        revision[1:-1], _plain_value(down), _plain_value(labels), _plain_value(depends), doc
    )


def _plain_docstring(text: str) -> tuple[str | None, int]:
    """Return a docstring without escapes and the position after it; otherwise (None, 0)."""
    start = 0
    if not text.startswith(('"', "'")):
        found = re.match(_LEADING_COMMENTS, text)
        start = found.end() if found else 0
    quote = text[start : start + 3]
    if quote not in {'"""', "'''"}:
        return None, start
    end = text.find(quote, start + 3)
    doc = text[start + 3 : end]
    # A backslash may escape the quote that was found; that is left to the parser.
    if end < 0 or "\\" in doc or text[end + 3 : end + 4] not in {"\n", ""}:
        return None, 0
    return doc, end + 3


def _plain_value(literal: str | None) -> Ids:
    if literal is None or literal == "None":
        return None
    if literal[0] in "'\"":
        return literal[1:-1]
    # See parse_header().
    import ast

    value: Ids = ast.literal_eval(literal)
    return value


def header_of_module(module: ModuleType, path: str) -> RevisionHeader:
    """Read the declarations of a revision file that was executed.

    Raises:
        ScriptError: there is no ``down_revision``, or a declared id or label is invalid.
    """
    namespace = vars(module)
    if "down_revision" not in namespace:
        raise ScriptError(
            f"The revision file {path!r} declares no 'down_revision'. Add one: "
            "down_revision = None for a first revision, else the id that it follows.",
            path=path,
        )
    if "revision" in namespace:
        _refuse_none(namespace["revision"], path)
    header = RevisionHeader(
        namespace.get("revision"),
        namespace["down_revision"],
        namespace.get("branch_labels"),
        namespace.get("depends_on"),
        module.__doc__,
    )
    return _checked(header, path)


def _checked(header: RevisionHeader, path: str) -> RevisionHeader:
    """Return ``header`` after validating the types of its declarations."""
    revision: object = header.revision
    if revision is not None and (not isinstance(revision, str) or not revision):
        raise _no_id(revision, path)
    header = _without_empty(header)
    for name in ("down_revision", "branch_labels", "depends_on"):
        value = getattr(header, name)
        if not _are_names(value):
            raise ScriptError(
                f"The revision file {path!r} declares {name} = {value!r}; expected None, a "
                f"string that is not empty, or a tuple of such strings.{_in_quotes(value)}",
                path=path,
            )
    return header


def _refuse_none(revision: object, path: str) -> None:
    """Reject ``revision = None``; a file without ``revision`` may take its id from its name."""
    if revision is None:
        raise _no_id(revision, path)


def _no_id(revision: object, path: str) -> ScriptError:
    hint = _in_quotes(revision)
    if isinstance(revision, tuple | list) and len(revision) == 1 and isinstance(revision[0], str):
        hint = f" Write revision = {revision[0]!r}, without the comma or brackets."
    elif not revision:
        hint = " Give it the id that the file was made with, which is usually in its name."
    return ScriptError(
        f"The revision file {path!r} declares revision = {revision!r}; expected a string that is "
        f"not empty.{hint}",
        path=path,
    )


def _in_quotes(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f" Write it in quotes: {str(value)!r}." if is_number else ""


def _without_empty(header: RevisionHeader) -> RevisionHeader:
    """Return ``header`` without empty labels and dependencies, which Alembic ignores."""
    changed: dict[str, Any] = {}
    for name in ("branch_labels", "depends_on"):
        value = getattr(header, name)
        if value == "":
            changed[name] = None
        elif isinstance(value, tuple | list | AbstractSet) and "" in value:
            changed[name] = tuple(each for each in value if each != "") or None
    return header._replace(**changed) if changed else header


def _are_names(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return bool(value)
    if not isinstance(value, tuple | list | AbstractSet):
        return False
    return all(isinstance(name, str) and name for name in value)
