"""Draws the parts of random operations: names, types, defaults, columns, rows.

The same seed draws the same for both tools. Deliberate differences, and what SQLAlchemy leaves to
the order of a set, are never drawn.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

DIALECTS = ("default", "mysql", "postgresql", "sqlite")
"""Those whose texts are the same without exception."""
MYSQL = ("mariadb", "mysql")
INLINE_CHECKS_DIFFER = ("mariadb", "oracle")
TABLES = ("t", "account", "My Table", "select", "straße", "t%x", 'q"uo', "UPPER", "order_")
COLUMNS = ("a", "b", "id", "Mixed", "sel ect", "from", "c%d", "größe")
SCHEMAS = (None, None, None, "s", "My Schema", "a.b")
TEXTS = ("x", "it's", "100%", ":colon", "a;b", "ü", "", "back\\slash", "line\nbreak", "'")
CONSTRAINTS = ("uq_1", "Ck One", "fk%", "select")


class Draw:
    """Draws from one seed.

    Args:
        seed: decides everything.
        dialect: one of DIALECTS, or another that a test names.
    """

    def __init__(self, seed: int, dialect: str) -> None:
        self.random = random.Random(seed)
        self.dialect = dialect

    def one(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return self.random.choice(items)

    def some(self, items: Sequence[T], most: int) -> list[T]:
        """Return one to ``most`` different items, in any order."""
        return self.random.sample(items, self.random.randint(1, most))

    def chance(self, probability: float = 0.3) -> bool:
        """Return True with a probability."""
        return self.random.random() < probability

    def options(self, **choices: Sequence[Any]) -> dict[str, Any]:
        """Return some of the options, each with one of its values."""
        return {name: self.one(values) for name, values in choices.items() if self.chance()}

    def table(self) -> str:
        """Return a table's name."""
        return self.one(TABLES)

    def schema(self) -> str | None:
        """Return a schema's name, or mostly None."""
        return self.one(SCHEMAS)

    def type_(self, *, checked: bool = True) -> Any:
        """Return a type.

        Args:
            checked: whether it may create a CHECK.
        """
        number = self.random.randint(1, 99)
        name = self.one(("en", "En um"))
        types = [
            sa.Integer(),
            sa.String(number),
            sa.String(),
            sa.Boolean(),
            sa.DateTime(),
            sa.DateTime(timezone=True),
            sa.Date(),
            sa.Numeric(10, 2),
            sa.Float(),
            sa.Text(),
            sa.BigInteger(),
            sa.LargeBinary(),
            sa.SmallInteger(),
            sa.Time(),
            sa.Unicode(12),
            sa.Uuid(),
            sa.Interval(),
            sa.Double(),
            sa.Enum("a", "b'c", name=name, native_enum=self.chance()),
        ]
        if checked and self.dialect != "sqlite":
            types.append(sa.Boolean(name="bo", create_constraint=True))
            types.append(sa.Enum("a", "b%", name=name, native_enum=False, create_constraint=True))
        if self.dialect in MYSQL:
            # Both need a length, which these lack; MySQL's own types bring words of their own.
            types = [type_ for type_ in types if str(type_) != "VARCHAR"]
            types.append(mysql.VARCHAR(number, charset="utf8mb4", collation="utf8mb4_bin"))
            types += [mysql.TIMESTAMP(fsp=3), mysql.INTEGER(unsigned=True), sa.TIMESTAMP()]
        return self.one(types)

    def default(self) -> Any:
        """Return a default of a column."""
        return self.one(
            [
                "5",
                "it's 5%",
                "",
                sa.text("1 + 1"),
                sa.text("'x:y'"),
                sa.func.now(),
                sa.true(),
                sa.func.coalesce(sa.null(), 3),
                sa.literal_column("CURRENT_DATE"),
            ]
        )

    def identity(self) -> sa.Identity:
        """Return an identity."""
        always = {"always": self.chance()}
        numbers = self.options(start=(1, 3), increment=(1, -2), cache=(2, 9), cycle=(True, False))
        return sa.Identity(**always, **numbers)

    def column(self, name: str | None = None, *, adding: bool = False) -> sa.Column[Any]:
        """Return a column.

        Args:
            name: its name; None draws one.
            adding: whether it is for an existing table.
        """
        name = name or self.one(COLUMNS)
        if self.chance(0.1):
            return self._generated(name)
        items: list[Any] = []
        bare = adding and self.dialect == "sqlite"
        if self.chance(0.25) and not bare:
            items.append(self._foreign_key())
        # The real Alembic leaves this one out on Oracle.
        if self.chance(0.15) and not (adding and self.dialect in INLINE_CHECKS_DIFFER):
            items.append(sa.CheckConstraint("a > 5", name=self.one((None, "ck1"))))
        facts = self.options(nullable=(True, False), comment=TEXTS)
        if self.chance(0.5):
            facts["server_default"] = self.default()
        if self.chance(0.12):
            facts |= {"index": True, "unique": self.chance()}
        elif self.chance(0.1) and not items and not bare:
            facts["unique"] = True
        if self.chance(0.08):
            facts |= {"primary_key": True, "nullable": False}
        return sa.Column(name, self.type_(), *items, **facts)

    def condition(self) -> Any:
        """Return the condition of a CHECK."""
        return self.one(
            [
                "a <> 'x:y' AND 1 % 2 = 1",
                sa.text("b > 5"),
                sa.column("Mixed") > 5,
                sa.func.lower(sa.column("a")).in_(["x", "it's 5%"]),
                sa.Table("other", sa.MetaData(), sa.Column("a", sa.Integer)).c.a > 5,
            ]
        )

    def value(self, type_: Any, literal: Any) -> Any:
        """Return a value of a type; NotImplemented if none is drawn.

        Args:
            type_: the column's type.
            literal: creates an inline literal.
        """
        if self.chance(0.1):
            return None
        if self.chance(0.1):
            return literal(self.one(TEXTS))
        number = self.random.randint(-5, 10**6)
        values: tuple[tuple[tuple[type, ...], Any], ...] = (
            ((sa.Boolean,), number > 0),
            ((sa.Enum,), "b'c"),
            ((sa.Float, sa.Numeric), number / 4),
            ((sa.Integer,), number),
            ((sa.DateTime,), dt.datetime(2020, 1, 2, 3, 4, 5)),  # noqa: DTZ001 - has no zone
            ((sa.Date,), dt.date(2020, 1, 2)),
            ((sa.String,), self.one(TEXTS)),
        )
        found = (value for kinds, value in values if isinstance(type_, kinds))
        return next(found, NotImplemented)

    def _generated(self, name: str) -> sa.Column[Any]:
        if self.chance(0.5):
            return sa.Column(name, sa.Integer(), self.identity())
        persisted = self.one((True, False) if self.dialect == "postgresql" else (True, False, None))
        return sa.Column(name, sa.Integer(), sa.Computed("a + 1", persisted=persisted))

    def _foreign_key(self) -> sa.ForeignKey:
        rules = self.options(
            ondelete=("CASCADE",),
            onupdate=("SET NULL",),
            name=("fk_x", "Fk X"),
            deferrable=(True, False),
            initially=("DEFERRED",),
        )
        return sa.ForeignKey(self.one(("o.id", "s.o.id", "Other.Id")), **rules)
