"""What a student does in JupyterLab."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect


class StudentPage:
    """JupyterLab with nbgrader's Assignment List, which the lab has opened.

    Whoever comes back finds in front what was in front when JupyterLab last kept the workspace:
    the list need not be seen until its tab is clicked.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        expect(self._tab("Assignments")).to_be_visible()

    @property
    def _released(self) -> Locator:
        return self.page.locator("#released_assignments_list")

    @property
    def _downloaded(self) -> Locator:
        return self.page.locator("#fetched_assignments_list")

    @property
    def submitted(self) -> Locator:
        """The list of what was handed in."""
        return self.page.locator("#submitted_assignments_list")

    def refresh(self) -> None:
        """Look at the exchange again."""
        self._tab("Assignments").click()
        self.page.locator("#refresh_assignments_list").click()

    def fetch(self, assignment: str) -> None:
        """Get one's own copy of an assignment."""
        _row(self._released, assignment).get_by_role("button", name="Fetch").click()
        expect(_row(self._downloaded, assignment)).to_be_visible()

    def open(self, assignment: str) -> None:
        """Open the notebook of a fetched assignment, and wait for its kernel."""
        row = _row(self._downloaded, assignment)
        row.locator("a.assignment-notebooks-link").click()
        row.locator(".nested_list_item .item_name a", has_text=assignment).click()
        expect(self.page.locator("#jp-bottom-panel")).to_contain_text("| Idle")

    def write(self, start: str, text: str) -> None:
        """Replace the code cell that begins with ``start``."""
        self._replace(self._cell(start), text)

    def answer(self, text: str) -> None:
        """Replace the written answer."""
        cell = self.page.locator(".jp-MarkdownCell", has_text="YOUR ANSWER HERE")
        cell.locator(".jp-RenderedMarkdown").dblclick()
        self._replace(cell, text)
        self.page.keyboard.press("Shift+Enter")
        expect(self.page.locator(".jp-RenderedMarkdown", has_text=text)).to_be_visible()

    def save(self) -> None:
        """Save the notebook; what is not saved is not handed in."""
        self.page.keyboard.press("Control+S")
        expect(self._tab(".ipynb")).not_to_have_class(re.compile("jp-mod-dirty"))

    def run_all(self) -> None:
        """Run every cell up to the first that fails."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def output(self, start: str) -> Locator:
        """What the code cell that begins with ``start`` has put out."""
        return self._cell(start).locator(".jp-OutputArea-output")

    def validate(self) -> Locator:
        """Press the notebook's Validate button; the dialog that says what came of it."""
        self.page.locator(".validate-button").get_by_role("button").click()
        dialog = self.page.locator(".jp-Dialog", has=self.page.locator("#validation-message"))
        expect(dialog).to_be_visible()
        return dialog

    def close(self, dialog: Locator) -> None:
        """Press the only button of a dialog."""
        dialog.get_by_role("button", name="Ok").click()
        expect(dialog).to_be_hidden()

    def submit(self, assignment: str) -> None:
        """Hand in, from the Assignment List."""
        self._tab("Assignments").click()
        _row(self._downloaded, assignment).get_by_role("button", name="Submit").click()
        expect(_row(self.submitted, assignment)).to_be_visible()

    def fetch_feedback(self, assignment: str) -> None:
        """Get the pages that the instructor has written."""
        row = _row(self.submitted, assignment)
        expect(row).to_contain_text("feedback available to fetch")
        row.get_by_role("button", name="Fetch Feedback").click()
        expect(row).to_contain_text("view feedback")

    def read_feedback(self, assignment: str) -> FrameLocator:
        """Open the page in JupyterLab, as the link in the list leads to it."""
        _row(self.submitted, assignment).get_by_text("view feedback").click()
        self.page.locator(".jp-DirListing-item", has_text=f"{assignment}.html").dblclick()
        return self.page.frame_locator(".jp-HTMLViewer iframe")

    def _replace(self, cell: Locator, text: str) -> None:
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def _tab(self, title: str) -> Locator:
        return self.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=title)

    def _cell(self, start: str) -> Locator:
        """A code cell, scrolled to: JupyterLab draws only the cells near by."""
        cell = self.page.locator(".jp-CodeCell", has_text=start).first
        cell.scroll_into_view_if_needed()
        return cell


def _row(rows: Locator, assignment: str) -> Locator:
    """The line of one assignment, with what is folded out below it."""
    return rows.locator("> .list_item", has_text=assignment)
