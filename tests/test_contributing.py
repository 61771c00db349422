"""CONTRIBUTING.md names files that exist."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
MAP = re.compile(r"^\| (\d+) \| ([^|]+\?) \| `([^`|]+)` \|$", re.MULTILINE)
PLACE = re.compile(r"`((?:grader|tests)/[\w/.]+)`")


def test_the_map_answers_at_least_twenty_questions_each_with_one_file() -> None:
    rows = MAP.findall(PAGE)
    assert len(rows) >= 20
    assert [int(number) for number, _, _ in rows] == list(range(1, len(rows) + 1))
    assert [file for _, _, file in rows if not (ROOT / file).is_file()] == []


def test_no_two_questions_of_the_map_are_the_same() -> None:
    questions = [question for _, question, _ in MAP.findall(PAGE)]
    assert len(set(questions)) == len(questions)


def test_every_file_and_folder_that_the_page_names_exists() -> None:
    named = PLACE.findall(PAGE)
    assert named
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_its_links_lead_to_files() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
