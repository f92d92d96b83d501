"""Names and dates of new files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from idiolect.errors import CommandError
from idiolect.script import naming

if TYPE_CHECKING:
    from .conftest import Environment

DATE = dt.datetime(2020, 1, 2, 3, 4, 5, 678, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(None, "", id="none"),
        pytest.param("Hello World", "hello_world", id="words"),
        pytest.param("\u00fcn\u00efcode \u2713 x", "\u00fcn\u00efcode_x", id="letters-only"),
        pytest.param("a/b\\c..", "a_b_c", id="separators"),
        pytest.param("a\nb\tc", "a_b_c", id="white-space"),
        pytest.param("%s %(rev)s", "s_rev_s", id="percent"),
        pytest.param("___", "___", id="underscores"),
        pytest.param("x" * 60, "x" * 40 + "_", id="one-long-word"),
        pytest.param("aaaa " * 20, "aaaa_" * 8, id="many-words"),
        pytest.param("a" * 40, "a" * 40, id="just-fits"),
    ],
)
def test_slug(message: str | None, expected: str) -> None:
    """The slug consists of the message's words, truncated between words."""
    assert naming.slug(message, 40) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("%(rev)s_%(slug)s", "r1_msg.py", id="default"),
        pytest.param(
            "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d%(second).2d-%(rev)s",
            "2020_01_02_030405-r1.py",
            id="date",
        ),
        pytest.param("%(epoch)s", "1577934245.py", id="epoch"),
        pytest.param("%(year)d/%(month).2d/%(rev)s", "2020/01/r1.py", id="folders"),
        pytest.param("a/../%(rev)s", "r1.py", id="inside-after-all"),
    ],
)
def test_path(template: str, expected: str) -> None:
    """A path is the template filled in, below the version location."""
    path = naming.revision_path("/v", template, rev_id="r1", slug="msg", create_date=DATE)

    assert path == Path("/v", expected)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param(
            "EST5EDT", dt.datetime(2012, 7, 25, 11, 8, 5, tzinfo=ZoneInfo("EST5EDT")), id="name"
        ),
        pytest.param(
            "est5edt", dt.datetime(2012, 7, 25, 11, 8, 5, tzinfo=ZoneInfo("EST5EDT")), id="case"
        ),
        pytest.param("utc", dt.datetime(2012, 7, 25, 15, 8, 5, tzinfo=ZoneInfo("UTC")), id="utc"),
        pytest.param(
            "Europe/Berlin",
            dt.datetime(2012, 7, 25, 17, 8, 5, tzinfo=ZoneInfo("Europe/Berlin")),
            id="city",
        ),
    ],
)
def test_date_in_a_zone(environment: Environment, zone: str, expected: dt.datetime) -> None:
    """The date of a new file is now, in the given zone, case-insensitively."""
    directory = environment.open(timezone=zone)
    now = mock.Mock(now=lambda tz: dt.datetime(2012, 7, 25, 15, 8, 5, tzinfo=tz))
    clock = mock.Mock(datetime=now, timezone=dt.timezone)

    with mock.patch("idiolect.script.base.datetime", clock):
        created = directory._generate_create_date()

    assert (created, created.utcoffset()) == (expected, expected.utcoffset())


def test_date_without_a_zone(environment: Environment) -> None:
    """Without the option, dates are local and naive."""
    assert environment.open()._generate_create_date().tzinfo is None


@pytest.mark.parametrize("zone", ["fake", "../etc/passwd", "", "/UTC"])
def test_unknown_zone(zone: str) -> None:
    """The error names an unknown zone."""
    with pytest.raises(CommandError, match=f"Can't locate timezone: {zone}"):
        naming.find_zone(zone)
