"""What the class report's script does: sorting and filtering, by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grader.reports.class_report import html_page
from tests.browser.accessible import expect_accessible
from tests.reports.classes import made_up

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.browser]


def test_a_class_is_sorted_and_filtered_by_the_keyboard(
    new_page: Callable[[], Page], tmp_path: Path
) -> None:
    report = made_up(200)
    file, *_ = html_page.write(report, tmp_path)
    page, said = new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    expect_accessible(page)
    rows = page.locator("#students tbody tr:visible")
    scores = sorted(entry.total for entry in report.entries)
    score = page.get_by_role("button", name="score / 19")
    for expected in (scores[0], scores[-1]):
        score.press("Enter")
        expect(rows.first.locator("td").first).to_have_text(f"{expected:g}")
    page.get_by_label("Show").select_option(label="who did not pass reaches_998")
    missed = next(r.missed for r in report.results if r.claim.name == "reaches_998")
    expect(rows).to_have_count(missed)
    page.get_by_label("Show").select_option(label="with points to mark")
    expect(page.locator("output")).to_have_text(f"{len(report.waiting)} of 200 shown")
    page.get_by_label("Name").fill("student00")
    expect(rows).to_have_count(
        sum(entry.student.startswith("student00") for entry in report.waiting)
    )
    assert said == [], "the content policy lets the script run, and nothing else is asked for"


def test_without_scripts_the_whole_class_is_there(
    new_page: Callable[[], Page], tmp_path: Path
) -> None:
    file, *_ = html_page.write(made_up(30), tmp_path)
    browser = new_page().context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("#students tbody tr")).to_have_count(30)
    expect(page.get_by_label("Name")).to_be_hidden()
    context.close()
