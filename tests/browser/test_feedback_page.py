"""The feedback page in a browser: for everybody, and in both directions of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from grader import language
from grader.reports.feedback import html_page
from grader.reports.feedback.content import Notice
from tests.browser.accessible import expect_accessible
from tests.reports.feedback.pages import PAGE

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.browser]


@pytest.fixture(params=["en", "ar"])
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    language.use(request.param)
    yield request.param
    language.use(language.ENGLISH)


def test_it_is_accessible_and_as_wide_as_a_phone(
    code: str, new_page: Callable[[], Page], tmp_path: Path
) -> None:
    notice = Notice("sums", "ada", "Not tested", ("The notebook cannot be read.",))
    page = new_page()
    for name, text in (
        ("feedback", html_page.render(PAGE)),
        ("notice", html_page.render_notice(notice)),
    ):
        file = tmp_path / f"{name}.html"
        file.write_text(text)
        page.goto(file.as_uri())
        expect_accessible(page)
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("getComputedStyle(document.body).direction") == (
            "rtl" if code == "ar" else "ltr"
        )
