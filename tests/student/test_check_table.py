"""The table of a check: its rows and sums, as HTML and as text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.console import Console

from grader import language
from grader.model import Claim, Outcome, Verdict
from grader.student.check_html import check_html
from grader.student.check_text import Printed, check_text
from grader.student.checked import OUTCOMES, Checked, rows, totals
from tests.pages import Reader

CLAIMS = tuple(
    Claim(name, 2, f"`{name}` holds.", f"Look at {name}.", ())
    for name in ("shape", "values", "crash", "blank", "trained")
)
VERDICTS = (
    Verdict("shape", Outcome.PASSED, 2),
    Verdict("values", Outcome.FAILED, 2, "It is 3, expected 4 [not red]. Add one."),
    Verdict("crash", Outcome.CRASHED, 2, "It ended."),
    Verdict("blank", Outcome.NOT_ATTEMPTED, 2, "Write it."),
)
CHECKED = Checked("mnist", CLAIMS, VERDICTS, frozenset({"trained"}), (3.0, 1.0), (5.0,))


# Of what JupyterLab's sanitizer leaves in a notebook that it does not trust: no style sheet, and no
# variable, calculation or keyword of a theme.
KEPT_PROPERTIES = frozenset(
    (
        *("background", "border", "border-collapse", "border-radius", "border-top", "color"),
        *("font-size", "margin", "opacity", "padding", "padding-right", "table-layout"),
        *("text-align", "vertical-align", "white-space", "width"),
    )
)
KEPT_VALUE = re.compile(r"[a-z0-9.#% -]+")


def read(page: str) -> Reader:
    """The page, in which nothing is dangerous but inline styles, and those are JupyterLab's."""
    reader = Reader.of(page)
    styled = re.compile(r"<b>|<(span|table|tr|td) style=[-a-z0-9.#%:; ]+")
    assert [danger for danger in reader.dangers if not styled.match(danger)] == []
    return reader


def test_the_table_is_laid_out_where_jupyterlab_drops_its_style_sheet() -> None:
    styles = {
        (tag, attributes.get("class")): dict(
            rule.split(": ") for rule in (attributes["style"] or "").split("; ")
        )
        for tag, attributes in read(check_html(CHECKED)).tags
        if "style" in attributes
    }
    for rules in styles.values():
        assert rules.keys() <= KEPT_PROPERTIES
        assert all(KEPT_VALUE.fullmatch(value) for value in rules.values())
    said, score = styles["td", "grader-said"], styles["td", "grader-score"]
    assert (said["text-align"], said["vertical-align"]) == ("left", "top")
    assert (score["text-align"], score["white-space"]) == ("right", "nowrap")


@pytest.mark.parametrize("shown", [check_text, lambda checked: read(check_html(checked)).text])
def test_each_claim_has_outcome_points_message_and_hint(shown) -> None:
    text = shown(CHECKED)
    assert "It is 3, expected 4 [not red]. Add one." in text
    assert "Hint: Look at values." in text
    assert "Hint: Look at crash." in text
    assert "Look at shape." not in text
    assert "Look at blank." not in text
    for label in ("passed", "failed", "crashed", "not attempted", "needs training"):
        assert text.count(label) == (2 if label == "passed" else 1)
    assert "2 / 2" in text
    assert text.count("0 / 2") == 3
    for line in totals(CHECKED):
        assert line in text


def test_the_sums_say_what_else_there_is_to_earn() -> None:
    assert totals(CHECKED) == [
        "1 of 4 tested claims passed. Points: 2 / 8.",
        "1 claim needs a training: run the training, then its test cell. Points: 2.",
        "2 hidden claims are tested when your work is graded. Points: 4.",
        "1 written answer is graded by a person. Points: 5.",
    ]
    assert totals(replace(CHECKED, verdicts=VERDICTS[:2]))[2] == (
        "2 claims were not tested. Points: 4."
    )


def test_points_that_are_not_known_are_not_told() -> None:
    claims = (replace(CLAIMS[0], points=0.0),)
    checked = Checked("x", claims, (Verdict("shape", Outcome.PASSED, 0),))
    assert rows(checked)[0].score == ""
    assert totals(checked) == ["1 of 1 tested claim passed."]


def test_a_hint_is_not_said_twice() -> None:
    said = (Verdict("values", Outcome.FAILED, 2, "Look at values."),)
    assert check_text(Checked("x", CLAIMS[1:2], said)).count("Look at values.") == 1


def test_the_claim_that_runs_is_shown() -> None:
    running = replace(CHECKED, verdicts=VERDICTS[:1], running="values")
    assert [row.label for row in rows(running)] == [
        *("passed", "running", "not tested", "not tested", "needs training")
    ]
    assert "3 claims are still to be tested. Points: 6." in totals(running)


def test_what_a_student_wrote_is_text_in_the_page() -> None:
    hostile = "<img src=x onerror=alert(1)> \x1b[31m \u202e"
    page = check_html(Checked("<b>", CLAIMS[:1], (Verdict("shape", Outcome.FAILED, 2, hostile),)))
    assert "img" not in [tag for tag, _ in read(page).tags]
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_text_fits_80_columns() -> None:
    long = (Verdict("values", Outcome.FAILED, 2, "many words " * 40),)
    lines = check_text(Checked("x", CLAIMS[1:2], long)).splitlines()
    assert max(map(len, lines)) <= 80


def test_rows_are_printed_as_verdicts_come_and_a_pipe_wraps_nothing() -> None:
    console = Console(width=1_000_000, file=io.StringIO())
    printed = Printed(console)

    def said() -> list[str]:
        return [line.strip() for line in console.file.getvalue().splitlines()]

    long = Verdict("values", Outcome.FAILED, 2, "many words " * 40)
    printed.update(replace(CHECKED, verdicts=()))
    assert said() == ["mnist"]
    printed.update(replace(CHECKED, verdicts=VERDICTS[:1], running="values"))
    assert said()[1:] == ["passed           2 / 2  shape"]
    printed.update(replace(CHECKED, verdicts=(VERDICTS[0], long), running="crash"))
    assert said()[3:] == [long.message.strip(), "Hint: Look at values."]
    printed.close()
    assert said()[5:7] == ["not tested           2  crash", "not tested           2  blank"]
    assert "2 claims were not tested. Points: 4." in said()


def test_a_check_that_never_began_prints_nothing() -> None:
    console = Console(file=io.StringIO())
    Printed(console).close()
    assert console.file.getvalue() == ""


@pytest.fixture
def german() -> Iterator[None]:
    """The language of a course."""
    language.use("de")
    yield
    language.use(language.ENGLISH)


@pytest.mark.usefixtures("german")
def test_outcomes_and_sums_are_in_the_courses_language() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert all(language.gettext(outcome) != outcome for outcome in OUTCOMES)
    page = read(check_html(CHECKED)).text
    for words in (
        *("bestanden", "nicht bestanden", "abgestürzt", "nicht bearbeitet", "braucht Training"),
        "1 von 4 ausgeführten Tests bestanden. Punkte: 2 / 8.",
        "1 Test braucht ein Training:",
        "2 verdeckte Tests laufen, wenn deine Arbeit bewertet wird. Punkte: 4.",
        "1 schriftliche Antwort wird von einer Person bewertet. Punkte: 5.",
    ):
        assert words in page
    assert "nicht bearbeitet   0 / 2  blank" in check_text(CHECKED)
