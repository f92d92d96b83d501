"""The documentation holds: names and signatures are the code's own, and its blocks run.

Blocks are told apart by their info string. ``console`` is run at a shell, with its output
compared; ``python`` is run as a program of its own in a copy of the tutorial's project, and a
``text`` block titled "Output" after it is compared; a block titled with a path is that file, or
with a ``*`` in the path the functions of a revision file. ``sh``, and classes in braces such as
``{.python .fragment}``, are for reading alone.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from installed import pretend_to_install
from sqlalchemy.engine import make_url

import idiolect
import idiolect_alembic
import idiolect_postgresql
import idiolect_sqlite
from idiolect.cli.commands import BUILTIN, describe, load
from idiolect.cli.parser import build_parser
from idiolect.errors import IdiolectError
from idiolect.hooks import hookspecs
from idiolect.runtime.environment import EnvironmentContext
from idiolect_alembic.importing.plugin import import_alembic

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TUTORIAL = DOCS / "tutorial" / "first-migration.md"
DIALECT_GUIDE = DOCS / "how-to" / "write-a-dialect-plugin.md"
#: Pages that show commands, but for the two that have tests of their own. They begin in the
#: tutorial's project, or where their first line says so in an empty folder.
GUIDES = [
    page
    for page in sorted((DOCS / "how-to").glob("*.md"))
    if page != DIALECT_GUIDE and "\n```console" in page.read_text(encoding="utf-8")
]
EMPTY = "<!-- begins in an empty folder -->"
SHOWN_FOLDER = "/home/ann/shop"
#: The line of a new env.py that gives no models.
NO_MODELS = "target_metadata = None\n"
SHOWN_URL = "postgresql+psycopg://ann:secret@localhost/shop"
SECONDS = 300
#: The first release of SQLite with ALTER COLUMN ... NOT NULL and DROP CONSTRAINT.
SQLITE_THAT_ALTERS = (3, 53)
_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")
_TIME = re.compile(r"(?<= in )\d+\.\d+s")
_BLANKS = re.compile(r" +$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page.

    Attributes:
        page: the file.
        line: of its fence, from 1.
        language: the first word of the info string; "" if it is in braces.
        title: its title, or "".
        text: its content.
    """

    page: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def label(self) -> str:
        """The block's place, for test ids."""
        return f"{self.page.relative_to(DOCS)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Return a page's fenced blocks in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        title = _TITLE.search(match["info"])
        found.append(
            Block(
                page,
                text.count("\n", 0, match.start()) + 1,
                re.split(r"[\s{]", match["info"])[0],
                title[1] if title else "",
                match["text"],
            )
        )
    return found


def headings(page: str, level: int) -> list[str]:
    """Return the texts of a page's headings of one level, without marks of code."""
    text = _FENCE.sub("", (DOCS / page).read_text(encoding="utf-8"))
    found = re.findall(rf"^{'#' * level} (.+)$", text, re.MULTILINE)
    return [heading.replace("`", "").strip() for heading in found]


def sections(page: str) -> dict[str, str]:
    """Return a page's parts by the text of their second-level heading."""
    text = (DOCS / page).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        heading.replace("`", "").strip(): body
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


# names and signatures


def hook_signatures() -> list[str]:
    """Return the signature of each hook in the specifications, in order."""
    return [
        f"{name}{inspect.signature(function)}".replace("'", "")
        for name, function in vars(hookspecs).items()
        if hasattr(function, "idiolect_spec")
    ]


def test_each_hook_has_a_heading_that_is_its_signature() -> None:
    """hooks.md has the hooks of hookspecs.py, in their order, with argument names and types."""
    documented = [each for each in headings("reference/hooks.md", 3) if "(" in each]

    assert hook_signatures() == documented


@pytest.mark.parametrize("signature", hook_signatures(), ids=lambda each: each.partition("(")[0])
def test_each_hook_has_a_program_that_implements_it(signature: str) -> None:
    """A hook's section says what None means and contains a runnable implementation."""
    name = signature.partition("(")[0]
    text = (DOCS / "reference" / "hooks.md").read_text(encoding="utf-8")
    own = text.partition(f"### `{signature}`")[2].partition("\n### ")[0]
    programs = [match["text"] for match in _FENCE.finditer(own) if match["info"] == "python"]

    assert "None" in _FENCE.sub("", own)
    assert any(f"def {name}(" in program for program in programs)


def modules() -> Iterator[ModuleType]:
    """Import and yield all modules of all packages."""
    for package in (idiolect, idiolect_alembic, idiolect_postgresql, idiolect_sqlite):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "templates" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def error_codes() -> set[str]:
    """Return the code of every error class of every package."""
    return {
        each.code
        for module in modules()
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, IdiolectError)
    }


def test_each_error_code_is_explained_and_no_other() -> None:
    """errors.md has a heading for each code that the source defines, in order."""
    documented = [each.split()[0] for each in headings("reference/errors.md", 3)]

    assert sorted(error_codes()) == documented


def test_each_error_shows_a_message_with_its_code() -> None:
    """An error's section contains a message with its code, except for the base class."""
    text = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    without = [
        code
        for code in sorted(error_codes())
        if f"[{code}]" not in text.partition(f"### {code}")[2].partition("\n### ")[0]
    ]

    assert ["IDI-000"] == without


def test_each_option_of_configure_is_documented() -> None:
    """options.md has a row for each parameter of configure(), and no other."""
    parameters = list(inspect.signature(EnvironmentContext.configure).parameters)
    text = sections("reference/options.md")["Arguments of configure()"]
    documented = re.findall(r"^\| `(\w+)`", text, re.MULTILINE)

    assert sorted({*parameters} - {"self", "kw"}) == sorted(documented[: len(parameters) - 2])
    assert len(set(documented)) == len(documented)


def command_arguments(parser: argparse.ArgumentParser) -> list[str]:
    """Return a parser's flags and positional arguments, as commands.md names them."""
    return [
        ", ".join(action.option_strings) or str(action.metavar or action.dest)
        for action in parser._actions
        if not {"--help", "--json"} & {*action.option_strings} and action.dest != "COMMAND"
    ]


def documented_arguments(text: str) -> list[str]:
    """Return what a section's table has in its first column."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_commands_and_their_flags_are_those_of_the_parser() -> None:
    """commands.md has a section for each command with exactly the flags that the parser takes."""
    further = describe(import_alembic, "import-alembic")
    parser = build_parser("idiolect", [*map(load, BUILTIN), further])
    choices = next(action for action in parser._actions if action.metavar == "COMMAND").choices
    assert choices is not None
    expected = {name: command_arguments(sub) for name, sub in dict(choices).items()}
    top = [each for each in command_arguments(parser) if each != "COMMAND"]
    documented = {
        name: documented_arguments(text) for name, text in sections("reference/commands.md").items()
    }

    del documented["JSON output"]
    del documented["Names of revisions"]
    del documented["Plans"]

    assert top == documented.pop("Global options")
    assert expected == documented


#: Prints which of the given names modules lack, and which public ones are not given.
_NAMES = """
import importlib, json, sys

# A dialect's own directives are there once its plugin is loaded.
import idiolect_postgresql

missing, unlisted = {}, {}
for name, held in json.loads(sys.argv[1]).items():
    found = importlib.import_module(name)
    public = set(getattr(found, "__all__", ()))
    # Some have a value in env.py only, so hasattr() alone does not find them.
    known = {*public, *dir(found)}
    missing[name] = [each for each in held if each not in known and not hasattr(found, each)]
    unlisted[name] = sorted(public.difference(held))
print(json.dumps({"missing": missing, "unlisted": unlisted}))
"""


def test_the_names_of_alembic_are_those_that_the_modules_offer() -> None:
    """alembic-api.md lists names that can be imported, and all of a facade's."""
    text = (DOCS / "reference" / "alembic-api.md").read_text(encoding="utf-8")
    listed: dict[str, set[str]] = {}
    # A module has a row in each of the page's tables that it has names in.
    for module, names in re.findall(r"^\| `(idiolect[.\w]+)` \| (.+) \|$", text, re.MULTILINE):
        listed.setdefault(module, set()).update(re.findall(r"`(\w+)`", names))
    given = json.dumps({name: sorted(held) for name, held in listed.items()})
    # In a process of its own, because other tests register directives.
    done = subprocess.run(
        [sys.executable, "-c", _NAMES, given],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, list[str]]] = json.loads(done.stdout)

    assert {name: [] for name in listed} == found["missing"]
    assert {name: [] for name in listed} == found["unlisted"]


@pytest.mark.parametrize("is_here", [True, False], ids=["here", "not-here"])
def test_the_state_of_undocumented_names_is_as_told(is_here: bool) -> None:
    """alembic-api.md is right about which undocumented names exist."""
    for package in ("idiolect_mssql", "idiolect_mysql", "idiolect_oracle", "idiolect_postgresql"):
        importlib.import_module(package)
    text = (DOCS / "reference" / "alembic-api.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `alembic\.([.\w]+)` \| ([^|\n]+) \|(.*)$", text, re.MULTILINE)
    chosen = [(name, names) for name, names, more in found if bool(more.strip()) is not is_here]
    wrong = [
        f"{name}.{each}"
        for name, names in chosen
        for each in re.findall(r"`(\w+)`", names)
        if hasattr(importlib.import_module(f"idiolect.{name}"), each) is not is_here
    ]

    assert len(chosen) > 10
    assert [] == wrong


def test_every_link_between_pages_leads_somewhere() -> None:
    """Every relative link names an existing file."""
    links = [
        (page, link)
        for page in PAGES
        for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    ]

    assert [] == [(page, link) for page, link in links if not (page.parent / link).exists()]


# programs


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's finished project, on a database that does not exist yet."""
    folder = tmp_path_factory.mktemp("docs") / "shop"
    folder.mkdir()
    words = iter([("a1", "create account"), ("b2", "add email")])
    for block in blocks(TUTORIAL):
        if block.title.endswith(".py"):
            rev_id, message = next(words)
            run(f"idiolect -q revision --rev-id {rev_id} -m '{message}'", folder)
        elif block.language == "console" and not (folder / "migrations").exists():
            run("idiolect -q init migrations", folder)
        if block.title == "idiolect.ini" and "sqlite" not in block.text:
            break
        if block.title:
            apply_file(block, folder)
    return folder


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=block.label)
        for page in PAGES
        for block in blocks(page)
        if block.language == "python" and not block.title
    ],
)
def test_a_program_runs_and_prints_what_the_page_says(
    block: Block, shop: Path, tmp_path: Path
) -> None:
    """Each python block is a program; what it prints is the "Output" block that follows."""
    folder = shutil.copytree(shop, tmp_path / "shop")
    (folder / "program.py").write_text(block.text, encoding="utf-8")
    following = [each for each in blocks(block.page) if each.line > block.line][:1]
    expected = [each.text for each in following if each.title == "Output"]

    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert (expected or [""])[0] == done.stdout


# shell


def environment(**more: str) -> dict[str, str]:
    """Return the environment of commands: this Python's own scripts first, nothing configured."""
    ours = ("IDIOLECT_", "ALEMBIC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**kept, "PATH": path, "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1", **more}


def run(command: str, folder: Path, **more: str) -> str:
    """Run a line at a shell and return what a terminal would show."""
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    ).stdout


def commands(block: Block) -> list[tuple[str, str]]:
    """Return the lines typed in a block, each with the output shown after it."""
    parts = re.split(r"^\$ (.+)\n", block.text, flags=re.MULTILINE)
    assert parts[0] == "", f"{block.label} begins with output"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def apply_file(block: Block, folder: Path, url: str = SHOWN_URL) -> None:
    """Apply a titled block to a file.

    A whole file is written; in an ini file only the given keys change; in a revision file, whose
    name has a ``*`` for its id, the functions; in env.py the line without models.
    """
    text = block.text.replace(SHOWN_URL, url.replace("%", "%%"))
    if "*" in block.title:
        (path,) = folder.glob(block.title)
        header = path.read_text(encoding="utf-8").partition("def upgrade")[0]
        path.write_text(header + text, encoding="utf-8")
        return
    path = folder / block.title
    if path.suffix == ".ini" and path.exists():
        key = text.partition("=")[0].strip()
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert 1 == sum(line.startswith(f"{key} =") for line in lines), block.label
        path.write_text(
            "".join(text if line.startswith(f"{key} =") else line for line in lines),
            encoding="utf-8",
        )
        return
    if path.name == "env.py" and path.exists():
        made = path.read_text(encoding="utf-8")
        assert NO_MODELS in made, block.label
        path.write_text(made.replace(NO_MODELS, text, 1), encoding="utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def walk(
    page: Iterable[Block], folder: Path, url: str = SHOWN_URL, **more: str
) -> Iterator[tuple[Block, str, str, str]]:
    """Follow a page; yield block, line typed, output shown and output met for each command."""
    for block in page:
        if block.language == "console":
            for typed, shown in commands(block):
                met = run(typed, folder, **more)
                met = met.replace(str(folder), SHOWN_FOLDER).replace(url, SHOWN_URL)
                met = met.replace(_masked(url), _masked(SHOWN_URL))
                yield block, typed, shown, met
        elif block.title and block.title != "Output":
            apply_file(block, folder, url)


def _masked(url: str) -> str:
    """Return a URL as commands print it."""
    return make_url(url).render_as_string(hide_password=True)


def normalised(texts: Iterable[str]) -> list[str]:
    """Return texts with revision ids numbered by their first occurrence, and without times.

    Blanks at the ends of lines go too, because editors drop them from a page.
    """
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], f"<id {len(numbers) + 1}>")

    return [
        _BLANKS.sub("", _TIME.sub("<time>", _DATE.sub("<date>", _ID.sub(number, text))))
        for text in texts
    ]


def assert_as_shown(walked: list[tuple[Block, str, str, str]]) -> None:
    """Compare what commands printed with what the page shows."""
    assert walked
    shown = normalised(shown for _, _, shown, _ in walked)
    met = normalised(met for _, _, _, met in walked)
    for (block, typed, _, _), expected, actual in zip(walked, shown, met, strict=True):
        assert expected == actual, f"{block.label}: {typed}"


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_the_tutorial_can_be_followed(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each command of the tutorial, in order from an empty folder, prints what is shown."""
    folder = tmp_path / "shop"
    folder.mkdir()
    page = blocks(TUTORIAL)
    if database == "sqlite":
        change = next(place for place, block in enumerate(page) if SHOWN_URL in block.text)
        assert_as_shown(list(walk(page[:change], folder)))
        return
    url: str = request.getfixturevalue("fresh_postgresql")

    assert_as_shown(list(walk(page, folder, url)))


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in GUIDES])
def test_a_guide_can_be_followed(page: Path, shop: Path, tmp_path: Path) -> None:
    """Each command of a guide, in order, prints what is shown."""
    folder = tmp_path / "shop"
    if page.read_text(encoding="utf-8").startswith(EMPTY):
        folder.mkdir()
    else:
        shutil.copytree(shop, folder)

    assert_as_shown(list(walk(blocks(page), folder)))


def test_the_dialect_plugin_of_the_guide_works(tmp_path: Path) -> None:
    """The package that the guide builds is found by its entry points and migrates its database."""
    folder = tmp_path / "shop"
    source = folder / "idiolect-acme"
    page = blocks(DIALECT_GUIDE)
    for block in page:
        if block.title.startswith("idiolect-acme/"):
            apply_file(block, folder)
    pretend_to_install(source)

    assert_as_shown(list(walk(page, folder, PYTHONPATH=str(source / "src"))))


def test_the_contract_of_the_guide_is_kept(tmp_path: Path) -> None:
    """The package passes the contract with the answers shown in the guide, and no fewer."""
    source = tmp_path / "idiolect-acme"
    for block in blocks(DIALECT_GUIDE):
        if block.title.startswith("idiolect-acme/"):
            apply_file(block, tmp_path)
    pretend_to_install(source)
    # Tests that kill a run wait until the core's lease expires, which takes half a minute each.
    left_out = ["kill"]
    if sqlite3.sqlite_version_info >= SQLITE_THAT_ALTERS:
        # The guide's database is SQLite by another name, and says what most releases of it cannot.
        left_out += ["set_not_null", "drop_not_null", "drop_check_constraint"]
    options = "-q -p no:cacheprovider -p idiolect.testing.plugin --write-golden -k"
    options += f" 'not ({' or '.join(left_out)})'"

    out = run(f"python -m pytest {options}", source, PYTHONPATH=str(source / "src"))

    assert "contract of acme: " in out, out
    assert "not possible: no schemas" in out, out
    # The report of the contract has the word in one of its lines.
    assert not re.search(r"\d failed", out), out
