"""One function per command. Programs find them at :mod:`idiolect.command`.

The command line imports the module of the command that it runs, and none of the others.
"""
