# One database through an asynchronous driver.

[${section or "alembic"}]
# Where env.py, script.py.mako and the folder `versions` are. %(here)s is the folder of this file.
script_location = ${script_location}

# Prepended to sys.path, so that env.py can import your models.
prepend_sys_path = .

# The separator in lists of paths: os (as in PATH), space, newline, `:` or `;`.
path_separator = os

# The names of new revision files. Tokens: rev, slug, epoch, year, month, day, hour, minute, second.
# Double percent signs in this file. With a `/`, files are created in sub-folders; then set
# recursive_version_locations as well.
# file_template = %%(year)d-%%(month).2d-%%(day).2d_%%(rev)s_%%(slug)s

# The maximum length of the slug, which is derived from the message.
# truncate_slug_length = 40

# The time zone for dates in new files and their names, such as UTC; by default local time.
# timezone =

# Also run env.py for `revision` and `history`.
# revision_environment = false

# Accept compiled files without a source file as revisions.
# sourceless = false

# The folders of revision files, by default `versions` in script_location. With several, the
# first revision of each needs --version-path.
# version_locations = %(here)s/one/versions:%(here)s/two/versions

# Also look for revision files in sub-folders.
# recursive_version_locations = false

# The encoding of new revision files.
# output_encoding = utf-8

# The database. Only read by env.py; double percent signs in the password.
sqlalchemy.url = driver://user:pass@localhost/dbname

# Programs to run on new revision files, such as formatters:
[post_write_hooks]
# hooks = ruff
# ruff.type = exec
# ruff.executable = ruff
# ruff.options = format REVISION_SCRIPT_FILENAME
# The type `module` runs `python -m`, the type `console_scripts` an installed entry point.

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
