"""docs/security.md names every case, and what a command writes there is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks import security_page, stock
from tests.attacks.cases import TRIALS
from tests.attacks.security_page import NOT_TRIED

COLUMNS = ("one", "other")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- compared -->\n<!-- end of compared -->\nbehind\n")
    return file


def test_what_was_written_is_read_and_what_is_new_was_not_tried(page: Path) -> None:
    compared = security_page.read(COLUMNS, page)
    compared.put(3, "a case", "other", "10; a file outside: x")
    security_page.write("compared", compared.table([(3, "a case"), (4, "a new one")]), page)
    again = security_page.read(COLUMNS, page)
    assert again.cell(3, "a case", "one") == NOT_TRIED
    assert again.cell(3, "a case", "other") == "10; a file outside: x"
    assert again.cell(4, "a new one", "one") == NOT_TRIED
    assert page.read_text().startswith("before\n<!-- compared -->\n| case |")
    assert page.read_text().endswith("<!-- end of compared -->\nbehind\n")


def test_another_pipeline_is_another_column(page: Path) -> None:
    compared = security_page.read(("one",), page)
    compared.put(3, "a case", "one", "6")
    security_page.write("compared", compared.table([(3, "a case")]), page)
    assert security_page.read(COLUMNS, page).cell(3, "a case", "one") == "6"
    assert security_page.read(COLUMNS, page).cell(3, "a case", "other") == NOT_TRIED


def test_a_page_without_marks_is_an_error(page: Path) -> None:
    with pytest.raises(ValueError, match="expected the marks <!-- trials -->"):
        security_page.write("trials", "", page)


def test_the_page_has_a_row_for_each_case() -> None:
    columns = tuple(stock.PIPELINES.values())
    written = security_page.between(security_page.PAGE.read_text(), "compared")
    assert security_page.read(columns).table(stock._named()) == written
    written = security_page.between(security_page.PAGE.read_text(), "trials")
    assert security_page.of_trials(TRIALS) == written


def test_no_two_cases_are_described_alike() -> None:
    named = stock._named()
    assert len(set(named)) == len(named)
