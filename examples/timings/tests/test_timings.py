"""The file for Prometheus after a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from idiolect.testing.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that exports timings, whose second revision fails."""
    project = Project(tmp_path / "project", f"sqlite:///{tmp_path}/shop.db")
    ini = project.ini.read_text(encoding="utf-8")
    project.ini.write_text(f"{ini}timings_file = {tmp_path}/timings.prom\n", encoding="utf-8")
    project.revision("a1", None, "import time\ntime.sleep(0.05)")
    project.revision("b2", "a1", "raise RuntimeError('on purpose')")
    return project


def test_each_step_is_a_sample(project: Project, tmp_path: Path) -> None:
    """Both directions and both outcomes are distinguished, and the duration is the step's."""
    assert 0 == project.apart("upgrade", "a1")[0]
    assert 0 == project.apart("downgrade", "base")[0]
    assert 0 != project.apart("upgrade", "head")[0]
    text = (tmp_path / "timings.prom").read_text(encoding="utf-8")
    samples = re.findall(r'{revision="(\w+)",direction="(\w+)",outcome="(\w+)"} ([\d.]+)', text)
    assert [
        ("a1", "upgrade", "ok"),
        ("a1", "downgrade", "ok"),
        ("a1", "upgrade", "ok"),
        ("b2", "upgrade", "failed"),
    ] == [tuple(sample[:3]) for sample in samples]
    assert 0.05 <= float(samples[0][3]) < 300
    assert 2 == text.count("# ")


def test_nothing_without_the_option(project: Project, tmp_path: Path) -> None:
    """Without the option, and for a script, nothing is written."""
    assert 0 == project.apart("upgrade", "a1", "--sql")[0]
    ini = project.ini.read_text(encoding="utf-8")
    project.ini.write_text(ini.partition("timings_file")[0], encoding="utf-8")
    assert 0 == project.apart("upgrade", "a1")[0]
    assert not (tmp_path / "timings.prom").exists()
