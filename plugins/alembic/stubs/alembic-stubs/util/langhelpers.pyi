# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.util.langhelpers import *
from idiolect.util.dispatch import DispatchPriority as DispatchPriority
from idiolect.util.dispatch import Dispatcher as Dispatcher
from idiolect.util.dispatch import PriorityDispatchResult as PriorityDispatchResult
from idiolect.util.dispatch import PriorityDispatcher as PriorityDispatcher
