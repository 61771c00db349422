"""What a replay of samples tells of claims that are not as they were."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from grader.model import Outcome, Question, Replayed
from tests import replays

SAME = Replayed("convolve_clips", Outcome.PASSED, Outcome.PASSED, count=2)
OLD, NEW = (Question({"do": "call"}, {"value": value}, "asked", str(value)) for value in (3, 4))


def told(claim: Replayed) -> dict[str, Any]:
    return asdict(claim) | {"same": claim.same}


def test_what_is_the_same_is_no_line() -> None:
    assert list(replays.differences([told(SAME)])) == []


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"now": Outcome.FAILED}, "passed then, failed now, the same questions, the same answers"),
        ({"same_questions": False}, "other questions, the same answers"),
        (
            {"same_answers": False, "number": 2, "then_asked": OLD, "now_asked": NEW},
            "the same questions, other answers; first at 2: ",
        ),
    ],
    ids=["verdict", "questions", "answers"],
)
def test_what_differs_is_told(changes: dict[str, Any], part: str) -> None:
    (line,) = replays.differences([told(replace(SAME, **changes)), told(SAME)])
    assert line.startswith("convolve_clips: ")
    assert part in line


def test_a_differing_answer_is_shown_then_and_now() -> None:
    other = replace(SAME, same_answers=False, number=2, then_asked=OLD, now_asked=NEW)
    (line,) = replays.differences([told(other)])
    assert "{'value': 3}" in line
    assert "{'value': 4}" in line


def test_what_was_replayed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "replays.jsonl"
    assert replays.read(file) == {}
    sample = "convolution_from_scratch/loops"
    file.write_text(json.dumps({"sample": sample, "claims": [told(SAME)]}) + "\n")
    assert list(replays.differences(replays.read(file)[sample])) == []
