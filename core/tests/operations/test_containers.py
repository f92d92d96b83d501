"""Operations that hold operations."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Integer

from idiolect.operations import MigrateOperation, MigrationScript, ops


def _added() -> ops.AddColumnOp:
    return ops.AddColumnOp("t", Column("c", Integer))


def _altered() -> ops.AlterColumnOp:
    return ops.AlterColumnOp("t", "c", modify_nullable=True, existing_nullable=False)


def _upgrade() -> ops.UpgradeOps:
    table = ops.ModifyTableOps("t", [_added(), _altered()], schema="s")
    return ops.UpgradeOps([table, ops.CreateUniqueConstraintOp("uq", "t", ["c"])])


def test_reverse_is_last_first() -> None:
    """Reversing turns the order round, in containers inside too."""
    downgrade = _upgrade().reverse()
    assert isinstance(downgrade, ops.DowngradeOps)
    constraint, table = downgrade.ops
    assert isinstance(constraint, ops.DropConstraintOp)
    assert isinstance(table, ops.ModifyTableOps)
    assert (table.table_name, table.schema) == ("t", "s")
    assert [type(each) for each in table.ops] == [ops.AlterColumnOp, ops.DropColumnOp]
    again = downgrade.reverse()
    assert isinstance(again, ops.UpgradeOps)
    assert [type(each) for each in again.ops] == [ops.ModifyTableOps, ops.CreateUniqueConstraintOp]


def test_reverse_into_replaces_what_was_there() -> None:
    """The given DowngradeOps is filled, and its token is kept."""
    downgrade = ops.DowngradeOps([ops.DropTableOp("gone")], downgrade_token="own")
    assert _upgrade().reverse_into(downgrade) is downgrade
    assert [type(each) for each in downgrade.ops] == [ops.DropConstraintOp, ops.ModifyTableOps]
    assert downgrade.downgrade_token == "own"


def test_diffs_are_flat_but_for_changes_of_a_column() -> None:
    """Tuples of all operations are in one list; those of one column's changes are a nested list."""
    added, altered, unique = _upgrade().as_diffs()
    assert added[0] == "add_column"
    assert [change[0] for change in altered] == ["modify_nullable"]
    assert unique[0] == "add_constraint"


def test_diffs_need_a_form_as_tuple() -> None:
    """The error names an operation without a diff tuple."""

    class Untold(MigrateOperation):
        pass

    with pytest.raises(NotImplementedError, match=r"Untold.* has no form"):
        ops.OpContainer([Untold()]).as_diffs()


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (ops.UpgradeOps(), True),
        (ops.ModifyTableOps("t", ()), True),
        (ops.OpContainer((_added(),)), False),
        (ops.DowngradeOps([ops.ModifyTableOps("t", [])]), False),
    ],
    ids=["upgrade", "table", "one", "an empty one inside"],
)
def test_is_empty(container: ops.OpContainer, expected: bool) -> None:
    """A container is empty if it holds nothing at all."""
    assert container.is_empty() is expected


def test_operations_are_the_containers_own() -> None:
    """The given list is copied, so that changes do not affect other containers."""
    given = [_added()]
    container = ops.OpContainer(given)
    container.ops.clear()
    assert len(given) == 1


def test_script_keeps_what_it_is_told() -> None:
    """A MigrationScript's arguments are attributes; its imports are not shared."""
    facts: dict[str, Any] = {
        "message": "m",
        "imports": {"import x"},
        "head": "h",
        "splice": True,
        "branch_label": "b",
        "version_path": "v",
        "depends_on": ("d",),
    }
    script = MigrationScript("r", ops.UpgradeOps(), ops.DowngradeOps(), **facts)
    assert {name: getattr(script, name) for name in facts} == facts
    assert script.rev_id == "r"
    one, other = (MigrationScript(None, ops.UpgradeOps(), ops.DowngradeOps()) for _ in "ab")
    one.imports.add("import x")
    assert other.imports == set()


def test_script_of_one_database() -> None:
    """One UpgradeOps is both the only one and a list of one, and can be replaced."""
    up, down = ops.UpgradeOps(), ops.DowngradeOps()
    script = MigrationScript("r", up, down)
    assert (script.upgrade_ops, script.downgrade_ops) == (up, down)
    assert (script.upgrade_ops_list, script.downgrade_ops_list) == ([up], [down])
    new_up, new_down = ops.UpgradeOps(), ops.DowngradeOps()
    script.upgrade_ops, script.downgrade_ops = new_up, new_down
    assert (script.upgrade_ops_list, script.downgrade_ops_list) == ([new_up], [new_down])


def test_script_of_several_databases() -> None:
    """Of several there is only the list; of none there is None."""
    script = MigrationScript("r", [ops.UpgradeOps(), ops.UpgradeOps()], [])
    assert len(script.upgrade_ops_list) == 2
    with pytest.raises(ValueError, match=r"multiple-entry list for UpgradeOps; .*upgrade_ops_list"):
        _ = script.upgrade_ops
    assert script.downgrade_ops is None


@pytest.mark.parametrize("wrong", [5, ops.DowngradeOps(), [ops.UpgradeOps(), None]])
def test_script_takes_the_right_kind_alone(wrong: Any) -> None:
    """Anything but UpgradeOps for the upgrade is rejected."""
    with pytest.raises(TypeError, match="MigrationScript: UpgradeOps expected, got"):
        MigrationScript("r", wrong, ops.DowngradeOps())
