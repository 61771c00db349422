"""What the service remembers, over its restarts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.model import Told
from grader.watch.answers import FILE, Answer, Answers, Outcome
from grader.watch.turns import HOUR


def answer(student: str, at: float, **fields: object) -> Answer:
    base = {"digest": "a", "source_sha256": "s", "told": Told.NOTHING, "outcome": Outcome.TESTED}
    return Answer(student=student, assignment="sums", at=at, **(base | fields))  # type: ignore[arg-type]


def test_answers_are_there_after_a_restart(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.add(answer("ada", 1.0, whole=False))
    answers.add(answer("ben", 2.0, outcome=Outcome.UNREADABLE))
    answers.save()
    again = Answers(tmp_path)
    assert again.last("ada", "sums") == answer("ada", 1.0, whole=False)
    assert again.last("ada", "products") is None
    assert again.times(9.0) == {"ada": [1.0], "ben": [2.0]}


def test_the_last_answer_is_kept_for_ever_and_others_for_an_hour(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    for at in (0.0, 10.0, 20.0):
        answers.add(answer("ada", at))
    answers.add(answer("ben", 21.0 + HOUR))
    assert answers.times(1e9) == {"ada": [20.0], "ben": [21.0 + HOUR]}


def test_a_fault_and_a_wrong_clock_cost_no_turn(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.add(answer("ada", 1.0, outcome=Outcome.FAULT))
    answers.add(answer("ben", 5000.0))
    assert answers.times(10.0) == {}


def test_an_answer_is_completed_if_it_is_of_that_version(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.add(answer("ada", 1.0, whole=False))
    answers.complete("ada", "sums", "another")
    assert not answers.last("ada", "sums").whole  # type: ignore[union-attr]
    answers.complete("ada", "sums", "a")
    answers.save()
    assert Answers(tmp_path).last("ada", "sums").whole  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("no json", "holds no answers"),
        ("[]", "holds no answers"),
        (json.dumps({"version": 2, "answers": []}), "is of version 2, expected 1: remove it"),
        (json.dumps({"version": 1, "answers": [{"student": 3}]}), "holds no answers"),
    ],
)
def test_a_file_that_is_none_of_ours_is_named(tmp_path: Path, text: str, fact: str) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigurationError, match=fact):
        Answers(tmp_path)


def test_a_disk_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.add(answer("ada", 1.0))
    (tmp_path / FILE.parent).write_text("a file in the folder's place")
    with pytest.raises(ConfigurationError, match=r"answers.json cannot be written"):
        answers.save()
    assert answers.times(9.0) == {"ada": [1.0]}, "it is remembered meanwhile"


def test_the_last_answer_is_the_last_one_given_whatever_the_clock_said(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.add(answer("ada", 5000.0, outcome=Outcome.FAULT))
    answers.add(answer("ada", 10.0, whole=False))
    answers.complete("ada", "sums", "a")
    answers.save()
    assert Answers(tmp_path).last("ada", "sums") == answer("ada", 10.0)
