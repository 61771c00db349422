from __future__ import annotations

import ast
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from benchmarks.classes import convolution_class, convolution_ways, courses, mnist_class, mnist_ways
from benchmarks.classes.cases import CASES, Case
from benchmarks.classes.students import Student, names
from grader import settings as course_settings
from grader.notebook.assignment import Assignment, grade_id, is_claim, load_assignment

ROOT = Path(__file__).parents[3]
KERNEL = np.array([[1, -2, 3], [0, 4, -1], [2, 0, -3]])
IMAGE = np.random.default_rng(0).integers(0, 256, (9, 7), dtype=np.uint8)


def expected(image: Any, kernel: Any, weight: float = 1.0) -> Any:
    result = np.array(image, dtype=float)
    for r in range(1, result.shape[0] - 1):
        for c in range(1, result.shape[1] - 1):
            window = np.array(image, dtype=float)[r - 1 : r + 2, c - 1 : c + 2]
            result[r, c] = np.clip(weight * (window * kernel).sum(), 0, 255)
    return result


def defined(text: str, **given: Any) -> dict[str, Any]:
    namespace: dict[str, Any] = {"np": np, **given}
    exec(text, namespace)
    return namespace


RIGHT = convolution_ways.VECTORISED | convolution_ways.LOOPS


@pytest.mark.parametrize("way", RIGHT)
def test_a_right_way_convolves(way: str) -> None:
    convolve = defined(RIGHT[way])["convolve"]
    for image in (IMAGE, IMAGE.tolist(), IMAGE / 255):
        np.testing.assert_allclose(
            convolve(image, KERNEL.tolist(), 0.5), expected(image, KERNEL, 0.5)
        )


@pytest.mark.parametrize("way", convolution_ways.WRONG)
def test_a_wrong_way_does_not(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = defined(convolution_ways.WRONG[way])["convolve"](IMAGE, KERNEL, 0.5)
    assert result is None or not np.array_equal(result, expected(IMAGE, KERNEL, 0.5))


@pytest.mark.parametrize("way", convolution_ways.POOLS)
def test_pooling_takes_the_largest_of_whole_blocks(way: str) -> None:
    pooled = defined(convolution_ways.POOLS[way])["max_pool"](IMAGE, 2)
    whole = IMAGE[:8, :6].reshape(4, 2, 3, 2).max(axis=(1, 3))
    np.testing.assert_array_equal(pooled, whole)


def test_all_ways_to_prepare_give_the_same_numbers() -> None:
    every_level = np.resize(np.arange(256, dtype=np.uint8), (1, 28, 28))
    prepared = [defined(text)["prepare"](every_level) for text in mnist_ways.PREPARES]
    for numbers in prepared:
        assert numbers.shape == (1, 28, 28, 1)
        np.testing.assert_array_equal(numbers.astype("float32"), prepared[0])


def test_a_class_has_24_ways_and_few_loops() -> None:
    ways = [student.way for student in convolution_class.mixed(24)]
    assert sum(way in convolution_ways.LOOPS for way in ways) == 3
    assert sum(way in convolution_ways.WRONG for way in ways) == 6
    assert ways.count("untouched") == 1
    assert len(set(ways)) == 20


def test_a_larger_class_is_made_of_the_same_loops_and_mistakes() -> None:
    ways = [student.way for student in convolution_class.mixed(96)]
    assert sum(way in convolution_ways.LOOPS for way in ways) == 12
    assert sum(way in convolution_ways.WRONG for way in ways) == 24


def test_the_vectorised_class_has_no_loops() -> None:
    ways = {student.way for student in convolution_class.vectorised(24)}
    assert ways == set(convolution_ways.VECTORISED)


def test_six_networks_are_written_in_twelve_ways() -> None:
    students = mnist_class.six_networks(24)
    assert [student.network for student in students].count(3) == 4
    assert len({student.cells["build_model"] for student in students}) == 24
    assert len({student.way.partition(", ")[2] for student in students}) == 12


def test_the_reference_network_is_written_in_twelve_ways() -> None:
    students = mnist_class.spellings(12)
    for cell in ("build_model", "callback"):
        assert len({student.cells[cell] for student in students}) == 12
    assert all(text.count("256") == 1 for text in (s.cells["build_model"] for s in students))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_student_of_a_case_hands_in_something_else(case: Case) -> None:
    students = case.make(case.count)
    assert len({student.name for student in students}) == case.count
    begun = [student.cells for student in students if student.start == "reference"]
    assert len({str(sorted(cells.items())) for cells in begun}) == len(begun) >= case.count - 4


@pytest.mark.parametrize("count", [0, 97])
def test_a_class_of_too_many_or_none_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 96"):
        list(names(count))


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return load_assignment(course_settings.load(ROOT), convolution_class.ASSIGNMENT)


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "handed_in"
    students = (*convolution_class.mixed(4), Student("zoe", "untouched", start="release"))
    return courses.hand_in(ROOT, convolution_class.ASSIGNMENT, students, folder)


@pytest.mark.lengthy
def test_a_notebook_has_the_exercises_cells(submitted: Path, assignment: Assignment) -> None:
    expected_ids = [grade_id(cell) for cell in assignment.master.cells]
    notebooks = sorted(submitted.glob("*/*/*.ipynb"))
    assert [path.parts[-3] for path in notebooks] == sorted([*names(4), "zoe"])
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert [grade_id(cell) for cell in notebook.cells] == expected_ids
        for cell in notebook.cells:
            if cell.cell_type == "code":
                ast.parse(cell.source)


def test_mnist_cells_are_python() -> None:
    for student in (*mnist_class.six_networks(24), *mnist_class.spellings(12)):
        for text in student.cells.values():
            ast.parse(text)
            assert not {"FILTERS", "UNITS", "OPTIMIZER"} & {
                node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)
            }


def test_otter_gets_a_test_for_each_claim_and_no_test_cells(
    submitted: Path, assignment: Assignment, tmp_path: Path
) -> None:
    courses.for_otter(ROOT, assignment.name, submitted, tmp_path / "otter")
    with zipfile.ZipFile(tmp_path / "otter" / "autograder.zip") as archive:
        tests = {Path(name).stem for name in archive.namelist() if name.startswith("tests/")}
        assert "files/ascent.png" in archive.namelist()
    assert tests == {claim.name for claim in assignment.claims}
    notebooks = list((tmp_path / "otter" / "submissions").glob("*.ipynb"))
    assert len(notebooks) == 5
    assert not any(is_claim(cell) for cell in nbformat.read(notebooks[0], 4).cells)


def test_a_test_of_otters_runs_the_claim_on_the_notebooks_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class TestFiles:
        @staticmethod
        def test_case() -> Any:
            return lambda function: function

    monkeypatch.setitem(sys.modules, "otter", TestFiles)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "otter.test_files", TestFiles)  # type: ignore[arg-type]
    text = courses.otter_test("adds", 2, "# It's \"quoted\"\nassert add(1, 2) == 3, 'wrong'")
    file = defined(text)
    assert (file["OK_FORMAT"], file["name"], file["points"]) == (False, "adds", 2)
    file["test_claim"]({"add": lambda a, b: a + b})
    with pytest.raises(AssertionError, match="wrong"):
        file["test_claim"]({"add": lambda a, b: a - b})


def test_nbgrader_gets_the_source_and_nothing_of_ours(submitted: Path, tmp_path: Path) -> None:
    courses.for_nbgrader(ROOT, convolution_class.ASSIGNMENT, submitted, tmp_path / "stock")
    config = (tmp_path / "stock" / "nbgrader_config.py").read_text()
    assert "grader." not in config.replace("nbgrader.", "").replace("CourseDirectory.", "")
    name = f"{convolution_class.ASSIGNMENT}.ipynb"
    copied = tmp_path / "stock" / "source" / convolution_class.ASSIGNMENT / name
    assert (
        copied.read_bytes() == (ROOT / "source" / convolution_class.ASSIGNMENT / name).read_bytes()
    )
    assert len(list((tmp_path / "stock" / "submitted").iterdir())) == 5


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")  # as older tutorials do
def test_all_builds_are_one_network() -> None:
    import tensorflow as tf

    texts = {student.cells["build_model"] for student in mnist_class.spellings(12)}
    models = [defined(text, tf=tf)["build_model"]() for text in texts]
    assert {model.count_params() for model in models} == {64 * 10 + (169 * 64 + 1) * 256 + 257 * 10}
    assert {model.optimizer.__class__.__name__ for model in models} == {"Adam"}
    assert {model.output_shape for model in models} == {(None, 10)}
