# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.commands.show import branches as branches
from idiolect.commands.check import check as check
from idiolect.commands.show import current as current
from idiolect.commands.migrate import downgrade as downgrade
from idiolect.commands.edit import edit as edit
from idiolect.commands.migrate import ensure_version as ensure_version
from idiolect.commands.show import heads as heads
from idiolect.commands.show import history as history
from idiolect.commands.init import init as init
from idiolect.commands.init import list_templates as list_templates
from idiolect.commands.merge import merge as merge
from idiolect.commands.revision import revision as revision
from idiolect.commands.show import show as show
from idiolect.commands.migrate import stamp as stamp
from idiolect.commands.migrate import upgrade as upgrade
