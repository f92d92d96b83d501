"""The commands ``init`` and ``list_templates``, which create an environment from a template.

No existing file is overwritten: an existing config file is kept, and the template's section is
appended to an existing pyproject.toml.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.commands.documents import check_format, print_document
from idiolect.errors import CommandError, HookError
from idiolect.hooks.collector import CORE, Collector
from idiolect.hooks.contributions import answers
from idiolect.util.langhelpers import nearest
from idiolect.util.messaging import msg

if TYPE_CHECKING:
    from idiolect.settings.config import Config

_README = "README"


def init(config: Config, directory: str, template: str = "generic", package: bool = False) -> None:
    """Create a migration environment.

    Args:
        config: has the path for the config file.
        directory: the folder to create; may exist if it is empty.
        template: one of the names that ``list_templates`` prints.
        package: create ``__init__.py`` files, so that the folders can be imported.

    Raises:
        CommandError: the folder is not empty, the template is unknown, or pyproject.toml already
            has its section.
        ScriptError: a file or folder cannot be written.
    """
    source = _template_folder(config, template)
    # Imported here because every command imports this module.
    from idiolect.script.scaffold import (
        TOML_TEMPLATE,
        EnvironmentPaths,
        ensure_directory,
        render_template_folder,
    )

    target = Path(directory)
    if target.is_dir() and any(target.iterdir()):
        raise CommandError(
            f"Directory {directory} already exists and is not empty. Name another one."
        )
    if target.exists() and not target.is_dir():
        raise CommandError(f"{directory} exists and is not a folder. Choose another one.")
    if config.config_file_name is None:
        message = "init() needs a Config with a file name, to know where to write the options."
        raise CommandError(message)
    if config.toml_file_name is None and (source / TOML_TEMPLATE).exists():
        message = f"The template {template!r} writes to pyproject.toml; the Config names none."
        raise CommandError(message)
    paths = EnvironmentPaths(
        scripts=target,
        ini=Path(config.config_file_name).absolute(),
        toml=Path(config.toml_file_name or "pyproject.toml").absolute(),
    )
    # First, so that a failure leaves nothing behind that would make a second attempt fail.
    for file in (paths.ini, paths.toml):
        ensure_directory(file.parent, **config.messaging_opts)
    written = render_template_folder(
        source, paths, package=package, messaging_opts=config.messaging_opts
    )
    names = " and ".join(repr(str(path)) for path in written)
    msg(
        f"Please edit configuration/connection/logging settings in {names} before proceeding.",
        **config.messaging_opts,
    )


def list_templates(config: Config, format: str = "text") -> None:
    """List the templates that 'init' can use.

    Args:
        config: has the folder of templates.
        format: ``text`` for people, ``json`` for a document.

    Raises:
        CommandError: the format is unknown.
    """
    check_format(format)
    folders = sorted({**_templates(config), **_further_templates(config)}.items())
    summaries = {
        name: (folder / _README).read_text("utf-8").strip().partition("\n")[0]
        for name, folder in folders
    }
    if format == "json":
        entries = [
            {"name": name, "summary": summaries[name], "folder": str(folder)}
            for name, folder in folders
        ]
        print_document(config, templates=entries)
        return
    config.print_stdout("Available templates:\n")
    for name, summary in summaries.items():
        config.print_stdout("%s - %s", name, summary)
    config.print_stdout("\nTemplates are used via the 'init' command, e.g.:")
    config.print_stdout("\n  idiolect init --template generic ./scripts")


def _template_folder(config: Config, template: str) -> Path:
    known = _templates(config)
    if template not in known:
        # Plugins are loaded only if the template is not built in.
        known |= _further_templates(config)
    if template not in known:
        alike = nearest(template, known, limit=1)
        hint = f"Did you mean {alike[0]!r}?" if alike else f"Known: {', '.join(sorted(known))}."
        raise CommandError(f"No such template {template!r}. {hint}")
    return known[template]


def _templates(config: Config) -> dict[str, Path]:
    folder = config._get_template_path()
    return {path.name: path for path in folder.iterdir() if (path / _README).is_file()}


def _further_templates(config: Config) -> dict[str, Path]:
    """Return the templates of plugins.

    Raises:
        PluginConflictError: a name is taken.
        HookError: a plugin's template folder does not exist.
    """
    found = _Templates(dict.fromkeys(_templates(config), CORE))
    for owner, given in answers("register_templates"):
        found.owner = owner
        for each in given if isinstance(given, Iterable) else (given,):
            found.add(each)
    return dict(found.items())


class _Templates(Collector[Path]):
    """Templates that plugins contribute."""

    kind = "template"

    def add(self, template: object) -> None:
        """Add a plugin's template."""
        # Imported here because it loads dataclasses, which most commands do not need.
        from idiolect.hooks import TemplateFolder

        if not isinstance(template, TemplateFolder):
            raise HookError(
                f"'register_templates' of {self.owner} returned {template!r}; expected: "
                "TemplateFolder records."
            )
        path = Path(template.path)
        if not (path / _README).is_file():
            raise HookError(
                f"The template folder {str(path)!r} of {self.owner} has no {_README}; it is not "
                "there, or was not packaged."
            )
        self.put(template.name or path.name, path)
