"""Revisions on the command line that mean nothing, too much, or something impossible."""

from __future__ import annotations

from tests.bad_input.row import FIRST, SECOND, Row, each_command
from tests.bad_input.spoil import BRANCH, option, revision

_TAKERS = (
    "upgrade {}|downgrade {}|stamp {}|show {}|edit {}|merge {}|history -r {}:|history -r :{}|"
    f"revision -m x --head {{}}|upgrade {{}} --sql|upgrade {FIRST}:{{}} --sql|"
    f"upgrade {{}}:{SECOND} --sql|stamp {{}} --sql|downgrade {SECOND}:{{}} --sql"
).split("|")
"""Every way to give a revision."""


def _given(prefix: str, given: str, *says: str) -> list[Row]:
    """Return a row for each way to give a revision."""
    return [
        Row(f"{prefix}-{number:02}", taker.format(given), says)
        for number, taker in enumerate(_TAKERS, 1)
    ]


_AMBIGUOUS = (revision("bbbb3333", SECOND),)
_TWO_HEADS = ("multiple", SECOND, "cccc3333")
_ODD = {
    "quote": ("'o\"brien'", 'o"brien'),
    "newline": ("'aaaa\nbbbb'", "aaaa"),
    "percent": ("'%s%(x)d'", "%s%(x)d"),
    "path": ("'../../etc/passwd'", "../../etc/passwd"),
    "emoji": ("🦄🦄🦄🦄", "🦄🦄🦄🦄"),
    "escape": ("'\033[31mred'", "red"),
    "sql": ('"x\'; DROP TABLE first; --"', "DROP TABLE first"),
    "long": ("z" * 10_000, "zzzz"),
    "at": ("@", "@"),
    "at-head": ("nosuch@head", "nosuch"),
    "at-relative": ("nosuch@+1", "nosuch"),
    "two-ats": ("a@b@c", "a@b"),
    "plus": ("head+x", "head+x"),
    "glob": ("'*'", "*"),
    "upper": (FIRST.upper(), FIRST.upper()),
}

ROWS = [
    *_given("unknown", "nosuch99", "nosuch99"),
    *each_command("unknown-alike", ("upgrade aaaa1112", "show aaaa1112"), (FIRST,)),
    *(
        Row(f"odd-{name}-{command.partition(' ')[0]}", command.format(typed), (shown,))
        for name, (typed, shown) in _ODD.items()
        for command in ("upgrade {}", "show {}")
    ),
    *each_command(
        "ambiguous",
        ("upgrade bbbb", "show bbbb", "stamp bbbb"),
        ("bbbb", SECOND, "bbbb3333"),
        *_AMBIGUOUS,
    ),
    *each_command(
        "empty",
        ("upgrade ''", "downgrade ''", "show ''", "edit ''", "upgrade '' --sql"),
        ("''",),
    ),
    Row("empty-stamp", "stamp ''", ("''",)),
    Row("empty-merge", "merge ''", ("''",)),
    Row("short", "upgrade zz", ("zz", "four characters")),
    Row("upgrade-too-far", "upgrade +999", ("+999", SECOND)),
    Row("upgrade-too-far-sql", "upgrade +999 --sql", ("+999", SECOND)),
    Row("upgrade-too-far-from", f"upgrade {FIRST}+5", (f"{FIRST}+5",)),
    Row("upgrade-down", "upgrade -1", ("-1",)),
    Row("downgrade-too-far", "downgrade -999", ("-999",)),
    Row("downgrade-up", "downgrade +1", ("+1",)),
    Row("downgrade-to-what-is-above", f"downgrade {SECOND}", (SECOND,)),
    Row("downgrade-to-head", "downgrade head", ("head", "downgrade target")),
    Row("show-too-far", "show head-9", ("head-9",)),
    Row("history-too-far", "history -r head-9:", ("head-9",)),
    Row("several-heads-upgrade", "upgrade head", (*_TWO_HEADS, "heads"), (BRANCH,)),
    Row("several-heads-upgrade-sql", "upgrade head --sql", (*_TWO_HEADS, "heads"), (BRANCH,)),
    Row("several-heads-stamp", "stamp head", _TWO_HEADS, (BRANCH,)),
    Row("several-heads-show", "show head", _TWO_HEADS, (BRANCH,)),
    Row("several-heads-edit", "edit head", _TWO_HEADS, (BRANCH,)),
    Row("several-heads-history", "history -r :head", _TWO_HEADS, (BRANCH,)),
    Row(
        "several-heads-revision",
        "revision -m x",
        (*_TWO_HEADS, "specify the head", "merge"),
        (BRANCH,),
    ),
    Row("several-heads-relative", "upgrade +1", (SECOND, "cccc3333", "<branch>@"), (BRANCH,)),
    Row("range-upgrade", f"upgrade {FIRST}:{SECOND}", ("--sql", f"{FIRST}:{SECOND}")),
    Row("range-downgrade", f"downgrade {SECOND}:{FIRST}", ("--sql", f"{SECOND}:{FIRST}")),
    Row("range-stamp", f"stamp {FIRST}:{SECOND}", (f"{FIRST}:{SECOND}",)),
    Row("range-missing", f"downgrade {FIRST} --sql", ("<fromrev>:<torev>", FIRST)),
    Row("range-missing-relative", "downgrade -1 --sql", ("<fromrev>:<torev>", "-1")),
    Row("range-reversed", f"upgrade {SECOND}:{FIRST} --sql", (SECOND, FIRST)),
    Row("range-reversed-down", f"downgrade {FIRST}:{SECOND} --sql", (SECOND, "target")),
    Row("range-history-reversed", f"history -r {SECOND}:{FIRST}", (SECOND, FIRST)),
    Row("range-history-no-colon", f"history -r {FIRST}", (FIRST, ":")),
    Row("range-history-two-colons", "history -r a:b:c", ("b:c",)),
    Row("range-stamp-two-starts", f"stamp {FIRST}:{SECOND} {SECOND}:head --sql", (FIRST, SECOND)),
    Row("stamp-purge-sql", "stamp head --purge --sql", ("--purge", "--sql")),
    Row("merge-one", f"merge {SECOND}", (SECOND,)),
    Row("merge-only-head", "merge heads", (SECOND,)),
    Row("merge-no-heads", f"merge {FIRST} {SECOND}", (FIRST, "--splice")),
    Row("merge-twice", f"merge {SECOND} {SECOND}", ("duplicate",)),
    Row("merge-base", "merge base head", ("base",)),
    Row("edit-base", "edit base", ("base",)),
    Row(
        "edit-no-editor",
        "edit head",
        ("EDITOR", "no-such-editor"),
        env=(("EDITOR", "no-such-editor"), ("VISUAL", "")),
    ),
    Row("edit-editor-fails", "edit head", ("editor", "1"), env=(("EDITOR", "false"),)),
    Row("check-heads", "current --check-heads", (FIRST, SECOND)),
    Row("new-on-no-head", f"revision -m x --head {FIRST}", (FIRST, "--splice")),
    Row("new-id-taken", f"revision -m x --rev-id {SECOND}", (SECOND,)),
    Row("new-id-taken-merge", f"merge heads --rev-id {SECOND}", (SECOND,), (BRANCH,)),
    Row("new-id-outside", "revision -m x --rev-id ../../evil", ("../../evil",)),
    Row("new-id-absolute", "revision -m x --rev-id {folder}/evil", ("evil",)),
    Row("new-id-separator", "revision -m x --rev-id a/b", ("a/b",)),
    Row("new-id-reserved", "revision -m x --rev-id a@b", ("a@b", "'@'")),
    Row("new-id-range", "revision -m x --rev-id a:b", ("a:b", "':'")),
    Row("new-id-symbol", "revision -m x --rev-id head", ("head",)),
    Row("new-id-number", "revision -m x --rev-id=-1", ("-1",)),
    Row("new-id-newline", "revision -m x --rev-id 'a\nb'", ("rev",)),
    Row("new-id-long", f"revision -m x --rev-id {'n' * 300}", ("nnn",)),
    Row("new-depends-unknown", "revision -m x --depends-on nosuch99", ("nosuch99",)),
    Row(
        "new-label-taken",
        "revision -m x --branch-label web",
        ("web", "cccc3333"),
        (revision("cccc3333", SECOND, "branch_labels = 'web'"),),
    ),
    Row(
        "new-label-odd",
        "revision -m x --branch-label a:b",
        ("a:b",),
    ),
    *(
        Row(f"new-label-{name}", f"revision -m x --branch-label {label}", (shown, "label"))
        for name, label, shown in (
            ("head", "head", "'head'"),
            ("current", "current", "'current'"),
            ("at", "a@b", "'a@b'"),
            ("steps", "+2", "'+2'"),
            ("newline", "'a\nb'", "control"),
            ("empty", "''", "''"),
        )
    ),
    Row("new-sql", "revision -m x --sql", ("--sql", "revision_environment")),
    Row(
        "new-file-outside",
        "revision -m x",
        ("file_template",),
        (option("file_template", "../../evil_%%(rev)s"),),
    ),
]
