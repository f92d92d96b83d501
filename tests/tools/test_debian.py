"""What is read from apt."""

from __future__ import annotations

from pathlib import Path

from devtools import debian

SIMULATED = """\
NOTE: This is only a simulation!
Inst libssl3 [3.0.15-1] (3.0.17-1~deb12u2 Debian:12.12/oldstable [amd64])
Inst postgresql-15 (15.18-0+deb12u1 Debian:12.12/oldstable [amd64])
Conf libssl3 (3.0.17-1~deb12u2 Debian:12.12/oldstable [amd64])
"""


def test_missing_packages_are_taken_in_the_version_that_apt_chose() -> None:
    """New and upgraded packages are listed once each, with their new version."""
    expected = ["libssl3=3.0.17-1~deb12u2", "postgresql-15=15.18-0+deb12u1"]

    assert expected == debian.missing(SIMULATED)


def test_library_path_covers_lib_and_usr_lib(tmp_path: Path) -> None:
    """Libraries of old and new file system layouts are found, the most specific folders first."""
    for folder in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "usr/lib/mysql"):
        (tmp_path / folder).mkdir(parents=True)

    found = [Path(word).relative_to(tmp_path) for word in debian.library_path(tmp_path).split(":")]

    expected = ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib", "usr/lib"]
    assert expected == [str(path) for path in found]
