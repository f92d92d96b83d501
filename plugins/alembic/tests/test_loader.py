"""The loader of an alias returns the data of Idiolect's module."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from importlib.abc import InspectLoader
from pathlib import Path
from types import CodeType

import pytest


@pytest.mark.parametrize(
    ("alias", "own", "is_package"),
    [
        ("alembic", "idiolect", True),
        ("alembic.util", "idiolect.util", True),
        ("alembic.util.exc", "idiolect.util.exc", False),
    ],
)
@pytest.mark.usefixtures("active")
def test_code_and_source_are_the_modules(alias: str, own: str, is_package: bool) -> None:
    """Code, source and kind are those of Idiolect's module."""
    spec = importlib.util.find_spec(alias)
    assert spec is not None
    loader = spec.loader
    assert isinstance(loader, InspectLoader)
    file = importlib.import_module(own).__file__
    assert file is not None

    code = loader.get_code(alias)

    assert isinstance(code, CodeType)
    assert file == code.co_filename == spec.origin
    assert Path(file).read_text(encoding="utf-8") == loader.get_source(alias)
    assert is_package is loader.is_package(alias)


@pytest.mark.usefixtures("active")
def test_a_module_that_cannot_be_imported_keeps_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a module of Idiolect needs something that is missing, that is what is reported."""
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n")
    own = importlib.import_module("idiolect")
    monkeypatch.setattr(own, "__path__", [*own.__path__, str(tmp_path)])
    package = importlib.import_module("alembic")

    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        _ = package.broken


@pytest.mark.usefixtures("active")
def test_loggers_below_alembic_are_silent_unless_configured() -> None:
    """A library's warning is not printed where nobody configures logging, as with Alembic."""
    logger = logging.getLogger("alembic")
    handlers, logger.handlers = logger.handlers, []
    try:
        importlib.import_module("alembic")

        assert [logging.NullHandler] == [type(each) for each in logger.handlers]
    finally:
        logger.handlers = handlers
