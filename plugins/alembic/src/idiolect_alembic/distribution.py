"""The distribution ``alembic`` for :mod:`importlib.metadata` while the alias is active.

Its version is the API level that Idiolect provides, for programs that compare it. Entry points and
files are those of the real package if it is installed, because its plugins rely on them.
"""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, DistributionFinder, PackageNotFoundError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idiolect import ALEMBIC_API as API_LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

NAME = "alembic"
METADATA = f"""\
Metadata-Version: 2.1
Name: {NAME}
Version: {API_LEVEL}
Summary: Idiolect under Alembic's name
"""


class AliasDistribution(Distribution):
    """Alembic's distribution at the API level that Idiolect provides.

    Args:
        real: the installed distribution of the real package, or None.
    """

    def __init__(self, real: Distribution | None) -> None:
        self.real = real

    def read_text(self, filename: str) -> str | None:
        """Return a metadata file's text, or None if there is no such file.

        Args:
            filename: a name in the metadata folder, such as ``METADATA`` or ``entry_points.txt``.
        """
        if filename == "METADATA":
            return METADATA
        return None if self.real is None else self.real.read_text(filename)

    def locate_file(self, path: str | PathLike[str]) -> Path:
        """Return the path of a file of the distribution.

        Args:
            path: relative to the folder that packages are installed in.

        Raises:
            PackageNotFoundError: the real package is not installed, so there are no files.
        """
        if self.real is None:
            raise PackageNotFoundError(NAME)
        return Path(str(self.real.locate_file(path)))


def alias_distributions(
    context: DistributionFinder.Context, finders: Iterable[Any]
) -> Iterator[AliasDistribution]:
    """Yield the alias's distribution if ``context`` requests it.

    Args:
        context: the requested name (None: all), and the folders to search.
        finders: the other entries of ``sys.meta_path``, to find the real package.
    """
    # Other folders belong to another environment, in which the alias is not installed.
    elsewhere = list(context.path) != sys.path
    if elsewhere or (context.name or NAME).lower() != NAME:
        return
    yield AliasDistribution(next(_real_distributions(finders), None))


def _real_distributions(finders: Iterable[Any]) -> Iterator[Distribution]:
    context = DistributionFinder.Context(name=NAME)
    for finder in finders:
        find = getattr(finder, "find_distributions", None)
        if find is not None:
            yield from find(context)
