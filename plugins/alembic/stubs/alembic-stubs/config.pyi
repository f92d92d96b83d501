# Written by tools/write_alembic_stubs.py; not to be edited.
from idiolect.cli.commands import CommandFunction as CommandFunction
from idiolect.cli.main import CommandLine as CommandLine
from idiolect.settings.config import Config as Config
from idiolect.settings.messages import MessagingOptions as MessagingOptions
from idiolect.cli.main import main as main
