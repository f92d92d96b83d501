"""Modules of packages as attributes, in a process where nothing else imported them."""

from __future__ import annotations

import subprocess
import sys

import pytest

MODULES = (
    *("util.exc", "util.messaging", "util.langhelpers", "util.compat", "util.sqla_compat"),
    *("script.revision", "script.base", "script.write_hooks", "autogenerate.render"),
    *("autogenerate.compare", "autogenerate.api", "operations.ops", "operations.batch"),
    *("operations.schemaobj", "ddl.impl", "ddl.base", "runtime.migration", "runtime.environment"),
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_its_packages_attribute(module: str) -> None:
    """Published code accesses modules through the package, which is all it imports."""
    package = module.partition(".")[0]
    code = f"import idiolect.{package}; print(idiolect.{module}.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"idiolect.{module}" == done.stdout.strip()


@pytest.mark.parametrize("package", ["util", "script", "autogenerate", "operations", "ddl"])
@pytest.mark.parametrize("name", ["nothing", "_nothing", "__nothing__"])
def test_what_is_no_module_is_no_attribute(package: str, name: str) -> None:
    """The error is Python's own."""
    module = __import__(f"idiolect.{package}", fromlist=["x"])
    expected = f"module 'idiolect.{package}' has no attribute '{name}'"
    with pytest.raises(AttributeError, match=expected):
        getattr(module, name)
