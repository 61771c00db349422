from __future__ import annotations

import base64
import dataclasses
import hashlib
import itertools
import re

import pytest

from grader.model import Claim, Outcome
from grader.reports.feedback import WORDS, Answer, Judged, Page, Shown, prose, render
from tests.pages import Reader

EVIL = "<script>alert(1)</script>\"' onload=alert(1) {{ 7 * 7 }}"


def judged(outcome: Outcome, **changes: object) -> Judged:
    claim = Claim(outcome.name, 2, f"the claim {outcome.name}", "the hint", ("add", "gone"))
    score = {Outcome.PASSED: 2.0, Outcome.GRADER_FAULT: None}.get(outcome, 0.0)
    return dataclasses.replace(Judged(claim, outcome, "the message", score), **changes)


PAGE = Page(
    assignment="sums",
    student="ada",
    student_name="Ada Lovelace",
    score=3.5,
    max_score=17,
    late_penalty=1,
    claims=tuple(judged(outcome) for outcome in Outcome),
    answers=(
        Answer("add", False, "def add():\n    return 1", (Shown("42"), Shown("!", warning=True))),
        Answer("written_answer", True, "because", comment="well said", points=5, score=2.5),
    ),
    notes=("cell total is missing",),
)


def text(page: Page) -> str:
    """What a reader sees, words only."""
    return " ".join(Reader.of(render(page)).text.split())


def test_it_says_who_what_and_how_much() -> None:
    seen = text(PAGE)
    for words in (
        "Ada Lovelace (ada)",
        "3.5 of 17 points so far",
        "Claims, graded by machine 2 of 12",
        "Written answer, graded by a person 2.5 of 5",
        "Handed in late \N{MINUS SIGN}1",
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


def test_a_hint_does_not_stand_there_twice() -> None:
    one = judged(Outcome.FAILED, message="the hint")
    assert text(dataclasses.replace(PAGE, claims=(one,))).count("the hint") == 1


def test_what_waits_for_a_person_is_said() -> None:
    assert "not graded yet, worth 2 points" in text(PAGE)
    complete = dataclasses.replace(PAGE, claims=(judged(Outcome.PASSED),))
    assert (PAGE.waiting, complete.waiting) == (1, 0)
    assert "so far" not in text(complete)
    waiting = Answer("written_answer", True, "", points=5)
    assert "graded by a person not graded yet" in text(
        dataclasses.replace(PAGE, answers=(waiting,))
    )


def test_a_score_that_a_person_changed_is_said() -> None:
    one = judged(Outcome.FAILED, score=1.0, by_hand=True)
    assert "1 of 2 points, set by a person" in text(dataclasses.replace(PAGE, claims=(one,)))


HOSTILE = Page(
    assignment=EVIL,
    student=EVIL,
    student_name=EVIL,
    score=0,
    max_score=1,
    late_penalty=0,
    claims=(Judged(Claim(EVIL, 1, EVIL, EVIL, (EVIL,)), Outcome.CRASHED, f"`{EVIL}`", 0.0),),
    answers=(Answer(EVIL, False, EVIL, (Shown(EVIL), Shown(EVIL, png=EVIL)), EVIL, 1, 1),),
    notes=(EVIL,),
)


@pytest.mark.parametrize("page", [PAGE, HOSTILE], ids=["plain", "hostile"])
def test_nothing_runs_and_nothing_reaches_out(page: Page) -> None:
    reader = Reader.of(render(page), links=("#",))
    assert reader.dangers == []
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    targets = [attributes["href"] for tag, attributes in reader.tags if tag == "a"]
    assert len(ids) == len(set(ids))
    assert {str(target).removeprefix("#") for target in targets} <= set(ids)


def test_what_is_hostile_is_seen_as_it_is() -> None:
    assert text(HOSTILE).count(EVIL) >= 9


def test_the_reader_of_this_test_sees_dangers() -> None:
    page = "<p onclick=x><script>x</script><a href='//evil'>x</a><img src='http://evil/x.png'>"
    assert len(Reader.of(page + "<style>@import 'x'</style>").dangers) == 5


def test_the_policy_forbids_all_but_our_own_style() -> None:
    page = render(PAGE)
    tags = Reader.of(page).tags
    (policy,) = (one["content"] for tag, one in tags if tag == "meta" and "http-equiv" in one)
    found = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert policy == (
        "default-src 'none'; img-src data:; "
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_it_can_be_read_by_everyone() -> None:
    tags = Reader.of(render(PAGE)).tags
    assert tags[0] == ("html", {"lang": "en"})
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    pictured = dataclasses.replace(PAGE, answers=(Answer("a", False, "", (Shown("", "AAAA"),)),))
    (image,) = (one for tag, one in Reader.of(render(pictured)).tags if tag == "img")
    assert image["alt"] == "A picture that this cell drew"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough_for_small_text(theme: int) -> None:
    colours = [
        dict(re.findall(r"--(\w+): (#\w{6});", block))
        for block in re.findall(r":root \{(.*?)\}", render(PAGE), re.DOTALL)
    ][theme]
    for paper in ("page", "panel"):
        for ink in ("text", "soft", "link", "good", "bad", "none", "ask"):
            light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])))[::-1]
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_backticks_mean_code() -> None:
    assert prose("call `f(<a>)` & see") == "call <code>f(&lt;a&gt;)</code> &amp; see"
    assert prose("a ` alone") == "a ` alone"
