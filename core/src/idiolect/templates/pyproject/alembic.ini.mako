# Database and logging; everything else is in pyproject.toml.

[${section or "alembic"}]
# The database. Only read by env.py; double percent signs in the password.
sqlalchemy.url = driver://user:pass@localhost/dbname

# Logging. Only read by env.py.
[loggers]
keys = root,sqlalchemy,idiolect

[handlers]
keys = console

[formatters]
keys = short

[logger_root]
handlers = console
level = WARNING

[logger_sqlalchemy]
qualname = sqlalchemy.engine
handlers =
# INFO logs every statement.
level = WARNING

[logger_idiolect]
qualname = idiolect
handlers =
level = INFO

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = short

[formatter_short]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
