from __future__ import annotations

import pytest

from grader import language
from grader.model import Outcome, Override, Score, Verdict
from grader.model.scores import points_text


@pytest.mark.parametrize(
    ("score", "written"),
    [
        (Score(16, 25), "16 / 25"),
        (Score(16.0, 25.0, to_mark=5.0), "16 / 25 (5 to mark)"),
        (Score(0.1 + 0.2, 2 / 3), "0.3 / 0.67"),
        (Score(1234567, 2_000_000), "1234567 / 2000000"),
        (Score(0, 2, to_mark=2), "0 / 2 (2 to mark)"),
    ],
)
def test_a_score_is_written_in_one_way(score: Score, written: str) -> None:
    assert score.text == written


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "1 point"), (1.0, "1 point"), (2, "2 points"), (0.5, "0.5 points"), (0, "0 points")],
)
def test_points_have_their_unit(number: float, written: str) -> None:
    assert points_text(number) == written


def test_the_unit_of_points_is_translated() -> None:
    language.use("de")
    try:
        assert [points_text(number) for number in (1, 2.5)] == ["1 Punkt", "2.5 Punkte"]
    finally:
        language.use(language.ENGLISH)


def test_a_verdict_has_the_machines_result_and_the_one_that_counts() -> None:
    override = Override("adds", 1.5, "Right.", "ben", "2026-01-02T03:04:05+00:00")
    failed = Verdict("adds", Outcome.FAILED, 2, override=override)
    assert (str(failed.machine_result), str(failed.result)) == ("0 / 2", "1.5 / 2")
    faulty = Verdict("adds", Outcome.GRADER_FAULT, 2)
    assert faulty.result.text == "0 / 2 (2 to mark)"
