"""Every sample submission gets exactly its expected verdicts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grader.model import Outcome
from grader.notebook import autograde, samples
from grader.notebook.class_run import Result
from grader.notebook.samples import Sample
from grader.settings import Settings
from tests import messages_page
from tests.conftest import ROOT
from tests.courses import made, refereed
from tests.needs import ON_SLICES
from tests.test_class_of_twelve import ASSIGNMENT, small, write

pytestmark = [pytest.mark.kernel, pytest.mark.keras, pytest.mark.training]

CASES = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml"))

# Graded with all given cells, also those that only show what the answers make: right work, and work
# that goes wrong there.
SHOWN = frozenset(
    {
        "cnn_exploration/reference_on_slice",
        "cnn_exploration/training_crashes",
        "convolution_from_scratch/convolve_kills",
        "convolution_from_scratch/noisy",
        "convolution_from_scratch/nothing_returned",
        "convolution_from_scratch/reference",
        "mnist_998/reference_on_slice",
        "mnist_998/syntax_error",
    }
)


def parameter(folder: Path) -> object:
    """A sample as a test's parameter, marked where grading takes minutes."""
    # Those that slices are enough for are graded as a class for each assignment.
    marks = [ON_SLICES]
    if samples.load(folder).minutes:  # graded alone
        marks = [pytest.mark.slow, pytest.mark.long]
    return pytest.param(folder, marks=marks, id=f"{folder.parent.name}/{folder.name}")


class SampleClass:
    """Samples of one assignment that are graded as a class; each is waited for by its own test.

    Args:
        course: where they are handed in.
        assignment: its name.
        folders: of the samples.
    """

    def __init__(self, course: Settings, assignment: str, folders: Sequence[Path]) -> None:
        for folder in folders:
            samples.hand_in(course, assignment, samples.load(folder), folder.name)
        students = [folder.name for folder in folders]
        self._grading = autograde.grade(course, assignment, students)
        self._results: dict[str, Result] = {}

    def result(self, student: str) -> Result:
        """What came of one sample, once it is graded."""
        while student not in self._results:
            result = next(self._grading, None)
            assert result is not None, f"the grading of the class ended without {student}"
            self._results[result.student] = result
        return self._results[student]

    def close(self) -> None:
        """Stop grading; nothing where all is done."""
        self._grading.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The course with the whole data sets."""
    with refereed(tmp_path_factory.mktemp("course"), ROOT / "data") as settings:
        yield settings


@pytest.fixture(scope="session")
def shown(on_slices: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The course on slices with all given cells."""
    root = tmp_path_factory.mktemp("shown")
    return made(root, on_slices.data, on_slices.runs, on_slices.referee)


@pytest.fixture(scope="session")
def classes() -> Iterator[dict[tuple[str, bool], SampleClass]]:
    """The classes that are being graded on slices, by assignment and ``is_shown``."""
    open_ones: dict[tuple[str, bool], SampleClass] = {}
    yield open_ones
    for each in open_ones.values():
        each.close()


def is_shown(folder: Path) -> bool:
    """Whether a sample is graded with all given cells."""
    return f"{folder.parent.name}/{folder.name}" in SHOWN


def chosen(session: pytest.Session, assignment: str, shown: bool) -> list[Path]:
    """The samples of a class whose tests run in this session, but for those of minutes."""
    called = [item.callspec.params for item in session.items if hasattr(item, "callspec")]
    folders = [folder for params in called if (folder := params.get("folder")) in CASES]
    ours = [folder for folder in folders if folder.parent.name == assignment]
    return [each for each in ours if is_shown(each) is shown and not samples.load(each).minutes]


def result(sample: Sample, request: pytest.FixtureRequest) -> Result:
    """Hand the sample in and grade it, with the others of its assignment or alone."""
    assignment, student = sample.folder.parent.name, sample.folder.name
    # Asked for by name: a referee takes seconds to start, and the other one is not needed.
    shown = is_shown(sample.folder)
    name = "course" if sample.whole else "shown" if shown else "on_slices"
    course = request.getfixturevalue(name)
    if sample.minutes:
        return SampleClass(course, assignment, [sample.folder]).result(student)
    classes = request.getfixturevalue("classes")
    if (assignment, shown) not in classes:
        folders = chosen(request.session, assignment, shown)
        classes[assignment, shown] = SampleClass(course, assignment, folders)
    graded: SampleClass = classes[assignment, shown]
    return graded.result(student)


def test_each_sample_that_is_shown_is_there() -> None:
    assert {f"{folder.parent.name}/{folder.name}" for folder in CASES} >= SHOWN


@pytest.mark.filterwarnings("default:docs/messages.md:UserWarning")
@pytest.mark.usefixtures("judges_with_keras")
@pytest.mark.parametrize("folder", [parameter(folder) for folder in CASES])
def test_a_sample_gets_its_verdicts(folder: Path, request: pytest.FixtureRequest) -> None:
    sample = samples.load(folder)
    graded, problem = (found := result(sample, request)).graded, found.problem
    assert graded is not None, problem
    print(*(f"{v.claim}: {v.outcome}: {v.message}" for v in graded.verdicts), sep="\n")
    assert {verdict.claim: verdict.outcome for verdict in graded.verdicts} == sample.verdicts
    page = messages_page.read(messages_page.PAGE.read_text()).get(folder.parent.name)
    if page is None or folder.name not in page.graded:
        return
    # A warning: which of several messages a mistake gets may rest on what a test draws.
    if behind := messages_page.stale(page, folder.name, graded.verdicts):
        warnings.warn(f"docs/messages.md, run `make messages`: {behind}", stacklevel=1)


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
