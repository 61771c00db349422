from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.model import Outcome
from grader.notebook import samples
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.submission import parse
from grader.settings import Settings
from tests.released_sample import as_student_has_it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "doubles"
    folder.mkdir()
    (folder / "case.toml").write_text(
        'about = "Adds twice."\nstart = "release"\n[verdicts]\nadds = "failed"\n'
    )
    (folder / "add.py").write_text("def add(a, b):\n    return 2 * a + b\n")
    return folder


def test_a_sample_is_read(folder: Path) -> None:
    sample = samples.load(folder)
    assert (sample.about, sample.start, sample.whole) == ("Adds twice.", "release", False)
    assert sample.verdicts == {"adds": Outcome.FAILED}
    assert not sample.honest
    case = folder / "case.toml"
    case.write_text("honest = true\n" + case.read_text())
    assert samples.load(folder).honest


@pytest.mark.parametrize("start", ["release", "reference"])
def test_a_sample_becomes_a_notebook(tiny_course: Settings, folder: Path, start: str) -> None:
    case = folder / "case.toml"
    case.write_text(case.read_text().replace('"release"', f'"{start}"'))
    path = samples.hand_in(tiny_course, "sums", samples.load(folder), "ada")
    cells = {grade_id(cell): cell.source for cell in parse.read(path).cells}
    assert cells["add"] == "def add(a, b):\n    return 2 * a + b\n"
    assert ("for number in numbers" in cells["total"]) is (start == "reference")
    assert ("raise NotImplementedError(" in cells["total"]) is (start == "release")


def test_cells_of_the_students_own_stand_where_they_are_named(
    tiny_course: Settings, folder: Path
) -> None:
    (folder / "first.py").write_text("import os\n")
    (folder / "before_add.py").write_text("a = 1\n# %%\n\nb = 2\n")
    (folder / "after_adds.py").write_text("c = 3\n")
    assignment = load_assignment(tiny_course, "sums")
    cells = samples.compose(assignment, samples.load(folder)).cells
    names = [grade_id(cell) or cell.source for cell in cells if cell.cell_type == "code"]
    assert names[0] == "import os"
    at = names.index("add")
    assert names[at - 2 : at] == ["a = 1", "b = 2"]
    assert names[names.index("adds") + 1] == "c = 3"
    assert len({cell.id for cell in cells}) == len(cells)


def test_a_student_has_no_hidden_tests(tiny_course: Settings, folder: Path) -> None:
    assignment = load_assignment(tiny_course, "sums")
    graded = samples.compose(assignment, samples.load(folder))
    had = as_student_has_it(assignment, samples.load(folder))
    texts = "\n".join(cell.source for cell in had.cells)
    assert "HIDDEN TESTS" in "\n".join(cell.source for cell in graded.cells)
    assert "HIDDEN TESTS" not in texts
    assert "return 2 * a + b" in texts


def test_a_raw_submission_is_handed_in_as_it_stands(tiny_course: Settings, folder: Path) -> None:
    (folder / "submission.ipynb").write_text("no json")
    path = samples.hand_in(tiny_course, "sums", samples.load(folder), "ada")
    assert path.read_text() == "no json"


def test_a_cell_that_the_assignment_lacks_is_refused(tiny_course: Settings, folder: Path) -> None:
    (folder / "multiply.py").touch()
    with pytest.raises(CourseError, match=r"multiply is no solution cell of sums; expected add, "):
        samples.compose(load_assignment(tiny_course, "sums"), samples.load(folder))


def test_a_case_that_says_too_little_is_refused(folder: Path) -> None:
    (folder / "case.toml").write_text('about = "?"')
    with pytest.raises(CourseError, match=r"doubles/case.toml describes no sample .*verdicts"):
        samples.load(folder)
