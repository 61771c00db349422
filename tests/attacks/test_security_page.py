"""docs/security.md names every case, and what a command writes there is read again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.attacks import exercise, security_page, siege, stock
from tests.attacks.cases import ATTACKS, TRIALS
from tests.attacks.security_page import NOT_TRIED
from tests.conftest import ROOT

COLUMNS = ("one", "other")
BEGIN = "<!-- compared: begin; written by `python -m tests.attacks.stock` -->\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.md"
    file.write_text(f"before\n{BEGIN}\n\n<!-- compared: end -->\nbehind\n")
    return file


def test_what_was_written_is_read_and_what_is_new_was_not_tried(page: Path) -> None:
    compared = security_page.read(COLUMNS, page)
    compared.put(3, "a case", "other", "10; a file outside: x")
    security_page.write("compared", compared.table([(3, "a case"), (4, "a new one")]), page)
    again = security_page.read(COLUMNS, page)
    assert again.cell(3, "a case", "one") == NOT_TRIED
    assert again.cell(3, "a case", "other") == "10; a file outside: x"
    assert again.cell(4, "a new one", "one") == NOT_TRIED
    assert page.read_text().startswith(f"before\n{BEGIN}\n| case |")
    assert page.read_text().endswith("\n<!-- compared: end -->\nbehind\n")


def test_another_pipeline_is_another_column(page: Path) -> None:
    compared = security_page.read(("one",), page)
    compared.put(3, "a case", "one", "6")
    security_page.write("compared", compared.table([(3, "a case")]), page)
    assert security_page.read(COLUMNS, page).cell(3, "a case", "one") == "6"
    assert security_page.read(COLUMNS, page).cell(3, "a case", "other") == NOT_TRIED


def test_a_page_without_marks_is_an_error(page: Path) -> None:
    with pytest.raises(ValueError, match="expected the marks <!-- trials: begin"):
        security_page.write("trials", "", page)


def test_the_page_has_rows_of_cases_that_there_are() -> None:
    """A case that has no row yet gets one by ``python -m tests.attacks.stock --minutes 0``."""
    known = {(str(number), about) for number, about in stock._named()}
    rows = security_page.read(tuple(stock.PIPELINES.values())).rows
    assert len(rows) > 100
    assert set(rows) <= known
    trials = security_page.between(security_page.PAGE.read_text(), "trials").splitlines()
    assert len(trials) > 40
    assert set(trials) <= set(security_page.of_trials(TRIALS).splitlines())


def test_points_of_this_grader_are_those_that_the_cases_expect() -> None:
    compared = security_page.read(tuple(stock.PIPELINES.values()))
    worth = [points for points, _ in exercise.CLAIMS.values()]
    checked = 0
    for attack in ATTACKS:
        if not attack.outcomes or set(attack.outcomes) - set("+FC-x"):
            continue  # refused, or of more than one outcome
        said = compared.cell(attack.number, attack.about, stock.PIPELINES["ours"])
        if points := re.match(r"\d+", said):
            passed = zip(worth, attack.outcomes, strict=True)
            due = sum(points for points, letter in passed if letter == "+")
            assert int(points[0]) == due, (attack.name, said)
            checked += 1
    assert checked > 100


def test_no_two_cases_are_described_alike() -> None:
    named = stock._named()
    assert len(set(named)) == len(named)


def test_the_page_on_other_judges_names_cases_and_files_that_exist() -> None:
    page = (ROOT / "docs" / "judges.md").read_text()
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")]
    named = {name for row in rows[1:] for name in re.findall(r"`([\w/.]+)`", row[2])}
    files = {name for name in named if "/" in name}
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    cases = {case.name for case in siege.CASES}
    assert named - files - {"grader.checks"} <= cases
    assert {case.name for case in siege.CASES if case.number == 72} <= named


@pytest.mark.parametrize(
    ("letter", "words"), [("L", "over a limit"), ("C", "crashed"), ("F", "failed"), ("+", "passed")]
)
def test_the_page_on_other_judges_tells_the_outcomes_that_are_held(letter: str, words: str) -> None:
    page = (ROOT / "docs" / "judges.md").read_text()
    told = 0
    for attack in ATTACKS:
        place = 2 if attack.outcomes.startswith("++") else 0
        if attack.outcomes[place : place + 1] == letter:
            rows = [line for line in page.splitlines() if f"| `{attack.name}` |" in line]
            told += len(rows)
            assert all(f"| {words}" in row for row in rows), rows
    assert told
