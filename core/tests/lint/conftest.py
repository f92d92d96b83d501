"""A project whose revisions are linted."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from idiolect import command
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from projects import Project


class Linted:
    """Runs ``lint`` on a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.options: dict[str, str] = {}

    def text(self, *revisions: str, **arguments: Any) -> str:
        """Return what the command prints; an error for findings is not raised."""
        output = io.StringIO()
        config = self.project.config(stdout=output)
        for name, value in self.options.items():
            config.set_main_option(name, value)
        try:
            command.lint(config, revisions, **arguments)
        except CommandError as exc:
            if "The linter found" not in str(exc):
                raise
        return output.getvalue()

    def document(self, *revisions: str, **arguments: Any) -> dict[str, Any]:
        """Return the JSON document."""
        document: dict[str, Any] = json.loads(self.text(*revisions, format="json", **arguments))
        return document

    def found(self, *revisions: str, **arguments: Any) -> list[str]:
        """Return the revision, the rule and the line of each finding."""
        findings = self.document(*revisions, **arguments)["findings"]
        return [f"{each['revision']} {each['rule']} {each['line']}" for each in findings]

    def rules(self, upgrade: str, **headers: Any) -> list[str]:
        """Return the names of the rules that find something in an ``upgrade()``."""
        self.project.revision("a", None, upgrade, "raise NotImplementedError", **headers)
        return [each["rule"] for each in self.document()["findings"]]

    def notes(self) -> list[str]:
        """Return the lines and messages of the notes."""
        return [f"{each['line']}: {each['message']}" for each in self.document()["notes"]]


@pytest.fixture
def linted(project: Project) -> Linted:
    """A project on SQLite, in the dialect of the core's tests: with transactional DDL."""
    return Linted(project)
