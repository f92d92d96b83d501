# Database and logging; everything else is in pyproject.toml.

[${section}]
# The database. Read by env.py alone; a percent sign in a password is doubled.
sqlalchemy.url = driver://user:pass@localhost/dbname

# Logging. Read by env.py alone.
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
# INFO shows every statement.
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
