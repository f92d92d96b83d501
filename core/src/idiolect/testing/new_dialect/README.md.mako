# ${distribution}

${title} for the migration tool Idiolect.

```console
$ pip install ${distribution}
```

Nothing has to be imported or configured: the plugin is found by its entry point as soon as a migration meets the
SQLAlchemy dialect `${dialect}`.

## Tests

```console
$ pip install -e . pytest
$ pytest                                          # scripts alone
$ ${variable}=... pytest                       # everything, in an empty database
$ pytest --contract-report capabilities.md        # the table of what works, for this page
$ pytest --write-golden                           # after a change of what scripts hold
```
