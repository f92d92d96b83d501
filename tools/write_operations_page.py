"""Write docs/reference/operations.md: try each operation on each dialect.

Needs POSTGRESQL_URL and MARIADB_URL, node for the parser of Oracle's scripts, and Linux on x86-64
for SQL Server's. Run it after a change to an operation, a dialect or the rows of
`opsmatrix/cases.py`; a test fails if the page is outdated.
"""

from __future__ import annotations

from opsmatrix.page import COLUMNS, PAGE, column, text_of

if __name__ == "__main__":
    PAGE.write_text(text_of({dialect: column(dialect) for dialect in COLUMNS}), encoding="utf-8")
    print(f"Written: {PAGE}")
