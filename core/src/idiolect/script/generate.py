"""Generates revision files from script.py.mako.

Used by ``ScriptDirectory.generate_revision``. Everything is validated before anything is written,
files are written atomically, and none is overwritten.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from idiolect.errors import CommandError, ScriptError
from idiolect.revisions.errors import RevisionError
from idiolect.revisions.node import Revision, tuple_rev_as_scalar
from idiolect.script.headers import decode_source
from idiolect.script.naming import check_new_id, check_new_label
from idiolect.script.script import Script
from idiolect.settings.sections import HOOKS_SECTION
from idiolect.util import messaging
from idiolect.util.pyfiles import encode_text, render_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from idiolect.script.base import RevIds, ScriptDirectory

NO_MESSAGE: Final = "empty message"
#: Text that needs no escaping inside any string literal or comment.
_INERT: Final = re.compile(r"[^\\'\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")
#: Surrogates, by which Python represents bytes that it cannot decode in the locale's encoding.
_UNREAD: Final = re.compile("[\udc80-\udcff]")
#: Replaces the message to see how a template uses it.
_STAND_IN: Final = "idiolect_message_stand_in"


@dataclass(frozen=True, slots=True)
class NewRevision:
    """A revision to be created, as requested.

    Attributes:
        rev_id: its id.
        message: its message; None for none.
        head: identifiers of its parents.
        splice: whether the parents may already have children.
        branch_labels: its branch labels.
        version_path: the version location to write to; None for that of ``head``.
        file_template: the format of the file name; None for the environment's.
        depends_on: ids or labels of its dependencies.
    """

    rev_id: str
    message: str | None
    head: RevIds
    splice: bool
    branch_labels: tuple[str, ...]
    version_path: str | None
    file_template: str | None
    depends_on: tuple[str, ...]


def write_revision(
    directory: ScriptDirectory, new: NewRevision, template_args: Mapping[str, Any]
) -> Script:
    """Write a revision file, run the post-write hooks on it and add it to the graph.

    Args:
        directory: the environment, to whose graph the revision is added.
        new: the requested revision.
        template_args: additional variables for the template.

    Raises:
        CommandError: the request is invalid; no file is left behind.
    """
    new = replace(new, message=_as_typed(new.message))
    parents = _parents(directory, new)
    depends_on = _resolved_dependencies(directory, new.depends_on)
    down_revision = tuple_rev_as_scalar(tuple(parent.revision for parent in parents))
    _check_free(directory, new)
    folder = _version_location(directory, new, parents)
    with directory.blaming("timezone"):
        created = directory._generate_create_date()  # noqa: SLF001 - of the same package
    with nullcontext() if new.file_template else directory.blaming("file_template"):
        # Programs override the method, most without the last parameter, which is ours.
        ours = (new.file_template,) if new.file_template else ()
        path = directory._rev_path(  # noqa: SLF001
            folder, new.rev_id, new.message, created, *ours
        )
    directory._ensure_directory(path.parent)  # noqa: SLF001
    directory._generate_template(  # noqa: SLF001
        Path(directory.dir, "script.py.mako"),
        path,
        **{
            **template_args,
            "up_revision": str(new.rev_id),
            "down_revision": down_revision,
            "branch_labels": new.branch_labels or None,
            "depends_on": tuple_rev_as_scalar(depends_on),
            "create_date": created,
            "comma": messaging.format_as_comma,
            "message": new.message if new.message is not None else NO_MESSAGE,
        },
    )
    if directory.hooks:
        # Imported here because most projects configure no hooks.
        from idiolect.script.write_hooks import _run_hooks

        with directory.blaming(HOOKS_SECTION):
            _run_hooks(path, directory.hooks)
    return _joined_to_graph(directory, new, path)


def encode_python(text: str, encoding: str, path: Path) -> bytes:
    """Encode the text of a new Python file.

    Raises:
        ScriptError: a character cannot be encoded, or Python could not decode the file.
    """
    data = encode_text(text, encoding, path)
    try:
        decode_source(data, str(path))
    except ScriptError as exc:
        raise ScriptError(
            f"Python could not read {str(path)!r} in {encoding!r}, and nothing was written. Set "
            f"output_encoding = utf-8, or let script.py.mako begin with: # coding: {encoding}",
            path=str(path),
        ) from exc
    return data


def _parents(directory: ScriptDirectory, new: NewRevision) -> list[Script]:
    """Return the parents of a new revision; empty for a base."""
    with directory._catch_revision_errors(
        multiple_heads=(
            "Multiple heads are present; please specify the head revision on which the new "
            "revision should be based, or perform a merge."
        )
    ):
        Revision.verify_rev_id(new.rev_id)
        check_new_id(new.rev_id)
        for label in new.branch_labels:
            check_new_label(label)
        found = directory.revision_map.get_revisions(new.head)
    parents = cast("list[Script]", list(found))
    if len({parent.revision for parent in parents}) != len(parents):
        raise CommandError("Duplicate head revisions specified")
    for parent in parents:
        if not new.splice and not parent.is_head:
            raise CommandError(
                f"Revision {parent.revision} is not a head revision; please specify --splice "
                "to create a new branch from this revision"
            )
    return parents


def _resolved_dependencies(
    directory: ScriptDirectory, depends_on: Sequence[str]
) -> list[str] | None:
    """Expand partial ids; labels stay labels, so that they follow their branch."""
    if not depends_on:
        return None
    with directory._catch_revision_errors():
        return [
            name if name in revision.branch_labels else revision.revision
            for name in depends_on
            for revision in directory.revision_map.get_revisions(name)
        ]


def _check_free(directory: ScriptDirectory, new: NewRevision) -> None:
    """Raise if the id or a branch label is taken.

    Raises:
        CommandError: names the file that uses it.
    """
    for script in directory.walk_revisions():
        if script.revision == new.rev_id:
            raise CommandError(
                f"Revision {new.rev_id} exists already, in {script.path!r}; nothing was written. "
                "Choose another --rev-id, or leave it out."
            )
        for label in new.branch_labels:
            if label in script._orig_branch_labels or label == script.revision:  # noqa: SLF001
                raise CommandError(
                    f"Branch name '{label}' in revision {new.rev_id} already used by revision "
                    f"{script.revision}; nothing was written. Choose another --branch-label."
                )


def _version_location(
    directory: ScriptDirectory, new: NewRevision, parents: Sequence[Script]
) -> Path:
    """Return the version location for a new file.

    Raises:
        CommandError: the requested one is not configured, or none can be determined.
    """
    locations = directory._version_locations
    if new.version_path is not None:
        wanted = os.path.abspath(new.version_path)  # noqa: PTH100 - links stay as they are
        for location in locations:
            if _same_folder(wanted, location):
                return location
        raise CommandError(
            f"Path {os.path.normpath(new.version_path)} is not represented in current version "
            f"locations; these are: {', '.join(map(str, locations))}"
        )
    if len(locations) == 1:
        return locations[0]
    for parent in parents:
        around = [
            location
            for location in locations
            if Path(parent.path).is_relative_to(os.path.realpath(location))
        ]
        if around:
            # Locations may be nested; choose the innermost.
            return max(around, key=lambda location: len(os.path.realpath(location)))
    raise CommandError(
        "Multiple version locations present, please specify --version-path; "
        f"these are: {', '.join(map(str, locations))}"
    )


def _same_folder(one: str, other: Path) -> bool:
    return os.path.normcase(one) == os.path.normcase(other) or (
        os.path.realpath(one) == os.path.realpath(other)
    )


def _joined_to_graph(directory: ScriptDirectory, new: NewRevision, path: Path) -> Script:
    """Read the file back and add it to the graph; delete it if that fails."""
    try:
        script = _read_back(directory, new, path)
        with directory._catch_revision_errors():
            directory.revision_map.add_revision(script)
    except (CommandError, RevisionError):
        path.unlink(missing_ok=True)
        raise
    return script


def _read_back(directory: ScriptDirectory, new: NewRevision, path: Path) -> Script:
    """Return the Script of a file just written, after checking it against the request."""
    script = Script._from_path(directory, os.path.realpath(path))
    if script is None:
        raise ScriptError(
            f"The new file {str(path)!r} has a name that no revision file may have. "
            "Correct file_template.",
            path=str(path),
        )
    if new.branch_labels and not script.branch_labels:
        raise CommandError(
            f"Version {script.revision} specified branch_labels "
            f"{messaging.format_as_comma(new.branch_labels)}, however the migration file "
            f"{path} does not have them; have you upgraded your script.py.mako to include "
            "the 'branch_labels' section?"
        )
    return script


def render_revision(template: Path, message: str, names: Mapping[str, Any]) -> str:
    """Render a revision template so that the message cannot become code.

    Templates put the message into a docstring, some into a comment, without quoting it. If a
    message contains a character that could end either, it is rendered as given, then with
    escapes, then on one line; the first result is used whose code is the same as with a harmless
    message and whose docstring equals the message.

    Args:
        template: the path of script.py.mako.
        message: any text.
        names: the other variables of the template.

    Raises:
        ScriptError: the template does not exist or cannot be rendered.
    """

    def render(text: str) -> str:
        return render_template(template, **{**names, "message": text})

    if _INERT.fullmatch(message):
        return render(message)
    # Surrogates stand for undecodable bytes of the command line; Python 3.13 rejects them in a
    # docstring.
    message = message.encode("utf-8", "backslashreplace").decode("utf-8")
    expected = _shape(render(_STAND_IN))
    if expected is None:  # the template does not generate Python
        return render(_on_one_line(message))
    last = ""
    for spelling in (message, _escaped(message), _on_one_line(message)):
        last = render(spelling)
        found = _shape(last)
        if found is not None and found.code == expected.code:
            doc = None if expected.doc is None else expected.doc.replace(_STAND_IN, message)
            if found.doc == doc or spelling == _on_one_line(message):
                return last
    raise ScriptError(
        f"The template {str(template)!r} puts the message where it is neither a docstring nor a "
        f"comment, so that {message!r} would become code. Correct the template, or use a plain "
        "message.",
        path=str(template),
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """The code of a module with all strings blanked, and its docstring."""

    code: str
    doc: str | None


def _shape(text: str) -> _Shape | None:
    """Return the shape of a module, or None if Python rejects it or warns about it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # Normalise line ends as Python does when it reads a file.
            tree = ast.parse(text.replace("\r\n", "\n").replace("\r", "\n"))
    except (SyntaxError, ValueError, RecursionError, Warning):
        return None
    doc = ast.get_docstring(tree, clean=False)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return _Shape(ast.dump(tree), doc)


def _as_typed(message: str | None) -> str | None:
    """Decode as UTF-8 those bytes of a message that the locale's encoding could not decode."""
    if message is None or not _UNREAD.search(message):
        return message
    try:
        return os.fsencode(message).decode("utf-8")
    except UnicodeError:
        return message


def _escaped(message: str) -> str:
    r"""Escape a message for any string literal; line feeds are kept."""
    text = message.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")
    return re.sub(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]",
        lambda found: f"\\u{ord(found.group()):04x}",
        text,
    )


def _on_one_line(message: str) -> str:
    """Escape a message so that it fits in a comment, too."""
    return _escaped(" ".join(message.split()))
