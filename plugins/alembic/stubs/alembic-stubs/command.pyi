# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.command.show import branches as branches
from idiolect.command.check import check as check
from idiolect.command.show import current as current
from idiolect.command.migrate import downgrade as downgrade
from idiolect.command.edit import edit as edit
from idiolect.command.migrate import ensure_version as ensure_version
from idiolect.command.show import heads as heads
from idiolect.command.show import history as history
from idiolect.command.init import init as init
from idiolect.command.init import list_templates as list_templates
from idiolect.command.merge import merge as merge
from idiolect.command.revision import revision as revision
from idiolect.command.show import show as show
from idiolect.command.migrate import stamp as stamp
from idiolect.command.migrate import upgrade as upgrade
