"""The guides for instructors name mistakes that samples make, with the claims that find them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.model import Outcome
from grader.notebook import samples
from grader.notebook.assignment import load_assignment
from tests.conftest import ROOT

GUIDES = sorted((ROOT / "docs" / "exercises").glob("*.md"))
ROW = re.compile(
    r"^\| (?P<mistake>.+) \| (?P<claims>`\w+`.*) \| `(?P<sample>\w+)` \|$", re.MULTILINE
)


def test_each_exercise_has_a_guide() -> None:
    assert [guide.stem for guide in GUIDES] == sorted(course_settings.load(ROOT).assignments)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_the_named_claims_find_the_mistakes(guide: Path) -> None:
    assignment = load_assignment(course_settings.load(ROOT), guide.stem)
    rows = list(ROW.finditer(guide.read_text()))
    assert len(rows) >= 10
    for row in rows:
        case = samples.load(ROOT / "tests" / "submissions" / guide.stem / row["sample"])
        for claim in re.findall(r"`(\w+)`", row["claims"]):
            assert case.verdicts[claim] is not Outcome.PASSED, (row["mistake"], claim)
        said = set(re.findall(r"`(\w+)` \(hidden\)", row["claims"]))
        assert said <= assignment.hidden, row["mistake"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_has_the_parts_that_instructors_look_for(guide: Path) -> None:
    text = guide.read_text()
    parts = ["Aims", "Time", "Mistakes", "The written question", "Another year"]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == parts
    assert re.findall(r"^\*\*Worth (\d)\.\*\*", text, re.MULTILINE) == ["5", "3", "1"]
