"""The linter: runs revisions without a database, and checks what they do against rules.

``idiolect lint`` and ``upgrade --plan`` use it; nothing else imports it.
"""
