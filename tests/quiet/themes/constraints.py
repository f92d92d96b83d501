"""Unique constraints, primary keys, foreign keys and checks."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects import postgresql as pg

from tests.quiet.schema import Schema, table
from tests.quiet.themes.indexes import COLUMNS

if TYPE_CHECKING:
    from tests.quiet.schema import Make

UNIQUE_SEEN = ("add_constraint", "remove_constraint")

CHECKS: list[tuple[str, Any]] = [
    ("comparison", "x > 5"),
    ("and", "x > 5 AND y < 3"),
    ("or in brackets", "(x > 5 OR y < 3) AND x <> 7"),
    ("IN", "x IN (1, 2, 3)"),
    ("IN of texts", "s IN ('a', 'it''s')"),
    ("between", "x BETWEEN 1 AND 5"),
    ("NULL", "s IS NOT NULL"),
    ("LIKE", "s LIKE 'a%%'"),
    ("function", "length(s) > 3"),
    ("column expression", sa.column("x") > 5),
    ("column IN", sa.column("s").in_(["a", "b"])),
]


def _with(*items: Any, options: dict[str, Any] | None = None) -> Make:
    def fill(metadata: sa.MetaData) -> None:
        made = table(*COLUMNS, **(options or {}))(metadata)
        for item in items:
            made.append_constraint(copy.deepcopy(item))

    return fill


def _uniques() -> list[Schema]:
    changed = _with(UniqueConstraint("x", "s", name="u"))
    return [
        Schema("unique", _with(UniqueConstraint("x", name="u")), changed, UNIQUE_SEEN),
        Schema("unique of two", _with(UniqueConstraint("x", "y", name="u")), changed, UNIQUE_SEEN),
        Schema("unique order", _with(UniqueConstraint("y", "x", name="u")), changed, UNIQUE_SEEN),
        Schema("unique without name", _with(UniqueConstraint("x"))),
        Schema("unique two without name", _with(UniqueConstraint("x"), UniqueConstraint("x", "y"))),
        Schema("unique column", table(Column("u", sa.String(9), unique=True))),
        Schema(
            "unique column with index",
            table(Column("u", sa.String(9), unique=True, index=True)),
            table(Column("u", sa.String(9), index=True)),
            ("add_index", "remove_index"),
        ),
        Schema(
            "indexed column",
            table(Column("u", sa.String(9), index=True)),
            table(Column("u", sa.String(9))),
            ("remove_index",),
        ),
        Schema("unique in mixed case", _with(UniqueConstraint("Mixed", name="U Mixed"))),
        Schema(
            "unique and index",
            lambda m: sa.Index("i", _made(m, UniqueConstraint("x", name="u")).c.x),
        ),
        Schema(
            "unique like the key",
            table(Column("x", sa.Integer), Column("y", sa.Integer)),
            table(Column("x", sa.Integer, unique=True), Column("y", sa.Integer)),
            ("add_constraint",),
        ),
        Schema("unique name with percent", _with(UniqueConstraint("x", name="u 50%"))),
    ]


def _made(metadata: sa.MetaData, *items: Any) -> sa.Table:
    _with(*items)(metadata)
    return metadata.tables["thing"]


def _checks(dialect: str) -> list[Schema]:
    found = [
        Schema(
            f"check {name}",
            _with(CheckConstraint(text, name="c")),
            _with(CheckConstraint(text, name="c"), CheckConstraint("x < 99", name="d")),
            ("add_constraint",),
        )
        for name, text in CHECKS
    ]
    found += [
        Schema("condition without name", _with(CheckConstraint("x > 5"))),
        Schema(
            "conditions with and without names",
            _with(CheckConstraint("x > 5", name="c"), CheckConstraint("y > 5")),
        ),
        Schema("check in mixed case", _with(CheckConstraint("x > 5", name="C Mixed"))),
    ]
    if dialect != "mariadb":  # which SQLAlchemy tells in words that it does not take
        check = CheckConstraint("x > 5", name="c")
        found.append(Schema("check of a column", table(Column("x", sa.Integer, check))))
    if dialect == "postgresql":
        found += [
            Schema("check regex", _with(CheckConstraint("s ~ '^[a-z]+$'", name="c"))),
            Schema("check cast", _with(CheckConstraint("x::text <> ''", name="c"))),
            Schema(
                "check not valid",
                _with(CheckConstraint("x > 1", name="c", postgresql_not_valid=True)),
            ),
        ]
    return found


def _keys(dialect: str) -> list[Schema]:
    def composite(m: sa.MetaData) -> None:
        whole: list[Column[Any]] = [Column("a", sa.Integer, primary_key=True, autoincrement=False)]
        whole += [Column("b", sa.String(9), primary_key=True)]
        sa.Table("thing", m, *whole)

    def named(m: sa.MetaData) -> None:
        sa.Table(
            "thing", m, Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", name="Primary Thing")
        )

    def text_key(m: sa.MetaData) -> None:
        sa.Table("thing", m, Column("code", sa.String(9), primary_key=True))

    def uuid_key(m: sa.MetaData) -> None:
        sa.Table("thing", m, Column("id", sa.Uuid, primary_key=True))

    def none(m: sa.MetaData) -> None:
        sa.Table("thing", m, Column("a", sa.Integer), Column("b", sa.Integer, nullable=False))

    def manual(m: sa.MetaData) -> None:
        sa.Table("thing", m, Column("id", sa.Integer, primary_key=True, autoincrement=False))

    def big(m: sa.MetaData) -> None:
        sa.Table("thing", m, Column("id", sa.BigInteger, primary_key=True))

    makes: list[Any] = [composite, named, text_key, uuid_key, none, manual, big]
    if dialect == "postgresql":
        makes += [small_serial, sequence, named_sequence, serial_elsewhere]
    return [Schema(f"key {make.__name__}", make) for make in makes]


def small_serial(m: sa.MetaData) -> None:
    """A key of the smallest integers."""
    sa.Table("thing", m, Column("id", sa.SmallInteger, primary_key=True))


def sequence(m: sa.MetaData) -> None:
    """A key whose sequence is named in the model and called by the program."""
    sa.Table("thing", m, Column("id", sa.Integer, sa.Sequence("thing_numbers"), primary_key=True))


def named_sequence(m: sa.MetaData) -> None:
    """A column whose default is the next value of a sequence."""
    numbers = sa.Sequence("numbers", metadata=m)
    number = Column("n", sa.Integer, numbers, server_default=numbers.next_value())
    sa.Table("thing", m, Column("id", sa.Integer, primary_key=True), number)


def serial_elsewhere(m: sa.MetaData) -> None:
    """A column of a name in mixed case that counts, in such a table."""
    sa.Table("Thing Two", m, Column("Id", sa.Integer, primary_key=True))


#: Name, options of a foreign key, other options.
FOREIGN_KEYS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("plain", {}, {"ondelete": "CASCADE"}),
    ("on delete cascade", {"ondelete": "CASCADE"}, {"ondelete": "SET NULL"}),
    ("on delete set null", {"ondelete": "SET NULL"}, {}),
    ("on delete restrict", {"ondelete": "RESTRICT"}, {"ondelete": "CASCADE"}),
    ("on delete no action", {"ondelete": "NO ACTION"}, {"ondelete": "CASCADE"}),
    ("on update cascade", {"onupdate": "CASCADE"}, {}),
    ("in lower case", {"onupdate": "cascade", "ondelete": "set null"}, {"ondelete": "set null"}),
]
DEFERRED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("set default", {"ondelete": "SET DEFAULT"}, {}),
    ("deferrable", {"deferrable": True}, {}),
    ("not deferrable", {"deferrable": False}, {"deferrable": True}),
    ("initially deferred", {"deferrable": True, "initially": "DEFERRED"}, {}),
    ("initially immediate", {"deferrable": True, "initially": "IMMEDIATE"}, {}),
]


def _reference(options: dict[str, Any]) -> Make:
    def fill(m: sa.MetaData) -> None:
        table(name="other")(m)
        key = ForeignKey("other.id", name="fk", **options)
        sa.Table(
            "thing", m, Column("id", sa.Integer, primary_key=True), Column("o", sa.Integer, key)
        )

    return fill


def _self(m: sa.MetaData) -> None:
    table(Column("parent", sa.Integer, ForeignKey("thing.id", name="fk")))(m)


def _self_unnamed(m: sa.MetaData) -> None:
    table(Column("parent", sa.Integer, ForeignKey("thing.id", ondelete="CASCADE")))(m)


def _composite(m: sa.MetaData) -> None:
    a = Column("a", sa.Integer, primary_key=True, autoincrement=False)
    sa.Table("other", m, a, Column("b", sa.Integer, primary_key=True))
    key = ForeignKeyConstraint(["oa", "ob"], ["other.a", "other.b"], name="fk")
    own = [Column("oa", sa.Integer), Column("ob", sa.Integer)]
    sa.Table("thing", m, Column("id", sa.Integer, primary_key=True), *own, key)


def _cycle(m: sa.MetaData) -> None:
    key = ForeignKey("two.id", name="fk_one_two", use_alter=True)
    table(Column("two_id", sa.Integer, key), name="one")(m)
    table(Column("one_id", sa.Integer, ForeignKey("one.id", name="fk_two_one")), name="two")(m)


def _to_unique(m: sa.MetaData) -> None:
    table(Column("code", sa.String(9), unique=True), name="other")(m)
    table(Column("code", sa.String(9), ForeignKey("other.code", name="fk")))(m)


def _two_to_one(m: sa.MetaData) -> None:
    table(name="other")(m)
    columns = [Column(n, sa.Integer, ForeignKey("other.id", name=f"fk_{n}")) for n in "ab"]
    table(*columns)(m)


def _indexed(m: sa.MetaData) -> None:
    table(name="other")(m)
    table(Column("o", sa.Integer, ForeignKey("other.id", name="fk"), index=True))(m)


def _by_key(m: sa.MetaData) -> None:
    table(Column("Code Name", sa.Integer, key="code", unique=True), name="other")(m)
    table(Column("o", sa.Integer, ForeignKey("other.code", name="fk")))(m)


def _association(m: sa.MetaData) -> None:
    table(name="one")(m)
    table(name="two")(m)
    sa.Table(
        "one_two",
        m,
        Column("one_id", sa.ForeignKey("one.id"), primary_key=True),
        Column("two_id", sa.ForeignKey("two.id"), primary_key=True),
    )


def _foreign_keys(dialect: str) -> list[Schema]:
    seen = ("add_fk", "remove_fk")
    rows = FOREIGN_KEYS if dialect == "mariadb" else [*FOREIGN_KEYS, *DEFERRED]
    found = [
        Schema(f"foreign key {name}", _reference(given), _reference(other), seen)
        for name, given, other in rows
        if (dialect, name) != ("mariadb", "on delete restrict")
    ]
    makes = [_self, _self_unnamed, _composite, _to_unique, _two_to_one, _indexed, _by_key]
    makes += [_association]
    if dialect != "sqlite":
        makes.append(_cycle)
    found += [Schema(f"foreign key{make.__name__.replace('_', ' ')}", make) for make in makes]
    return found


def _of_postgresql() -> list[Schema]:
    exclude = pg.ExcludeConstraint((Column("x", sa.Integer), "="), name="e", using="btree")
    return [
        Schema("unique deferrable", _with(UniqueConstraint("x", name="u", deferrable=True))),
        Schema(
            "unique with INCLUDE",
            _with(UniqueConstraint("x", name="u", postgresql_include=["y"])),
            _with(UniqueConstraint("x", name="u")),
            UNIQUE_SEEN,
        ),
        Schema(
            "unique nulls not distinct",
            _with(UniqueConstraint("x", name="u", postgresql_nulls_not_distinct=True)),
            _with(UniqueConstraint("x", name="u")),
            UNIQUE_SEEN,
        ),
        Schema("exclude", _with(exclude)),
    ]


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    found = [*_uniques(), *_checks(dialect), *_keys(dialect), *_foreign_keys(dialect)]
    return [*found, *_of_postgresql()] if dialect == "postgresql" else found
