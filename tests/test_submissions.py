"""Every sample submission gets exactly its expected verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model import Outcome
from grader.notebook import autograde, samples
from grader.notebook.samples import Sample
from grader.settings import Settings
from tests.conftest import ROOT
from tests.courses import refereed
from tests.test_class_of_twelve import ASSIGNMENT, small, write

pytestmark = [pytest.mark.kernel, pytest.mark.keras, pytest.mark.training]

CASES = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml"))


def parameter(folder: Path) -> object:
    """A sample as a test's parameter, marked where grading takes minutes."""
    marks = [pytest.mark.slow, pytest.mark.long] if samples.load(folder).minutes else []
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


@pytest.mark.usefixtures("judges_with_keras")
def test_a_small_network_is_trained_on_the_whole_data(course: Settings, tmp_path: Path) -> None:
    """What the samples of minutes show of 60,000 images, in an epoch of a network of 3 filters."""
    sample = write(tmp_path / "small", small(3, 1))
    samples.hand_in(course, ASSIGNMENT, sample, "small")
    (result,) = autograde.grade(course, ASSIGNMENT, ["small"])
    assert result.graded is not None, result.problem
    (run,) = result.graded.runs
    assert run.whole
    assert run.epochs == 1
    assert (run.train_accuracy or 0) > 0.8
    outcomes = {verdict.claim: verdict.outcome for verdict in result.graded.verdicts}
    assert outcomes.pop("reaches_998") is Outcome.FAILED
    assert outcomes.pop("generalises") is Outcome.FAILED
    assert outcomes.pop("stops_at_target") is Outcome.PASSED
    assert set(outcomes.values()) == {Outcome.PASSED}
