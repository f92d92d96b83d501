"""Types: each with another one that a comparison has to see."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator, UserDefinedType

from tests.quiet.schema import Schema, of_type


class Shout(TypeDecorator[str]):
    """A program's own type over text."""

    impl = sa.String
    cache_ok = True


class Money(TypeDecorator[Any]):
    """A program's own type, a different one on PostgreSQL."""

    impl = sa.Numeric(12, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Return the type that the dialect has."""
        on_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(sa.Numeric(14, 4) if on_postgresql else sa.Numeric(12, 4))


class Point(UserDefinedType[Any]):
    """A type unknown to SQLAlchemy."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return PostgreSQL's name of it, which SQLite takes as well."""
        return "POINT"


COMMON: dict[str, tuple[Any, Any]] = {
    "Integer": (sa.Integer(), sa.String(5)),
    "SmallInteger": (sa.SmallInteger(), sa.BigInteger()),
    "BigInteger": (sa.BigInteger(), sa.Integer()),
    "String": (sa.String(20), sa.String(21)),
    "Unicode": (sa.Unicode(20), sa.Unicode(30)),
    "VARCHAR": (sa.VARCHAR(9), sa.CHAR(9)),
    "CHAR": (sa.CHAR(3), sa.CHAR(4)),
    "Text": (sa.Text(), sa.String(10)),
    "UnicodeText": (sa.UnicodeText(), sa.Integer()),
    "Boolean": (sa.Boolean(), sa.String(3)),
    "Boolean with a check": (sa.Boolean(create_constraint=True, name="ck_bool"), None),
    "Float": (sa.Float(), sa.Integer()),
    "Float of 24 bits": (sa.Float(24), sa.String(4)),
    "Float of 53 bits": (sa.Float(53), sa.String(4)),
    "Double": (sa.Double(), sa.Integer()),
    "REAL": (sa.REAL(), sa.Integer()),
    "Numeric": (sa.Numeric(10, 2), sa.Numeric(10, 3)),
    "Numeric without scale": (sa.Numeric(8), sa.Numeric(9)),
    "Numeric with scale 0": (sa.Numeric(8, 0), sa.Numeric(8, 1)),
    "Numeric alone": (sa.Numeric(), sa.String(6)),
    "DECIMAL": (sa.DECIMAL(12, 4), sa.DECIMAL(12, 5)),
    "Date": (sa.Date(), sa.DateTime()),
    "Time": (sa.Time(), sa.Date()),
    "DateTime": (sa.DateTime(), sa.Date()),
    "DateTime with time zone": (sa.DateTime(timezone=True), sa.Date()),
    "TIMESTAMP": (sa.TIMESTAMP(), sa.Date()),
    "Interval": (sa.Interval(), sa.Date()),
    "LargeBinary": (sa.LargeBinary(), sa.Integer()),
    "PickleType": (sa.PickleType(), sa.Integer()),
    "JSON": (sa.JSON(), sa.Integer()),
    "Uuid": (sa.Uuid(), sa.Integer()),
    "Uuid as text": (sa.Uuid(native_uuid=False), sa.CHAR(30)),
    "Enum": (sa.Enum("a", "b c", name="kind"), sa.Integer()),
    "Enum as text": (sa.Enum("a", "b", native_enum=False, length=9), sa.String(12)),
    "Enum with a check": (
        sa.Enum("a", "b", native_enum=False, create_constraint=True, name="ck_enum"),
        sa.Integer(),
    ),
    "TypeDecorator": (Shout(10), Shout(11)),
    "TypeDecorator by dialect": (Money(), sa.Numeric(5, 1)),
    "variants": (
        sa.String(40).with_variant(sa.Text(), "postgresql").with_variant(sa.String(7), "sqlite"),
        sa.Integer(),
    ),
}

SQLITE: dict[str, tuple[Any, Any]] = {
    "String without length": (sa.String(), sa.Integer()),
    "BLOB": (sa.BLOB(), sa.Integer()),
    "NVARCHAR": (sa.NVARCHAR(5), sa.NVARCHAR(6)),
    "NCHAR": (sa.NCHAR(5), sa.NCHAR(6)),
    "BINARY": (sa.BINARY(5), None),
    "VARBINARY": (sa.VARBINARY(5), None),
    "CLOB": (sa.CLOB(), sa.Integer()),
    "collation": (sa.String(5, collation="NOCASE"), sa.String(6, collation="NOCASE")),
    "LargeBinary with length": (sa.LargeBinary(100), sa.Integer()),
    "user's own": (Point(), None),
    "Enum without name": (sa.Enum("x", "y"), sa.Enum("x", "yyyy")),
}

POSTGRESQL: dict[str, tuple[Any, Any]] = {
    "String without length": (sa.String(), sa.Text()),
    "collation": (sa.String(5, collation="C"), sa.String(6, collation="C")),
    "CITEXT-like domain": (pg.DOMAIN("short", sa.String(4)), sa.Integer()),
    "domain with a check": (
        pg.DOMAIN("positive", sa.Integer(), check="VALUE > 0"),
        sa.Text(),
    ),
    "time with time zone": (sa.Time(timezone=True), sa.Time()),
    "date and time with time zone": (sa.DateTime(timezone=True), sa.DateTime()),
    "TIMESTAMP with precision": (pg.TIMESTAMP(precision=3), pg.TIMESTAMP(precision=4)),
    "TIMESTAMP with both": (pg.TIMESTAMP(timezone=True, precision=0), pg.TIMESTAMP(precision=0)),
    "TIME with precision": (pg.TIME(precision=3), pg.TIME(precision=2)),
    "INTERVAL": (pg.INTERVAL(), sa.Text()),
    "INTERVAL with precision": (pg.INTERVAL(precision=3), pg.INTERVAL(precision=4)),
    "INTERVAL with fields": (pg.INTERVAL(fields="YEAR TO MONTH"), sa.Text()),
    "INTERVAL with both": (pg.INTERVAL(fields="DAY TO SECOND", precision=2), sa.Text()),
    "Interval with precisions": (sa.Interval(second_precision=2), sa.Text()),
    "ARRAY": (sa.ARRAY(sa.Integer()), sa.ARRAY(sa.BigInteger())),
    "ARRAY of two dimensions": (pg.ARRAY(sa.Integer(), dimensions=2), sa.Integer()),
    "ARRAY of strings": (pg.ARRAY(sa.String(5)), pg.ARRAY(sa.String(6))),
    "ARRAY of texts": (pg.ARRAY(sa.Text()), pg.ARRAY(sa.Integer())),
    "ARRAY of numbers": (pg.ARRAY(sa.Numeric(10, 2)), pg.ARRAY(sa.Numeric(10, 3))),
    "ARRAY of moments": (pg.ARRAY(sa.DateTime(timezone=True)), pg.ARRAY(sa.DateTime())),
    "ARRAY of enums": (pg.ARRAY(pg.ENUM("a", "b", name="letter")), pg.ARRAY(sa.Text())),
    "ARRAY of JSONB": (pg.ARRAY(pg.JSONB()), pg.ARRAY(pg.JSON())),
    "ARRAY of uuids": (pg.ARRAY(sa.Uuid()), pg.ARRAY(sa.Text())),
    "JSONB": (pg.JSONB(), pg.JSON()),
    "JSON that is NULL": (pg.JSON(none_as_null=True), sa.Text()),
    "JSON as JSONB": (sa.JSON().with_variant(pg.JSONB(), "postgresql"), sa.JSON()),
    "UUID": (pg.UUID(), sa.Text()),
    "UUID as text": (pg.UUID(as_uuid=False), sa.CHAR(36)),
    "INET": (pg.INET(), pg.CIDR()),
    "CIDR": (pg.CIDR(), pg.INET()),
    "MACADDR": (pg.MACADDR(), pg.MACADDR8()),
    "MACADDR8": (pg.MACADDR8(), pg.MACADDR()),
    "MONEY": (pg.MONEY(), sa.Numeric()),
    "OID": (pg.OID(), sa.Integer()),
    "REGCLASS": (pg.REGCLASS(), pg.OID()),
    "BIT": (pg.BIT(3), pg.BIT(4)),
    "BIT VARYING": (pg.BIT(3, varying=True), pg.BIT(4, varying=True)),
    "BIT VARYING without length": (pg.BIT(varying=True), sa.Text()),
    "BYTEA": (pg.BYTEA(), sa.Text()),
    "DOUBLE PRECISION": (pg.DOUBLE_PRECISION(), sa.REAL()),
    "FLOAT": (pg.FLOAT(), sa.REAL()),
    "TSVECTOR": (pg.TSVECTOR(), pg.TSQUERY()),
    "TSQUERY": (pg.TSQUERY(), sa.Text()),
    "INT4RANGE": (pg.INT4RANGE(), pg.INT8RANGE()),
    "INT8RANGE": (pg.INT8RANGE(), pg.INT4RANGE()),
    "NUMRANGE": (pg.NUMRANGE(), sa.Text()),
    "DATERANGE": (pg.DATERANGE(), pg.TSRANGE()),
    "TSRANGE": (pg.TSRANGE(), pg.TSTZRANGE()),
    "TSTZRANGE": (pg.TSTZRANGE(), pg.TSRANGE()),
    "INT4MULTIRANGE": (pg.INT4MULTIRANGE(), pg.INT4RANGE()),
    "ENUM": (pg.ENUM("a", "b", name="letters"), sa.Text()),
    "ENUM with a name in mixed case": (sa.Enum("A", "b", name="Mixed Case"), sa.Text()),
    "ENUM with quotes": (sa.Enum("it's", 'say "x"', "a,b", name="quotes"), sa.Text()),
    "Numeric with negative scale": (sa.Numeric(5, -2), sa.Numeric(5, 2)),
    "user's own": (Point(), None),
}

MARIADB: dict[str, tuple[Any, Any]] = {
    "Text of 255": (sa.Text(255), sa.Integer()),
    "Text of 70000": (sa.Text(70000), sa.Integer()),
    "Text of 17 million": (sa.Text(17_000_000), sa.Integer()),
    "LargeBinary of 100": (sa.LargeBinary(100), sa.Integer()),
    "LargeBinary of 70000": (sa.LargeBinary(70000), sa.Integer()),
    "TINYINT(1)": (mysql.TINYINT(1), sa.Date()),
    "TINYINT": (mysql.TINYINT(), sa.Integer()),
    "TINYINT UNSIGNED": (mysql.TINYINT(unsigned=True), mysql.TINYINT()),
    "MEDIUMINT": (mysql.MEDIUMINT(), sa.Integer()),
    "INTEGER UNSIGNED": (mysql.INTEGER(unsigned=True), mysql.INTEGER()),
    "INTEGER(11)": (mysql.INTEGER(11), sa.BigInteger()),
    "INTEGER ZEROFILL": (mysql.INTEGER(6, zerofill=True), sa.BigInteger()),
    "BIGINT UNSIGNED": (mysql.BIGINT(unsigned=True), mysql.BIGINT()),
    "DECIMAL UNSIGNED": (mysql.DECIMAL(8, 2, unsigned=True), mysql.DECIMAL(8, 2)),
    "FLOAT of two": (mysql.FLOAT(10, 2), mysql.FLOAT(10, 3)),
    "DOUBLE of two": (mysql.DOUBLE(10, 2), mysql.DOUBLE(10, 3)),
    "FLOAT UNSIGNED": (mysql.FLOAT(unsigned=True), mysql.FLOAT()),
    "BIT": (mysql.BIT(4), mysql.BIT(5)),
    "BIT alone": (mysql.BIT(), sa.Integer()),
    "YEAR": (mysql.YEAR(), sa.Integer()),
    "DATETIME with microseconds": (mysql.DATETIME(fsp=6), mysql.DATETIME(fsp=3)),
    "TIMESTAMP with milliseconds": (mysql.TIMESTAMP(fsp=3), mysql.TIMESTAMP(fsp=6)),
    "TIME with tenths": (mysql.TIME(fsp=1), mysql.TIME(fsp=2)),
    "TINYTEXT": (mysql.TINYTEXT(), sa.Text()),
    "MEDIUMTEXT": (mysql.MEDIUMTEXT(), sa.Text()),
    "LONGTEXT": (mysql.LONGTEXT(), sa.Text()),
    "TINYBLOB": (mysql.TINYBLOB(), mysql.BLOB()),
    "MEDIUMBLOB": (mysql.MEDIUMBLOB(), mysql.BLOB()),
    "LONGBLOB": (mysql.LONGBLOB(), mysql.BLOB()),
    "BINARY": (sa.BINARY(5), sa.BINARY(6)),
    "VARBINARY": (sa.VARBINARY(5), sa.VARBINARY(6)),
    "NVARCHAR": (mysql.NVARCHAR(7), mysql.NVARCHAR(8)),
    "NCHAR": (mysql.NCHAR(7), mysql.NCHAR(8)),
    "ENUM": (mysql.ENUM("a", "b", "c'd"), mysql.ENUM("a", "b")),
    "ENUM with collation": (mysql.ENUM("a", "b", collation="utf8mb4_bin"), sa.Integer()),
    "SET": (mysql.SET("a", "b"), mysql.SET("a", "c")),
    "VARCHAR with character set": (mysql.VARCHAR(9, charset="latin1"), sa.Integer()),
    "VARCHAR with collation": (
        mysql.VARCHAR(9, collation="utf8mb4_bin"),
        mysql.VARCHAR(9, collation="utf8mb4_unicode_ci"),
    ),
    "String with collation": (sa.String(5, collation="utf8mb4_bin"), sa.String(6)),
    "TEXT with character set": (mysql.TEXT(charset="ascii"), sa.Integer()),
    "VARCHAR binary": (mysql.VARCHAR(9, binary=True), sa.Integer()),
    "JSON": (mysql.JSON(), sa.Integer()),
    "Interval": (sa.Interval(), sa.Date()),
    "UUID": (sa.UUID(), sa.Integer()),
}

_OF = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mariadb": MARIADB}


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    return [of_type(name, *pair) for name, pair in {**COMMON, **_OF[dialect]}.items()]
