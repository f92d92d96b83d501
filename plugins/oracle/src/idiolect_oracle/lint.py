"""The lint rules for Oracle: statements that block a table in use, or fail on rows.

Sources: "ALTER TABLE", "CREATE INDEX" and "constraint" in Oracle's SQL Language Reference, and the
error messages ORA-01439, ORA-01440, ORA-01441, ORA-22858 and ORA-22859.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy.exc import CompileError

from idiolect.hooks import LintFinding, LintRule, without_literals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect

    from idiolect.hooks import LintedRevision

_ONLINE = re.compile(r"\bONLINE\b", re.IGNORECASE)
_NOT_VALIDATED = re.compile(r"\bNOVALIDATE\b|\bDISABLE\b|\bUSING\s+INDEX\b", re.IGNORECASE)
_TYPE = re.compile(
    r"(?P<name>[a-z_0-9 ]+?)\s*(?:\((?P<arguments>[^)]*)\))?(?P<rest>\s.*)?$", re.IGNORECASE
)
_NUMBERS = {
    "integer": (38, 0),
    "int": (38, 0),
    "smallint": (38, 0),
    "number": None,
    "numeric": (38, 0),
    "decimal": (38, 0),
}
#: CHAR and VARCHAR2 can be converted into each other.
_STRINGS = {"varchar2": "string", "varchar": "string", "char": "string"} | {
    name: name for name in ("nvarchar2", "nchar", "raw")
}
#: Between these, Oracle converts no values. Of other types, it is not told here.
_FAMILIES = frozenset({"number", *_STRINGS.values(), "date", "timestamp"})


class _SqlType(NamedTuple):
    """A type, parsed.

    Attributes:
        family: types of one family can be converted.
        size: the length of a string; digits before and after the point; None if unlimited.
    """

    family: str
    size: tuple[int, ...] | None


def _index(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("create index"):
        if change.online or any(_ONLINE.search(without_literals(sql)) for sql in each.sql):
            continue
        yield LintFinding(
            f"Blocks writes to table {change.on} until the index is built, and fails with "
            "ORA-00054 while a transaction has changed rows of it.",
            "With Enterprise edition, write CREATE INDEX ... ONLINE in op.execute().",
            each,
        )


def _dropped_column(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("drop column"):
        yield LintFinding(
            f"Blocks writes to table {change.on} while all rows are written without column "
            f"{change.name}.",
            "Write ALTER TABLE ... SET UNUSED (column) in op.execute(), which takes no time, and "
            "DROP UNUSED COLUMNS while little is written.",
            each,
        )


def _type(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("alter column"):
        if change.type is None or change.old_type is None:
            continue
        error = _refusal(change.old_type, change.type, revision.dialect)
        if error is not None:
            yield LintFinding(
                f"Fails with {error} if column {change.name} of table {change.on} has values.",
                "Add a new column, copy the values with a conversion, drop the old column, and "
                "rename the new one.",
                each,
            )


def _refusal(old: Any, new: Any, dialect: Dialect) -> str | None:
    """Return the error of a change of type; None if there is none, or if it cannot be told."""
    was, becomes = _parsed(old, dialect), _parsed(new, dialect)
    if was is None or becomes is None or was == becomes:
        return None
    if was.family != "long" and ("lob" in was.family or "lob" in becomes.family):
        return "ORA-22858 or ORA-22859"
    if was.family != becomes.family:
        is_finer = (was.family, becomes.family) == ("date", "timestamp")
        are_known = {was.family, becomes.family} <= _FAMILIES
        return "ORA-01439" if are_known and not is_finer else None
    if becomes.size is None:
        return None
    if was.size is None:
        return "ORA-01440" if was.family == "number" else None
    if any(after < before for before, after in zip(was.size, becomes.size, strict=True)):
        return "ORA-01440" if was.family == "number" else "ORA-01441"
    return None


def _parsed(type_: Any, dialect: Dialect) -> _SqlType | None:
    try:
        text = type_ if isinstance(type_, str) else str(type_.compile(dialect=dialect))
    except (CompileError, NotImplementedError, AttributeError, TypeError):
        return None
    found = _TYPE.match(text.strip().lower())
    if found is None:
        return None
    name = found["name"]
    given = [int(each) for each in re.findall(r"\d+", found["arguments"] or "")]
    if name in _NUMBERS:
        default = _NUMBERS[name]
        precision, scale = (*given, 0)[:2] if given else default or (0, 0)
        return _SqlType("number", (precision - scale, scale) if given or default else None)
    if name in _STRINGS:
        return _SqlType(_STRINGS[name], (given[0] if given else 1,))
    return _SqlType(name.split()[0], None)


def _constraint(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("add constraint"):
        if change.online or any(_NOT_VALIDATED.search(without_literals(sql)) for sql in each.sql):
            continue
        if change.constraint in {"check", "foreign key"}:
            yield LintFinding(
                f"Blocks writes to table {change.on} until all of its rows are checked.",
                "Write ALTER TABLE ... ADD CONSTRAINT ... ENABLE NOVALIDATE in op.execute(), and "
                "ALTER TABLE ... MODIFY CONSTRAINT ... VALIDATE after it: that blocks nobody.",
                each,
            )
        elif change.constraint in {"unique", "primary key"}:
            yield LintFinding(
                f"Blocks writes to table {change.on} until the index of the constraint is built.",
                "With Enterprise edition, write CREATE UNIQUE INDEX ... ONLINE in op.execute(), "
                "and ADD CONSTRAINT ... USING INDEX after it.",
                each,
            )


RULES: Final = (
    LintRule(
        name="oracle-index-blocks-writes",
        summary="An index is built without ONLINE.",
        check=_index,
        why="The table is locked against writes until the index is complete, and the statement "
        "fails at once if a transaction has changed a row of it. Building it online is a feature "
        "of Enterprise edition. The rules for Oracle follow its manual; no server measures them.",
        instead="Write the statement with `ONLINE` in `op.execute()`, or switch this rule off if "
        "your edition has no such feature.",
        triggers='op.create_index("ix_account_email", "account", ["email"])',
        passes='op.execute("CREATE INDEX ix_account_email ON account (email) ONLINE")',
    ),
    LintRule(
        name="oracle-drop-column-rewrites-table",
        summary="A column is dropped instead of set unused.",
        check=_dropped_column,
        why="DROP COLUMN writes every row of the table anew and locks it against writes meanwhile. "
        "SET UNUSED only changes the catalogue: the column cannot be seen any more.",
        instead="Write `ALTER TABLE ... SET UNUSED (column)` in `op.execute()`, and "
        "`ALTER TABLE ... DROP UNUSED COLUMNS` at a quiet time.",
        triggers='op.drop_column("account", "nickname")',
        passes='op.execute("ALTER TABLE account SET UNUSED (nickname)")',
    ),
    LintRule(
        name="oracle-type-change-fails",
        summary="The change of a type is refused if the column has values.",
        check=_type,
        level="error",
        why="Oracle converts no values: it refuses another type (ORA-01439), fewer digits "
        "(ORA-01440), a shorter string (ORA-01441) and a change from or to a LOB (ORA-22858, "
        "ORA-22859). INTEGER is NUMBER(38), so that even BIGINT, which is NUMBER(19), has fewer "
        "digits. On the empty table of a test the statement may succeed. Without `existing_type`, "
        "nothing is reported.",
        instead="Add a new column, copy the values with a conversion, drop the old column, and "
        "rename the new one.",
        triggers=(
            'op.alter_column("account", "code", existing_type=sa.String(20), type_=sa.Integer())'
        ),
        passes=(
            'op.alter_column("account", "code", existing_type=sa.String(20), type_=sa.String(40))'
        ),
    ),
    LintRule(
        name="oracle-constraint-blocks-writes",
        summary="A constraint is checked while the table is locked.",
        check=_constraint,
        why="The table is locked against writes while all rows are read, or an index is built. "
        "With ENABLE NOVALIDATE only new rows are checked; the others can be checked afterwards "
        "without a lock.",
        instead="Add it with `ENABLE NOVALIDATE` and validate it with "
        "`ALTER TABLE ... MODIFY CONSTRAINT ... VALIDATE`. Build the index of a key online first.",
        triggers='op.create_check_constraint("ck_account_age", "account", "age >= 0")',
        passes=(
            'op.execute("ALTER TABLE account ADD CONSTRAINT ck_age CHECK (age >= 0) ENABLE '
            'NOVALIDATE")\n'
            'op.execute("ALTER TABLE account MODIFY CONSTRAINT ck_age VALIDATE")'
        ),
    ),
)
