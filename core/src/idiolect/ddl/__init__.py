"""From "change the schema thus" to statements of one database, online or as a script.

Operations come in through :class:`~idiolect.ddl.impl.DefaultImpl`; plugins subclass it. No
dialect is named here.
"""

from __future__ import annotations

from idiolect.ddl.impl import DefaultImpl as DefaultImpl
