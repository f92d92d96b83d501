"""An application of two packages with their own histories, assembled as the packages do it.

Their own extension would import all dependencies of the packages, for the paths of two folders.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from flask import Flask  # type: ignore[import-not-found] # is not installed here
from flask_alembic import Alembic  # type: ignore[import-not-found] # as above
from invenio_db.shared import db  # type: ignore[import-not-found] # as above

app = Flask("published")


def _history(package: str) -> str:
    spec = find_spec(package)
    assert spec
    assert spec.origin
    return str(Path(spec.origin).with_name("alembic"))


app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["ALEMBIC"] = {
    "script_location": _history("invenio_db"),
    "version_locations": [(name, _history(name)) for name in ("invenio_db", "invenio_records")],
}
app.config["ALEMBIC_CONTEXT"] = {
    "transaction_per_migration": True,
    "compare_type": True,
    "autogenerate_plugins": [
        "alembic.autogenerate.*",
        "~alembic.autogenerate.checkconstraint_byname",
    ],
}
db.init_app(app)
Alembic(run_mkdir=False, command_name="alembic").init_app(app)
