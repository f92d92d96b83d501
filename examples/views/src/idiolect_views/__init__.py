"""Views and functions in migrations: operations, comparison with models, generated revisions."""

from __future__ import annotations

from idiolect_views.models import function, view
from idiolect_views.plugin import ViewsPlugin

__all__ = ["function", "plugin", "view"]

plugin = ViewsPlugin()
