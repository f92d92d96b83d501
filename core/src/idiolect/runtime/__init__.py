"""A run: the environment, the migration context, transactions, steps and version rows."""
