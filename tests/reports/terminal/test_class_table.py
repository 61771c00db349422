from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console, RenderableType

from grader.model import Claim, Graded, Outcome, Override, Score, Timing, Verdict, WorkPart
from grader.reports.terminal import class_table

CLAIMS = (Claim("adds", 2, "It adds.", "Add.", ("add",)), Claim("totals", 3, "It.", "Do.", ()))
GRADED = Graded(
    "ada",
    "sums",
    (Verdict("adds", Outcome.PASSED, 2), Verdict("totals", Outcome.CRASHED, 3, "IndexError: [0]")),
    (),
    61.2,
    "bubblewrap",
    (Timing(WorkPart.EXAMINING, 1.5, 0.25), Timing(WorkPart.STUDENT_CODE, 0.0, 4.0, student=True)),
    "",
    "",
)
SCORES = {"ada": Score(2, 10, to_mark=5)}


def text(renderable: RenderableType, width: int = 100) -> str:
    """What a terminal shows."""
    console = Console(width=width, record=True, force_terminal=True)
    console.print(renderable)
    return console.export_text()


def piped(renderable: RenderableType) -> str:
    """What a pipe or a file gets."""
    out = io.StringIO()
    Console(file=out, width=1000).print(renderable)
    return out.getvalue()


def test_a_class_has_a_row_a_student_and_a_column_a_claim() -> None:
    shown = text(class_table.class_table("sums", CLAIMS, [GRADED], SCORES, [("ben", "no JSON")]))
    rows = [" ".join(line.replace("│", " ").split()) for line in shown.splitlines()]
    assert "ada 2 / 10 5 + C 61 s" in rows
    assert "ben not graded" in rows
    assert "1 adds (2) 2 totals (3)" in rows


def test_long_names_are_told_apart_on_a_narrow_terminal() -> None:
    names = [f"maximiliane_von_{'und_zu_' * 4}{number}" for number in (1, 2)]
    graded = [replace(GRADED, student=name) for name in names]
    shown = text(class_table.class_table("sums", CLAIMS, graded, SCORES), width=40)
    lines = (line.split("│") for line in shown.splitlines() if "│" in line)
    assert "".join(cells[1].strip() for cells in lines) == "".join(names)


def test_names_are_text_and_no_markup() -> None:
    names = ("[bold]ada", "[/]", ":smile:")
    graded = [replace(GRADED, student=name) for name in names]
    shown = text(class_table.class_table("sums", CLAIMS, graded, SCORES))
    shown += text(class_table.class_table("sums", CLAIMS, [], {}, [(name, "no") for name in names]))
    assert all(shown.count(name) == 2 for name in names)


def test_every_outcome_has_a_mark_of_its_own_in_the_legend() -> None:
    marks = [mark for mark, _ in class_table.MARKS.values()]
    assert set(class_table.MARKS) == set(Outcome)
    assert len(set(marks)) == len(marks)
    shown = " ".join(text(class_table.class_table("sums", CLAIMS, [], {})).split())
    assert all(f"{mark} {outcome}" in shown for outcome, (mark, _) in class_table.MARKS.items())


def test_a_reason_is_told_once_for_all_its_claims() -> None:
    verdicts = tuple(Verdict(name, Outcome.NOT_ATTEMPTED, 1, "Begin.") for name in ("a1", "b2"))
    shown = text(
        class_table.explanations(Graded("eve", "sums", verdicts, (), 1, "none", (), "", ""))
    )
    assert shown.count("Begin.") == 1
    assert "a1" in shown
    assert "b2" in shown


def test_a_crash_is_explained_once_with_all_claims_that_it_took_along() -> None:
    crash = "It ended with KeyError: {}. It was raised in line 2 of the cell `a`, `x[k]`.{}"
    verdicts = (
        Verdict("a1", Outcome.CRASHED, 1, crash.format("'b'", "")),
        Verdict("a2", Outcome.CRASHED, 1, crash.format("'c'", " Print the keys.")),
    )
    shown = text(
        class_table.explanations(Graded("eve", "sums", verdicts, (), 1, "none", (), "", ""))
    )
    assert shown.count("raised in") == 1
    assert all(word in shown for word in ("a1", "a2", "'c'", "Print the keys."))


def test_lost_claims_are_explained_as_they_were_written() -> None:
    shown = text(class_table.explanations(GRADED))
    assert "IndexError: [0]" in shown, "square brackets are no markup"
    assert "adds" not in shown


def test_timings_tell_the_students_code_from_ours() -> None:
    shown = text(class_table.timings_table([GRADED.timings, GRADED.timings]))
    rows = [" ".join(line.replace("│", " ").split()) for line in shown.splitlines()]
    assert "examining 1.50 0.25" in rows
    assert "the student's code 4.00" in rows
    assert "all but the student's code 0.25" in rows


def test_points_that_a_person_decided_on_have_a_star_and_their_reason() -> None:
    override = Override("totals", 2.5, "Sent late by us.", "ben", "2026-01-02T03:04:05+00:00")
    passed, crashed = GRADED.verdicts
    decided = replace(GRADED, verdicts=(passed, replace(crashed, override=override)))
    shown = " ".join(
        text(class_table.class_table("sums", CLAIMS, [decided], {"ada": Score(4.5, 5)})).split()
    )
    assert "4.5 / 5 │ + │ C* │" in shown
    assert "* points decided by a person" in shown
    assert "* points decided" not in text(class_table.class_table("sums", CLAIMS, [GRADED], SCORES))
    why = " ".join(text(class_table.explanations(decided)).split())
    assert "* totals 2.5 / 3 points by a person's decision: Sent late by us." in why


def test_a_pipe_gets_a_line_a_student_with_tabs_and_words() -> None:
    shown = piped(class_table.class_table("sums", CLAIMS, [GRADED], SCORES, [("ben", "no JSON")]))
    assert [line.split("\t") for line in shown.splitlines()] == [
        ["sums"],
        ["student", "score", "to mark", "adds", "totals", "time"],
        ["ada", "2 / 10", "5", "passed", "crashed", "61 s"],
        ["ben", "not graded", "", "", "", ""],
    ]


def test_names_that_hold_commands_of_a_terminal_are_spelled_out() -> None:
    named = replace(GRADED, student="eve\x1b[31m\u202e\t")
    for shown in (
        text(class_table.class_table("sums", CLAIMS, [], {}, [(named.student, "no")])),
        piped(class_table.class_table("sums", CLAIMS, [named], {})),
        text(class_table.explanations(named)),
    ):
        assert "\x1b[31m" not in shown
        assert r"eve\x1b[31m\u202e\t" in shown


def test_what_needs_a_person_is_said_once_for_all_whom_it_concerns() -> None:
    note = "sums-Copy1.ipynb is not graded"
    class_ = [replace(GRADED, student=f"student_{n:03}", notes=(note,)) for n in range(200)]
    missing = [(who, f"submitted/{who}/sums/sums.ipynb is missing") for who in ("eve", "finn")]
    shown = text(class_table.needs_person(missing, class_), 160)
    assert "eve, finn not graded: submitted/<student>/sums/sums.ipynb is missing" in " ".join(
        shown.split()
    )
    assert shown.count(note) == 1
    assert "student_000, student_001, student_002 and 197 more" in shown
