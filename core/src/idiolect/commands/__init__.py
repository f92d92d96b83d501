"""One function per command; programs use them from :mod:`idiolect.command`.

The command line imports only the module of the command that it runs.
"""
