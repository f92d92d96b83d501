"""The lint rules for SQL Server: statements that block a table in use.

Sources: "ALTER TABLE", "CREATE INDEX", "Transactions" in Microsoft's Transact-SQL reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import CompileError

from idiolect.hooks import LintFinding, LintRule, without_literals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect

    from idiolect.hooks import LintedRevision

_OUTSIDE = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+DATABASE\b(?!\s+(?:AUDIT|SCOPED|ENCRYPTION)\b)"
    r"|(?:CREATE|ALTER|DROP)\s+FULLTEXT\s+(?:CATALOG|INDEX)\b"
    r"|BACKUP\s+(?:DATABASE|LOG)\b|RESTORE\s+(?:DATABASE|LOG)\b|RECONFIGURE\b",
    re.IGNORECASE,
)
_COMPUTED = re.compile(r"\bADD\b.*\bAS\s*\(.*\)\s*PERSISTED\b", re.IGNORECASE | re.DOTALL)
_IDENTITY = re.compile(r"\bADD\b.*\bIDENTITY\b", re.IGNORECASE | re.DOTALL)
_DIFFERENT = re.compile(r"\bDEFAULT\b.*\b(?:newid|newsequentialid|rand)\s*\(", re.IGNORECASE)
_WITH_VALUES = re.compile(r"\bWITH\s+VALUES\b", re.IGNORECASE)
_ONLINE = re.compile(r"\bONLINE\s*=\s*ON\b", re.IGNORECASE)
_UNCHECKED = re.compile(r"\bWITH\s+NOCHECK\b", re.IGNORECASE)
_TYPE = re.compile(r"(?P<name>\w+)\s*(?:\(\s*(?P<length>\d+|max)\s*\))?$", re.IGNORECASE)
#: Types whose values keep their form if the maximum length grows.
_GROWING = frozenset({"varchar", "nvarchar", "varbinary"})


def requires_autocommit(statement: str) -> bool:
    """Return whether SQL Server refuses a statement inside a transaction."""
    return bool(_OUTSIDE.match(without_literals(statement)))


def _index(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("create index", "add constraint"):
        if change.kind == "add constraint" and change.constraint not in {"unique", "primary key"}:
            continue
        if change.online or any(_ONLINE.search(sql) for sql in each.sql):
            continue
        yield LintFinding(
            f"Blocks writes to table {change.on} until the index is built.",
            "With Enterprise edition or Azure SQL, add WITH (ONLINE = ON) to the statement in "
            "op.execute(). With other editions, do it while little is written.",
            each,
        )


def _column(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("add column"):
        reason = _reason(each.sql, is_null=change.nullable is not False)
        if reason is not None:
            yield LintFinding(
                f"Blocks all access to table {change.on} while its rows are written, because "
                f"column {change.name} {reason}.",
                "Add the column as NULL without a default, fill it in batches, and add the default "
                "afterwards.",
                each,
            )


def _reason(statements: tuple[str, ...], *, is_null: bool) -> str | None:
    for sql in statements:
        text = without_literals(sql)
        if _COMPUTED.search(text):
            return "is computed and persisted"
        if _IDENTITY.search(text):
            return "is an identity"
        if is_null and not _WITH_VALUES.search(text):
            # Existing rows have NULL then, whatever the default is.
            continue
        if _DIFFERENT.search(text):
            return "has another default in each row"
        if re.search(r"\bADD\b.*\bDEFAULT\b", text, re.IGNORECASE | re.DOTALL):
            return "gets its default, except with Enterprise edition and Azure SQL"
    return None


def _type(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("alter column"):
        if change.type is None or change.old_type is None:
            continue
        if any(_ONLINE.search(sql) for sql in each.sql):
            continue
        if _writes_rows(change.old_type, change.type, revision.dialect):
            yield LintFinding(
                f"Blocks all access to table {change.on} while all rows are written with the new "
                f"type of column {change.name}.",
                "With Enterprise edition or Azure SQL, add WITH (ONLINE = ON) to the ALTER COLUMN "
                "in op.execute(). Otherwise add a new column and fill it in batches.",
                each,
            )


def _writes_rows(old: Any, new: Any, dialect: Dialect) -> bool:
    try:
        before, after = (str(each.compile(dialect=dialect)).lower() for each in (old, new))
    except (CompileError, NotImplementedError, AttributeError, TypeError):
        return False
    was, becomes = _TYPE.match(before), _TYPE.match(after)
    if before == after or not was or not becomes:
        return bool(before != after)
    if was["name"] != becomes["name"] or was["name"] not in _GROWING:
        return True
    if "max" in {was["length"], becomes["length"]}:
        # Longer without a doubt; how the values are stored is another matter.
        return becomes["length"] != "max"
    return int(becomes["length"] or 1) < int(was["length"] or 1)


def _constraint(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("add constraint"):
        if change.constraint not in {"check", "foreign key"} or change.online:
            continue
        if any(_UNCHECKED.search(sql) for sql in each.sql):
            continue
        yield LintFinding(
            f"Blocks all access to table {change.on} until all of its rows are checked.",
            "Do it while the table is not used, or write ALTER TABLE ... WITH NOCHECK ADD "
            "CONSTRAINT in op.execute(): existing rows are not checked then.",
            each,
        )


RULES: Final = (
    LintRule(
        name="mssql-index-blocks-writes",
        summary="An index is built without ONLINE.",
        check=_index,
        why="The table is locked against writes until the index is complete, and for a clustered "
        "index against reading, too. Building it online is a feature of Enterprise edition and of "
        "Azure SQL. The rules for SQL Server follow its manual; no server measures them.",
        instead="Write the statement with `WITH (ONLINE = ON)` in `op.execute()`, or switch this "
        "rule off if your edition has no such feature.",
        triggers='op.create_index("ix_account_email", "account", ["email"])',
        passes=(
            'op.execute("CREATE INDEX ix_account_email ON account (email) WITH (ONLINE = ON)")'
        ),
    ),
    LintRule(
        name="mssql-column-rewrites-table",
        summary="A new column has to be written into each row.",
        check=_column,
        why="The table is locked against all access while its rows are written: for a persisted "
        "computed column, an identity, and a NOT NULL column with a default. Enterprise edition "
        "and Azure SQL store a constant default once; others write it into each row.",
        instead="Add the column as NULL, fill it in batches, and make it NOT NULL then.",
        triggers="op.add_column(\n"
        '    "account",\n    sa.Column("size", sa.Integer(), nullable=False, '
        'server_default="0"),\n)',
        passes='op.add_column("account", sa.Column("size", sa.Integer()))',
    ),
    LintRule(
        name="mssql-type-rewrites-table",
        summary="The change of a type writes all rows.",
        check=_type,
        why="The table is locked against all access while SQL Server converts the column in each "
        "row. Only a longer VARCHAR, NVARCHAR or VARBINARY needs no conversion. Without "
        "`existing_type`, nothing is reported.",
        instead="Use `ALTER COLUMN ... WITH (ONLINE = ON)` where the edition has it, or add a new "
        "column, fill it in batches, and drop the old one.",
        triggers=(
            "op.alter_column(\n"
            '    "account",\n'
            '    "age",\n'
            "    existing_type=sa.Integer(),\n"
            "    type_=sa.BigInteger(),\n"
            "    existing_nullable=True,\n"
            ")"
        ),
        passes=(
            "op.alter_column(\n"
            '    "account",\n'
            '    "email",\n'
            "    existing_type=sa.String(20),\n"
            "    type_=sa.String(40),\n"
            "    existing_nullable=True,\n"
            ")"
        ),
    ),
    LintRule(
        name="mssql-constraint-blocks-table",
        summary="A CHECK or foreign key is checked while the table is locked.",
        check=_constraint,
        why="ALTER TABLE locks the table against all access, and by default reads all of its rows "
        "to check the constraint.",
        instead="Do it while the table is not used. With `WITH NOCHECK` nothing is read; then "
        "SQL Server does not trust the constraint when it plans queries.",
        triggers='op.create_check_constraint("ck_account_age", "account", "age >= 0")',
        passes=(
            'op.execute("ALTER TABLE account WITH NOCHECK ADD CONSTRAINT ck_account_age '
            'CHECK (age >= 0)")'
        ),
    ),
)
