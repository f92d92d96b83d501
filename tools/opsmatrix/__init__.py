"""The table of operations and dialects, filled by trying each."""
