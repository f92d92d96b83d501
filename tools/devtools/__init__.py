"""The implementation of `tools/dev.py`: venvs, private servers, the demo, checks, tests."""
