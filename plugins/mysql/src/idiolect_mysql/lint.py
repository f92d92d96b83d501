"""The lint rules for MySQL and MariaDB: statements that block a table in use."""

from __future__ import annotations

from typing import Final

from idiolect.hooks import LintRule
from idiolect_mysql import lintchecks

RULES: Final = (
    LintRule(
        name="mysql-blocks-writes",
        summary="Writes to a table wait until it is copied, or an index is built.",
        check=lintchecks.blocks_writes,
        why="InnoDB makes many changes while the table is in use. For others it copies the whole "
        "table and blocks writes meanwhile: another type (not a longer VARCHAR or a value at the "
        "end of an ENUM), a CHECK or a foreign key, a stored computed column, dropping the primary "
        "key, another character set. It also blocks writes while it builds FULLTEXT and SPATIAL "
        "indexes and while it numbers rows. MySQL also copies if a VARCHAR grows beyond 255 bytes; "
        "MariaDB does not, and from version 11.2 on it copies while writes go on. Without "
        "`existing_type`, changes from or to strings are not reported. Measured on MariaDB; for "
        "MySQL this follows its manual.",
        instead="Change a large table while little is written, or with gh-ost or "
        "pt-online-schema-change. A foreign key does not copy the table while "
        "`foreign_key_checks` is 0, but existing rows are not checked then.",
        triggers=(
            'op.alter_column("account", "age", existing_type=sa.Integer(), type_=sa.BigInteger())'
        ),
        passes=(
            'op.alter_column("account", "email", existing_type=sa.String(20), type_=sa.String(40))'
        ),
    ),
    LintRule(
        name="mysql-several-copies",
        summary="Several statements copy a table, one after the other.",
        check=lintchecks.several_copies,
        why="Each directive is a statement of its own, also in a batch, and each statement copies "
        "the table again, with writes blocked.",
        instead="Put the changes into one ALTER TABLE with `op.execute()`.",
        triggers=(
            'op.alter_column("account", "age", existing_type=sa.Integer(), '
            "type_=sa.BigInteger())\n"
            'op.create_check_constraint("ck_age", "account", "age >= 0")'
        ),
        passes=(
            'op.execute("ALTER TABLE account MODIFY age BIGINT, ADD CONSTRAINT ck_age '
            'CHECK (age >= 0)")'
        ),
    ),
    LintRule(
        name="mysql-no-lock-timeout",
        summary="A statement waits very long for a metadata lock.",
        check=lintchecks.lock_timeout,
        why="Even a change that takes a millisecond needs the table for itself at its end. It "
        "waits for all transactions that have used the table, by default up to a day on MariaDB "
        "and a year on MySQL, and all later queries wait behind it: one forgotten transaction, and "
        "the table cannot be used by anybody.",
        instead="Set `lock_wait_timeout`, in the configuration or in a revision. Switch this rule "
        "off if `env.py` or the server sets it.",
        triggers='op.add_column("account", sa.Column("size", sa.Integer()))',
        passes='op.execute("SET SESSION lock_wait_timeout = 5")\n'
        'op.add_column("account", sa.Column("size", sa.Integer()))',
    ),
)
