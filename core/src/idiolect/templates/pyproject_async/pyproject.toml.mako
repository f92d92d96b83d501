[tool.${section or "alembic"}]
# Where env.py, script.py.mako and the folder `versions` are. %(here)s is the folder of this file.
script_location = "${script_location}"

# Prepended to sys.path, so that env.py can import your models.
prepend_sys_path = ["."]

# The names of new revision files. Tokens: rev, slug, epoch, year, month, day, hour, minute, second.
# Double percent signs in this file. With a `/`, files are created in sub-folders; then set
# recursive_version_locations as well.
# file_template = "%%(year)d-%%(month).2d-%%(day).2d_%%(rev)s_%%(slug)s"

# The maximum length of the slug, which is derived from the message.
# truncate_slug_length = 40

# The time zone for dates in new files and their names; by default local time.
# timezone = "UTC"

# Also run env.py for `revision` and `history`.
# revision_environment = false

# Accept compiled files without a source file as revisions.
# sourceless = false

# The folders of revision files, by default `versions` in script_location. With several, the
# first revision of each needs --version-path.
# version_locations = ["%(here)s/one/versions", "%(here)s/two/versions"]

# Also look for revision files in sub-folders.
# recursive_version_locations = false

# The encoding of new revision files.
# output_encoding = "utf-8"

# Programs to run on new revision files, such as formatters. The type `module` runs
# `python -m`, the type `console_scripts` an installed entry point.
# [[tool.${section or "alembic"}.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "format REVISION_SCRIPT_FILENAME"
