"""Writes the duration of each revision to a file for Prometheus's node exporter.

The option ``timings_file`` of the ini file, or of ``context.configure()``, sets the path; without
it nothing is written.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect.hooks import Option, hookimpl

if TYPE_CHECKING:
    from collections.abc import Generator

    from idiolect.hooks.options import OptionRegistry
    from idiolect.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

_HEAD = (
    "# HELP idiolect_step_seconds How long a revision took.\n# TYPE idiolect_step_seconds gauge\n"
)


class TimingsPlugin:
    """Wraps each step."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def register_options(self, registry: OptionRegistry) -> None:
        """Register the option, also for the ini file."""
        registry.add(
            Option(
                "timings_file",
                str,
                doc="where to write how long revisions took",
                ini="timings_file",
                toml="timings_file",
            )
        )

    @hookimpl(wrapper=True)
    def run_step(self, context: MigrationContext, step: MigrationStep) -> Generator[None, Any, Any]:
        """Time a step, and write the line whether or not it fails."""
        target = context.opts.get("timings_file")
        if target is None or context.as_sql:
            return (yield)
        start, outcome = time.perf_counter(), "failed"
        try:
            result = yield
            outcome = "ok"
        finally:
            add(Path(target), line(step, outcome, time.perf_counter() - start))
        return result


def line(step: MigrationStep, outcome: str, seconds: float) -> str:
    """Return a sample in Prometheus's text format."""
    labels = {
        "revision": getattr(getattr(step, "revision", None), "revision", ""),
        "direction": "upgrade" if step.is_upgrade else "downgrade",
        "outcome": outcome,
    }
    told = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"idiolect_step_seconds{{{told}}} {seconds:.6f}\n"


def add(target: Path, sample: str) -> None:
    """Add a sample; the file is replaced atomically, because it may be read at any time."""
    text = target.read_text(encoding="utf-8") if target.exists() else _HEAD
    draft = target.with_name(f"{target.name}.new")
    draft.write_text(text + sample, encoding="utf-8")
    draft.replace(target)


plugin = TimingsPlugin()
