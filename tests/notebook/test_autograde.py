"""A tiny class, graded once through nbgrader; each student shows one behaviour."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader import settings as course_settings
from grader.errors import ConfigurationError, CourseError
from grader.model import Outcome, Verdict
from grader.notebook import autograde, loaded_course, release
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.class_run import Result
from grader.notebook.judging.examination import Examination
from grader.notebook.submission import paths, verdict_file
from grader.settings import Settings
from tests import tiny

pytestmark = [
    pytest.mark.xdist_group("autograde"),  # one worker: the class is graded once
    pytest.mark.kernel,
]

PASSED, FAILED, CRASHED = Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED
OVER_LIMIT, NOT_ATTEMPTED = Outcome.OVER_LIMIT, Outcome.NOT_ATTEMPTED

# Student to the cells that differ from a good submission, and the outcomes of the three claims.
CLASS: dict[str, tuple[dict[str, str], tuple[Outcome, ...]]] = {
    "good": ({}, (PASSED, PASSED, PASSED)),
    "wrong": ({"add": "def add(a, b):\n    return 3"}, (PASSED, FAILED, PASSED)),
    "stderr": (
        {"add": "import sys\ndef add(a, b):\n    print('!', file=sys.stderr)\n    return a + b"},
        (PASSED, PASSED, PASSED),
    ),
    "raises": ({"add": "def add(a, b):\n    return a[b]"}, (CRASHED, CRASHED, PASSED)),
    "syntax": ({"add": "def add(a, b)"}, (CRASHED, CRASHED, PASSED)),
    "exits": ({"add": "import os\ndef add(a, b):\n    os._exit(0)"}, (CRASHED, CRASHED, PASSED)),
    "dies": ({"add": "import os\nos._exit(0)"}, (CRASHED, CRASHED, PASSED)),
    "sleeps": (
        {"total": "def total(numbers):\n    while True:\n        pass"},
        (PASSED, PASSED, OVER_LIMIT),
    ),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, Result]]:
    course = tiny.make_course(tmp_path_factory.mktemp("course"), cell_seconds=6)
    for student, (cells, _) in CLASS.items():
        tiny.hand_in(course, student, tiny.submission(course, tiny.GOOD | cells))
    tiny.hand_in(course, "untouched", tiny.submission(course, {}))
    tiny.hand_in(course, "no_json", "no json")
    tiny.hand_in(course, "goo?", tiny.submission(course, tiny.GOOD))
    paths.submission(course, "empty", "sums").submitted.mkdir(parents=True)
    return course, {result.student: result for result in autograde.grade(course, "sums")}


Graded = tuple[Settings, dict[str, Result]]


@pytest.mark.parametrize("student", CLASS)
def test_each_claim_gets_its_outcome(graded: Graded, student: str) -> None:
    one = graded[1][student].graded
    assert one is not None
    assert tuple(verdict.outcome for verdict in one.verdicts) == CLASS[student][1]


def test_nothing_written_is_not_attempted(graded: Graded) -> None:
    one = graded[1]["untouched"].graded
    assert one is not None
    assert {verdict.outcome for verdict in one.verdicts} == {NOT_ATTEMPTED}
    assert one.verdicts[0].message.startswith("The cell `add` is as it was handed out")


@pytest.mark.parametrize(
    ("student", "message"),
    [
        ("wrong", "look at adds_negatives once more."),
        (
            "raises",
            "Testing your code ended with TypeError: 'int' object is not subscriptable. It was "
            "raised in line 2 of the cell `add`, `return a[b]`. Print type(...) of the values in "
            "that line, and convert what does not fit.",
        ),
        (
            "exits",
            "Testing your code crashed the kernel (process exited). Call your code of the cell "
            "`add` on a small example, in a notebook of its own: nothing in it may end Python, as "
            "exit() does, or crash it.",
        ),
        (
            "dies",
            "The cell `add` crashed the kernel (process exited). Call your code of the cell `add` "
            "on a small example, in a notebook of its own: nothing in it may end Python, as exit() "
            "does, or crash it.",
        ),
    ],
)
def test_a_lost_claim_says_why(graded: Graded, student: str, message: str) -> None:
    one = graded[1][student].graded
    assert one is not None
    assert one.verdicts[1].message == message


@pytest.mark.parametrize(
    ("student", "problem"),
    [("no_json", "is not a notebook"), ("empty", "is missing: expected the notebook")],
)
def test_a_broken_submission_is_named_and_the_class_goes_on(
    graded: Graded, student: str, problem: str
) -> None:
    result = graded[1][student]
    assert result.graded is None
    assert problem in result.problem
    assert f"submitted/{student}/sums/sums.ipynb" in result.problem
    assert len(graded[1]) == len(CLASS) + 4


def test_the_gradebook_holds_the_scores_and_waits_for_the_written_answer(graded: Graded) -> None:
    course, results = graded
    with Gradebook(paths.course_directory(course).db_url) as gradebook:
        for student in CLASS:
            submission = gradebook.find_submission_notebook("sums", "sums", student)
            one = results[student].graded
            assert one is not None
            scores = {grade.name: grade.auto_score for grade in submission.grades}
            assert scores.pop("written_answer") == 0, "an unchanged answer is worth nothing"
            assert scores == {verdict.claim: verdict.score for verdict in one.verdicts}


def test_the_autograded_notebook_shows_verdicts_and_keeps_what_cells_printed(
    graded: Graded,
) -> None:
    course, _ = graded
    path = paths.submission(course, "wrong", "sums").autograded_notebook
    cells = {grade_id(cell): cell for cell in nbformat.read(path, as_version=4).cells}
    (output,) = cells["adds_negatives"].outputs
    assert output.text == "failed: 0 / 1 points\nlook at adds_negatives once more."
    assert cells["adds"].outputs[0].text == "passed: 2 / 2 points"


def test_the_verdicts_stand_beside_it_as_versioned_json(graded: Graded) -> None:
    course, _ = graded
    path = paths.submission(course, "good", "sums").verdict_file
    found = json.loads(path.read_text())
    assert found["version"] == verdict_file.VERSION
    assert [verdict["outcome"] for verdict in found["verdicts"]] == ["passed"] * 3


def test_a_second_run_grades_only_what_changed(graded: Graded) -> None:
    course, _ = graded
    assert [one.fresh for one in autograde.grade(course, "sums", ["good"])] == [False]
    path = paths.submission(course, "good", "sums").notebook
    path.write_text(path.read_text() + "\n")
    assert [one.fresh for one in autograde.grade(course, "sums", ["good"])] == [True]
    again = autograde.grade(course, "sums", ["good"], force=True)
    assert [one.fresh for one in again] == [True]


def test_nbgraders_own_command_gives_the_same_verdicts(graded: Graded) -> None:
    course, _ = graded
    path = paths.submission(course, "stderr", "sums").verdict_file
    command = [sys.executable, "-m", "nbgrader", "autograde", "sums", "--student=stderr", "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outcomes = [verdict["outcome"] for verdict in json.loads(path.read_text())["verdicts"]]
    assert outcomes == ["passed"] * 3


def test_the_course_is_loaded_once_for_a_class(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "ben", "eve"):
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    loads: list[str] = []

    def counted(name: str, load: Callable[..., object]) -> Callable[..., object]:
        return lambda *arguments: loads.append(name) or load(*arguments)

    for module in (autograde, loaded_course, release):
        counter = counted("assignment", load_assignment)
        monkeypatch.setattr(module, "load_assignment", counter)
    counter = counted("settings", course_settings.from_config)
    monkeypatch.setattr(course_settings, "from_config", counter)
    monkeypatch.setattr("grader.notebook.judging.judge_submission.judge_apart", _all_passed)
    results = list(autograde.grade(tiny_course, "sums"))
    assert [result.fresh for result in results] == [True] * 3, results
    assert loads == ["assignment"]


def _all_passed(examination: Examination, *_: object) -> object:
    claims = examination.assignment.claims
    verdicts = tuple(Verdict(claim.name, Outcome.PASSED, claim.points) for claim in claims)
    return examination.rebuilt.notebook, verdicts, ()


def test_a_gradebook_that_lacks_the_scores_gets_them(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    monkeypatch.setattr("grader.notebook.judging.judge_submission.judge_apart", _all_passed)
    first = [one.fresh for one in autograde.grade(tiny_course, "sums")]
    url = paths.course_directory(tiny_course).db_url
    (tiny_course.root / "gradebook.db").unlink()
    again = [one.fresh for one in autograde.grade(tiny_course, "sums")]
    third = [one.fresh for one in autograde.grade(tiny_course, "sums")]
    assert (first, again, third) == ([True], [True], [False])
    with Gradebook(url) as gradebook:
        assert [one.score for one in gradebook.assignment_submissions("sums")] == [6]


def test_nothing_handed_in_is_said(tiny_course: Settings) -> None:
    with pytest.raises(CourseError, match=r"nothing is handed in for sums: expected submitted/"):
        list(autograde.grade(tiny_course, "sums"))


def test_an_id_that_nbgrader_takes_for_a_pattern_is_refused(graded: Graded) -> None:
    result = graded[1]["goo?"]
    assert result.graded is None
    assert "the id 'goo?' holds ?: expected" in result.problem
    assert not paths.submission(graded[0], "goo?", "sums").autograded.exists()


def test_a_student_who_handed_in_nothing_is_named(graded: Graded) -> None:
    with pytest.raises(CourseError, match=r"zoe handed in nothing for sums: expected one of dies"):
        list(autograde.grade(graded[0], "sums", ["good", "zoe"]))


def test_a_cell_that_came_twice_is_noted(tiny_course: Settings) -> None:
    notebook = tiny.submission(tiny_course, tiny.GOOD)
    second = copy.deepcopy(notebook.cells[2])
    notebook.cells.append(second)
    second.id = "second"
    tiny.hand_in(tiny_course, "ada", notebook)
    (result,) = autograde.grade(tiny_course, "sums")
    assert result.graded is not None
    assert result.graded.notes == (
        "cell add came again as cell 9 of the notebook, apart from its answer: it runs there",
    )
    assert result.graded.score == 6


def test_a_changed_source_is_graded_by_as_it_is_now(tiny_course: Settings) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    (before,) = autograde.grade(tiny_course, "sums")
    source = tiny_course.root / "source" / "sums" / "sums.ipynb"
    source.write_text(source.read_text().replace("total([1, 2, 3]) == 6", "total([1, 2]) == 4"))
    (after,) = autograde.grade(tiny_course, "sums")
    assert before.graded is not None
    assert after.graded is not None
    assert (before.graded.score, after.graded.score) == (6, 3)


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_graded(
    tiny_course: Settings,
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    (tiny_course.root / "autograded").write_text("a file where a folder should be")
    with pytest.raises(ConfigurationError, match=r"autograded cannot be written .*nothing was gr"):
        list(autograde.grade(tiny_course, "sums"))


def test_a_fault_of_the_grader_is_tried_again_and_is_nobodys_zero(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    tries = []

    def faulty(examination: Examination, *_: object) -> object:
        tries.append(examination)
        outcome = Outcome.GRADER_FAULT if len(tries) < 4 else Outcome.PASSED
        claims = examination.assignment.claims
        verdicts = tuple(Verdict(claim.name, outcome, claim.points) for claim in claims)
        return examination.rebuilt.notebook, verdicts, ()

    monkeypatch.setattr("grader.notebook.judging.judge_submission.judge_apart", faulty)
    (result,) = autograde.grade(tiny_course, "sums")
    assert result.faulty
    assert len(tries) == 2, "once more at the end"
    with Gradebook(paths.course_directory(tiny_course).db_url) as gradebook:
        grades = gradebook.find_submission_notebook("sums", "sums", "ada").grades
        found = {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in grades}
    assert found["adds"] == (None, True)
    (result,) = autograde.grade(tiny_course, "sums")
    assert not result.faulty, "and again by the next run"
