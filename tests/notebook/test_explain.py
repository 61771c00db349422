"""What verdicts rest on, kept by real gradings and asked for again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.errors import CourseError
from grader.model import Evidence
from grader.notebook import autograde, explain
from grader.notebook.assignment import load_assignment
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.submission import evidence_file, paths, verdict_file
from grader.settings import Settings
from tests import tiny

pytestmark = pytest.mark.kernel

DRAWS = "import numpy as np\\nn = np.random.default_rng().integers(0, 9999, 4)\\nassert total(n)"
FIXED = (
    "from random import random\ndef total(numbers):\n    print(random())\n    return sum(numbers)"
)
OTHER = "import time\ndef total(numbers):\n    print(time.time_ns())\n    return sum(numbers)"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Ada draws from ``random``, ben asks the clock; a test draws its own numbers."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    source = course.root / "source" / "sums" / "sums.ipynb"
    drawn = f"{DRAWS} == sum(n)"
    assert "assert total([1, 2, 3]) == 6" in source.read_text()
    source.write_text(source.read_text().replace("assert total([1, 2, 3]) == 6", drawn))
    for student, total in (("ada", FIXED), ("ben", OTHER)):
        answers = {"add": tiny.GOOD["add"], "total": total}
        tiny.hand_in(course, student, tiny.submission(course, answers))
    results = list(autograde.grade(course, "sums"))
    assert [result.graded and result.graded.score for result in results] == [6, 6], results
    return course


@pytest.fixture(autouse=True)
def _no_data_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)


def grader(course: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--course", str(course.root), "explain", *arguments])


def recorded(course: Settings, student: str) -> Evidence:
    return explain.explain(course, student, "sums").evidence


def test_the_record_holds_what_was_asked_and_answered(course: Settings) -> None:
    evidence = recorded(course, "ada")
    assert [each.claim for each in evidence.claims] == ["adds", "adds_negatives", "totals"]
    look, call = evidence.claims[2].questions
    assert look.asked["names"] == ["total"]
    assert call.asked["arguments"][0]["array"] == "int64"
    assert call.answer["value"]["scalar"] == "int64"
    assert float(call.answer["printed"]) < 1, "what the call printed"
    assert "np.random.default_rng()" in evidence.claims[2].test
    other = recorded(course, "ben").claims[2]
    assert other.questions[1].asked_sha256 != call.asked_sha256, "each is asked something else"
    assert other.seed != evidence.claims[2].seed


def test_an_instructor_reads_it_at_the_terminal_and_as_json(course: Settings) -> None:
    shown = grader(course, "ada", "sums", "totals")
    assert shown.exit_code == 0, shown.output
    assert "totals: passed, 3 / 3" in shown.output
    assert "total(<int64 4: " in shown.output
    assert "adds" not in shown.output
    content = json.loads(grader(course, "ada", "sums", "--json").output)
    (question,) = content["claims"][1]["evidence"]["questions"][1:]
    assert question["asked"]["arguments"] == [-1, -2]
    assert question["answer"]["value"] == -3
    assert content["seed"] == recorded(course, "ada").seed


def test_a_replay_asks_the_same_and_gets_the_same_answers(course: Settings) -> None:
    before = {path: path.read_bytes() for path in files(course)}
    shown = grader(course, "ada", "sums", "--replay")
    assert shown.exit_code == 0, shown.output
    assert "totals: passed; 2 questions, the same; the same answers" in shown.output
    assert {path: path.read_bytes() for path in files(course)} == before


def test_a_replay_shows_an_answer_that_is_another(course: Settings) -> None:
    shown = grader(course, "ben", "sums", "--replay")
    assert shown.exit_code == 1
    assert "totals: passed; 2 questions, the same; other answers" in shown.output
    assert "2 of 3 claims are the same." in shown.output


def files(course: Settings) -> list[Path]:
    autograded = (path for path in (course.root / "autograded").rglob("*") if path.is_file())
    return [*autograded, course.root / "gradebook.db"]


def test_what_cannot_be_explained_is_one_line(course: Settings) -> None:
    tiny.hand_in(course, "cleo", tiny.submission(course, tiny.GOOD))
    for arguments, said in (
        (("zoe", "sums"), "zoe handed in nothing for sums"),
        (("ada", "sums", "gone"), "sums has no claim gone: expected one of adds"),
        (("cleo", "sums"), "cleo's sums is not graded yet"),
    ):
        result = grader(course, *arguments)
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert said in line


def test_a_record_of_another_grading_or_none_is_refused(course: Settings, tmp_path: Path) -> None:
    submission = paths.submission(course, "ada", "sums")
    graded = verdict_file.read(submission.verdict_file)
    assert graded is not None
    file = tmp_path / "evidence.json.gz"
    with pytest.raises(CourseError, match="is missing: grade it again"):
        evidence_file.read(file, graded)
    evidence_file.write(dataclasses.replace(recorded(course, "ada"), seed="0"), file)
    with pytest.raises(CourseError, match="is of another grading than the verdicts"):
        evidence_file.read(file, graded)
    with pytest.raises(CourseError, match="did not record what verdicts rest on"):
        evidence_file.read(file, dataclasses.replace(graded, seed=""))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(CourseError, match="cannot be read"):
        evidence_file.read(file, graded)


def test_a_submission_that_was_changed_since_is_not_replayed(course: Settings) -> None:
    loaded = LoadedCourse(course, load_assignment(course, "sums"))
    explained = explain.explain(course, "ben", "sums")
    handed_in = paths.submission(course, "ben", "sums").notebook
    text = handed_in.read_text()
    handed_in.write_text(text + "\n")
    try:
        with pytest.raises(CourseError, match="ben handed in sums again since it was graded"):
            explain.replay(loaded, explained)
    finally:
        handed_in.write_text(text)
