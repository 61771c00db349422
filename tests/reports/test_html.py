from __future__ import annotations

import re
from pathlib import Path

import coloraide
import pytest

import grader.reports.html as pages

TEMPLATES = Path(pages.__file__).parent / "templates"
BASE = (TEMPLATES / "page.css").read_text()
PAPERS = ("page", "panel")
INKS = ("text", "soft", "link", "good", "bad", "none", "ask")
HEAT = ("passed", "failed", "crashed", "over_limit", "not_attempted", "grader_fault")
NORMAL_TEXT, DRAWN = 4.5, 1.9  # WCAG 2, level AA; bars have numbers beside them


def colours(sheet: str) -> list[dict[str, str]]:
    """The colours of each theme: light, dark, print."""
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks]


def too_faint(theme: dict[str, str]) -> list[tuple[str, str]]:
    """Inks that small text cannot be read in, and on which paper."""
    return [
        (ink, paper)
        for paper in PAPERS
        for ink in INKS
        if coloraide.Color(theme[ink]).contrast(theme[paper], method="wcag21") < NORMAL_TEXT
    ]


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
def test_contrast_is_enough_for_small_text(theme: int) -> None:
    assert too_faint(colours(BASE)[theme]) == []


def test_too_little_contrast_is_found() -> None:
    grey = colours(BASE)[0] | {"soft": "#888888"}
    assert too_faint(grey) == [("soft", "page"), ("soft", "panel")]


@pytest.mark.parametrize("sheet", sorted(TEMPLATES.glob("*.css")), ids=lambda file: file.name)
def test_every_colour_belongs_to_a_theme(sheet: Path) -> None:
    body = re.sub(r":root \{.*?\}", "", sheet.read_text(), flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", body)) <= {"#ffffff"}, "the paper of pictures"
    bars = {f"bar-{name}" for name in HEAT}
    assert set(re.findall(r"var\(--([\w-]+)\)", body)) <= {*INKS, *PAPERS, *HEAT, *bars, "line"}


@pytest.mark.parametrize("theme", range(2), ids=["light", "dark"])
def test_marks_and_bars_of_verdicts_can_be_told_from_what_is_behind_them(theme: int) -> None:
    report = colours((TEMPLATES / "class_report.css").read_text())
    base = colours(BASE)[theme]
    for name in HEAT:
        text = coloraide.Color(base["text"])
        assert text.contrast(report[theme][name], method="wcag21") >= NORMAL_TEXT
        bar = coloraide.Color(report[0][f"bar-{name}"])
        assert bar.contrast(base["page"], method="wcag21") >= DRAWN


def test_backticks_mean_code() -> None:
    assert pages.prose("call `f(<a>)` & see") == "call <code>f(&lt;a&gt;)</code> &amp; see"
    assert pages.prose("a ` alone") == "a ` alone"
