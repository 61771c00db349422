"""Nothing on a student's page runs or reaches out, also where all of its texts are hostile."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re

import pytest

from grader.model import Claim, Outcome
from grader.reports.feedback.content import Answer, Judged, Page, Shown
from grader.reports.feedback.html_page import render
from tests.pages import Reader
from tests.reports.classes import run
from tests.reports.feedback.pages import EVIL, PAGE, text

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
    pictures=(Shown(EVIL, png=EVIL), Shown(EVIL)),
    runs=(dataclasses.replace(run(7, 2), device=EVIL),),
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
    assert text(HOSTILE).count(EVIL) >= 12


def test_the_reader_of_this_test_sees_dangers() -> None:
    page = "<p onclick=x><script>x</script><a href='//evil'>x</a><img src='http://evil/x.png'>"
    assert len(Reader.of(page + "<style>@import 'x'</style>").dangers) == 6
    assert Reader.of("<script>x</script>", script="x").dangers == []
    assert len(Reader.of("<script>y</script>", script="x").dangers) == 1


def test_the_policy_forbids_all_but_our_own_style() -> None:
    page = render(PAGE)
    tags = Reader.of(page).tags
    (policy,) = (
        attributes["content"]
        for tag, attributes in tags
        if tag == "meta" and "http-equiv" in attributes
    )
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        "default-src 'none'; img-src data:; "
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
