"""A class from handing out to feedback, in a real browser, on a real exchange."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from grader.lab.server import require_free
from tests.browser.conftest import OpenLab
from tests.browser.instructor import InstructorPage
from tests.browser.student import StudentPage
from tests.conftest import ROOT
from tests.patience import eventually

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.browser]

ASSIGNMENT = "convolution_from_scratch"
CONVOLVE = (ROOT / "tests" / "submissions" / ASSIGNMENT / "windows" / "convolve.py").read_text()
FILTERS = """EDGES = [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
VERTICAL_LINES = [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]]
HORIZONTAL_LINES = [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]
"""


def test_a_class_goes_from_handing_out_to_feedback(
    lab: OpenLab, new_page: Callable[[], Page]
) -> None:
    instructor = InstructorPage(new_page(), lab.instructor)
    hand_out_anew(instructor)
    student = StudentPage(new_page(), lab.student)
    solve_and_hand_in(student)
    grade(instructor)
    return_feedback(instructor)
    read(student)


def test_a_student_sees_no_formgrader(lab: OpenLab, new_page: Callable[[], Page]) -> None:
    student = StudentPage(new_page(), lab.student)
    student.page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    expect(student.page.get_by_role("menuitem", name="Assignment List")).to_be_visible()
    expect(student.page.get_by_role("menuitem", name="Formgrader")).to_have_count(0)
    address = lab.student.replace("/lab?", "/formgrader/manage_assignments?")
    assert student.page.request.get(address).status == 404


def test_ctrl_c_ends_everything(lab: OpenLab) -> None:
    assert lab.end() == 0
    for port in (lab.port, lab.port + 1):
        require_free(port)
    # The server that judges are forked from ends once it finds its parent gone.
    assert eventually(lambda: not left_behind(lab.folder)), left_behind(lab.folder)


def hand_out_anew(instructor: InstructorPage) -> None:
    """Take the assignment back, compile it, and hand it out."""
    for column in ("release", "assign", "release"):
        assert "Successfully" in instructor.press(ASSIGNMENT, column)
    expect(instructor.row(ASSIGNMENT)).to_contain_text("released")


def solve_and_hand_in(student: StudentPage) -> None:
    """Write two of three solutions, see what Validate says, answer the question, and hand in."""
    student.refresh()
    student.fetch(ASSIGNMENT)
    student.open(ASSIGNMENT)
    student.write("def convolve(", CONVOLVE)
    student.run_all()
    expect(student.output("print(convolve(tiny")).to_contain_text("140")
    student.write("EDGES = [[", FILTERS)
    dialog = student.validate()
    expect(dialog).to_contain_text("The cell max_pool is as it was handed out")
    expect(dialog).to_contain_text("6 of 8 tested claims passed. Points: 11 / 14.")
    expect(dialog.get_by_text("The following cell failed").first).to_be_hidden()
    student.close(dialog)
    student.answer("Training finds the numbers.")
    student.save()
    student.submit(ASSIGNMENT)


def grade(instructor: InstructorPage) -> None:
    """Collect, let the machine grade Ada, and grade her written answer by hand."""
    assert "Successfully" in instructor.press(ASSIGNMENT, "collect")
    instructor.submissions(ASSIGNMENT)
    for student in ("ada", "ben", "cleo", "dan", "eve", "finn"):
        expect(instructor.row(student)).to_contain_text("needs autograding")
    assert "Successfully" in instructor.press("ada", "autograde")
    expect(instructor.row("ada")).to_contain_text("needs manual grading")
    expect(instructor.row("ada")).to_contain_text("16 / 25")
    instructor.open_by_hand(ASSIGNMENT)
    instructor.grade("written_answer", 4, "Where do the numbers come from?")


def return_feedback(instructor: InstructorPage) -> None:
    """Write the pages, and put them into the exchange."""
    instructor.assignments()
    for column in ("generate-feedback", "release-feedback"):
        assert "Successfully" in instructor.press(ASSIGNMENT, column)


def read(student: StudentPage) -> None:
    """Fetch the page, and find on it what machine and person have said."""
    student.refresh()
    student.fetch_feedback(ASSIGNMENT)
    page = student.read_feedback(ASSIGNMENT)
    expect(page.get_by_text("20 / 25 points")).to_be_visible()
    expect(page.get_by_text("Where do the numbers come from?")).to_be_visible()
    expect(page.get_by_text("not attempted")).to_have_count(3)


def left_behind(folder: Path) -> list[str]:
    """Programs that still run on something in the folder."""
    found = (
        " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])
    )
    return [line for line in found if str(folder) in line]
