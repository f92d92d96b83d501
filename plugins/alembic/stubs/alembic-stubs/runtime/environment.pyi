# Written by tools/write_alembic_stubs.py; not to be edited.
from typing import Any, TypeAlias
from idiolect.runtime.environment import *
from idiolect.runtime.callbacks import CompareServerDefault as CompareServerDefault
from idiolect.runtime.callbacks import CompareType as CompareType
from idiolect.runtime.callbacks import IncludeNameFn as IncludeNameFn
from idiolect.runtime.callbacks import IncludeObjectFn as IncludeObjectFn
from idiolect.runtime.callbacks import NameFilterParentNames as NameFilterParentNames
from idiolect.runtime.callbacks import NameFilterType as NameFilterType
from idiolect.runtime.callbacks import OnVersionApplyFn as OnVersionApplyFn
from idiolect.runtime.callbacks import ProcessRevisionDirectiveFn as ProcessRevisionDirectiveFn
from idiolect.runtime.callbacks import RenderItemFn as RenderItemFn
_GetRevArg: TypeAlias = Any
_RevNumber: TypeAlias = Any
