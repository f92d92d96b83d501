"""Write the files that tell type checkers and editors what is registered at run time.

Run it after a change to an operation's signature or docstring; ``--check`` only compares, and
exits 1 where a file is out of date. A test does the same.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import idiolect.operations
from idiolect.operations.registry import directives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idiolect.operations.registry import Registration

CORE = Path(idiolect.operations.__file__).parents[1]

_HEAD = '''"""The directives of Operations, as type checkers see them.

Generated from the operations by tools/write_stubs.py; not to be edited. Never used at run
time, when each directive is a method that its operation has registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
'''
_CLASS = '''

class OperationsMethods:
    """What operations of the core add to Operations."""
'''


def render_methods() -> str:
    """Return the text of ``operations/methods.py``."""
    registrations = [
        registration
        for registration in directives.registrations()
        if registration.op_class.__module__.startswith("idiolect.operations.")
    ]
    methods = "".join(_method(registration) for registration in registrations)
    return _HEAD + "\n".join(_imports(registrations)) + "\n" + _CLASS + methods


#: What is generated, by path below the core package.
TARGETS: dict[str, Callable[[], str]] = {"operations/methods.py": render_methods}


def outdated() -> list[Path]:
    """Return the generated files whose text is not what it should be."""
    found = []
    for name, render in TARGETS.items():
        path = CORE / name
        if not path.exists() or path.read_text(encoding="utf-8") != render():
            found.append(path)
    return found


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with ``--check`` only name it."""
    late = outdated()
    for path in late:
        print(path)
        if "--check" not in arguments:
            render = TARGETS[path.relative_to(CORE).as_posix()]
            path.write_text(render(), encoding="utf-8")
    return 1 if late and "--check" in arguments else 0


def _method(registration: Registration) -> str:
    signature = registration.signature()
    lines = "\n".join(f"        {part}," for part in _parameters(signature))
    doc = _docstring(registration)
    return (
        f"\n    def {registration.name}(\n{lines}\n    ) -> {signature.return_annotation}:\n"
        f"{doc}        raise NotImplementedError\n"
    )


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    marked = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            marked = True
        if parameter.kind is parameter.KEYWORD_ONLY and not marked:
            marked = True
            yield "*"
        yield str(parameter).replace("'", "").replace("=", " = ").replace("  ", " ")


def _docstring(registration: Registration) -> str:
    text = registration.docstring()
    mark = 'r"""' if "\\" in text else '"""'
    lines = (mark + text).splitlines()
    closing = ['"""'] if len(lines) > 1 else []
    lines[-1] += "" if closing else '"""'
    return "".join(f"        {line}".rstrip() + "\n" for line in [*lines, *closing])


def _imports(registrations: Iterable[Registration]) -> list[str]:
    homes: dict[str, set[str]] = defaultdict(set)
    for registration in registrations:
        known = _names_imported_by(registration.op_class.__module__)
        for name in _names_used_in(registration.signature()):
            if name in known:
                homes[known[name]].add(name)
    homes.pop("typing", None)
    lines = [f"    from {home} import {', '.join(sorted(homes[home]))}" for home in sorted(homes)]
    own = [line for line in lines if "from collections" in line]
    return [*own, "", *(line for line in lines if line not in own)]


def _names_used_in(signature: inspect.Signature) -> set[str]:
    texts = [parameter.annotation for parameter in signature.parameters.values()]
    texts.append(signature.return_annotation)
    used: set[str] = set()
    for text in texts:
        if isinstance(text, str):
            used |= {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return used


def _names_imported_by(module_name: str) -> dict[str, str]:
    source = inspect.getsource(importlib.import_module(module_name))
    return {
        alias.name: node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
