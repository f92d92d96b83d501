"""The table of operations and dialects matches new trials."""

from __future__ import annotations

import pytest
from devtools.shell import Failure
from opsmatrix.cases import CASES
from opsmatrix.page import COLUMNS, PAGE, cells_of, column, text_of
from opsmatrix.reasons import Unexplained, cell


@pytest.mark.parametrize("dialect", COLUMNS)
def test_column(dialect: str) -> None:
    """Each operation does what its cell says; after a change run tools/write_operations_page.py."""
    try:
        tried = column(dialect)
    except Failure as exc:
        pytest.skip(f"{dialect} cannot be tried: {exc}")
    heading = COLUMNS[dialect][0]
    told = cells_of(PAGE.read_text(encoding="utf-8"))[heading][1:]
    assert dict(zip((case.key for case in CASES), told, strict=True)) == tried


def test_rows() -> None:
    """The page has a row for each case, and nothing else that the tool did not write."""
    page = PAGE.read_text(encoding="utf-8")
    told = cells_of(page)
    keys = [case.key for case in CASES]
    cells = {
        dialect: dict(zip(keys, told[heading][1:], strict=True))
        for dialect, (heading, _) in COLUMNS.items()
    }
    assert text_of(cells) == page


def test_reasons_are_needed() -> None:
    """A row that fails without a reason stops the tool, and so does one that works with one."""
    assert "yes" == cell("sqlite", "create_table", "")
    assert "no: batch mode" == cell("sqlite", "drop_constraint, check", "refused")
    with pytest.raises(Unexplained, match="does not say why: gone"):
        cell("sqlite", "create_table", "gone")
    with pytest.raises(Unexplained, match=r"works; .* says 'batch mode'"):
        cell("sqlite", "drop_constraint, check", "")
