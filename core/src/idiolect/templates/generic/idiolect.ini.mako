# One database.

[${section}]
# Where env.py, script.py.mako and the folder `versions` are. %(here)s is the folder of this file.
script_location = ${script_location}

# Put in front of sys.path, so that env.py can import your models.
prepend_sys_path = .

# What separates paths in a list: os (as in PATH), space, newline, `:` or `;`.
path_separator = os

# The names of new revision files. Tokens: rev, slug, epoch, year, month, day, hour, minute, second.
# A percent sign is doubled in this file. With a `/`, files go to sub-folders; then set
# recursive_version_locations too.
# file_template = %%(year)d-%%(month).2d-%%(day).2d_%%(rev)s_%%(slug)s

# Length in characters at which the slug, made of the message, is cut.
# truncate_slug_length = 40

# Time zone of the dates in new files and their names, such as UTC; without it, local time.
# timezone =

# Run env.py for `revision` and `history` too.
# revision_environment = false

# Take compiled files without their source as revisions.
# sourceless = false

# The folders of revision files, by default `versions` in script_location. With several, the
# first revision of each needs --version-path.
# version_locations = %(here)s/one/versions:%(here)s/two/versions

# Look for revision files in sub-folders too.
# recursive_version_locations = false

# The encoding of new revision files.
# output_encoding = utf-8

# The database. Read by env.py alone; a percent sign in a password is doubled.
sqlalchemy.url = driver://user:pass@localhost/dbname

# Programs that run on new revision files, for instance formatters:
[post_write_hooks]
# hooks = ruff
# ruff.type = exec
# ruff.executable = ruff
# ruff.options = format REVISION_SCRIPT_FILENAME
# The type `module` runs `python -m`, the type `console_scripts` an installed entry point.

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
