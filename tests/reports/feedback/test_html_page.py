"""What a student reads: score, claims, trainings, time and pictures."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest
from markupsafe import Markup

from grader.model import FurtherRun, Outcome
from grader.reports.feedback.content import Answer
from grader.reports.feedback.html_page import WORDS, render
from tests.pages import Reader
from tests.reports.classes import run
from tests.reports.feedback.pages import DRAWN, PAGE, judged, text


def test_it_says_who_what_and_how_much() -> None:
    seen = text(PAGE)
    for words in (
        "Ada Lovelace (ada)",
        "3.5 / 17 points so far",
        "Still to be marked by a person: 2 points.",
        "Claims, tested by machine 2 / 12",
        "Written answer, marked by a person 2.5 / 5",
        "Late penalty \N{MINUS SIGN}1",
        "Note: cell total is missing.",
        "1 of 6 claims passed.",
        "def add(): return 1",
        "on stderr: !",
        "Comment well said",
    ):
        assert words in seen


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_told_in_words(outcome: Outcome) -> None:
    seen = text(dataclasses.replace(PAGE, claims=(judged(outcome),)))
    assert f"the claim {outcome.name} {WORDS[outcome][0]} {WORDS[outcome][1]}" in seen
    lost = outcome not in (Outcome.PASSED, Outcome.GRADER_FAULT)
    assert ("Hint: the hint" in seen, "Your cells: add" in seen) == (lost, lost)


@pytest.mark.parametrize("message", ["the hint", "Something else. the hint"])
def test_a_hint_does_not_stand_there_twice(message: str) -> None:
    claim = judged(Outcome.FAILED, message=message)
    assert text(dataclasses.replace(PAGE, claims=(claim,))).count("the hint") == 1


CRASH = "Testing ended with IndexError: {}. It was raised in line 2 of the cell `add`, `a[5]`.{}"


def test_one_crash_is_told_once_in_full() -> None:
    messages = (CRASH.format(3, ""), "another", CRASH.format(12, " Look at a."))
    claims = tuple(judged(Outcome.CRASHED, message=message) for message in messages)
    page = dataclasses.replace(PAGE, claims=claims)
    seen = text(page)
    assert seen.count("It was raised in") == 1
    assert "12. It was raised in line 2 of the cell add, a[5]. Look at a." in seen
    assert "3. the claim CRASHED ✗" in seen
    assert seen.count("The same cause: claim 1") == 1
    links = [
        attributes.get("href") for tag, attributes in Reader.of(render(page)).tags if tag == "a"
    ]
    assert links.count("#claim-1") == 1


def test_what_was_not_attempted_is_told_each_time() -> None:
    claims = (judged(Outcome.NOT_ATTEMPTED), judged(Outcome.NOT_ATTEMPTED))
    assert text(dataclasses.replace(PAGE, claims=claims)).count("the message") == 2


@pytest.mark.parametrize(
    ("outcome", "seconds", "told"),
    [
        (Outcome.PASSED, 0.02, False),
        (Outcome.PASSED, 61.0, False),
        (Outcome.CRASHED, 61.0, False),
        (Outcome.OVER_LIMIT, 3.0, True),
        (Outcome.OVER_LIMIT, 0.0, False),
    ],
)
def test_the_time_of_a_test_is_told_where_it_was_too_long(
    outcome: Outcome, seconds: float, told: bool
) -> None:
    page = dataclasses.replace(PAGE, claims=(judged(outcome, seconds=seconds),))
    assert ("Testing it took" in text(page)) == told


def test_the_title_stands_above_the_name_and_names_break_at_underscores() -> None:
    assert "<h1><bdi>sums</bdi></h1>" in render(PAGE)
    named = dataclasses.replace(PAGE, assignment="many_sums")
    assert "<h1><bdi>many_<wbr>sums</bdi></h1>" in render(named)
    titled = dataclasses.replace(named, title="Sums & more", description="Adding up.")
    seen = text(titled)
    assert seen.startswith("Sums & more: feedback for Ada Lovelace")
    assert "Feedback: many_sums Sums & more Adding up. Ada Lovelace" in seen


def test_when_it_was_handed_in_is_told() -> None:
    said = "Handed in on 2026-01-02 at 10:00 UTC, 2 hours late."
    assert said in text(dataclasses.replace(PAGE, handed_in=said))


def test_markup_is_shown_as_it_is_and_text_is_escaped() -> None:
    rendered = Markup("<p><em>well</em> <math><mi>x</mi></math></p>")
    answer = Answer("written_answer", True, rendered, comment=rendered, points=5)
    assert render(dataclasses.replace(PAGE, answers=(answer,))).count(rendered) == 2
    typed = Answer("written_answer", True, str(rendered), comment=str(rendered), points=5)
    assert rendered not in render(dataclasses.replace(PAGE, answers=(typed,)))


def test_other_seeds_are_told_beside_the_run() -> None:
    other = FurtherRun(1, 12, 0.9985, 0.98, 0.998)
    near = dataclasses.replace(run(54_000, 3, stopped=False), further=(other,))
    seen = text(dataclasses.replace(PAGE, runs=(near,)))
    for words in (
        "In this run its training accuracy was at most",
        "With seed 1 its training accuracy came above 0.998 after epoch 12: 0.9985.",
        "For the training accuracy the best run counts, with seed 1.",
    ):
        assert words in seen
    assert "never above" not in seen


def test_what_waits_for_a_person_is_said() -> None:
    assert "not marked yet, worth 2 points" in text(PAGE)
    complete = dataclasses.replace(PAGE, claims=(judged(Outcome.PASSED),))
    assert (PAGE.waiting, complete.waiting) == (2, 0)
    assert "so far" not in text(complete)
    assert "still to be marked" not in text(complete)
    one = dataclasses.replace(PAGE, claims=(), answers=(Answer("a", True, "", points=1),))
    assert "Still to be marked by a person: 1 point." in text(one)
    waiting = Answer("written_answer", True, "", points=5)
    assert "marked by a person not marked yet, worth 5" in text(
        dataclasses.replace(PAGE, answers=(waiting,))
    )


def test_a_score_that_a_person_changed_is_said() -> None:
    claim = judged(Outcome.FAILED, score=1.0, by_hand=True)
    assert "1 / 2 points, set by a person" in text(dataclasses.replace(PAGE, claims=(claim,)))


def test_it_can_be_read_by_everyone() -> None:
    tags = Reader.of(render(PAGE)).tags
    assert tags[0] == ("html", {"lang": "en", "dir": "ltr"})
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    pictured = dataclasses.replace(PAGE, answers=(Answer("a", False, "", (DRAWN,)),))
    images = [attributes for tag, attributes in Reader.of(render(pictured)).tags if tag == "img"]
    assert [image["alt"] for image in images] == ["Picture drawn by cell 7"] * 2


def test_trainings_are_told_with_their_curves() -> None:
    seen = text(PAGE)
    for words in (
        "Training 1: 6 epochs, 2,772,362 weights A callback stopped it after epoch 6.",
        "above 0.998 after epoch 4 for the first time.",
        "target: above 0.998",
        "stopped here",
        "Training 2: 3 epochs, 54,000 weights It ended after epoch 3: 19 epochs were asked for.",
        "never above 0.998: the highest was 0.9925.",
        "There is no curve: no epoch logged a training accuracy.",
    ):
        assert words in seen
    assert seen.count("stopped here") == 1
    tags = Reader.of(render(PAGE)).tags
    curves = [attributes for tag, attributes in tags if tag == "svg"]
    assert [curve["role"] for curve in curves] == ["img", "img"]
    ids = {attributes.get("id") for _, attributes in tags}
    assert {curve["aria-labelledby"] for curve in curves} <= ids


def test_without_a_target_none_is_drawn() -> None:
    seen = text(dataclasses.replace(PAGE, target=None))
    assert "Training 1" in seen
    assert "above 0.998" not in seen
    assert "target" not in seen


def test_without_trainings_and_pictures_nothing_is_said_of_them() -> None:
    seen = text(dataclasses.replace(PAGE, runs=(), pictures=()))
    assert "training" not in seen.lower().replace("waiting for your trainings", "")
    assert "other cells drew" not in seen


def test_a_line_says_that_experiments_were_not_run() -> None:
    said = "The notebook's experiments were not run again: no claim depends on them."
    assert said not in text(PAGE)
    assert said in text(dataclasses.replace(PAGE, without_experiments=True))


def test_the_time_is_accounted_for() -> None:
    seen = text(PAGE)
    for words in (
        "in all 100 s",
        "waiting for your trainings 60 s",
        "testing your work 15 s",
        "everything else 25 s",
        "1, on 2 CPU cores 6 3 120 s",
    ):
        assert words in seen
    assert "starting Python" not in seen
    assert "How long it took" not in text(dataclasses.replace(PAGE, seconds=5.0))


def test_pictures_of_other_cells_say_whose_they_are() -> None:
    images = [attributes for tag, attributes in Reader.of(render(PAGE)).tags if tag == "img"]
    assert [image["alt"] for image in images] == ["Picture drawn by cell 7"]
    assert "Picture 2 of cell 9 was left out" in text(PAGE)
