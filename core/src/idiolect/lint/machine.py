"""Reports for other programs: SARIF 2.1.0, and the workflow commands of GitHub Actions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from idiolect import __version__
from idiolect.lint.report import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idiolect.hooks.lint import LintRule
    from idiolect.lint.report import Finding, Note, Report

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report, rules: Mapping[str, LintRule]) -> str:
    """Return a report in SARIF, which code scanning services and editors read.

    Args:
        report: the report.
        rules: all rules that were checked, by name.
    """
    names = list(rules)
    run = {
        "tool": {
            "driver": {
                "name": "idiolect lint",
                "version": __version__,
                "rules": [_sarif_rule(each) for each in rules.values()],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_sarif_note(each) for each in report.notes],
            }
        ],
        "results": [_sarif_result(each, names) for each in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _sarif_rule(rule: LintRule) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": rule.level},
    }
    if rule.why:
        described["fullDescription"] = {"text": rule.why}
    if rule.instead:
        described["help"] = {"text": rule.instead}
    return described


def _sarif_result(finding: Finding, names: list[str]) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": finding.level,
        "message": {"text": f"{finding.message} {finding.advice}"},
        "locations": [_sarif_place(finding)],
    }


def _sarif_note(note: Note) -> dict[str, Any]:
    return {
        "level": "note",
        "message": {"text": note.message},
        "locations": [_sarif_place(note)],
    }


def _sarif_place(each: Finding | Note) -> dict[str, Any]:
    path = Path(_path(each.file))
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": each.line},
        }
    }


def workflow_commands(report: Report) -> Iterator[str]:
    """Yield the lines with which GitHub Actions annotates the files of a pull request."""
    for each in report.findings:
        place = f"file={_property(_path(each.file))},line={each.line},title={_property(each.rule)}"
        yield f"::{each.level} {place}::{_data(f'{each.message} {each.advice}')}"
    for note in report.notes:
        yield f"::notice file={_property(_path(note.file))},line={note.line}::{_data(note.message)}"


def _path(file: str) -> str:
    """Return a path relative to the root of the repository, where GitHub Actions runs."""
    return shown_path(file, os.environ.get("GITHUB_WORKSPACE"))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
