"""What is shown on each picture, and how it is looked at."""

from __future__ import annotations

from dataclasses import dataclass

DESK, PHONE, TERMINAL = 1280, 390, 780
"""Widths of a window, in CSS pixels."""


@dataclass(frozen=True)
class Sight:
    """A picture of ``docs/pictures/``.

    Attributes:
        name: of the file, without its ending.
        page: the file that is looked at, without its folder.
        width: of the window, in CSS pixels.
        dark: whether the window has dark colours.
        height: of the picture: what lies below is left out; 0: the whole page.
    """

    name: str
    page: str
    width: int = DESK
    dark: bool = False
    height: int = 800


SIGHTS = (
    Sight("notebook", "notebook_light.html", height=0),
    Sight("notebook_dark", "notebook_dark.html", 800, dark=True, height=0),
    Sight("feedback_page", "feedback_en.html"),
    Sight("feedback_phone", "feedback_en.html", PHONE, dark=True),
    Sight("feedback_arabic", "feedback_ar.html", PHONE),
    Sight("report", "report.html", height=1000),
    Sight("report_phone", "report.html", PHONE, dark=True),
    Sight("grade", "grade.html", TERMINAL, height=0),
    Sight("status", "status.html", TERMINAL, height=0),
    Sight("check", "check.html", TERMINAL, height=0),
)
