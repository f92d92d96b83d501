"""Names that Idiolect does not have, and the real Alembic where Idiolect should be."""

from __future__ import annotations

from tests.bad_input.row import SECOND, Row, Spoil, name_of
from tests.bad_input.spoil import second, second_file, write

_LIST = "docs/reference/alembic-api.md"
_REAL = "site/alembic/__init__.py"
_PROXY = "def create_table(*args):\n    raise NameError('the proxy object is not established')\n"
_NO_ALIAS = ("IDIOLECT_DISABLE_PLUGINS", "idiolect-alembic")
_SITE = ("PYTHONPATH", "{folder}/site")
#: What a revision asks for -> what the message says beside it.
_ASKED = {
    "module": ("import alembic.autogenerate.rendr", "did you mean 'render'"),
    "name": ("from alembic.util.exc import CommandErrors", "did you mean 'CommandError'"),
    "private": ("from alembic.script.base import _nothing", "'alembic.script.base'"),
    "package": ("from alembic import nothing", "'alembic.nothing'"),
    "attribute": ("import alembic.util\nalembic.util.nothing", "'alembic.util'"),
    "of-package": ("import alembic\nalembic.nothing", "'alembic'"),
    "own-name": ("from idiolect.script.revision import nothing", "'idiolect.script.revision'"),
    "class": ("op.get_context().impl.new_thing()", "'SQLiteImpl'"),
    "directive": ("op.create_entity('x')", "once that package is imported"),
}


def _imports_alembic(body: str) -> Spoil:
    """Give the second revision's file an import of op by Alembic's name."""
    return second_file(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = {SECOND!r}\ndown_revision = 'aaaa1111'\n\n"
        f"def upgrade():\n    {body}\n\ndef downgrade():\n    pass\n"
    )


ROWS = [
    *(
        Row(
            f"name-unknown-{kind}",
            "upgrade head",
            (_LIST, said, "Idiolect"),
            (second(code),),
            fails_in=SECOND,
        )
        for kind, (code, said) in _ASKED.items()
    ),
    *(
        Row(
            f"name-newer-{name}",
            "upgrade head",
            (f"no argument {argument!r}", "Alembic 1."),
            (second(code),),
            fails_in=SECOND,
        )
        for name, argument, code in (
            ("column", "height", "op.add_column('first', sa.Column('a', sa.Integer), height=1)"),
            ("batch", "depth", "with op.batch_alter_table('first', depth=1):\n    pass"),
        )
    ),
    *(
        Row(
            f"real-alembic-first-{name_of(command)}",
            command,
            ("'alembic' was already imported", "site/alembic", "IDI-106"),
            (write(_REAL, ""), write("site/sitecustomize.py", "import alembic\n")),
            env=(_SITE,),
        )
        for command in ("upgrade head", "heads", "current")
    ),
    Row(
        "real-alembic-instead",
        "upgrade head",
        ("This is the real Alembic", "idiolect-alembic"),
        (
            write(_REAL, ""),
            write("site/alembic/op.py", _PROXY),
            _imports_alembic("op.create_table('t')"),
        ),
        fails_in=SECOND,
        env=(_NO_ALIAS, _SITE),
    ),
    Row(
        "no-alembic-at-all",
        "upgrade head",
        ("No module named 'alembic'", "Install idiolect-alembic"),
        (_imports_alembic("pass"),),
        fails_in=SECOND,
        env=(_NO_ALIAS,),
    ),
    Row("import-nothing", "import-alembic gone", ("no folder 'gone'",)),
    Row("import-format", "import-alembic --format yaml", ("'yaml'", "'text' or 'json'")),
    Row("import-both", "import-alembic --write --diff", ("--write or --diff",)),
    Row("import-config-missing", "-c gone.ini import-alembic", ("gone.ini",)),
    Row(
        "import-uncommitted",
        "import-alembic --write",
        ("git", "--force", "Nothing was written"),
        (_imports_alembic("pass"), write(".git/HEAD", "")),
    ),
]
