"""Scripts (``--sql``): the text of each operation, and of whole runs."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.operations.base import Operations
from idiolect.runtime.migration import MigrationContext
from idiolect.testing.capabilities import clause
from idiolect.testing.suite.base import Contract
from idiolect.testing.suite.operations import OPERATIONS, PERSISTED, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from idiolect.testing.project import Project

_SECTION = re.compile(r"^-- \[(\w+)\]\n\n", re.MULTILINE)
_every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)


class ScriptsContract(Contract):
    """Scripts, which need no database."""

    @_every_operation
    @clause()
    def test_script_of(self, operation: Operation, request: pytest.FixtureRequest) -> None:
        """An operation writes the text in the golden file, or raises the error in it."""
        opts = {"as_sql": True, "output_buffer": io.StringIO(), PERSISTED: self.persisted}
        context = MigrationContext.configure(dialect_name=self.dialect, opts=opts)
        written = script_of(operation, context)
        if request.config.getoption("--write-golden", default=False):
            write_section(self.golden, operation.name, written)
        sections = read_sections(self.golden)
        if operation.name not in sections:
            pytest.fail(
                f"{self.golden} has no text for {operation.name!r}. Run "
                "pytest --write-golden -p idiolect.testing.plugin, and read what it has written."
            )
        assert sections[operation.name] == written

    @clause()
    def test_script_of_a_run(self, offline: Project) -> None:
        """A run creates the version table; each row follows the revision's statements."""
        offline.revision("a1", None, "op.execute('ONE')", "op.execute('UNDO ONE')")
        offline.revision("b2", "a1", "op.execute('TWO')", "op.execute('UNDO TWO')")
        script = offline.script()
        places = [
            script.index(part)
            for part in ("alembic_version", "ONE", "'a1'", "TWO", "SET version_num='b2'")
        ]
        assert sorted(places) == places
        assert 1 == script.count("CREATE TABLE")

    @clause()
    def test_script_of_a_downgrade(self, offline: Project) -> None:
        """A downgrade to the base runs in reverse order and deletes the row."""
        offline.revision("a1", None, "op.execute('ONE')", "op.execute('UNDO ONE')")
        offline.revision("b2", "a1", "op.execute('TWO')", "op.execute('UNDO TWO')")
        script = offline.script("b2:base", down=True)
        places = [
            script.index(part)
            for part in ("UNDO TWO", "SET version_num='a1'", "UNDO ONE", "DELETE FROM")
        ]
        assert sorted(places) == places
        assert "CREATE TABLE" not in script

    @clause()
    def test_script_of_an_autocommit_block(self, offline: Project) -> None:
        """An autocommit block is outside of any transaction in a script."""
        offline.revision(
            "a1", None, "with op.get_context().autocommit_block():\n    op.execute('ALONE')"
        )
        script = offline.script(transactional_ddl=True)
        words = MigrationContext.configure(
            dialect_name=self.dialect, opts={"as_sql": True}
        ).rules.offline_transaction
        before, _, after = script.partition("ALONE")
        assert before.rindex(words.commit) > before.rindex(words.begin)
        assert after.index(words.begin) < after.index("alembic_version")


def script_of(operation: Operation, context: MigrationContext) -> str:
    """Return the output of an operation, or its error.

    Args:
        operation: the operation.
        context: a new context that writes a script.
    """
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        refusal = ""
        try:
            operation.play(Operations(context))
        except Exception as exc:  # noqa: BLE001 - a refusal is part of the text
            refusal = f"\n\n-- refused, {type(exc).__name__}: {_first_line(exc)}"
    written: Any = context.output_buffer
    warnings_text = "".join(f"\n-- warns: {_first_line(each.message)}" for each in warned)
    return f"{written.getvalue().strip()}{refusal}{warnings_text}".strip()


def _first_line(said: object) -> str:
    return str(said).split("\n", 1)[0]


def read_sections(golden: Path) -> dict[str, str]:
    """Return the texts of a golden file by operation; {} if the file does not exist."""
    if not golden.exists():
        return {}
    parts = _SECTION.split(golden.read_text(encoding="utf-8"))[1:]
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def write_section(golden: Path, name: str, text: str) -> None:
    """Set the text of one operation in a golden file, creating it if necessary."""
    sections = {**read_sections(golden), name: text}
    golden.parent.mkdir(parents=True, exist_ok=True)
    golden.write_text(sections_as_text(sections), encoding="utf-8")


def sections_as_text(sections: Mapping[str, str]) -> str:
    """Return the text of a golden file.

    Args:
        sections: the texts by operation.
    """
    texts = [
        f"-- [{each.name}]\n\n{sections[each.name]}" for each in OPERATIONS if each.name in sections
    ]
    return "\n\n".join(texts) + "\n"
