"""A person marks written answers with the keyboard alone."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grader.notebook.marking import answers
from grader.settings import Settings
from tests.browser.accessible import expect_accessible
from tests.notebook.exports import school
from tests.notebook.marking import written
from tests.notebook.marking.written import QUESTION

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.browser]


@pytest.fixture
def course(tmp_path: Path) -> Settings:
    """A class of five, four of whom wrote an answer."""
    return written.make(tmp_path)


@pytest.fixture
def address(course: Settings) -> Iterator[str]:
    """The page, opened as a person would."""
    program = [sys.executable, "-c", "from grader.cli import main; main()"]
    command = [*program, "--course", str(course.root), "mark", "sums", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_a_class_is_marked_by_the_keyboard(
    course: Settings, address: str, new_page: Callable[[], Page]
) -> None:
    page, said = new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert "token" not in page.url
    expect_accessible(page)
    left, keys = page.locator("#left"), page.keyboard
    expect(left).to_have_text("4 of 5 left to mark")
    expect(page.locator("article").first).to_be_focused()
    keys.press("c")
    keys.type("Which training?")
    keys.press("Escape")
    keys.type("3.5")
    keys.press("s")  # ben's, and cleo's, which is like it
    expect(left).to_have_text("2 of 5 left to mark")
    expect(page.locator("article").nth(2)).to_be_focused()
    keys.press("Shift+Digit1")
    keys.type("9")
    keys.press("Enter")
    expect(page.locator("article").nth(2).locator(".problem")).to_have_text(
        "Give points from 0 to 5."
    )
    keys.press("Escape")
    keys.type("5")
    keys.press("Enter")
    keys.type("0")
    keys.press("Enter")
    expect(left).to_have_text("0 of 5 left to mark")
    marked = {answer.student: answer for answer in answers.read(course, "sums", QUESTION)}
    assert {student: answer.score for student, answer in marked.items()} == {
        **{"ben": 3.5, "cleo": 3.5, "ada": 5, "dan": 0, "eve": 0}
    }
    assert {marked[student].comment for student in ("ben", "cleo", "ada")} == {"Which training?"}
    expect(page.locator(".who").first).to_be_hidden()
    page.get_by_label("names").check()
    expect(page.locator("h2", has_text=": ada")).to_be_visible()
    assert page.title().startswith("0 to mark")
    school.comment(course, "ada", "From the formgrader.")
    ada = page.locator("article", has_text="learned")
    ada.focus()
    keys.type("2")
    keys.press("Enter")
    expect(ada.locator(".problem")).to_contain_text(
        "It has 5 points now, and: From the formgrader."
    )
    expect(ada.get_by_label("Points")).to_have_value("2")
    expect(left).to_have_text("0 of 5 left to mark; Answer 3 was not saved")
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator(".state")).to_have_text("saved")
    assert answers.read_one(course, "sums", QUESTION, "ada").score == 2
    expect(page.locator("article").last).to_contain_text("Nothing was written.")
    assert said == [], "the content policy refuses nothing that the page needs"
