"""What a rule can ask about earlier revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.hooks.lint import LintedRevision

if TYPE_CHECKING:
    from core.tests.lint.conftest import Linted

SET = "op.alter_column('t', 'c', existing_type=sa.Text(), nullable=False)"


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        pytest.param("op.execute('UPDATE t SET c = 1')", [], id="update"),
        pytest.param("op.execute('UPDATE S.T SET c = 1')", [], id="schema"),
        pytest.param("op.execute('UPDATE tt SET c = 1')", ["b set-not-null 9"], id="other"),
        pytest.param("op.execute('CALL fill(t)')", [], id="unknown-statement"),
        pytest.param("op.execute('CALL fill(tt)')", ["b set-not-null 9"], id="unknown-other"),
        pytest.param("op.create_table_comment('t', 'x')", ["b set-not-null 9"], id="directive"),
        pytest.param("sa.inspect(op.get_bind())\nop.f('t')", [], id="unseen"),
        pytest.param("sa.inspect(op.get_bind())", ["b set-not-null 9"], id="unseen-other"),
    ],
)
def test_what_may_have_filled_a_column(linted: Linted, earlier: str, expected: list[str]) -> None:
    """A statement about the table, or one that is not understood and names it."""
    fails = "raise NotImplementedError"
    linted.project.revision("a", None, earlier, fails)
    linted.project.revision("b", "a", SET, fails)
    linted.project.revision("c", "b", "op.execute('UPDATE t SET c = 1')", fails)

    assert expected == [each for each in linted.found() if "set-not-null" in each]


def test_a_revision_looks_only_at_operations_on_its_table(
    linted: Linted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many other revisions came before it."""
    looked: list[int] = []
    before = LintedRevision.before

    def counted(*args: object) -> object:
        found = list(before(*args))  # type: ignore[arg-type] # passed on
        looked.append(len(found))
        return iter(found)

    monkeypatch.setattr("idiolect.hooks.lint.LintedRevision.before", counted)
    for number in range(20):
        body = SET.replace("'t'", f"'t{number}'")
        linted.project.revision(f"r{number}", f"r{number - 1}" if number else None, body)

    linted.text()

    assert [0] * 20 == looked
