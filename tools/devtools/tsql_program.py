"""Parse T-SQL: python tsql_program.py FOLDER < JSON list of batches > JSON list of messages each.

Runs as a separate process, because the .NET runtime in FOLDER cannot be unloaded. It is started
through its hosting interface, with pythonnet as the bridge.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import sys
from pathlib import Path
from typing import Any

_BRIDGE = (b"Python.Runtime", b"Python.Runtime.Loader", b"Initialize")


def main(folder: Path) -> None:
    """Read batches from standard input, and write what is wrong with each."""
    _start(folder)
    clr: Any = importlib.import_module("clr")
    clr.AddReference("Microsoft.SqlServer.TransactSql.ScriptDom")
    dom: Any = importlib.import_module("Microsoft.SqlServer.TransactSql.ScriptDom")
    io: Any = importlib.import_module("System.IO")
    found = []
    for batch in json.load(sys.stdin):
        _tree, errors = dom.TSql150Parser(True).Parse(io.StringReader(batch))
        found.append([f"line {error.Line}: {error.Message}" for error in errors])
    json.dump(found, sys.stdout)


def _start(folder: Path) -> None:
    library = ctypes.CDLL(str(folder / "libcoreclr.so"), mode=ctypes.RTLD_GLOBAL)
    properties = {
        "TRUSTED_PLATFORM_ASSEMBLIES": ":".join(sorted(map(str, folder.glob("*.dll")))),
        "APP_PATHS": str(folder),
        "NATIVE_DLL_SEARCH_DIRECTORIES": str(folder),
        "System.Globalization.Invariant": "true",
    }
    names = (ctypes.c_char_p * len(properties))(*(name.encode() for name in properties))
    texts = (ctypes.c_char_p * len(properties))(*(text.encode() for text in properties.values()))
    host, domain, entry = ctypes.c_void_p(), ctypes.c_uint(), ctypes.c_void_p()
    _expect_zero(
        library.coreclr_initialize(
            sys.executable.encode(),
            b"tsql",
            len(properties),
            names,
            texts,
            ctypes.byref(host),
            ctypes.byref(domain),
        )
    )
    create = library.coreclr_create_delegate
    create.argtypes = [ctypes.c_void_p, ctypes.c_uint, *[ctypes.c_char_p] * 3, ctypes.c_void_p]
    _expect_zero(create(host, domain, *_BRIDGE, ctypes.byref(entry)))
    nothing = ctypes.cast(ctypes.create_string_buffer(b""), ctypes.c_void_p)
    initialize = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)(entry.value or 0)
    _expect_zero(initialize(nothing, 0))


def _expect_zero(status: int) -> None:
    if status:
        raise SystemExit(f"The .NET runtime did not start: {status & 0xFFFFFFFF:#x}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
