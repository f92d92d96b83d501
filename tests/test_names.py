"""Every class, function and member that Alembic documents exists and can be imported."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

import idiolect_alembic
from idiolect.config import Config
from idiolect.environment import EnvironmentContext
from idiolect.migration import (
    HeadMaintainer,
    MigrationContext,
    MigrationInfo,
    MigrationStep,
    StampStep,
)
from idiolect.runtime import migration
from idiolect.script import ScriptDirectory

if TYPE_CHECKING:
    from pathlib import Path

#: What the pages of the API document: functions by module, members by class.
NAMES = {
    "autogenerate": "compare_metadata produce_migrations render_python_code",
    "autogenerate.api.AutogenContext": """
        connection inspector metadata run_filters run_name_filters run_object_filters
        sorted_tables table_key_to_table
    """,
    "autogenerate.rewriter.Rewriter": "chain process_revision_directives rewrites",
    "command": """
        branches check current downgrade edit ensure_version heads history init list_templates
        merge revision show stamp upgrade
    """,
    "config": "main",
    "config.CommandFunction": "",
    "config.CommandLine": "main register_command run_cmd",
    "config.Config": """
        cmd_opts config_file_name config_ini_section file_config get_alembic_boolean_option
        get_alembic_option get_hooks_list get_main_option get_prepend_sys_paths_list get_section
        get_section_option get_template_directory get_version_locations_list messaging_opts
        print_stdout remove_main_option set_main_option set_section_option toml_alembic_config
        toml_file_name
    """,
    "config.MessagingOptions": "",
    "ddl.base": """
        add_column alter_column alter_table drop_column format_column_name format_server_default
        format_table_name format_type quote_dotted visit_add_column visit_column_default
        visit_column_name visit_column_nullable visit_column_type visit_computed_column
        visit_drop_column visit_identity_column visit_rename_table
    """,
    "ddl.base.AddColumn": "",
    "ddl.base.AlterColumn": "",
    "ddl.base.AlterTable": "",
    "ddl.base.ColumnComment": "",
    "ddl.base.ColumnDefault": "",
    "ddl.base.ColumnName": "",
    "ddl.base.ColumnNullable": "",
    "ddl.base.ColumnType": "",
    "ddl.base.ComputedColumnDefault": "",
    "ddl.base.DropColumn": "",
    "ddl.base.IdentityColumnDefault": "",
    "ddl.base.RenameTable": "",
    "ddl.impl.DefaultImpl": """
        add_column add_constraint adjust_reflected_dialect_options alter_column
        autogen_column_reflect bind bulk_insert cast_for_batch_migrate command_terminator
        compare_check_constraint compare_indexes compare_server_default compare_type
        compare_unique_constraint correct_for_autogen_constraints
        correct_for_autogen_foreignkeys create_column_comment create_index create_table
        create_table_comment drop_column drop_constraint drop_index drop_table
        drop_table_comment emit_begin emit_commit execute get_by_dialect identity_attrs_ignore
        prep_table_for_batch rename_table render_ddl_sql_expr render_type
        requires_recreate_in_batch start_migrations static_output transactional_ddl
        type_arg_extract type_synonyms version_table_impl
    """,
    "ddl.mssql.MSSQLImpl": """
        add_column add_constraint adjust_reflected_dialect_options alter_column
        autogen_column_reflect batch_separator bind bulk_insert cast_for_batch_migrate
        command_terminator compare_check_constraint compare_indexes compare_server_default
        compare_type compare_unique_constraint correct_for_autogen_constraints
        correct_for_autogen_foreignkeys create_column_comment create_index create_table
        create_table_comment drop_column drop_constraint drop_index drop_table
        drop_table_comment emit_begin emit_commit execute get_by_dialect identity_attrs_ignore
        prep_table_for_batch rename_table render_ddl_sql_expr render_type
        requires_recreate_in_batch start_migrations static_output transactional_ddl
        type_arg_extract type_synonyms version_table_impl
    """,
    "ddl.mysql.MariaDBImpl": """
        add_column add_constraint adjust_reflected_dialect_options autogen_column_reflect bind
        bulk_insert cast_for_batch_migrate command_terminator compare_check_constraint
        compare_indexes compare_unique_constraint create_column_comment create_index
        create_table create_table_comment drop_column drop_index drop_table drop_table_comment
        emit_begin emit_commit execute get_by_dialect identity_attrs_ignore prep_table_for_batch
        rename_table render_type requires_recreate_in_batch start_migrations static_output
        version_table_impl
    """,
    "ddl.mysql.MySQLAlterDefault": "",
    "ddl.mysql.MySQLChangeColumn": "",
    "ddl.mysql.MySQLImpl": """
        add_column add_constraint adjust_reflected_dialect_options alter_column
        autogen_column_reflect bind bulk_insert cast_for_batch_migrate command_terminator
        compare_check_constraint compare_indexes compare_server_default compare_type
        compare_unique_constraint correct_for_autogen_constraints
        correct_for_autogen_foreignkeys create_column_comment create_index create_table
        create_table_comment drop_column drop_constraint drop_index drop_table
        drop_table_comment emit_begin emit_commit execute get_by_dialect identity_attrs_ignore
        prep_table_for_batch rename_table render_ddl_sql_expr render_type
        requires_recreate_in_batch start_migrations static_output transactional_ddl
        type_arg_extract type_synonyms version_table_impl
    """,
    "ddl.mysql.MySQLModifyColumn": "",
    "ddl.oracle.OracleImpl": """
        add_column add_constraint adjust_reflected_dialect_options alter_column
        autogen_column_reflect batch_separator bind bulk_insert cast_for_batch_migrate
        command_terminator compare_check_constraint compare_indexes compare_server_default
        compare_type compare_unique_constraint correct_for_autogen_constraints
        correct_for_autogen_foreignkeys create_column_comment create_index create_table
        create_table_comment drop_column drop_constraint drop_index drop_table
        drop_table_comment emit_begin emit_commit execute get_by_dialect identity_attrs_ignore
        prep_table_for_batch rename_table render_ddl_sql_expr render_type
        requires_recreate_in_batch start_migrations static_output transactional_ddl
        type_arg_extract type_synonyms version_table_impl
    """,
    "ddl.postgresql.CreateExcludeConstraintOp": """
        add_constraint_ops batch_create_exclude_constraint constraint_type
        create_exclude_constraint from_constraint info register_add_constraint reverse
        to_constraint to_diff_tuple
    """,
    "ddl.postgresql.PostgresqlColumnType": "",
    "ddl.postgresql.PostgresqlImpl": """
        add_column add_constraint adjust_reflected_dialect_options alter_column
        autogen_column_reflect bind bulk_insert cast_for_batch_migrate command_terminator
        compare_check_constraint compare_indexes compare_server_default compare_type
        compare_unique_constraint correct_for_autogen_constraints
        correct_for_autogen_foreignkeys create_column_comment create_index create_table
        create_table_comment drop_column drop_constraint drop_index drop_table
        drop_table_comment emit_begin emit_commit execute get_by_dialect identity_attrs_ignore
        prep_table_for_batch rename_table render_ddl_sql_expr render_type
        requires_recreate_in_batch start_migrations static_output transactional_ddl
        type_arg_extract type_synonyms version_table_impl
    """,
    "ddl.sqlite.SQLiteImpl": """
        add_column add_constraint adjust_reflected_dialect_options alter_column
        autogen_column_reflect bind bulk_insert cast_for_batch_migrate command_terminator
        compare_check_constraint compare_indexes compare_server_default compare_type
        compare_unique_constraint correct_for_autogen_constraints
        correct_for_autogen_foreignkeys create_column_comment create_index create_table
        create_table_comment drop_column drop_constraint drop_index drop_table
        drop_table_comment emit_begin emit_commit execute get_by_dialect identity_attrs_ignore
        prep_table_for_batch rename_table render_ddl_sql_expr render_type
        requires_recreate_in_batch start_migrations static_output transactional_ddl
        type_arg_extract type_synonyms version_table_impl
    """,
    "operations.BatchOperations": """
        add_column alter_column create_check_constraint
        create_exclude_constraint create_foreign_key create_index create_primary_key
        create_table_comment create_unique_constraint drop_column drop_constraint drop_index
        drop_table_comment execute f get_bind get_context implementation_for inline_literal
        invoke register_operation run_async
    """,
    "operations.Operations": """
        add_column alter_column batch_alter_table bulk_insert context create_check_constraint
        create_exclude_constraint create_foreign_key create_index create_primary_key
        create_table create_table_comment create_unique_constraint drop_column drop_constraint
        drop_index drop_table drop_table_comment execute f get_bind get_context
        implementation_for inline_literal invoke register_operation rename_table run_async
    """,
    "operations.ops.AddColumnOp": """
        add_column batch_add_column from_column from_column_and_tablename reverse to_column
        to_diff_tuple
    """,
    "operations.ops.AddConstraintOp": """
        add_constraint_ops constraint_type from_constraint register_add_constraint reverse
        to_constraint to_diff_tuple
    """,
    "operations.ops.AlterColumnOp": """
        alter_column batch_alter_column has_changes reverse to_diff_tuple
    """,
    "operations.ops.AlterTableOp": "",
    "operations.ops.BulkInsertOp": "bulk_insert",
    "operations.ops.CreateCheckConstraintOp": """
        batch_create_check_constraint constraint_type create_check_constraint from_constraint
        to_constraint
    """,
    "operations.ops.CreateForeignKeyOp": """
        batch_create_foreign_key constraint_type create_foreign_key from_constraint
        to_constraint to_diff_tuple
    """,
    "operations.ops.CreateIndexOp": """
        batch_create_index create_index from_index reverse to_diff_tuple to_index
    """,
    "operations.ops.CreatePrimaryKeyOp": """
        batch_create_primary_key constraint_type create_primary_key from_constraint
        to_constraint
    """,
    "operations.ops.CreateTableCommentOp": """
        batch_create_table_comment create_table_comment reverse to_diff_tuple to_table
    """,
    "operations.ops.CreateTableOp": "create_table from_table reverse to_diff_tuple to_table",
    "operations.ops.CreateUniqueConstraintOp": """
        batch_create_unique_constraint constraint_type create_unique_constraint from_constraint
        to_constraint
    """,
    "operations.ops.DowngradeOps": "reverse",
    "operations.ops.DropColumnOp": """
        batch_drop_column drop_column from_column_and_tablename reverse to_column to_diff_tuple
    """,
    "operations.ops.DropConstraintOp": """
        batch_drop_constraint drop_constraint from_constraint reverse to_constraint
        to_diff_tuple
    """,
    "operations.ops.DropIndexOp": """
        batch_drop_index drop_index from_index reverse to_diff_tuple to_index
    """,
    "operations.ops.DropTableCommentOp": """
        batch_drop_table_comment drop_table_comment reverse to_diff_tuple to_table
    """,
    "operations.ops.DropTableOp": "drop_table from_table reverse to_diff_tuple to_table",
    "operations.ops.ExecuteSQLOp": "batch_execute execute to_diff_tuple",
    "operations.ops.MigrateOperation": "info reverse to_diff_tuple",
    "operations.ops.MigrationScript": """
        downgrade_ops downgrade_ops_list upgrade_ops upgrade_ops_list
    """,
    "operations.ops.ModifyTableOps": "reverse",
    "operations.ops.OpContainer": "as_diffs is_empty",
    "operations.ops.RenameTableOp": "rename_table",
    "operations.ops.UpgradeOps": "reverse reverse_into",
    "runtime.environment.EnvironmentContext": """
        begin_transaction configure execute get_bind get_context get_head_revision
        get_head_revisions get_impl get_revision_argument get_starting_revision_argument
        get_tag_argument get_x_argument is_offline_mode is_transactional_ddl requires_connection
        run_migrations static_output
    """,
    "runtime.migration.HeadMaintainer": "update_to_step",
    "runtime.migration.MigrationContext": """
        autocommit_block begin_transaction bind config configure execute get_current_heads
        get_current_revision run_migrations stamp
    """,
    "runtime.migration.MigrationInfo": """
        destination_revision_ids destination_revisions down_revisions is_migration
        source_revision_ids source_revisions up_revision up_revisions
    """,
    "runtime.migration.MigrationStep": """
        downgrade_from_script is_downgrade name short_log upgrade_from_script
    """,
    "runtime.migration.RevisionStep": """
        delete_version_num doc from_revisions from_revisions_no_deps info insert_version_num
        merge_branch_idents should_create_branch should_delete_branch should_merge_branches
        should_unmerge_branches to_revisions to_revisions_no_deps unmerge_branch_idents
        update_version_num
    """,
    "runtime.migration.StampStep": """
        delete_version_num doc from_revisions from_revisions_no_deps info insert_version_num
        merge_branch_idents should_create_branch should_delete_branch should_merge_branches
        should_unmerge_branches stamp_revision to_revisions to_revisions_no_deps
        unmerge_branch_idents update_version_num
    """,
    "runtime.plugins.Plugin": """
        add_autogenerate_comparator populate_autogenerate_priority_dispatch remove
        setup_plugin_from_module
    """,
    "script.Script": """
        add_nextrev cmd_format doc is_base is_branch_point is_head is_merge_point log_entry
        longdoc nextrev verify_rev_id
    """,
    "script.ScriptDirectory": """
        as_revision_number env_py_location from_config generate_revision get_all_current
        get_base get_bases get_current_head get_heads get_revision get_revisions
        iterate_revisions run_env versions walk_revisions
    """,
    "script.revision": "is_revision tuple_rev_as_scalar",
    "script.revision.CycleDetected": "kind",
    "script.revision.DependencyCycleDetected": "kind",
    "script.revision.DependencyLoopDetected": "kind",
    "script.revision.LoopDetected": "kind",
    "script.revision.MultipleHeads": "",
    "script.revision.RangeNotAncestorError": "",
    "script.revision.ResolutionError": "",
    "script.revision.Revision": """
        add_nextrev is_base is_branch_point is_head is_merge_point nextrev verify_rev_id
    """,
    "script.revision.RevisionError": "",
    "script.revision.RevisionMap": """
        add_revision bases filter_for_lineage get_current_head get_revision get_revisions heads
        iterate_revisions
    """,
    "script.write_hooks": "console_scripts exec_ module register",
    "util.exc.AutogenerateDiffsDetected": "",
    "util.exc.CommandError": "",
    "util.exc.DatabaseNotAtHead": "",
    "util.langhelpers.DispatchPriority": "FIRST LAST MEDIUM",
    "util.langhelpers.PriorityDispatchResult": "CONTINUE STOP",
}


@pytest.mark.parametrize(("name", "members"), NAMES.items(), ids=NAMES)
def test_documented_names(name: str, members: str) -> None:
    """The module or class is where it is documented, under both top-level names."""
    idiolect_alembic.activate()
    missing = []
    for package in ("idiolect", "alembic"):
        owner = _found(f"{package}.{name}")
        missing += [f"{package}: {each}" for each in members.split() if not _has(owner, each)]

    assert [] == missing


def _found(path: str) -> Any:
    """Return a module, or a class of one."""
    module, _, last = path.rpartition(".")
    if last[:1].isupper():
        return getattr(importlib.import_module(module), last)
    return importlib.import_module(path)


def _has(owner: Any, name: str) -> bool:
    """Tell whether a module or class has a name; a class may say so by an annotation."""
    declared = [getattr(each, "__annotations__", {}) for each in getattr(owner, "__mro__", ())]
    return hasattr(owner, name) or any(name in each for each in declared)


def test_members_of_contexts(tmp_path: Path) -> None:
    """Documented members of objects exist on instances."""
    (tmp_path / "versions").mkdir()
    config = Config()
    script = ScriptDirectory(tmp_path)
    environment = EnvironmentContext(config, script, tag="x")

    assert config.attributes == {}
    assert (environment.config, environment.script) == (config, script)
    assert environment.context_opts == {"tag": "x"}

    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"script": script}, environment_context=environment
        )

        assert context.bind is connection
        assert context.dialect is connection.dialect
        assert context.script is script
        assert context.opts["script"] is script
        assert context.environment_context is environment
        assert context.config is config
        assert HeadMaintainer(context, ("a", "b")).heads == {"a", "b"}
        assert isinstance(context.begin_transaction(), migration._ProxyTransaction)


@pytest.mark.parametrize(
    "info",
    [
        pytest.param(MigrationInfo("b", True, False), id="older"),
        pytest.param(
            MigrationInfo(revision="b", is_upgrade=True, is_stamp=False), id="older-by-name"
        ),
        pytest.param(
            MigrationInfo(
                revision_map=None,
                is_upgrade=True,
                is_stamp=False,
                up_revisions="b",
                down_revisions=(),
            ),
            id="newer",
        ),
    ],
)
def test_both_forms_of_an_info(info: MigrationInfo) -> None:
    """Both documented calling conventions work, with the same result."""
    assert (info.revision, info.is_upgrade, info.is_stamp) == ("b", True, False)
    assert (info.up_revision_id, info.down_revision_ids) == ("b", ())
    with pytest.raises(ValueError, match="without a revision map"):
        _ = info.up_revision


@pytest.mark.parametrize("is_upgrade", [True, False])
def test_a_step_by_hand(is_upgrade: bool) -> None:
    """A step of two ids and a function moves the version row between these."""
    ran: list[str] = []
    step = MigrationStep("b", "a", is_upgrade, lambda: ran.append("it"))
    step.migration_fn()
    start, end = ("a", "b") if is_upgrade else ("b", "a")

    assert ran == ["it"]
    assert (step.up_revision, step.down_revision) == ("b", "a")
    assert step.update_version_num({start}) == (start, end)


def test_a_stamp_step_of_three_arguments() -> None:
    """Without the fourth the row changes its value."""
    step = StampStep("a", "b", True)

    assert (step.from_, step.to_, step.is_upgrade) == (("a",), ("b",), True)
    assert (step.up_revision, step.down_revision) == ("b", "a")
    assert step.update_version_num({"a"}) == ("a", "b")
