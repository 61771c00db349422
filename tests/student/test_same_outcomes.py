"""What a student is told of a visible claim is what grading says: by tests, %check, grader check.

``tests/test_submissions.py`` holds grading to the verdicts of the samples, and so does this module
for what a student has: what is the same as a sample's verdict is the same as grading's.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from grader import settings as course_settings
from grader.model import Outcome
from grader.notebook import samples
from grader.notebook.assignment import load_assignment
from grader.student.check import check
from tests.conftest import ROOT
from tests.released_sample import as_student_has_it
from tests.slices import write_slices
from tests.student import ordinary_kernel
from tests.student.ordinary_kernel import OrdinaryKernel

pytestmark = [pytest.mark.kernel, pytest.mark.keras]

COURSE = course_settings.load(ROOT)

# Those of the usual run, each of another kind; `make test-all` takes all.
SOME = (
    "convolution_from_scratch/alias_of_old_numpy",
    "convolution_from_scratch/asks_with_input",
    "convolution_from_scratch/assert_that_stops_all",
    "convolution_from_scratch/everything_imported",
    "convolution_from_scratch/globals_and_helpers",
    "convolution_from_scratch/later_parts_begun",
    "convolution_from_scratch/magics_and_shell_lines",
    "convolution_from_scratch/pool_syntax_error",
    "convolution_from_scratch/stub_below_the_code",
    "cnn_exploration/untouched",
)
CHECKED = (
    "convolution_from_scratch/axes_in_the_wrong_order",
    "convolution_from_scratch/everything_imported",
    "convolution_from_scratch/stub_below_the_code",
)


def honest(folder: Path) -> bool:
    """Whether a sample is an honest one, and its cells come to their end."""
    case = tomllib.loads((folder / "case.toml").read_text())
    return bool(case.get("honest")) and not case.get("minutes") and case.get("data") != "whole"


def parameters(some: tuple[str, ...]) -> list[object]:
    """The honest samples, those that are not among ``some`` marked as long."""
    folders = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml"))
    names = {f"{folder.parent.name}/{folder.name}": folder for folder in folders if honest(folder)}
    return [
        pytest.param(folder, id=name, marks=[] if name in some else [pytest.mark.long])
        for name, folder in names.items()
    ]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slices")
    write_slices(ROOT / "data", folder)
    return folder


@pytest.fixture(scope="module")
def kernel(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrdinaryKernel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_DATA", str(data))
        with ordinary_kernel.started(tmp_path_factory.mktemp("kernel")) as kernel:
            yield kernel


def expected(folder: Path, claims: object) -> dict[str, Outcome]:
    verdicts = samples.load(folder).verdicts
    return {claim: verdicts[claim] for claim in claims}  # type: ignore[attr-defined]


def put(folder: Path, target: Path) -> None:
    """Copy what is handed out beside the notebook."""
    for file in (ROOT / "release" / folder.parent.name).iterdir():
        if file.suffix != ".ipynb":
            shutil.copy(file, target)


@pytest.mark.xdist_group("ordinary kernel")  # one worker: the kernel imports TensorFlow once
@pytest.mark.parametrize("folder", parameters(SOME))
def test_an_ordinary_kernel_says_what_grading_says(
    folder: Path, kernel: OrdinaryKernel, tmp_path: Path
) -> None:
    put(folder, tmp_path)
    name = folder.parent.name
    notebook = as_student_has_it(load_assignment(COURSE, name), samples.load(folder))
    seen = kernel.see(notebook, tmp_path, name)
    print(*(f"{claim}: {message}" for claim, message in seen.messages.items()), sep="\n")
    known = expected(folder, seen.verdicts)
    assert known
    assert seen.verdicts == known
    assert seen.passed == {claim: known[claim] is Outcome.PASSED for claim in seen.passed}


@pytest.mark.parametrize("folder", parameters(CHECKED))
def test_grader_check_says_what_grading_says(
    folder: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(data))
    put(folder, tmp_path)
    name = folder.parent.name
    notebook = as_student_has_it(load_assignment(COURSE, name), samples.load(folder))
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(notebook, path)
    found = {verdict.claim: verdict.outcome for verdict in check(path).verdicts}
    assert found
    assert found == expected(folder, found)
