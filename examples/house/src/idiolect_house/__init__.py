"""What a company adds for all of its projects: a command, a template, a post-write hook."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.hooks import TemplateFolder, hookimpl
from idiolect.script import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.config import Config
    from idiolect.hooks.collectors import CommandCollector, WriteHookCollector

_CREATED = "Create Date: "


def old(config: Config, days: int = 365) -> None:
    """List revisions older than a number of days, oldest first, as candidates for squashing."""
    limit = datetime.now() - timedelta(days=days)  # noqa: DTZ005 - dates of files have no zone
    scripts = ScriptDirectory.from_config(config)
    for script in reversed(list(scripts.walk_revisions())):
        created = created_at(script.longdoc)
        if created is not None and created < limit:
            config.print_stdout("%s  %s  %s", f"{created:%Y-%m-%d}", script.revision, script.doc)


def created_at(docstring: str) -> datetime | None:
    """Return the date in a revision's docstring, as the template writes it, or None."""
    date = docstring.partition(_CREATED)[2].partition("\n")[0].strip()
    try:
        return datetime.fromisoformat(date).replace(tzinfo=None)
    except ValueError:
        return None


def add_owner(path: str, options: dict[str, Any]) -> None:
    """Write a comment with the owner of the project above a new revision.

    Args:
        path: the new file.
        options: the hook's options; ``text`` is the comment.
    """
    file = Path(path)
    file.write_text(f"# {options['text']}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")


class HousePlugin:
    """The hook implementations, which register the functions above."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def register_commands(self, commands: CommandCollector) -> None:
        """Add ``idiolect old --days 30``."""
        commands.add(old)

    @hookimpl
    def register_write_hooks(self, registry: WriteHookCollector) -> None:
        """Add the type ``owner``."""
        registry.add("owner", add_owner)

    @hookimpl
    def register_templates(self) -> Iterable[TemplateFolder]:
        """Add ``idiolect init --template house``."""
        return [TemplateFolder(Path(__file__).parent / "template", "house")]


plugin = HousePlugin()
