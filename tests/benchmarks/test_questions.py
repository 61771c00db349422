from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from benchmarks import questions
from grader.model import Outcome, Verdict
from grader.notebook.assignment import load_assignment


def grading(seconds: float) -> dict[str, Verdict]:
    """Each question took so many seconds, those of the second kind twice as many."""
    return {
        kind.name: Verdict(kind.name, Outcome.PASSED, 1, "", (1 + place % 2) * seconds * kind.count)
        for place, kind in enumerate(questions.KINDS)
    }


def test_every_kind_is_a_claim_on_the_solution(tmp_path: Path) -> None:
    course = questions.make_course(tmp_path)
    claims = {claim.name: claim.needs for claim in load_assignment(course, questions.NAME).claims}
    assert list(claims) == [*(kind.name for kind in questions.KINDS), "memory", "processor"]
    assert set(claims.values()) == {("solution",)}


def test_the_table_shows_medians_and_their_ratio_to_a_call() -> None:
    out = io.StringIO()
    shown = questions.table([grading(0.01), grading(0.03), grading(0.01)])
    Console(file=out, width=150).print(shown)
    rows = [line for line in out.getvalue().splitlines() if "passed" in line]
    assert len(rows) == len(questions.KINDS)
    assert rows[0].replace("\u2502", " ").split()[-5:-1] == ["3,000", "30.0", "10.0", "1.0"]
    assert rows[1].replace("\u2502", " ").split()[-5:-1] == ["300", "6.0", "20.0", "2.0"]
