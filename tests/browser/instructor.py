"""What an instructor does in nbgrader's formgrader."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect


class InstructorPage:
    """JupyterLab with the formgrader, which the lab has opened."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        expect(self.row("convolution_from_scratch")).to_be_visible()

    @property
    def formgrader(self) -> FrameLocator:
        """The formgrader's own page, in its tab."""
        return self.page.frame_locator("#formgrader iframe")

    def row(self, name: str) -> Locator:
        """The line of an assignment or a student in the table that is shown."""
        return self.formgrader.locator("#main-table tr", has_text=name)

    def press(self, name: str, column: str) -> str:
        """Press the sign in a column of a line; what the formgrader says came of it."""
        self.row(name).locator(f"td.{column} a").click()
        dialog = self.formgrader.locator(".modal-dialog", has_text="Success").or_(
            self.formgrader.locator(".modal-dialog", has_text="Error")
        )
        expect(dialog).to_be_visible()
        said = dialog.inner_text()
        dialog.get_by_role("button", name="Close").last.click()
        expect(dialog).to_be_hidden()
        return said

    def submissions(self, assignment: str) -> None:
        """Go to what was collected for an assignment."""
        self.row(assignment).locator("td.num-submissions a").click()
        expect(self.formgrader.locator("h1", has_text="Manage Submissions")).to_be_visible()

    def assignments(self) -> None:
        """Go from a graded submission to the list of assignments."""
        self.formgrader.get_by_role("link", name="Manual Grading").click()
        self.formgrader.get_by_role("link", name="Manage Assignments").click()

    def open_by_hand(self, assignment: str) -> None:
        """Go to the first submission that can be graded by hand."""
        self.formgrader.get_by_role("link", name="Manual Grading").click()
        for _ in ("assignment", "notebook"):
            self.row(assignment).get_by_role("link", name=assignment).click()
        self.row("Submission #1").locator("a.name-hidden").click()

    def grade(self, question: str, points: int, comment: str) -> None:
        """Give points and a comment for a written answer; both are saved."""
        score = self.formgrader.locator(f"input#{question}")
        text = self.formgrader.locator(f"textarea#{question}-comment")
        # These come with what was saved before, which would replace what is typed earlier.
        expect(self.formgrader.locator(f"input#{question}_extra_credit")).to_have_attribute(
            "placeholder", "0"
        )
        expect(text).to_have_attribute("placeholder", re.compile("comments"))
        self._save(score, str(points), "/api/grade/")
        self._save(text, comment, "/api/comment/")

    def _save(self, field: Locator, value: str, address: str) -> None:
        """Fill a field and leave it; returns when the server has it."""
        with self.page.expect_response(
            lambda got: got.request.method == "PUT" and address in got.url
        ) as saved:
            field.fill(value)
            field.press("Tab")
        assert saved.value.ok, saved.value.text()
