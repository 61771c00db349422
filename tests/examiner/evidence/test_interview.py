from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.examiner.evidence.interview import MOST_CHARACTERS, NUMPY_ONLY, Interview
from grader.examiner.proxies import Proxies
from grader.model import Claim, ClaimEvidence, Run

CLAIM = Claim("adds", 2, "It adds.", "Add.", ("add",))
FUNCTION = {"handle": 0, "type": "function", "callable": True}
RUN = Run("abc", ({"accuracy": 0.5},), (1,), (), 1, stopped=False)


def asked(*replies: dict[str, Any] | BaseException, calls: Sequence[Any] = ()) -> ClaimEvidence:
    """The record of a test that looks at ``add`` and calls it."""
    left = list(replies)
    kept: list[ClaimEvidence] = []

    def ask(*_: object) -> tuple[dict[str, Any], list[bytes]]:
        reply = left.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        return reply, []

    interview = Interview(5, kept.append)
    proxies = Proxies(ask, lambda *_: None, heard=interview.heard)
    with interview.about(CLAIM, "assert add(1, 2) == 3"):
        add = proxies.look(["add"])["add"]
        for call in calls:
            try:
                add(*call, number=np.random.default_rng().integers(0, 2**60))
            except (ZeroDivisionError, TimeoutError):
                continue
        interview.consulted(RUN, 2)
    (evidence,) = kept
    return evidence


LOOK = {"value": {"dict": [["add", FUNCTION]]}}


def test_a_question_is_told_with_the_students_names_and_the_answer() -> None:
    evidence = asked(LOOK, {"value": {"int": 3}, "printed": "hello"}, calls=[(1, [2])])
    look, call = evidence.questions
    assert look.asked == {"do": "look", "names": ["add"]}
    assert look.answer == {"value": {"dict": [["add", {"object": "function"}]]}}
    assert (call.asked["of"], call.asked["arguments"]) == ("add", [1, {"list": [2]}])
    assert call.answer == {"value": 3, "printed": "hello"}
    assert (evidence.claim, evidence.statement, evidence.count) == ("adds", "It adds.", 2)
    assert evidence.test == "assert add(1, 2) == 3"
    assert [(each.run, each.seed) for each in evidence.consulted] == [(RUN, 2)]


def test_what_was_raised_and_what_was_never_answered_are_told() -> None:
    raised = {"error": "ZeroDivisionError", "message": "by 0", "line": "line 1, `1 / 0`"}
    evidence = asked(LOOK, raised, TimeoutError("time was up"), calls=[(1,), (2,)])
    assert evidence.questions[1].answer == raised
    assert evidence.questions[2].answer == {"no answer": "time was up"}


def test_the_same_seed_asks_the_same_and_another_answer_has_another_digest() -> None:
    answers = [[LOOK, {"value": {"int": number}}] for number in (3, 3, 4)]
    first, again, other = (asked(*each, calls=[(1,)]) for each in answers)
    assert first == again
    assert first.asked_sha256 == other.asked_sha256
    assert first.answered_sha256 != other.answered_sha256
    assert first.questions[0] == other.questions[0]


def test_a_record_is_bounded_and_its_digests_are_of_all() -> None:
    def many(last: int) -> ClaimEvidence:
        replies = [{"value": "x" * 2000, "printed": "y" * 2000} for _ in range(199)]
        last_reply = {"value": {"int": last}}
        return asked(LOOK, *replies, last_reply, calls=[("z" * 2000,)] * 200)

    evidence = many(1)
    assert evidence.count == 201
    assert 10 < len(evidence.questions) < 201
    kept = json.dumps([[each.asked, each.answer] for each in evidence.questions])
    assert len(kept) < 1.1 * MOST_CHARACTERS
    assert evidence.answered_sha256 != many(2).answered_sha256


@pytest.mark.parametrize("reply", [{"value": 3}, {"value": {"dict": [3]}}, {"value": {}}, {}])
def test_a_hostile_answer_is_recorded_before_it_is_refused(reply: dict[str, Any]) -> None:
    kept: list[ClaimEvidence] = []
    interview = Interview(5, kept.append)
    proxies = Proxies(lambda *_: (reply, []), lambda *_: None, heard=interview.heard)
    with contextlib.suppress(Exception), interview.about(CLAIM, ""):
        proxies.look(["add"])
    assert kept[0].count == 1


def test_a_question_elsewhere_says_where_and_one_without_a_test_is_dropped() -> None:
    kept: list[ClaimEvidence] = []
    interview = Interview(5, kept.append)
    proxies = Proxies(
        lambda *_: (LOOK, []),
        lambda *_: None,
        heard=lambda question: interview.heard(question, NUMPY_ONLY),
    )
    proxies.look(["add"])
    with interview.about(CLAIM, ""):
        proxies.look(["add"])
    (question,) = kept[0].questions
    assert question.asked["where"] == NUMPY_ONLY
