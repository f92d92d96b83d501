"""The activation and the finder: which module an import under Alembic's name returns."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import pkgutil
import sys
from typing import TYPE_CHECKING

import pytest

import idiolect_alembic

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Python = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("name", ["errors", "util", "util.exc", "util.langhelpers", "op"])
@pytest.mark.usefixtures("active")
def test_a_submodule_is_the_one_module_of_idiolect(name: str) -> None:
    """A module imported under both names is one object with Idiolect's own spec."""
    alias = importlib.import_module(f"alembic.{name}")
    own = importlib.import_module(f"idiolect.{name}")

    assert own is alias
    assert own.__spec__ is not None
    assert own.__spec__.name == own.__name__ == f"idiolect.{name}"


def test_the_alias_may_come_first(python: Python) -> None:
    """A module first imported under the alias's name is Idiolect's module, loaded once."""
    program = (
        "import idiolect_alembic; idiolect_alembic.activate()\n"
        "import alembic.util.exc, idiolect\n"
        "mine = sys.modules['idiolect.util.exc'] if (sys := __import__('sys')) else None\n"
        "assert alembic.util.exc is mine is idiolect.util.exc\n"
        "assert mine.__spec__.name == mine.__name__ == 'idiolect.util.exc'\n"
        "assert mine.__spec__.loader.name == 'idiolect.util.exc'\n"
        "assert not mine.__spec__._initializing\n"
        "from alembic.util import CommandError\n"
        "assert CommandError is mine.CommandError\n"
    )

    done = python("-W", "error", "-c", program)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("active")
def test_idiolects_own_attributes_stay() -> None:
    """Importing below the alias does not change Idiolect's packages and their attributes."""
    own = importlib.import_module("idiolect.util")
    before = importlib.import_module("idiolect.util.exc")

    importlib.import_module("alembic.util.exc")

    assert before is own.exc
    assert own is sys.modules["idiolect"].util
    assert sys.modules["idiolect"].__dict__.get("__version__") != "1.20.1"


@pytest.mark.usefixtures("active")
def test_the_version_is_the_api_level() -> None:
    """``alembic.__version__`` is numeric and independent of Idiolect's version."""
    package = importlib.import_module("alembic")

    assert package.__version__ == "1.20.1"
    assert tuple(int(part) for part in package.__version__.split(".")) == (1, 20, 1)


@pytest.mark.usefixtures("active")
def test_the_top_package_imports_what_is_asked_for() -> None:
    """``alembic.op`` works after only ``import alembic``, as does a star import."""
    package = importlib.import_module("alembic")
    names: dict[str, object] = {}
    exec("from alembic import *", names)

    assert package.op is importlib.import_module("idiolect.op")
    assert package.context is names["context"] is importlib.import_module("idiolect.context")
    assert {"context", "op", "__version__"} <= set(dir(package))


@pytest.mark.parametrize("name", ["opp", "_private", "__wrapped__"])
@pytest.mark.usefixtures("active")
def test_the_top_package_lacks_other_attributes(name: str) -> None:
    """Asking the top package for an unknown attribute is an AttributeError that names it."""
    package = importlib.import_module("alembic")

    with pytest.raises(AttributeError, match=f"module 'alembic' has no attribute '{name}'"):
        getattr(package, name)


@pytest.mark.usefixtures("active")
def test_reload_keeps_both_names_on_one_module() -> None:
    """A reload under either name executes Idiolect's module again and creates no copy."""
    alias = importlib.import_module("alembic.util.exc")
    top = importlib.import_module("alembic")

    assert alias is importlib.reload(alias)
    assert sys.modules["idiolect.util.exc"] is alias is sys.modules["alembic.util.exc"]
    assert alias.__name__ == "idiolect.util.exc"
    assert top is importlib.reload(top)
    assert top.__version__ == "1.20.1"


@pytest.mark.usefixtures("active")
def test_pickles_name_idiolect() -> None:
    """An object of a class imported under the alias survives pickling, with or without it."""
    error = importlib.import_module("alembic.util").CommandError("x")

    data = pickle.dumps(error)

    assert b"alembic" not in data
    assert type(error) is type(pickle.loads(data))
    old = b"calembic.util.exc\nCommandError\n."
    assert type(error) is pickle.loads(old)


@pytest.mark.usefixtures("active")
def test_find_spec_finds_without_running() -> None:
    """``find_spec`` answers for a module that was not imported, and does not import it."""
    sys.modules.pop("idiolect.__main__", None)

    spec = importlib.util.find_spec("alembic.__main__")

    assert spec is not None
    assert spec.name == "alembic.__main__"
    assert "idiolect.__main__" not in sys.modules


@pytest.mark.usefixtures("active")
def test_walking_the_package_lists_idiolects_modules() -> None:
    """Pkgutil lists the modules of ``idiolect`` below ``alembic``."""
    own = importlib.import_module("idiolect")
    package = importlib.import_module("alembic")

    expected = sorted(info.name for info in pkgutil.iter_modules(own.__path__))

    assert expected == sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    assert "util" in expected


@pytest.mark.usefixtures("active")
def test_package_data_is_idiolects() -> None:
    """Data files are read through the alias's name with either of Python's interfaces."""
    resources = importlib.import_module("importlib.resources")
    top = importlib.import_module("alembic")

    assert pkgutil.get_data("alembic", "py.typed") == b""
    assert (resources.files("alembic") / "py.typed").is_file()
    assert (resources.files(top) / "py.typed").is_file()


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        pytest.param(
            "import alembic.utill",
            ["'alembic.utill'", "Idiolect", "did you mean 'util'?", "alembic-api.md"],
            id="module",
        ),
        pytest.param(
            "from alembic import utill",
            ["'alembic.utill'", "did you mean 'util'?"],
            id="from-top",
        ),
        pytest.param(
            "import alembic.util.langhelper",
            ["'alembic.util.langhelper'", "did you mean 'langhelpers'?"],
            id="below",
        ),
        pytest.param("import alembic.zzz", ["'alembic.zzz'", "alembic-api.md"], id="nothing-near"),
    ],
)
@pytest.mark.usefixtures("active")
def test_an_unknown_module_is_named_with_the_nearest(statement: str, parts: list[str]) -> None:
    """An unknown module raises ModuleNotFoundError, which suggests the nearest."""
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(statement)

    assert [part for part in parts if part not in str(caught.value)] == []
    assert (caught.value.name or "").startswith("idiolect.")


@pytest.mark.usefixtures("active")
def test_an_unknown_name_is_explained() -> None:
    """The error for a name that a module lacks can be turned into advice."""
    with pytest.raises(ImportError) as caught:
        exec("from alembic.util.exc import CommandErrors")

    advice = idiolect_alembic.explain(caught.value)

    assert advice is not None
    assert "'alembic.util.exc' is provided by Idiolect" in advice
    assert "did you mean 'CommandError'?" in advice


@pytest.mark.parametrize(
    "error",
    [
        ImportError("x"),
        ImportError("x", name="json"),
        ImportError("x", name="idiolect_other"),
        ModuleNotFoundError("x", name="idiolect.nothing"),
        AttributeError("x", name="nothing", obj=sys),
    ],
    ids=["no-name", "foreign", "similar", "missing-module", "attribute"],
)
def test_other_import_errors_need_no_explanation(error: ImportError) -> None:
    """Advice is given only for names that Idiolect's modules lack."""
    assert idiolect_alembic.explain(error) is None


def test_activating_twice_changes_nothing() -> None:
    """A second activation does not change sys.meta_path and sys.modules."""
    before = list(sys.meta_path)
    idiolect_alembic.activate()
    first = list(sys.meta_path)
    package = importlib.import_module("alembic")

    idiolect_alembic.activate()

    assert first == sys.meta_path
    assert package is importlib.import_module("alembic")
    idiolect_alembic.deactivate()
    assert before == sys.meta_path


def test_deactivating_undoes_everything() -> None:
    """After deactivation there is no module under the alias, and Idiolect's are unchanged."""
    own = importlib.import_module("idiolect.util.exc")
    idiolect_alembic.activate()
    importlib.import_module("alembic.util.exc")

    idiolect_alembic.deactivate()
    idiolect_alembic.deactivate()

    assert not idiolect_alembic.is_active()
    assert [name for name in sys.modules if name.partition(".")[0] == "alembic"] == []
    assert own is sys.modules["idiolect.util.exc"]
    with pytest.raises(ModuleNotFoundError, match="No module named 'alembic'"):
        importlib.import_module("alembic")


def test_the_real_package_is_hidden_and_comes_back(
    real_alembic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed alembic is not used while the alias is active, and is found afterwards."""
    monkeypatch.syspath_prepend(real_alembic)
    idiolect_alembic.activate()
    aliased = importlib.import_module("alembic")
    assert not hasattr(aliased, "REAL")
    assert importlib.import_module("alembic.util") is importlib.import_module("idiolect.util")

    idiolect_alembic.deactivate()

    real = importlib.import_module("alembic")
    assert real.__version__ == "1.9.4"
    for name in [name for name in sys.modules if name.partition(".")[0] == "alembic"]:
        del sys.modules[name]


@pytest.mark.parametrize("imported", ["alembic", "alembic.util"])
def test_a_real_alembic_imported_before_is_refused(
    imported: str, python: Python, real_alembic: Path
) -> None:
    """Activation after the real import fails with advice and changes nothing."""
    program = (
        f"import {imported}, sys, idiolect_alembic\n"
        "from idiolect.errors import CommandError\n"
        "before = (list(sys.meta_path), dict(sys.modules))\n"
        "try:\n"
        "    idiolect_alembic.activate()\n"
        "except CommandError as exc:\n"
        "    print(type(exc).__name__, exc.code, exc)\n"
        "assert before == (sys.meta_path, sys.modules)\n"
        "assert not idiolect_alembic.is_active()\n"
        "assert alembic.REAL\n"
    )

    done = python("-c", program, path=real_alembic)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("AlembicImportedError IDI-106 Cannot make 'alembic' resolve to")
    assert str(real_alembic / "alembic") in done.stdout
    assert "python -m idiolect_alembic" in done.stdout


def test_a_folder_called_alembic_is_no_obstacle(python: Python, tmp_path: Path) -> None:
    """A project's own folder ``alembic``, a package even, does not answer the import."""
    folder = tmp_path / "cwd" / "alembic"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('the project folder was imported')\n")

    done = python(
        "-c", "import idiolect_alembic as a; a.activate(); import alembic; print(alembic.op)"
    )

    assert done.stderr == ""
    assert "idiolect.op" in done.stdout


def test_activation_is_cheap(python: Python) -> None:
    """Activation imports neither SQLAlchemy nor Mako nor pluggy."""
    program = (
        "import sys, idiolect_alembic as a; a.activate()\n"
        "print(*{'sqlalchemy', 'mako', 'pluggy'} & set(sys.modules))"
    )

    assert python("-c", program).stdout == "\n"
