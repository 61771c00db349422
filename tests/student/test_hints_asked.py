"""``%hint`` tells one step more each time it is asked, and what there is for other names."""

from __future__ import annotations

import pytest

from grader.model import CellHints
from grader.notebook.hints import Hints
from grader.student.hint_shown import hint_html, hint_text
from grader.student.hints_asked import Answer, answer

HINTS = Hints(
    (
        CellHints("callback", ("Look.", "Look at `logs`.", "Use <b>."), ("Stop",), ("stops",)),
        CellHints("train", ("Call `fit`.",), ("model", "history"), ("stops", "reaches")),
    )
)


def ask(*lines: str) -> Answer:
    """The answer to the last of some lines."""
    opened: dict[str, int] = {}
    return [answer(HINTS, line.split(), opened) for line in lines][-1]


@pytest.mark.parametrize(
    ("lines", "count", "below"),
    [
        (["callback"], 1, "`%hint callback more` shows the next hint."),
        (["callback more"], 1, "`%hint callback more` shows the next hint."),
        (["callback", "callback"], 1, "`%hint callback more` shows the next hint."),
        (["callback", "callback more"], 2, "`%hint callback more` shows the next hint."),
        (["callback", "callback more", "callback"], 2, "`%hint callback more` shows"),
        (["callback", "train", "callback more", "callback more"], 3, "This is the last hint"),
        (["callback"] + 3 * ["callback more"], 3, "There are no more hints for this cell."),
        (["train"], 1, "This is the last hint for this cell."),
        (["train", "train"], 1, "This is the last hint for this cell."),
        (["train", "train more"], 1, "There are no more hints for this cell."),
    ],
)
def test_each_more_tells_one_hint_more(lines: list[str], count: int, below: str) -> None:
    told = ask(*lines)
    cell = next(each for each in HINTS.cells if each.cell == told.shown)
    assert told.title == f"`{cell.cell}`: hint {count} of {len(cell.steps)}"
    assert told.steps == cell.steps[:count]
    assert told.numbered
    assert told.below[0].startswith(below)


@pytest.mark.parametrize("name", ["train", "model", "history", "reaches"])
def test_a_cell_has_many_names(name: str) -> None:
    assert ask(name).shown == "train"
    assert ask("train", f"{name} more").below[0].startswith("There are no more")


def test_a_claim_on_several_cells_asks_which() -> None:
    assert ask("stops") == Answer(
        "`stops` rests on 2 cells. Choose one:", ("`%hint callback`", "`%hint train`")
    )


def test_an_unknown_name_answers_with_what_there_is() -> None:
    told = ask("calback")
    assert told.title == "There are no hints for `calback`."
    assert told.below[0] == "Did you mean `%hint callback`?"
    assert ask("stop").below[0] == "Did you mean `%hint Stop`?"
    assert ask("xyzzy").below == ("There are hints for `callback`, `train`.",)
    assert len(ask("long" * 50).title) < 100


def test_options_that_there_are_not_are_refused() -> None:
    told = ask("callback less")
    assert told.title == "`%hint` does not know `less`."
    assert told.below == ("Write `%hint NAME`, or `%hint NAME more` for the next hint.",)


def test_without_a_name_the_cells_are_listed() -> None:
    told = ask("")
    assert told.steps == ("`%hint callback` (3)", "`%hint train` (1)")
    assert not told.numbered


def test_an_answer_as_html_is_escaped_and_follows_the_theme() -> None:
    html = hint_html(ask(*["callback"] + 2 * ["callback more"]))
    assert "<li>Look at <code>logs</code>.</li><li>Use &lt;b&gt;.</li></ol>" in html
    assert "<b><code>callback</code>: hint 3 of 3</b>" in html
    assert "var(--jp-content-font-color1" in html
    assert "<script>" not in hint_html(ask("<script>\x1b[2J"))
    assert "\x1b" not in hint_text(ask("\x1b[2J"))


def test_an_answer_as_text_is_wrapped() -> None:
    long = Answer("Title", ("word " * 30, "end"), ("Below.",), numbered=True)
    lines = hint_text(long).splitlines()
    assert lines[0] == "Title"
    assert lines[1].startswith("1. word")
    assert lines[2].startswith("   word")
    assert max(map(len, lines)) <= 80
    assert lines[-2:] == ["2. end", "Below."]
