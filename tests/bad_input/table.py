"""The table of bad input, put together. A later change adds rows to the file of its trouble."""

from __future__ import annotations

from tests.bad_input import (
    rows_autogenerate,
    rows_config,
    rows_database,
    rows_environment,
    rows_files,
    rows_hostile,
    rows_lint,
    rows_location,
    rows_names,
    rows_operations,
    rows_revisions,
    rows_templates,
    rows_url,
    rows_usage,
)

ROWS = (
    *rows_autogenerate.ROWS,
    *rows_config.ROWS,
    *rows_location.ROWS,
    *rows_environment.ROWS,
    *rows_files.ROWS,
    *rows_hostile.ROWS,
    *rows_lint.ROWS,
    *rows_names.ROWS,
    *rows_operations.ROWS,
    *rows_revisions.ROWS,
    *rows_templates.ROWS,
    *rows_url.ROWS,
    *rows_database.ROWS,
    *rows_usage.ROWS,
)
