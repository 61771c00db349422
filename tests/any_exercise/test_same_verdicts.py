"""Every claim of the table gets the verdict that the table says, in all ways of asking.

What is the same as the table's is the same everywhere: in an ordinary kernel, under ``%check``, by
``grader check`` and in grading. Known differences stand in the table, each with its reason, and a
test fails as soon as one is no longer true.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import pytest

from grader.engines.base import Silent
from grader.model import Outcome
from grader.notebook.assignment import load_assignment
from grader.notebook.judging.judge_submission import judge_submission, submission_work
from grader.notebook.submission import paths
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings
from grader.student.check import check
from tests.any_exercise import notebooks
from tests.any_exercise.table import ALL, Notebook, Way, Work
from tests.conftest import ROOT
from tests.student import ordinary_kernel
from tests.student.ordinary_kernel import OrdinaryKernel

pytestmark = pytest.mark.kernel

PRESENT = tuple(notebook for notebook in ALL if not notebook.missing)


# Those of the usual run of grader check, which judges as grading does; `make test-all` takes all.
CHECKED = ("objects", "around", "numbers", "frames")


def parameter(notebook: Notebook, *, is_long: bool = False) -> object:
    """A notebook; skipped where a package that it needs is not installed."""
    reason = f"needs {', '.join(notebook.missing)}"
    marks = [pytest.mark.skipif(bool(notebook.missing), reason=reason)]
    if is_long:
        marks.append(pytest.mark.long)
    if notebook.uses_keras:
        marks += [pytest.mark.keras, pytest.mark.training, pytest.mark.long]
    return pytest.param(notebook, id=notebook.name, marks=marks)


every_notebook = pytest.mark.parametrize("notebook", [parameter(notebook) for notebook in ALL])
some_notebooks = pytest.mark.parametrize(
    "notebook", [parameter(each, is_long=each.name not in CHECKED) for each in ALL]
)
right_and_wrong = pytest.mark.parametrize("work", Work)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return notebooks.make_course(tmp_path_factory.mktemp("course"), PRESENT)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrdinaryKernel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_DATA", str(ROOT / "data"))
        with ordinary_kernel.started(tmp_path_factory.mktemp("kernel")) as kernel:
            yield kernel


def unlike(
    notebook: Notebook,
    work: Work,
    way: Way,
    found: Mapping[str, Outcome],
    messages: Mapping[str, str],
) -> list[str]:
    """A line for each claim whose verdict is not the table's."""
    return [
        f"{claim.name}, {work} work, by {way}: expected {due}, received {found.get(claim.name)}: "
        f"{messages.get(claim.name, '')}"
        for claim in notebook.claims
        if (due := claim.expected(work, way)) is not found.get(claim.name)
    ]


@right_and_wrong
@every_notebook
def test_in_an_ordinary_kernel(
    notebook: Notebook, work: Work, course: Settings, kernel: OrdinaryKernel, tmp_path: Path
) -> None:
    notebooks.put_files(notebook, tmp_path)
    text = notebooks.handed_in(course, notebook, work)
    seen = kernel.see(text, tmp_path, notebook.name)
    assert unlike(notebook, work, Way.MAGIC, seen.verdicts, seen.messages) == []
    due = {
        claim.name: claim.expected(work, Way.CELL) is Outcome.PASSED for claim in notebook.claims
    }
    assert seen.passed == due


@right_and_wrong
@some_notebooks
def test_by_grader_check(notebook: Notebook, work: Work, course: Settings, tmp_path: Path) -> None:
    notebooks.put_files(notebook, tmp_path)
    path = tmp_path / f"{notebook.name}.ipynb"
    nbformat.write(notebooks.handed_in(course, notebook, work), path)
    verdicts = check(path).verdicts
    found = {verdict.claim: verdict.outcome for verdict in verdicts}
    messages = {verdict.claim: verdict.message for verdict in verdicts}
    assert unlike(notebook, work, Way.CHECK, found, messages) == []


@right_and_wrong
@every_notebook
def test_in_grading(
    notebook: Notebook, work: Work, course: Settings, request: pytest.FixtureRequest
) -> None:
    if notebook.uses_keras:  # asked for by name: a referee takes seconds to start
        request.getfixturevalue("judges_with_keras")
        slices: Settings = request.getfixturevalue("on_slices")
        imports, referee = slices.warm_imports, slices.referee
        course = dataclasses.replace(course, referee=referee, warm_imports=imports)
    submission = paths.submission(course, f"{work}_work", notebook.name)
    submission.submitted.mkdir(parents=True)
    notebooks.put_files(notebook, submission.submitted)
    nbformat.write(notebooks.handed_in(course, notebook, work), submission.notebook)
    assignment = load_assignment(course, notebook.name)
    given = submission_work(course, assignment, submission, files_of(course, submission))
    verdicts = judge_submission(given, Silent()).graded.verdicts
    found = {verdict.claim: verdict.outcome for verdict in verdicts}
    messages = {verdict.claim: verdict.message for verdict in verdicts}
    assert unlike(notebook, work, Way.GRADING, found, messages) == []
