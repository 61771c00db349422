from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from grader import settings as course_settings
from grader.model import Outcome
from grader.notebook import assignments, samples
from grader.notebook.judge import Examination, judge
from grader.notebook.rebuild import rebuild
from grader.notebook.stopwatch import Stopwatch
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT
from tests.referee.fake import FakeReferee
from tests.slices import write_slices


def test_the_second_sandbox_leaves_the_notebooks_outputs_alone() -> None:
    """Where scipy is withheld the cell that imports it fails; nobody is to read that there."""
    course = course_settings.load(ROOT)
    assignment = assignments.load(course, "convolution_from_scratch")
    folder = ROOT / "tests" / "submissions" / assignment.name / "scipy_wrapped"
    rebuilt = rebuild(assignment, samples.compose(assignment, samples.load(folder)))
    files = assignments.source_path(course, assignment.name).parent
    stopwatch = Stopwatch()
    verdicts = judge(Examination(assignment, rebuilt, files, course), stopwatch)
    outcomes = {verdict.claim: verdict.outcome for verdict in verdicts}
    assert outcomes.pop("convolve_from_scratch") is Outcome.FAILED
    assert set(outcomes.values()) == {Outcome.PASSED}
    (solution,) = (cell for cell in rebuilt.notebook.cells if cell.id == "convolve")
    assert "error" not in [output.output_type for output in solution.outputs]
    assert {timing.part for timing in stopwatch.timings} >= {"examining", "starting the kernel"}


def _judged(data: Path, referee: FakeReferee, **answers: str) -> tuple[dict[str, Any], Any, Any]:
    """The reference's verdicts, with other answers in some cells; its runs, and where time went."""
    course = dataclasses.replace(course_settings.load(ROOT), data=data)
    assignment = assignments.load(course, "mnist_998")
    notebook = assignment.source
    for cell in notebook.cells:
        cell.source = answers.get(assignments.grade_id(cell), cell.source)
    files = assignments.source_path(course, assignment.name).parent
    examination = Examination(
        assignment, rebuild(assignment, notebook), files, course, "ada", referee
    )
    stopwatch, outcomes = Stopwatch(), {}
    judging = judge(examination, stopwatch)
    while True:
        try:
            verdict = next(judging)
        except StopIteration as end:
            return outcomes, end.value, stopwatch.timings
        outcomes[verdict.claim] = verdict


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("open")
    write_slices(ROOT / "data", folder / "data")
    for one in (folder, *folder.rglob("*")):
        one.chmod(0o755)
    return folder / "data"


@pytest.fixture
def referee() -> FakeReferee:
    referee = FakeReferee()
    referee.test_accuracy = 0.99
    return referee


def test_the_reference_passes_with_what_the_referee_trained(
    data: Path, referee: FakeReferee
) -> None:
    verdicts, (run,), timings = _judged(data, referee)
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts
    assert (run.epochs, run.stopped, run.test_accuracy) == (9, True, 0.99)
    assert "waiting for the referee" in {timing.part for timing in timings}


def test_a_fault_of_the_referee_is_nobodys_zero(data: Path, referee: FakeReferee) -> None:
    referee.broken = "the worker died"
    verdicts, runs, _ = _judged(data, referee)
    assert runs == ()
    faulty = {name for name, one in verdicts.items() if one.outcome is Outcome.GRADER_FAULT}
    assert faulty >= {"fewer_than_20_epochs", "reaches_998", "generalises"}
    passed = {name for name, one in verdicts.items() if one.outcome is Outcome.PASSED}
    assert faulty | passed == set(verdicts)
    assert passed >= {"prepared_images", "one_convolution", "stop_message"}
    assert "the worker died" in verdicts["reaches_998"].message


def test_a_cell_that_ends_its_kernel_after_training_leaves_no_run(
    data: Path, referee: FakeReferee
) -> None:
    deadly = _source("train") + "\nimport os\nos.abort()"
    verdicts, runs, _ = _judged(data, referee, train=deadly)
    assert verdicts["reaches_998"].outcome is Outcome.CRASHED
    assert verdicts["stop_message"].outcome is Outcome.PASSED
    assert (runs, len(referee.steps)) == ((), 9)


def _source(name: str) -> str:
    notebook = assignments.load(course_settings.load(ROOT), "mnist_998").source
    return next(cell.source for cell in notebook.cells if assignments.grade_id(cell) == name)


def test_a_claim_that_waits_is_told_in_its_place(tiny_course: Settings) -> None:
    path = assignments.source_path(tiny_course, "sums")
    late = "# Judged: after training\\n# Claim: adds is"
    text = path.read_text().replace("# Claim: adds is", late)
    path.write_text(text.replace("add(1, 2) is {add(1, 2)}", "{total}"))
    assignment = assignments.load(tiny_course, "sums")
    rebuilt = rebuild(assignment, tiny.submission(tiny_course, tiny.GOOD))
    heard: list[str] = []
    examination = Examination(assignment, rebuilt, tiny_course.root / "source", tiny_course)
    verdicts = list(judge(examination, Stopwatch(), heard.append))
    assert [verdict.claim for verdict in verdicts] == ["adds", "adds_negatives", "totals"]
    assert heard[-1] == "adds"
    assert {verdict.outcome for verdict in verdicts} == {Outcome.PASSED}
