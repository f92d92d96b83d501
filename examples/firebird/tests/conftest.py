"""Makes the plugin discoverable as if installed, and databases for an embedded engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import firebird_engine as engine
import pytest
from devtools.shell import Failure
from installed import installed_for_tests

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def plugin() -> Iterator[None]:
    """Make the plugin's entry point discoverable."""
    with installed_for_tests(Path(__file__).parents[1]):
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """An empty database to copy, and the client library."""
    before = dict(os.environ)
    try:
        library = engine.start(tmp_path_factory.mktemp("lock"))
    except Failure as exc:
        pytest.skip(f"Firebird cannot be had: {exc}")
    path = tmp_path_factory.mktemp("template") / "empty.fdb"
    engine.make_template(path, library)
    yield path, library
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def contract_url(template: tuple[Path, str], tmp_path: Path) -> str:
    """URL of an empty database."""
    return engine.copy(template[0], tmp_path / "database.fdb", template[1])
