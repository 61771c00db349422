from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.model import Outcome
from grader.notebook import case_file
from grader.notebook.assignment import load_assignment
from grader.settings import Settings

GOOD = (
    'about = "Adds."\n[verdicts]\nadds = "passed"\nadds_negatives = "failed"\ntotals = "passed"\n'
)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(GOOD)
    case = case_file.read(tmp_path / "case.toml")
    assert (case.about, case.start, case.data) == ("Adds.", "reference", "slice")
    assert case.verdicts["adds_negatives"] is Outcome.FAILED
    assert not case.honest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('about = "Adds."\n', "verdicts"),
        ("[verdicts]\n", "about"),
        ("honst = true\n" + GOOD, "honst"),
        ('honest = "yes"\n' + GOOD, "honest"),
        ('start = "middle"\n' + GOOD, "middle"),
        ("about = 3\n[verdicts]\n", "about"),
        ('about = "A"\nverdicts = "passed"\n', "verdicts"),
        (GOOD + 'more = "fail"\n', "fail"),
        ("about = \n", "Invalid value"),
    ],
)
def test_each_mistake_is_one_line_with_the_file_and_the_key(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "case.toml"
    file.write_text(text)
    with pytest.raises(CourseError) as raised:
        case_file.read(file)
    message = str(raised.value)
    assert message.startswith(f"{file} describes no sample")
    assert said in message.split(": expected", maxsplit=1)[0]
    assert "not attempted" in message, "it says which verdicts there are"
    assert "\n" not in message


def test_a_file_that_is_missing_or_no_text_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"case\.toml cannot be read \(No such file"):
        case_file.read(tmp_path / "case.toml")
    (tmp_path / "case.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="describes no sample"):
        case_file.read(tmp_path / "case.toml")


def test_claims_that_are_unknown_or_missing_are_named(tiny_course: Settings) -> None:
    assignment, file = load_assignment(tiny_course, "sums"), Path("case.toml")
    passed = {claim.name: Outcome.PASSED for claim in assignment.claims}
    case_file.require_claims(file, passed, assignment)
    with pytest.raises(CourseError, match="add, which is no claim; no verdict for adds: expected"):
        case_file.require_claims(file, {"add": passed.pop("adds")} | passed, assignment)
