"""Command lines that are none."""

from __future__ import annotations

from tests.bad_input.row import Row

_WITHOUT_ARGUMENT = ("branches", "current", "ensure_version", "heads", "history", "list_templates")
_WITH_ARGUMENT = {
    "downgrade": "revision",
    "edit": "rev",
    "init": "directory",
    "merge": "revisions",
    "show": "rev",
    "stamp": "revisions",
    "upgrade": "revision",
}
_WRONG = {
    "upgrad": "'upgrade'",
    "histroy": "'history'",
    "migrate": "known",
    "Upgrade": "'upgrade'",
    "list-templates": "'list_templates'",
    "ensure-version": "'ensure_version'",
    "frobnicate": "upgrade",
}


def _usage(id_: str, command: str, *says: str) -> Row:
    return Row(id_, command, ("usage:", *says), status=2)


ROWS = [
    _usage("usage-nothing", "", "command", "--help"),
    _usage("usage-only-options", "-c idiolect.ini", "command"),
    *(_usage(f"usage-wrong-{word}", word, word, near) for word, near in _WRONG.items()),
    *(
        _usage(f"usage-lacks-argument-{command}", command, "required", argument)
        for command, argument in _WITH_ARGUMENT.items()
    ),
    *(
        _usage(f"usage-unknown-option-{command}", f"{command} x --nosuch", "--nosuch")
        for command in (*_WITH_ARGUMENT, *_WITHOUT_ARGUMENT, "revision")
    ),
    _usage("usage-unknown-main-option", "--nosuch heads", "--nosuch"),
    _usage("usage-too-many", "upgrade head head2", "head2"),
    _usage("usage-config-without-value", "-c", "-c"),
    _usage("usage-name-without-value", "-n", "-n"),
    _usage("usage-x-without-value", "-x", "-x"),
    _usage("usage-message-without-value", "revision -m", "-m"),
    _usage("usage-option-of-another-command", "heads --sql", "--sql"),
    _usage("usage-empty-command", "''", "''"),
    _usage("usage-secret-x", "-x url=postgresql://app:{secret}@db/x upgrad", "'upgrade'"),
    _usage("usage-secret-argument", "heads postgresql://app:{secret}@db/x", "db/x"),
    _usage("usage-secret-command", "postgresql://app:{secret}@db/x", "command"),
]
