# ${distribution}

Support for ${title} in the migration tool Idiolect.

```console
$ pip install ${distribution}
```

You do not have to import or configure anything. Idiolect discovers the plugin by its entry point and uses it for
the SQLAlchemy dialect `${dialect}`.

${'##'} Development

```console
$ pip install -e . pytest
$ pytest                                      # test scripts only; needs no database
$ ${variable}=${dialect}://... pytest --tb=line -q    # test everything, on an empty database
```

The tests inherit Idiolect's contract suite. Useful options:

| option | purpose |
|---|---|
| `--contract-answers` | print declarations to paste into `tests/test_contract.py` for the capabilities that failed |
| `--contract-report FILE` | write the table of capabilities as Markdown |
| `--write-golden` | update the expected scripts in `tests/golden` after an intended change |
