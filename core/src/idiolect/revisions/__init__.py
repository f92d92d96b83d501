"""The revision graph: which revisions exist, how they follow each other, what a name means.

The script room hands in revisions; runtime and commands ask for plans. Standard library and
:mod:`idiolect.errors` only: no files and no database are known here.
"""
