"""What is released: an exercise that its own solution passes, and nothing else."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from grader import settings as course_settings
from grader.authoring import release_check
from grader.cli import main
from grader.errors import CourseError
from grader.notebook.assignment import load_assignment, source_path
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

# Test cells that are not fit for students, each with what is said of it.
UNFIT = {
    "typo": ("assert add(1, 2) == expcted", "cell typo: the reference solution is grader fault: the"
             " test has a fault: line 3, `expcted`: NameError: name 'expcted' is not defined."),
    "index": ("expected = [1, 2]\nassert add(1, 2) == expected[2]", "line 4, `expected[2]`: Index"),
    "package": ("import not_installed", "Install the package in the environment that grades."),
    "file": ("open('no_such_file.txt')", "Put the file beside the source notebook"),
    "wrong": ("assert add(1, 2) == 4", "cell wrong: the reference solution is failed: line 3, "
              "`assert add(1, 2) == 4`: AssertionError"),
    "stumbles": ("### BEGIN HIDDEN TESTS\nadd(1, 2)[0]\n### END HIDDEN TESTS",
                 "line 4, `add(1, 2)[0]`: TypeError: 'int' object is not subscriptable"),
    "lock": ("import threading\nadd(threading.Lock(), 1)", "an object of the type lock cannot be"),
    "removed": ("import platform\ndel platform.node\nadd(1, 2)", "takes platform.node away: put a"),
    "elsewhere": ("open(f'/tmp/no/{add(1, 2)}')", "of tempfile.TemporaryDirectory() whose path"),
    "nothing": ("assert 1 + 1 == 2", "cell nothing: passes though nothing is written"),
    "skipped": ("import pytest\npytest.skip('later')", "`pytest.skip('later')`: Skipped: later"),
}  # fmt: skip


def with_tests(course: Settings, tests: dict[str, str]) -> None:
    """Add test cells to the tiny course's notebook."""
    path = source_path(course, "sums")
    notebook = nbformat.read(path, as_version=4)
    made = next(cell for cell in notebook.cells if cell.id == "adds")
    for name, text in tests.items():
        cell = nbformat.from_dict(made.copy())
        cell.metadata = nbformat.from_dict({"nbgrader": dict(made.metadata.nbgrader)})
        cell.metadata.nbgrader["grade_id"] = name
        cell.id, cell.source = name, f"# Claim: {name}.\n# Hint: look.\n{text}"
        notebook.cells.append(cell)
    nbformat.write(notebook, path)


def grader(course: Settings, *arguments: str) -> Result:
    command = ["--course", str(course.root), "release", "sums", *arguments]
    return CliRunner().invoke(main, command)


@pytest.mark.kernel
def test_an_exercise_with_faulty_tests_is_not_released(tiny_course: Settings) -> None:
    with_tests(tiny_course, {name: text for name, (text, _) in UNFIT.items()})
    result = grader(tiny_course, "--sandbox", "none")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[-1] == "sums: not released; correct source/sums/sums.ipynb"
    for name, (_, said) in UNFIT.items():
        (line,) = (line for line in lines if line.startswith(f"sums, cell {name}: "))
        assert said in line, line
    assert len(lines) == len(UNFIT) + 1
    assert not (tiny_course.root / "release").exists()


@pytest.mark.kernel
def test_an_exercise_that_is_fit_is_released(tiny_course: Settings) -> None:
    before = sorted(tiny_course.root.rglob("*"))
    assert release_check.check(tiny_course, "sums") == release_check.ReleaseCheck(())
    assert sorted(tiny_course.root.rglob("*")) == before
    result = grader(tiny_course, "--unchecked")
    assert (result.exit_code, result.output) == (0, "sums: released\n")
    assert (tiny_course.root / "release" / "sums" / "sums.ipynb").exists()


@pytest.mark.kernel
def test_a_test_that_cannot_fail_is_named_and_released(tiny_course: Settings) -> None:
    with_tests(tiny_course, {"ignored": "sum_of_two = add(1, 2)\nsum_of_two == 3"})
    result = grader(tiny_course, "--sandbox", "none")
    assert (result.exit_code, result.stdout) == (0, "sums: released\n")
    (said,) = result.stderr.splitlines()
    assert said.startswith("sums, cell ignored, line 4: nothing looks at what `sum_of_two == 3`")


@pytest.mark.process
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("%timeit add(1, 2)", "cell broken, line 3: found a magic"),
        ("add(1, 2", "cell broken, line 3: found '(' was never closed"),
        ("return 1", "cell broken, line 3: found 'return' outside function"),
    ],
)
def test_what_is_no_python_is_one_line(tiny_course: Settings, source: str, said: str) -> None:
    with_tests(tiny_course, {"broken": source})
    result = grader(tiny_course)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert said in line
    with pytest.raises(CourseError, match="cell broken"):
        release_check.check(tiny_course, "sums")


def test_claims_that_need_a_training_are_left_out_with_their_cells() -> None:
    course = course_settings.load(ROOT)
    whole = load_assignment(course, "mnist_998")
    tried = release_check.without_training(whole)
    left = {claim.name for claim in whole.claims} - {claim.name for claim in tried.claims}
    assert "reaches_998" in left
    assert "one_convolution" in {claim.name for claim in tried.claims}
    code = [cell.source for cell in tried.source.cells if cell.cell_type == "code"]
    assert not any(".fit(" in source for source in code)
    assert [cell.id for cell in tried.source.cells] == [cell.id for cell in tried.master.cells]
    plain = load_assignment(course, "convolution_from_scratch")
    assert release_check.without_training(plain).claims == plain.claims


def test_an_exercise_without_claims_needs_no_check(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path, cell_seconds=20)
    path = source_path(course, "sums")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("# Claim")]
    nbformat.write(notebook, path)
    assert release_check.check(course, "sums") == release_check.ReleaseCheck(())
