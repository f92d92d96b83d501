"""What stands behind `tools/dev.py`: venvs, private servers, the demo, the checks, the tests."""
