"""Comments of tables set and removed."""

from __future__ import annotations

from typing import Any

import pytest

from idiolect.operations import ops


@pytest.mark.parametrize(
    ("comment", "expected"),
    [("it's 5%", "'it''s 5%'"), ("", "''"), (None, "NULL")],
    ids=["text", "empty", "none"],
)
def test_comment_is_set(script: Any, comment: str | None, expected: str) -> None:
    """create_table_comment() writes the comment; None removes it, empty text does not."""
    script.op.create_table_comment("t", comment, schema="s")
    assert script.statements == [f"COMMENT ON TABLE s.t IS {expected}"]


def test_comment_is_removed(script: Any) -> None:
    """drop_table_comment() needs no former comment."""
    script.op.drop_table_comment("t")
    assert script.statements == ["COMMENT ON TABLE t IS NULL"]


def test_comment_is_text(script: Any) -> None:
    """Anything but text or None is rejected, and nothing is written."""
    with pytest.raises(TypeError, match="create_table_comment on table 't': text or None"):
        script.op.create_table_comment("t", 5)
    assert script.text == ""


def test_reverse_knows_the_former_comment() -> None:
    """A replaced comment is restored by the reverse; a first one is removed."""
    changed = ops.CreateTableCommentOp("t", "new", schema="s", existing_comment="old").reverse()
    assert isinstance(changed, ops.CreateTableCommentOp)
    assert (changed.comment, changed.existing_comment, changed.schema) == ("old", "new", "s")
    first = ops.CreateTableCommentOp("t", "new", schema="s").reverse()
    assert isinstance(first, ops.DropTableCommentOp)
    assert (first.existing_comment, first.schema) == ("new", "s")
    again = first.reverse()
    assert (again.comment, again.schema) == ("new", "s")


def test_diff_tuples_hold_the_table() -> None:
    """Tuples hold the action and a table of that name, with the comment that is set."""
    word, table, before = ops.CreateTableCommentOp(
        "t", "new", schema="s", existing_comment="old"
    ).to_diff_tuple()
    assert (word, table.fullname, table.comment, before) == (
        "add_table_comment",
        "s.t",
        "new",
        "old",
    )
    word, table = ops.DropTableCommentOp("t", existing_comment="old").to_diff_tuple()
    assert (word, table.fullname, table.comment) == ("remove_table_comment", "t", None)
