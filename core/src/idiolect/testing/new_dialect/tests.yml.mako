name: tests
on: [push, pull_request]
jobs:
  tests:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["3.11", "3.12", "3.13", "3.14"]
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: ${'${{ matrix.python }}'}
      - run: pip install -e . pytest
      # Set ${variable} to the URL of an empty database to run the rest of the contract.
      - run: pytest
