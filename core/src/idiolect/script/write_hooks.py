"""Post-write hooks: programs and functions that run on a new revision file.

The generator runs the configured hooks; env.py and plugins add types with :func:`register`. A hook
that fails ends the command; the file is kept as it was written.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from idiolect.errors import CommandError
from idiolect.hooks.collector import CORE
from idiolect.hooks.collectors import WriteHookCollector
from idiolect.hooks.contributions import collect
from idiolect.util import compat, messaging
from idiolect.util.blame import blame
from idiolect.util.langhelpers import nearest

#: Placeholder for the path of the new file in a hook's ``options``.
REVISION_SCRIPT_TOKEN: Final = "REVISION_SCRIPT_FILENAME"  # noqa: S105 - not a secret

Hook = Callable[[str, dict[str, Any]], Any]
HookOptions = Mapping[str, Any]

_registry: dict[str, Hook] = {}
_BUILTIN = ("console_scripts", "exec", "module")


def register(name: str) -> Callable[[Hook], Hook]:
    """Return a decorator that registers a function as the hook type ``name``.

    The function gets the file's path and the hook's options as a dict. An existing type of this
    name is replaced.
    """

    def decorate(fn: Hook) -> Hook:
        _registry[name] = fn
        return fn

    return decorate


def _invoke(name: str, revision_path: str | os.PathLike[str], options: HookOptions) -> Any:
    """Run the hook type ``name`` on a file and return its result.

    Raises:
        CommandError: no hook type has this name.
    """
    return _hook_type(name)(os.fspath(revision_path), dict(options))


def _hook_type(name: str) -> Hook:
    """Return the function of the hook type ``name``, registered or contributed by a plugin."""
    if name in _registry:
        return _registry[name]
    found = WriteHookCollector(dict.fromkeys(_BUILTIN, CORE))
    collect("register_write_hooks", found, lenient=True)
    hook = found.get(name)
    if hook is not None:
        return hook
    known = sorted({*_registry, *found.names()})
    close = nearest(name, known)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise CommandError(
        f"No formatter with name '{name}' registered.{hint} "
        f"Known here: {', '.join(known)}; others need a plugin, or register() in env.py and "
        "revision_environment = true."
    )


def _run_hooks(path: str | os.PathLike[str], hooks: Sequence[HookOptions]) -> None:
    """Run the configured hooks on a file, in order.

    Raises:
        CommandError: a hook has no type, or cannot be run.
    """
    for hook in hooks:
        name = hook["_hook_name"]
        if "type" not in hook:
            raise CommandError(
                f"Key '{name}.type' (or 'type' in toml) is required for post write hook {name!r}"
            )
        with messaging.status(f"Running post write hook {name!r}", newline=True):
            function = _hook_type(hook["type"])
            try:
                function(os.fspath(path), dict(hook))
            except Exception as exc:
                blame(exc, function, f"post-write hook {name!r} of the type {hook['type']!r}")
                raise


@register("console_scripts")
def console_scripts(
    path: str,
    options: dict[str, Any],
    ignore_output: bool = False,
    verify_version: tuple[int, ...] | None = None,
) -> None:
    """Run the console script of an installed distribution, by the name of its entry point.

    Args:
        path: the revision file.
        options: ``entrypoint``, and optionally ``options`` and ``cwd``.
        ignore_output: discard the program's output.
        verify_version: the required leading components of the distribution's version.

    Raises:
        CommandError: ``entrypoint`` is missing, not installed, or of another version.
    """
    name = _get_required_option(options, "entrypoint")
    found = next(
        (point for point in compat.importlib_metadata_get("console_scripts") if point.name == name),
        None,
    )
    if found is None:
        raise CommandError(
            f"Could not find entrypoint console_scripts.{name}. Install the package that has it "
            "in this environment."
        )
    if verify_version and found.dist is not None:
        expected = ".".join(map(str, verify_version))
        if not f"{found.dist.version}.".startswith(f"{expected}."):
            raise CommandError(
                f"console_scripts.{name} is version {found.dist.version}; expected {expected}"
            )
    code = f"import {found.module}; {found.module}.{found.attr}()"
    _run_hook(path, options, ignore_output, [sys.executable, "-c", code])


@register("exec")
def exec_(path: str, options: dict[str, Any], ignore_output: bool = False) -> None:
    """Run a program given by its path or its name on PATH.

    Raises:
        CommandError: ``executable`` is missing, or the program does not exist.
    """
    _run_hook(path, options, ignore_output, [_get_required_option(options, "executable")])


@register("module")
def module(path: str, options: dict[str, Any], ignore_output: bool = False) -> None:
    """Run a Python module as a program, as ``python -m`` does.

    Raises:
        CommandError: ``module`` is missing, or cannot be found.
    """
    name = _get_required_option(options, "module")
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    if found is None:
        raise CommandError(f"Could not find module {name}. Install it in this environment.")
    _run_hook(path, options, ignore_output, [sys.executable, "-m", name])


def _get_required_option(options: Mapping[str, Any], name: str) -> str:
    value = options.get(name)
    if not value:
        raise CommandError(
            f"Key {options['_hook_name']}.{name} is required for post write hook "
            f"{options['_hook_name']!r}"
        )
    return str(value)


def _parse_cmdline_options(cmdline_options_str: str, path: str) -> list[str]:
    """Split a hook's ``options``; insert the path at its placeholder, or prepend it."""
    words = shlex.split(cmdline_options_str, posix=compat.is_posix)
    if REVISION_SCRIPT_TOKEN not in cmdline_options_str:
        return [path, *words]
    return [word.replace(REVISION_SCRIPT_TOKEN, path) for word in words]


def _run_hook(
    path: str, options: Mapping[str, Any], ignore_output: bool, command: list[str]
) -> None:
    """Run one program on the file; a failure is reported, and the file is kept."""
    name = options["_hook_name"]
    try:
        arguments = _parse_cmdline_options(options.get("options") or "", path)
    except ValueError as exc:
        raise CommandError(
            f"Key {name}.options of post write hook {name!r} cannot be split: {exc}"
        ) from exc
    kept: dict[str, Any] = {"cwd": options.get("cwd") or None}
    if ignore_output:
        kept |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    try:
        ended = subprocess.run([*command, *arguments], **kept)  # noqa: PLW1510, S603 - the user's own hook, whose status is reported below
    except OSError as exc:
        where = f" in {kept['cwd']!r}" if kept["cwd"] else ""
        raise CommandError(
            f"Cannot run {command[0]!r} for post write hook {name!r}{where}: {exc.strerror or exc}"
        ) from exc
    status: object = ended.returncode
    # Programs mock subprocess.run() in their tests; the mock may have no numeric status.
    if isinstance(status, int) and status:
        messaging.msg(f"post write hook {name!r} ended with status {status}; see its output")
