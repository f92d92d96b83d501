"""Commands that set up a new environment from a template.

The command line and programs come in. Nothing that exists is overwritten: a config file that is
there is kept, and a pyproject.toml gets its table appended.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.errors import CommandError, ScriptError
from idiolect.util.langhelpers import nearest
from idiolect.util.messaging import msg, status
from idiolect.util.pyfiles import template_to_file

if TYPE_CHECKING:
    from idiolect.settings.config import Config

_INI_TEMPLATE = ".ini.mako"
_TOML_TEMPLATE = "pyproject.toml.mako"
_ENCODING = "utf-8"


def init(config: Config, directory: str, template: str = "generic", package: bool = False) -> None:
    """Initialize a new scripts directory.

    Args:
        config: tells where the config file is to be written.
        directory: the folder to make; an empty one that exists is used.
        template: one of the names that ``list_templates`` prints.
        package: write ``__init__.py`` files, so that the folders can be imported.

    Raises:
        CommandError: the folder holds files, or there is no such template.
        ScriptError: a file or folder cannot be written.
    """
    source = _template_folder(config, template)
    target = Path(directory)
    try:
        if target.is_dir() and any(target.iterdir()):
            raise CommandError(
                f"Directory {directory} already exists and is not empty. Name another one."
            )
        for folder in (target, target / "versions"):
            _make_folder(folder, config)
        for file in sorted(source.iterdir()):
            if file.is_file():
                _write(config, file, target)
        if package:
            for folder in (target, target / "versions"):
                (folder / "__init__.py").touch()
    except OSError as exc:
        raise ScriptError(
            f"Cannot set up {directory!r}: {exc.strerror} ({exc.filename!r})", path=directory
        ) from exc
    wanted = [config.config_file_name]
    if (source / _TOML_TEMPLATE).exists():
        wanted.insert(0, config.toml_file_name)
    names = " and ".join(repr(str(Path(name).absolute())) for name in wanted if name)
    msg(
        f"Please edit configuration/connection/logging settings in {names} before proceeding.",
        **config.messaging_opts,
    )


def list_templates(config: Config) -> None:
    """List available templates.

    Args:
        config: tells where templates are.
    """
    config.print_stdout("Available templates:\n")
    for name in _template_names(config):
        readme = config._get_template_path() / name / "README"
        summary = readme.read_text(_ENCODING).strip().partition("\n")[0]
        config.print_stdout("%s - %s", name, summary)
    config.print_stdout("\nTemplates are used via the 'init' command, e.g.:")
    config.print_stdout("\n  idiolect init --template generic ./scripts")


def _template_folder(config: Config, template: str) -> Path:
    folder = config._get_template_path() / template
    known = _template_names(config)
    if template not in known:
        alike = nearest(template, known, limit=1)
        hint = f"Did you mean {alike[0]!r}?" if alike else f"Known: {', '.join(known)}."
        raise CommandError(f"No such template {template!r}. {hint}")
    return folder


def _template_names(config: Config) -> list[str]:
    folder = config._get_template_path()
    return sorted(path.name for path in folder.iterdir() if (path / "README").is_file())


def _make_folder(folder: Path, config: Config) -> None:
    if folder.is_dir():
        return
    with status(f"Creating directory {str(folder.absolute())!r}", **config.messaging_opts):
        folder.mkdir(parents=True)


def _write(config: Config, file: Path, target: Path) -> None:
    """Render or copy one file of a template to where it belongs."""
    if file.name.endswith(_INI_TEMPLATE):
        _write_ini(config, file, target)
    elif file.name == _TOML_TEMPLATE:
        _write_toml(config, file, target)
    else:
        destination = target / file.name
        with status(f"Generating {destination.absolute()!s}", **config.messaging_opts):
            shutil.copyfile(file, destination)


def _write_ini(config: Config, file: Path, target: Path) -> None:
    if config.config_file_name is None:
        return
    ini = Path(config.config_file_name).absolute()
    if ini.exists():
        msg(f"File {str(ini)!r} already exists, skipping", **config.messaging_opts)
        return
    with status(f"Generating {ini}", **config.messaging_opts):
        ini.parent.mkdir(parents=True, exist_ok=True)
        template_to_file(file, ini, _ENCODING, **_names(config, ini, target))


def _write_toml(config: Config, file: Path, target: Path) -> None:
    if config.toml_file_name is None:
        message = "The template writes to pyproject.toml: name it with -c, or run in its folder."
        raise CommandError(message)
    toml = Path(config.toml_file_name).absolute()
    names = _names(config, toml, target)
    if toml.exists():
        if names["section"] in _tool_tables(toml):
            msg(
                f"File {str(toml)!r} already exists and already has a [tool.{names['section']}] "
                "section, skipping",
                **config.messaging_opts,
            )
            return
        action = "Appending to"
    else:
        action = "Generating"
    with status(f"{action} {toml}", **config.messaging_opts):
        toml.parent.mkdir(parents=True, exist_ok=True)
        template_to_file(file, toml, _ENCODING, append_with_newlines=True, **names)


def _tool_tables(toml: Path) -> set[str]:
    import tomllib

    try:
        return set(tomllib.loads(toml.read_text(_ENCODING)).get("tool", {}))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise CommandError(f"{str(toml)!r} is no valid TOML, so nothing was added: {exc}") from exc


def _names(config: Config, file: Path, target: Path) -> dict[str, Any]:
    """Return what a config template may refer to."""
    # Every other name is one that an existing project may already use with the older name.
    stem = Path(config.config_file_name or "").stem
    return {
        "script_location": _location(target, file.parent),
        "section": "idiolect" if stem == "idiolect" else "alembic",
    }


def _location(target: Path, folder: Path) -> str:
    """Return the script location as a config file in ``folder`` is to name it."""
    if target.is_absolute():
        return target.as_posix()
    return "%(here)s/" + Path(os.path.relpath(target.absolute(), folder)).as_posix()
