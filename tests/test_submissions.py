"""Every sample submission gets exactly its expected verdicts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.notebook import autograde, samples
from grader.notebook.samples import Sample
from grader.settings import Settings
from tests import slices
from tests.conftest import ROOT

CASES = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml"))


def parameter(folder: Path) -> object:
    """A sample as a test's parameter, marked slow where it trains on the whole data."""
    marks = [pytest.mark.slow] if samples.load(folder).whole else []
    return pytest.param(folder, marks=marks, id=f"{folder.parent.name}/{folder.name}")


def make_course(root: Path, data: Path) -> Settings:
    """The course's configuration and sources in a folder of its own."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    with (root / "course_config.py").open("a") as config:
        config.write(f"\nc.Course.data = {str(data)!r}\n")
    (root / "source").symlink_to(ROOT / "source")
    return course_settings.load(root)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The course with the whole data sets."""
    return make_course(tmp_path_factory.mktemp("course"), ROOT / "data")


@pytest.fixture(scope="session")
def on_slices(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The course with small slices of the real data."""
    data = tmp_path_factory.mktemp("slices")
    data.chmod(0o755)  # student code may run as nobody
    slices.write_slices(ROOT / "data", data)
    return make_course(tmp_path_factory.mktemp("course"), data)


def verdicts(course: Settings, sample: Sample) -> dict[str, str]:
    """Hand the sample in, grade it, and return each claim's outcome."""
    assignment, student = sample.folder.parent.name, sample.folder.name
    samples.hand_in(course, assignment, sample, student)
    (result,) = autograde.grade(course, assignment, [student])
    assert result.graded is not None, result.problem
    print(*(f"{v.claim}: {v.outcome}: {v.message}" for v in result.graded.verdicts), sep="\n")
    return {verdict.claim: verdict.outcome for verdict in result.graded.verdicts}


@pytest.mark.parametrize("folder", [parameter(folder) for folder in CASES])
def test_a_sample_gets_its_verdicts(folder: Path, course: Settings, on_slices: Settings) -> None:
    sample = samples.load(folder)
    assert verdicts(course if sample.whole else on_slices, sample) == sample.verdicts
