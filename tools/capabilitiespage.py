"""The page of capabilities and dialects, as the plugins' contract tests declare them.

`write_capabilities_page.py` and the test of the page come in. That the declarations are true is
held by the contract tests themselves.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from devtools.shell import ROOT, Failure

from idiolect.testing.report import declared, markdown, rows_of
from idiolect.testing.suite import Contract, DialectContract

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ROOT / "docs" / "reference" / "capabilities.md"

#: The plugins, in the order of the columns.
_PLUGINS = ("sqlite", "postgresql", "mysql", "mssql", "oracle")
#: Where the written part of a README begins; it goes on to the end.
_MARK = """## What it can do

See [Capabilities and dialects](../../docs/reference/capabilities.md) for the whole table.
`tools/write_capabilities_page.py` has written this part.

"""
_HEAD = """# Capabilities and dialects

What each dialect plugin promises. Every plugin inherits the same tests,
[the contract suite](../how-to/write-a-dialect-plugin.md#5-test-it), and declares what it cannot
pass; what is declared impossible is tried too, and fails if it works.
`tools/write_capabilities_page.py` has written the table from these declarations.

| cell | meaning |
|---|---|
| yes | the tests pass |
| no | the plugin does not do it, although the database could |
| not possible | the database cannot do it |
| not yet | the plugin is going to do it |
| not tried | no server can be had, and scripts do not tell |

A name in code letters is an operation of the contract;
[Operations and dialects](operations.md) has more of them.

"""


def text_of_page() -> str:
    """Return the page."""
    columns = {
        (cls.__doc__ or "").partition(",")[0].rstrip("."): declared(cls) for cls in classes()
    }
    return _HEAD + markdown(rows_of(DialectContract), columns)


def readmes() -> dict[Path, str]:
    """Return the READMEs of the plugins, each with what its classes declare."""
    texts: dict[Path, str] = {}
    for cls in classes():
        path = Path(inspect.getfile(cls)).parents[1] / "README.md"
        texts[path] = texts.get(path, _MARK) + _part(cls)
    return {
        path: path.read_text(encoding="utf-8").partition(_MARK)[0].rstrip()
        + f"\n\n{text.rstrip()}\n"
        for path, text in texts.items()
    }


def _part(cls: type[Contract]) -> str:
    reasons: dict[str, list[str]] = {}
    for name, answer in sorted(cls.capabilities.items()):
        reasons.setdefault(str(answer), []).append(f"`{name}`")
    by_scripts = f", by scripts alone ({cls.untried})" if cls.untried else ""
    what = "Exceptions:" if reasons else "There is no exception."
    lines = [f"{_named(cls)} is held to the contract of all dialects{by_scripts}. {what}", ""]
    lines += [f"- {reason}: {', '.join(names)}" for reason, names in reasons.items()]
    return "\n".join(lines).rstrip() + "\n\n"


def _named(cls: type[Contract]) -> str:
    return (cls.__doc__ or "").partition(",")[0].rstrip(".")


def classes() -> Iterator[type[Contract]]:
    """Yield the classes of contract tests of the plugins.

    Raises:
        Failure: a plugin has none.
    """
    for name in _PLUGINS:
        path = ROOT / "plugins" / name / "tests" / "test_contract.py"
        spec = importlib.util.spec_from_file_location(f"contract_of_{name}", path)
        if spec is None or spec.loader is None:
            raise Failure(f"{path} is not there.")
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        # The page says what everybody can repeat: a server of one's own does not count.
        with patch.dict(os.environ):
            os.environ.pop(f"{name.upper()}_URL", None)
            spec.loader.exec_module(module)
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Contract) and each.dialect:
                yield each
