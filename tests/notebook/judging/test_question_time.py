from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.examiner.examiner import TimeUp
from grader.notebook.judging import claim_judge
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended, overrun
from grader.notebook.judging.kernel_questions import KernelQuestions
from grader.notebook.judging.question_time import QuestionTime


def test_questions_are_counted_for_one_test() -> None:
    now = [0.0]
    questions = QuestionTime(lambda: now[0])
    with contextlib.suppress(ValueError), questions.asking():
        now[0] = 3.0
        assert questions.open
        raise ValueError
    assert (questions.open, questions.seconds, questions.count) == (False, 3.0, 1)
    questions.begin()
    assert (questions.seconds, questions.count) == (0.0, 0)


LATE = CellRun(CellStatus.LIMIT, 0.01, message=overrun(0.01))
LOOPS = CellRun(CellStatus.LIMIT, 29.0, message=overrun(29.0))
FULL = CellRun(CellStatus.LIMIT, 0.01, message="memory limit")


@pytest.mark.parametrize(
    ("run", "count", "message"),
    [
        (LATE, 2917, "time limit, 30 s for 2,917 questions of the test"),
        (LOOPS, 2, "time limit, 29 s"),
        (FULL, 2917, "memory limit"),
    ],
)
def test_the_time_of_all_questions_is_told_and_not_that_of_the_last(
    run: CellRun, count: int, message: str
) -> None:
    assert run.of_questions(count, 30.0).message == message


def of_a_test(seconds: float = 0.0, *, is_open: bool = False) -> KernelQuestions:
    limits = SimpleNamespace(clock=SimpleNamespace(now=lambda: 0.0))
    questions = KernelQuestions(*cast(Any, (None, None, limits, [])))
    questions.time.seconds, questions.time.open = seconds, is_open
    return questions


@pytest.mark.parametrize(("asked", "is_open"), [(30.0, False), (0.0, True)])
def test_time_that_went_to_questions_is_the_students(asked: float, is_open: bool) -> None:
    with pytest.raises(Ended) as ended:
        claim_judge._give_up(100.0, of_a_test(asked, is_open=is_open))
    assert ended.value.run.status is CellStatus.LIMIT


def test_time_that_a_test_computed_by_itself_is_told_apart() -> None:
    with pytest.raises(TimeUp, match="it computed for 100 s"):
        claim_judge._give_up(100.0, of_a_test())


def test_the_first_end_is_remembered_until_another_test_begins() -> None:
    questions = of_a_test(is_open=True)
    questions.end(FULL)
    with pytest.raises(Ended):
        claim_judge._give_up(100.0, questions)
    assert questions.ended is FULL
    questions.begin()
    assert questions.ended is None
