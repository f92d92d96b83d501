"""One comparator a file: each returns operations or facts, and changes nothing."""
