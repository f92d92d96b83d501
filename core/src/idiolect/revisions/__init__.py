"""The revision graph: the revisions, how they are linked, and how identifiers are resolved.

The script package provides revisions; runtime and commands request plans. Depends only on the
standard library and :mod:`idiolect.errors`, and accesses neither files nor databases.
"""
