"""The lint rules for PostgreSQL: statements that block a table in use, or that fail."""

from __future__ import annotations

from typing import Final

from idiolect.hooks import LintRule
from idiolect_postgresql import lintchecks

RULES: Final = (
    LintRule(
        name="postgresql-index-blocks-writes",
        summary="An index is built without CONCURRENTLY.",
        check=lintchecks.index,
        why="CREATE INDEX locks the table in mode SHARE: it can be read, but every INSERT, UPDATE "
        "and DELETE waits until the index is complete, which takes as long as reading and sorting "
        "the whole table.",
        instead="Build it with `postgresql_concurrently=True`. That cannot be part of a "
        "transaction, so put it into `autocommit_block()`, or set the option `auto_autocommit`. An "
        "index that is left invalid by a failure is dropped by the next run. On a partitioned "
        "table this is impossible: build an index on each partition.",
        triggers='op.create_index("ix_account_email", "account", ["email"])',
        passes=(
            "with op.get_context().autocommit_block():\n"
            '    op.create_index("ix_account_email", "account", ["email"], '
            "postgresql_concurrently=True)"
        ),
    ),
    LintRule(
        name="postgresql-foreign-key-blocks-writes",
        summary="A foreign key is added without NOT VALID.",
        check=lintchecks.foreign_key,
        why="Both tables are locked in mode SHARE ROW EXCLUSIVE while PostgreSQL looks up the "
        "referred row of each row: they can be read, but writes to either of them wait.",
        instead="Pass `postgresql_not_valid=True`, so that only new rows are checked, and run "
        "`ALTER TABLE ... VALIDATE CONSTRAINT` in a later transaction: it checks the other rows "
        "while both tables are in use. A new column without a default needs no check at all if it "
        "is added with `inline_references=True`.",
        triggers=(
            'op.create_foreign_key("fk_account_team", "account", "team", ["team_id"], ["id"])'
        ),
        passes="op.create_foreign_key(\n"
        '    "fk_account_team", "account", "team", ["team_id"], ["id"], '
        "postgresql_not_valid=True\n)\n"
        "with op.get_context().autocommit_block():\n"
        '    op.execute("ALTER TABLE account VALIDATE CONSTRAINT fk_account_team")',
    ),
    LintRule(
        name="postgresql-check-blocks-table",
        summary="A CHECK constraint is added without NOT VALID.",
        check=lintchecks.check_constraint,
        why="The table is locked in mode ACCESS EXCLUSIVE, in which it cannot even be read, while "
        "PostgreSQL reads all of its rows.",
        instead="Pass `postgresql_not_valid=True`, so that only new rows are checked, and run "
        "`ALTER TABLE ... VALIDATE CONSTRAINT` in a later transaction, which blocks neither "
        "reading nor writing.",
        triggers='op.create_check_constraint("ck_account_age", "account", "age >= 0")',
        passes=(
            'op.create_check_constraint("ck_account_age", "account", "age >= 0", '
            "postgresql_not_valid=True)"
        ),
    ),
    LintRule(
        name="postgresql-validated-under-lock",
        summary="A constraint is validated in the transaction that adds it.",
        check=lintchecks.validation,
        why="A lock is held until the transaction ends. With the constraint's NOT VALID nothing is "
        "gained if its rows are checked before that: the lock with which it was added blocks "
        "others while all rows are read.",
        instead="Validate in another revision of another run, with `transaction_per_migration`, "
        "or in `autocommit_block()`, which commits first.",
        triggers=(
            'op.create_check_constraint("ck_account_age", "account", "age >= 0", '
            "postgresql_not_valid=True)\n"
            'op.execute("ALTER TABLE account VALIDATE CONSTRAINT ck_account_age")'
        ),
        passes=(
            'op.create_check_constraint("ck_account_age", "account", "age >= 0", '
            "postgresql_not_valid=True)\n"
            "with op.get_context().autocommit_block():\n"
            '    op.execute("ALTER TABLE account VALIDATE CONSTRAINT ck_account_age")'
        ),
    ),
    LintRule(
        name="postgresql-constraint-builds-index",
        summary="A unique constraint, primary key or EXCLUDE constraint builds its index.",
        check=lintchecks.constraint_index,
        why="The table is locked in mode ACCESS EXCLUSIVE, in which it cannot even be read, until "
        "the index of the constraint is complete.",
        instead="Build a unique index with `postgresql_concurrently=True` first, and let the "
        "constraint take it over with `USING INDEX`, which takes no time. The columns of a primary "
        "key should be NOT NULL before, else they are searched for NULL. For EXCLUDE there is no "
        "such way.",
        triggers='op.create_unique_constraint("uq_account_email", "account", ["email"])',
        passes=(
            "with op.get_context().autocommit_block():\n"
            "    op.create_index(\n"
            '        "uq_account_email", "account", ["email"], unique=True, '
            "postgresql_concurrently=True\n"
            "    )\n"
            "op.execute(\n"
            '    "ALTER TABLE account ADD CONSTRAINT uq_account_email UNIQUE USING INDEX '
            'uq_account_email"\n'
            ")"
        ),
    ),
    LintRule(
        name="postgresql-type-rewrites-table",
        summary="The change of a type rewrites the table.",
        check=lintchecks.column_type,
        why="The table is locked in mode ACCESS EXCLUSIVE, in which it cannot even be read, while "
        "all rows are written anew and all indexes are built again. Not so if the stored values "
        "stay as they are: a longer VARCHAR or none at all, VARCHAR to TEXT, a NUMERIC with more "
        "digits and the same scale, TIMESTAMP to TIMESTAMP WITH TIME ZONE and back if the time "
        "zone of the session is UTC. Without `existing_type`, only changes are reported that can "
        "hardly do without a rewrite.",
        instead="Add a column of the new type, let the program or a trigger write both, fill the "
        "other rows in batches, change over, and drop the old column.",
        triggers=(
            'op.alter_column("account", "age", existing_type=sa.Integer(), type_=sa.BigInteger())'
        ),
        passes=(
            'op.alter_column("account", "email", existing_type=sa.String(100), '
            "type_=sa.String(200))"
        ),
    ),
    LintRule(
        name="postgresql-column-rewrites-table",
        summary="A new column is computed for each row.",
        check=lintchecks.new_column,
        why="A default that is the same for all rows is stored once. A sequence, an identity, a "
        "stored computed value or a function such as `gen_random_uuid()` has another value in "
        "each row: the table is locked in mode ACCESS EXCLUSIVE while all rows are written anew.",
        instead="Add a nullable column without default, set the default in a second step, so that "
        "it is used for new rows only, and fill the others in batches.",
        triggers="op.add_column(\n"
        '    "account",\n    sa.Column("token", sa.Uuid(), '
        'server_default=sa.text("gen_random_uuid()")),\n)',
        passes=(
            'op.add_column("account", sa.Column("token", sa.Uuid()))\n'
            'op.alter_column("account", "token", '
            'server_default=sa.text("gen_random_uuid()"))'
        ),
    ),
    LintRule(
        name="postgresql-not-null-blocks-table",
        summary="A column of a filled table becomes NOT NULL.",
        check=lintchecks.not_null,
        why="The table is locked in mode ACCESS EXCLUSIVE, in which it cannot even be read, while "
        "PostgreSQL searches all rows for a NULL, unless a validated CHECK constraint proves that "
        "there is none.",
        instead="Add `CHECK (column IS NOT NULL)` with `postgresql_not_valid=True`, validate it "
        "in a later transaction, and set NOT NULL then; the constraint can be dropped after that.",
        triggers='op.alter_column("account", "email", existing_type=sa.Text(), nullable=False)',
        passes=(
            'op.create_check_constraint("ck_email", "account", "email IS NOT NULL", '
            "postgresql_not_valid=True)\n"
            "with op.get_context().autocommit_block():\n"
            '    op.execute("ALTER TABLE account VALIDATE CONSTRAINT ck_email")\n'
            'op.alter_column("account", "email", existing_type=sa.Text(), nullable=False)\n'
            'op.drop_constraint("ck_email", "account", type_="check")'
        ),
    ),
    LintRule(
        name="postgresql-enum-value-uncommitted",
        summary="A value of an enum type is used in the transaction that adds it.",
        check=lintchecks.enum_value,
        level="error",
        why="PostgreSQL refuses to use a value of an enum type before the transaction that added "
        "it is committed, so the revision fails.",
        instead="Add the value in `autocommit_block()`.",
        triggers="op.execute(\"ALTER TYPE mood ADD VALUE 'calm'\")\n"
        "op.execute(\"UPDATE account SET mood = 'calm' WHERE mood IS NULL\")",
        passes="with op.get_context().autocommit_block():\n"
        "    op.execute(\"ALTER TYPE mood ADD VALUE 'calm'\")\n"
        "op.execute(\"UPDATE account SET mood = 'calm' WHERE mood IS NULL\")",
    ),
    LintRule(
        name="postgresql-blocking-command",
        summary="REFRESH, CLUSTER, VACUUM FULL, REINDEX or LOCK blocks a table.",
        check=lintchecks.command,
        why="These statements lock what they process, most of them even against reading, for as "
        "long as they copy rows or build indexes; LOCK until the end of the transaction.",
        instead="REFRESH and REINDEX can do it CONCURRENTLY. The others are work for a time in "
        "which the table is not used.",
        triggers='op.execute("REINDEX TABLE account")',
        passes="with op.get_context().autocommit_block():\n"
        '    op.execute("REINDEX TABLE CONCURRENTLY account")',
    ),
    LintRule(
        name="postgresql-no-lock-timeout",
        summary="A statement waits for a lock without limit.",
        check=lintchecks.lock_timeout,
        why="Even a change that takes a millisecond needs the table for itself. It waits for the "
        "queries that run, for ever by default, and all that come after it wait behind it: one "
        "long report, and the table cannot be used by anybody.",
        instead="Set `lock_wait_timeout`, in the configuration or in a revision, or `lock_timeout` "
        "in the revision. Switch this rule off if `env.py` or the role of the database sets it.",
        triggers='op.add_column("account", sa.Column("size", sa.Integer()))',
        passes="op.execute(\"SET LOCAL lock_timeout = '5s'\")\n"
        'op.add_column("account", sa.Column("size", sa.Integer()))',
    ),
)
