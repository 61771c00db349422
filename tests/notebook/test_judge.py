from __future__ import annotations

from grader import settings as course_settings
from grader.model import Outcome
from grader.notebook import assignments, samples
from grader.notebook.judge import Examination, judge
from grader.notebook.rebuild import rebuild
from grader.notebook.stopwatch import Stopwatch
from tests.conftest import ROOT


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
