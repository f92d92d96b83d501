"""Creates a new environment from a template folder: env.py, configuration file, folders.

Used by the command ``init``. Everything is validated and rendered before the first file is
written, and no existing file is overwritten.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from idiolect.errors import CommandError, ScriptError
from idiolect.util import messaging
from idiolect.util.pyfiles import encode_text, render_template, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The template of a section of pyproject.toml.
TOML_TEMPLATE = "pyproject.toml.mako"


def ensure_directory(path: Path, **messaging_opts: Any) -> None:
    """Create a folder and its parents, with a message, unless it exists.

    Raises:
        ScriptError: it cannot be created.
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
    """The target paths of a new environment.

    Attributes:
        scripts: the folder of env.py and ``versions``.
        ini: the ini file.
        toml: the ``pyproject.toml``, for templates that have a section for it.
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
    """Create a new environment from a template folder.

    An existing ini file is kept, with a message; the template's section is appended to an existing
    ``pyproject.toml``. All other files are copied.

    Args:
        template: the folder of the template.
        paths: the target paths.
        package: also create ``__init__.py`` in the scripts folder and in ``versions``.
        output_encoding: the encoding of rendered files.
        messaging_opts: options for messages: ``quiet``.

    Returns:
        The configuration files that the user has to edit: toml first, then ini.

    Raises:
        CommandError: ``pyproject.toml`` already has our table, or a file cannot be written.
    """
    say = dict(messaging_opts or {})
    sources = sorted(file for file in template.iterdir() if file.is_file())
    configs = [
        (source, *_checked_config(source, paths, output_encoding))
        for source in sources
        if _config_kind(source.name) is not None
    ]
    ensure_directory(paths.scripts, **say)
    ensure_directory(paths.scripts / "versions", **say)
    # Imported here because it imports this module.
    from idiolect.script.base import ScriptDirectory

    directory = ScriptDirectory(paths.scripts, output_encoding=output_encoding, messaging_opts=say)
    for source in sources:
        if _config_kind(source.name) is None:
            directory._copy_file(source, paths.scripts / source.name)  # noqa: SLF001 - of the same package
    if package:
        for folder in (paths.scripts, paths.scripts / "versions"):
            with messaging.status(f"Adding {(folder / '__init__.py').absolute()}", **say):
                write_file(folder / "__init__.py", b"")
    for source, dest, names in configs:
        if not dest.exists():
            directory._generate_template(source, dest, **names)  # noqa: SLF001
        elif dest == paths.toml:
            directory._append_template(source, dest, **names)  # noqa: SLF001
        else:
            messaging.msg(f"File {str(dest)!r} already exists, skipping", **say)
    return sorted((dest for _, dest, _ in configs), key=lambda dest: dest != paths.toml)


def _config_kind(name: str) -> str | None:
    """Return "ini" or "toml" for the template of a configuration file, otherwise None."""
    # The former is the name that programs look for which create environments themselves.
    if name in {"alembic.ini.mako", "idiolect.ini.mako"}:
        return "ini"
    return "toml" if name == TOML_TEMPLATE else None


def _checked_config(
    source: Path, paths: EnvironmentPaths, encoding: str
) -> tuple[Path, dict[str, str]]:
    """Return a configuration file's path and the variables of its template, which it can render.

    Raises:
        CommandError: the template cannot be rendered, or the file already has our table.
    """
    is_toml = _config_kind(source.name) == "toml"
    dest = paths.toml if is_toml else paths.ini
    location = _location_from(dest, paths.scripts)
    names = {
        "script_location": _inside_quotes(location) if is_toml else location,
        # Existing projects may use a file of any other name with the older section.
        "section": "idiolect" if paths.ini.name == "idiolect.ini" else "alembic",
        "ini_name": paths.ini.name,
    }
    encode_text(render_template(source, **names), encoding, dest)
    if is_toml and dest.exists():
        _require_no_table(dest)
    return dest, names


def _require_no_table(dest: Path) -> None:
    # Imported here because only init needs it.
    import tomllib

    try:
        tool = tomllib.loads(dest.read_bytes().decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise CommandError(f"The file {str(dest)!r} is not valid TOML: {exc}. Correct it.") from exc
    for table in ("idiolect", "alembic"):
        if table in tool:
            raise CommandError(
                f"The toml file {str(dest)!r} already has a [tool.{table}] table; nothing was "
                "written. Remove it, or use another template."
            )


def _inside_quotes(text: str) -> str:
    """Escape ``text`` for a double-quoted TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _location_from(config_file: Path, scripts: Path) -> str:
    """Return ``script_location`` for a configuration file, relative to it if possible."""
    base, target = config_file.absolute().parent, scripts.absolute()
    try:
        relative = os.path.relpath(target, base)
    except ValueError:  # on another drive
        relative = str(target)
    if os.path.isabs(relative) or relative.startswith(".."):  # noqa: PTH117
        return target.as_posix().replace("%", "%%")
    return "%(here)s/" + Path(relative).as_posix().replace("%", "%%")
