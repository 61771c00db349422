"""Every claim of the table gets the verdict that the table says, in all ways of asking.

What is the same as the table's is the same everywhere: in an ordinary kernel, under ``%check``, by
``grader check`` and in grading. Known differences stand in the table, each with its reason, and a
test fails as soon as one is no longer true.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model import Outcome
from grader.settings import Settings
from tests.any_exercise import notebooks
from tests.any_exercise.table import ALL, Notebook, Way, Work
from tests.conftest import ROOT
from tests.student import ordinary_kernel
from tests.student.ordinary_kernel import OrdinaryKernel

pytestmark = pytest.mark.kernel

PRESENT = tuple(notebook for notebook in ALL if not notebook.missing)


def parameter(notebook: Notebook) -> object:
    """A notebook; skipped where a package that it needs is not installed."""
    reason = f"needs {', '.join(notebook.missing)}"
    marks = [pytest.mark.skipif(bool(notebook.missing), reason=reason)]
    if notebook.uses_keras:
        marks += [pytest.mark.keras, pytest.mark.training, pytest.mark.long]
    return pytest.param(notebook, id=notebook.name, marks=marks)


every_notebook = pytest.mark.parametrize("notebook", [parameter(notebook) for notebook in ALL])
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


@right_and_wrong
@every_notebook
def test_in_an_ordinary_kernel(
    notebook: Notebook, work: Work, course: Settings, kernel: OrdinaryKernel, tmp_path: Path
) -> None:
    notebooks.put_files(notebook, tmp_path)
    text = notebooks.handed_in(course, notebook, work)
    due = {
        claim.name: claim.expected(work, Way.CELL) is Outcome.PASSED for claim in notebook.claims
    }
    assert kernel.passed(text, tmp_path, notebook.name) == due
