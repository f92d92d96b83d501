"""Validates T-SQL with Microsoft's parser, as no SQL Server is available.

Used to write the table of operations. The parser, ScriptDom, and its .NET runtime are
taken from wheels, downloaded once, and not redistributed. It only checks syntax.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.environment import PIP_SETTINGS, make
from devtools.shell import Failure, alone, cache_folder, fetch, tail

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Exact versions: what parses must not change from day to day.
PACKAGES = ("mssql-cli==1.0.0", "pythonnet==3.2.1")
PARSER = "Microsoft.SqlServer.TransactSql.ScriptDom.dll"

_PROGRAM = Path(__file__).with_name("tsql_program.py")
_RUNTIME = ("System.", "lib", "netstandard", "mscorlib", "Microsoft.CSharp", "Microsoft.Win32")
_SECONDS = 300
# No culture data and no debugger's pipes for the .NET runtime.
_QUIET = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "DOTNET_EnableDiagnostics": "0"}
_QUIET["COMPlus_EnableDiagnostics"] = "0"


def mistakes(batches: Sequence[str]) -> list[tuple[str, str]]:
    """Return each batch that does not parse, with line and message.

    Args:
        batches: T-SQL between two separators.

    Raises:
        Failure: the parser cannot be had.
        RuntimeError: it failed.
    """
    done = subprocess.run(
        [sys.executable, _PROGRAM, parser_folder()],
        input=json.dumps(list(batches)),
        env=_QUIET,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The T-SQL parser failed:\n{tail(done.stderr)}")
    found: list[list[str]] = json.loads(done.stdout)
    return [(batch, told[0]) for batch, told in zip(batches, found, strict=True) if told]


def parser_folder() -> Path:
    """Return the folder that holds the parser and its runtime, and fill it if need be.

    Raises:
        Failure: it does not run on this machine, or pip failed.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise Failure("The T-SQL parser runs on Linux on x86-64 alone.")
    folder = cache_folder() / PACKAGES[0].replace("==", "-")
    # Several runs of the tests may want it at once.
    with alone(folder.with_suffix(".lock")):
        if not folder.exists():
            _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    python = make(cache_folder() / "pip", [])
    with tempfile.TemporaryDirectory() as wheels:
        options = ["--no-deps", "--only-binary", ":all:", "--platform", "manylinux1_x86_64"]
        words = [str(python), "-m", "pip", "download", "-q", *options, "-d", wheels, *PACKAGES]
        done = fetch(words, env=PIP_SETTINGS)
        if done.returncode:
            shutil.rmtree(part, ignore_errors=True)
            raise Failure(f"pip could not fetch the T-SQL parser:\n{tail(done.stdout)}")
        for wheel in Path(wheels).iterdir():
            _unpack(wheel, part)
    part.rename(folder)


def _unpack(wheel: Path, part: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            base = name.rpartition("/")[2]
            # Deeper folders hold the same files for other languages.
            is_runtime = "/mssqltoolsservice/bin/" in name and name.count("/") == 3  # noqa: PLR2004 - the depth of the bin folder
            if (
                is_runtime and (base.startswith(_RUNTIME) or base in {PARSER, "WindowsBase.dll"})
            ) or (base == "Python.Runtime.dll"):
                (part / base).write_bytes(archive.read(name))
