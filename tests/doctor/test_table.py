from __future__ import annotations

from rich.console import Console

from grader.doctor import Check, Finding, Status, findings_table, grading_works
from grader.settings import Settings

FINE = Finding(Status.OK, "3.12", name="Python")
WEAK = Finding(Status.WEAK, "only [watched]", "use systemd", name="memory bound")
NO_DATA = Finding(Status.MISSING, "none there", "grader data", name="data sets")
NO_PAGES = Finding(Status.MISSING, "not enabled", "enable it", name="JupyterLab", needed=False)


def text(*findings: Finding) -> str:
    console = Console(width=100, record=True, force_terminal=True)
    console.print(findings_table(findings))
    return " ".join(console.export_text().replace("│", " ").split())


def test_every_finding_is_a_row_with_its_remedy() -> None:
    shown = text(FINE, WEAK, NO_DATA)
    assert "Python ok 3.12" in shown
    assert "memory bound weak only [watched] Remedy: use systemd" in shown
    assert "data sets missing none there Remedy: grader data" in shown


def test_the_last_line_says_what_is_in_the_way() -> None:
    assert text(FINE).endswith("Grading works here.")
    assert text(WEAK, NO_PAGES).endswith(
        "Grading works here; could be better: memory bound, JupyterLab."
    )
    assert text(NO_DATA, WEAK).endswith("Grading does not work here yet: see data sets.")


def test_what_was_not_tried_is_named() -> None:
    console = Console(width=100, record=True, force_terminal=True)
    console.print(findings_table([FINE], ["sandbox", "TensorFlow"]))
    shown = console.export_text()
    assert "Not tried, for it takes seconds: sandbox, TensorFlow." in shown
    assert "Nothing that was tried is in the way of grading." in shown


def test_only_what_grading_needs_keeps_it_from_working() -> None:
    assert grading_works([FINE, WEAK, NO_PAGES])
    assert not grading_works([FINE, NO_DATA])


def test_a_check_lends_its_name_and_need(tiny_course: Settings) -> None:
    check = Check("sun", lambda _: Finding(Status.OK, "shines"), needed=False)
    assert check.finding(tiny_course) == Finding(Status.OK, "shines", "", "sun", needed=False)


def test_a_check_that_breaks_is_a_finding(tiny_course: Settings) -> None:
    def look(_: Settings) -> Finding:
        raise ZeroDivisionError("by\nzero")

    found = Check("sums", look).finding(tiny_course)
    assert (found.status, found.name) == (Status.MISSING, "sums")
    assert found.detail == "could not be looked at: by zero"
    assert found.remedy
