"""Measures whole commands of Idiolect beside those of the real Alembic; see README.md."""
