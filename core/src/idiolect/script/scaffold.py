"""A new environment from a template folder: env.py, configuration file, folders.

Used by the command ``init``. Everything is checked and rendered before the first file is
written, and nothing that is there is overwritten.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from idiolect.errors import CommandError, ScriptError
from idiolect.util import messaging
from idiolect.util.pyfiles import encode_text, render_template, write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: The template of a part of pyproject.toml.
TOML_TEMPLATE = "pyproject.toml.mako"


def ensure_directory(path: Path, **messaging_opts: Any) -> None:
    """Make a folder with its parents and say so, unless it is there.

    Raises:
        ScriptError: it cannot be made.
    """
    if path.is_dir():
        return
    with messaging.status(f"Creating directory {path.absolute()}", **messaging_opts):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise ScriptError(
                f"Cannot create the folder {str(path)!r}: {exc.strerror or exc}.", path=str(path)
            ) from exc


class EnvironmentPaths(NamedTuple):
    """Where the files of a new environment go.

    Attributes:
        scripts: the folder of env.py and ``versions``.
        ini: the ini file.
        toml: the ``pyproject.toml``, for templates that have a part for it.
    """

    scripts: Path
    ini: Path
    toml: Path


def render_template_folder(
    template: Path,
    paths: EnvironmentPaths,
    *,
    package: bool = False,
    output_encoding: str = "utf-8",
    messaging_opts: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Make a new environment from a template folder.

    An ini file that is there is left alone with a note; to a ``pyproject.toml`` that is there,
    the template's part is added at the end. All other files are copied.

    Args:
        template: the folder of the template.
        paths: where the files go.
        package: also make ``__init__.py`` in the scripts folder and in ``versions``.
        output_encoding: the encoding of rendered files.
        messaging_opts: options of the messages printed: ``quiet``.

    Returns:
        The configuration files that the user is to edit: toml first, then ini.

    Raises:
        CommandError: ``pyproject.toml`` has our table already, or a file cannot be written.
    """
    say = dict(messaging_opts or {})
    sources = sorted(file for file in template.iterdir() if file.is_file())
    rendered = [
        _rendered_config(source, paths, output_encoding)
        for source in sources
        if _config_kind(source.name) is not None
    ]
    ensure_directory(paths.scripts, **say)
    ensure_directory(paths.scripts / "versions", **say)
    for source in sources:
        if _config_kind(source.name) is None:
            _generate(paths.scripts / source.name, source.read_bytes, say)
    if package:
        for folder in (paths.scripts, paths.scripts / "versions"):
            _generate(folder / "__init__.py", bytes, say)
    for dest, data, appended in rendered:
        if dest.exists() and not appended:
            messaging.msg(f"File {str(dest)!r} already exists, skipping", **say)
            continue
        verb = "Appending to" if dest.exists() else "Generating"
        with messaging.status(f"{verb} {dest}", **say):
            write_file(dest, data, overwrite=appended)
    return [dest for dest, _, _ in sorted(rendered, key=lambda item: not item[2])]


def _generate(dest: Path, contents: Callable[[], bytes], say: Mapping[str, Any]) -> None:
    with messaging.status(f"Generating {dest.absolute()}", **say):
        write_file(dest, contents())


def _config_kind(name: str) -> str | None:
    """Return "ini" or "toml" for the template of a configuration file, else None."""
    if name in {"idiolect.ini.mako", "alembic.ini.mako"}:
        return "ini"
    return "toml" if name == TOML_TEMPLATE else None


def _rendered_config(
    source: Path, paths: EnvironmentPaths, encoding: str
) -> tuple[Path, bytes, bool]:
    """Return a configuration file's path, all of its bytes, and whether it is added to one."""
    is_toml = _config_kind(source.name) == "toml"
    dest = paths.toml if is_toml else paths.ini
    # Any other name is one that an existing project may already use with the older section.
    section = "idiolect" if paths.ini.name == "idiolect.ini" else "alembic"
    location = _location_from(dest, paths.scripts)
    text = render_template(
        source,
        script_location=_inside_quotes(location) if is_toml else location,
        section=section,
        ini_name=paths.ini.name,
    )
    data = encode_text(text, encoding, dest)
    if not is_toml or not dest.exists():
        return dest, data, is_toml
    # A toml file is small, and only init looks into one here.
    import tomllib

    old = dest.read_bytes()
    try:
        tool = tomllib.loads(old.decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise CommandError(f"The file {str(dest)!r} is not valid TOML: {exc}. Correct it.") from exc
    for table in ("idiolect", "alembic"):
        if table in tool:
            raise CommandError(
                f"The toml file {str(dest)!r} already has a [tool.{table}] table; nothing was "
                "written. Remove it, or use another template."
            )
    return dest, old.rstrip(b"\n") + b"\n\n" + data, True


def _inside_quotes(text: str) -> str:
    """Return ``text`` as it is written between the double quotes of a TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _location_from(config_file: Path, scripts: Path) -> str:
    """Return ``script_location`` for a configuration file: relative to it where it can be."""
    base, target = config_file.absolute().parent, scripts.absolute()
    try:
        relative = os.path.relpath(target, base)
    except ValueError:  # another drive
        relative = str(target)
    if os.path.isabs(relative) or relative.startswith(".."):  # noqa: PTH117
        return target.as_posix().replace("%", "%%")
    return "%(here)s/" + Path(relative).as_posix().replace("%", "%%")
