"""Models of whole applications before and after a release, in several styles.

Used by the test that migrates through revisions. Each function takes whether the release is out,
and the name of the database.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import mysql, postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def magazine(released: bool, _database: str) -> sa.MetaData:
    """Declarative classes with mixins, inheritance, a naming convention and an association."""
    # Columns by assignment: annotations inside of a function would be looked up in the module.
    registry = orm.registry(metadata=sa.MetaData(naming_convention=CONVENTION))
    base: Any = registry.generate_base()
    _people(base, released)
    _articles(base, released)
    registry.configure()
    return registry.metadata


def _stamps(released: bool) -> dict[str, Any]:
    """Return columns that several classes have."""
    now = sa.func.current_timestamp()
    return {
        "id": sa.Column(sa.Integer, primary_key=True),
        "made": sa.Column(sa.DateTime, server_default=sa.func.now(), nullable=False),
        "seen": sa.Column(sa.DateTime(timezone=True), server_default=now if released else None),
        **({"made_by": sa.Column(sa.Integer)} if released else {}),
    }


def _people(base: Any, released: bool) -> None:
    kind = "it's 100% a ':person'" if released else "person"
    columns: dict[str, Any] = {
        "name": sa.Column(sa.String(120), nullable=False, index=True),
        "nick": sa.Column(sa.String(60 if released else 40), unique=True),
        "mail": sa.Column(sa.String(200), comment="where to write" if released else "login"),
        "kind": sa.Column(sa.String(30), server_default=kind, nullable=False),
        "active": sa.Column(
            sa.Boolean(create_constraint=True, name="active"),
            server_default=sa.false() if released else sa.true(),
        ),
        "balance": sa.Column(
            sa.Numeric(12, 3), server_default=sa.text("10.5" if released else "0"), nullable=False
        ),
        "score": sa.Column(sa.Float(24), server_default="0.5"),
        "extra": sa.Column(sa.JSON, server_default=sa.text("'{}'")),
        "boss_id": sa.Column(
            sa.ForeignKey("person.id", ondelete="CASCADE" if released else "SET NULL")
        ),
    }
    if released:
        # What is new is a class's, so that no index of the mixin's stands in between.
        columns["born"] = sa.Column(sa.Date)
        columns["wage"] = sa.Column(sa.Numeric(10, 2), server_default="1.50", nullable=False)
        columns["size"] = sa.Column(
            sa.SmallInteger, sa.CheckConstraint("size > 0", name="size"), server_default="1"
        )
    arguments = (
        sa.CheckConstraint(f"length(name) > {2 if released else 1}", name="long"),
        sa.Index(None, "mail", "name", unique=True) if released else sa.Index(None, "name", "mail"),
        {"comment": "all people" if released else "people"},
    )
    mapped = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
    person = type(
        "Person",
        (base,),
        {
            "__tablename__": "person",
            "__table_args__": arguments,
            "__mapper_args__": mapped,
            **_stamps(released),
            **columns,
        },
    )
    type(
        "Author",
        (person,),
        {
            "__tablename__": "author",
            "__mapper_args__": {"polymorphic_identity": "author"},
            "id": sa.Column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
            "bio": sa.Column(sa.Text),
        },
    )
    if released:
        editor = {"level": sa.Column(sa.SmallInteger, index=True), "shift": sa.Column(sa.Time)}
        type(
            "Editor",
            (person,),
            {"__mapper_args__": {"polymorphic_identity": "editor"}, **editor},
        )


def _articles(base: Any, released: bool) -> None:
    states = ("draft", "live", "gone", *(("archived",) if released else ()))
    moods = ("happy", "sad", *(("calm",) if released else ()))
    columns = {
        "title": sa.Column(sa.String(120), nullable=False),
        "body": sa.Column(sa.Text(70000) if released else sa.Text),
        "state": sa.Column(sa.Enum(*states, name="state"), server_default="draft"),
        "mood": sa.Column(
            sa.Enum(*moods, native_enum=False, create_constraint=True, name="mood", length=10)
        ),
        "author_id": sa.Column(sa.ForeignKey("author.id"), index=True, nullable=False),
        "length": sa.Column(sa.Integer, nullable=released),
        "twice": sa.Column(sa.Integer, sa.Computed("length * 2", persisted=True)),
    }
    unique = ("title",) if released else ("title", "author_id")
    article = {"__tablename__": "article", "__table_args__": (sa.UniqueConstraint(*unique),)}
    type("Article", (base,), {**article, **_stamps(released), **columns})
    word = sa.Column(sa.String(20 if released else 30), unique=True)
    key = sa.Column(sa.Integer, primary_key=True)
    type("Tag", (base,), {"__tablename__": "tag", "id": key, "word": word})
    sa.Table(
        "article_tag",
        base.metadata,
        sa.Column("article", sa.ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tag", sa.ForeignKey("tag.id"), primary_key=True),
        *([sa.Column("place", sa.Integer, server_default="0")] if released else []),
    )
    sa.Table(
        "review" if released else "rating",
        base.metadata,
        sa.Column("article", sa.ForeignKey("article.id"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "stars",
            sa.SmallInteger,
            sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
            nullable=False,
        ),
        sa.Column("state", sa.Enum(*states, name="state")),
    )


def odd_names(released: bool, _database: str) -> sa.MetaData:
    """Tables with names that have to be quoted, cut or escaped, and that refer to each other."""
    metadata = sa.MetaData(naming_convention={"ix": "ix_%(column_0_label)s", **_FEW})
    sa.Table(
        "Order",
        metadata,
        sa.Column("ID", sa.Integer, primary_key=True),
        sa.Column("select", sa.String(10), server_default="100%", unique=True),
        sa.Column("with space", sa.Integer, key="spaced"),
        sa.Column("pct%col", sa.Integer),
        sa.Column('quo"te', sa.Integer),
        sa.Column("ümlaut", sa.Integer, index=True),
        *(
            [
                sa.Column(
                    "from", sa.String(20), server_default="a:b %(c)s", comment="10% \\ :of\n'it'"
                )
            ]
            if released
            else []
        ),
        sa.Index("Ix Odd", "spaced", "pct%col"),
        comment='20% \\ :of "it"' if released else "10% :of 'it'",
    )
    names = ["a_column_whose_name_is_long_as_well", "another_column_with_a_name_that_is_long"]
    sa.Table(
        "a_table_whose_name_is_rather_long_because_nobody_stopped_it",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *(
            sa.Column(name, sa.Integer, sa.ForeignKey("Order.ID"), index=True)
            for name in names[: 2 if released else 1]
        ),
    )
    sa.Table(
        "a.b",
        metadata,
        sa.Column("x.y", sa.Integer, primary_key=True),
        sa.Column("desc", sa.String(30 if released else 20), index=True),
        *([sa.Column("asc", sa.ForeignKey("Order.ID"))] if released else []),
    )
    for one, other in (("a1", "b1"), ("c1", "d1") if released else ("e1", "f1")):
        key = sa.ForeignKey(f"{other}.id", use_alter=True, name=f"fk_{one}_{other}")
        key_column = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table(one, metadata, key_column, sa.Column("other", key))
        sa.Table(
            other,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("other", sa.ForeignKey(f"{one}.id")),
        )
    return metadata


_FEW = {
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
}


class Colour(enum.Enum):
    """Values of a type."""

    red = "r"
    blue = "b"


class Name(sa.types.UserDefinedType[str]):
    """A type of the user's own."""

    cache_ok = True

    def __init__(self, length: int) -> None:
        self.length = length

    def get_col_spec(self, **_kw: Any) -> str:
        """Return it as SQL."""
        return f"VARCHAR({self.length})"


class Identifier(sa.TypeDecorator[str]):
    """Another type on PostgreSQL."""

    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type on a dialect."""
        own = postgresql.UUID() if dialect.name == "postgresql" else sa.CHAR(32)
        return dialect.type_descriptor(own)


class Choice(sa.TypeDecorator[str]):
    """A type with arguments that are missing from its ``repr()``."""

    impl = sa.String
    cache_ok = True

    def __init__(self, choices: type[enum.Enum]) -> None:
        self.choices = choices
        super().__init__(30)


def own_types(released: bool, _database: str) -> sa.MetaData:
    """Types of the application's own, variants, and an index that no convention names."""
    metadata = sa.MetaData(naming_convention=_FEW)
    charset = mysql.VARCHAR(50, charset="latin1")
    variant = sa.String(50).with_variant(charset, "mysql", "mariadb")
    sa.Table(
        "thing",
        metadata,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("own", Name(4 if released else 3)),
        sa.Column("guid", Identifier(), index=True),
        sa.Column("colour", Choice(Colour)),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.Column("text", sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")),
        *(
            [
                sa.Column("parent", Identifier()),
                sa.Column("second", Choice(Colour)),
                sa.Column("latin", variant, server_default=""),
            ]
            if released
            else []
        ),
    )
    return metadata


APPLICATIONS: dict[str, Callable[[bool, str], sa.MetaData]] = {
    one.__name__: one for one in (magazine, odd_names, own_types)
}
