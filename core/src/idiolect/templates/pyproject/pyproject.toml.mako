[tool.${section}]
# Where env.py, script.py.mako and the folder `versions` are. %(here)s is the folder of this file.
script_location = "${script_location}"

# Put in front of sys.path, so that env.py can import your models.
prepend_sys_path = ["."]

# The names of new revision files. Tokens: rev, slug, epoch, year, month, day, hour, minute, second.
# A percent sign is doubled in this file. With a `/`, files go to sub-folders; then set
# recursive_version_locations too.
# file_template = "%%(year)d-%%(month).2d-%%(day).2d_%%(rev)s_%%(slug)s"

# Length in characters at which the slug, made of the message, is cut.
# truncate_slug_length = 40

# Time zone of the dates in new files and their names; without it, local time.
# timezone = "UTC"

# Run env.py for `revision` and `history` too.
# revision_environment = false

# Take compiled files without their source as revisions.
# sourceless = false

# The folders of revision files, by default `versions` in script_location. With several, the
# first revision of each needs --version-path.
# version_locations = ["%(here)s/one/versions", "%(here)s/two/versions"]

# Look for revision files in sub-folders too.
# recursive_version_locations = false

# The encoding of new revision files.
# output_encoding = "utf-8"

# Programs that run on new revision files, for instance formatters. The type `module` runs
# `python -m`, the type `console_scripts` an installed entry point.
# [[tool.${section}.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "format REVISION_SCRIPT_FILENAME"
