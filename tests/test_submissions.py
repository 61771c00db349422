"""Every sample submission gets exactly its expected verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.notebook import autograde, samples
from grader.notebook.samples import Sample
from grader.settings import Settings
from tests.conftest import ROOT
from tests.courses import refereed

CASES = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml"))


def parameter(folder: Path) -> object:
    """A sample as a test's parameter, marked slow where it trains on the whole data."""
    marks = [pytest.mark.slow] if samples.load(folder).whole else []
    return pytest.param(folder, marks=marks, id=f"{folder.parent.name}/{folder.name}")


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The course with the whole data sets."""
    with refereed(tmp_path_factory.mktemp("course"), ROOT / "data") as settings:
        yield settings


def verdicts(course: Settings, sample: Sample) -> dict[str, str]:
    """Hand the sample in, grade it, and return each claim's outcome."""
    assignment, student = sample.folder.parent.name, sample.folder.name
    samples.hand_in(course, assignment, sample, student)
    (result,) = autograde.grade(course, assignment, [student])
    assert result.graded is not None, result.problem
    print(*(f"{v.claim}: {v.outcome}: {v.message}" for v in result.graded.verdicts), sep="\n")
    return {verdict.claim: verdict.outcome for verdict in result.graded.verdicts}


@pytest.mark.usefixtures("judges_with_keras")
@pytest.mark.parametrize("folder", [parameter(folder) for folder in CASES])
def test_a_sample_gets_its_verdicts(folder: Path, request: pytest.FixtureRequest) -> None:
    sample = samples.load(folder)
    # Asked for by name: a referee takes seconds to start, and the other one is not needed.
    course = request.getfixturevalue("course" if sample.whole else "on_slices")
    assert verdicts(course, sample) == sample.verdicts
