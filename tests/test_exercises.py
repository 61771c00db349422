"""The texts of the exercises can be read by everybody, and their quick experiments still work."""

from __future__ import annotations

import contextlib
import io
import itertools
import re
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

from grader import settings as course_settings
from grader.notebook.assignment import is_claim
from grader.notebook.experiments import is_experiment
from tests.conftest import ROOT

ASSIGNMENTS = course_settings.load(ROOT).assignments
CONVOLUTION = ROOT / "source" / "convolution_from_scratch"


def source(name: str) -> NotebookNode:
    return nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)


def texts(name: str) -> str:
    cells = source(name).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def headings(text: str) -> list[int]:
    """The level of each heading, code blocks left out."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [len(signs) for signs in re.findall(r"^(#{1,6}) ", prose, re.MULTILINE)]


def jumps(levels: list[int]) -> list[tuple[int, int]]:
    """Neighbours of which the second is more than one level below the first."""
    return [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_headings_begin_with_one_title_and_leave_no_level_out(name: str) -> None:
    levels = headings(texts(name))
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert jumps(levels) == []


def test_a_level_that_is_left_out_is_found() -> None:
    assert jumps(headings("# a\n## b\n```\n# no heading\n```\n#### c")) == [(2, 4)]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_picture_in_a_text_has_words_in_its_place(name: str) -> None:
    assert re.findall(r"!\[\s*\]\(|<img(?![^>]*\balt=.\w)", texts(name)) == []


@pytest.fixture(scope="module")
def experiments() -> dict[str, Any]:
    """What each experiment of convolution_from_scratch printed, and its names under ``names``."""
    import matplotlib.pyplot as plt

    names: dict[str, Any] = {}
    printed: dict[str, Any] = {"names": names}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(CONVOLUTION)
        patch.setattr(plt, "show", lambda: plt.close("all"))
        for cell in source("convolution_from_scratch").cells:
            if cell.cell_type != "code" or is_claim(cell) or "tf." in cell.source:
                continue
            code = cell.source.replace("import tensorflow as tf\n", "")  # takes seconds
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, names)
            if is_experiment(cell):
                printed[cell.id] = out.getvalue()
                plt.close("all")
    return printed


@pytest.mark.lengthy
def test_the_slider_shows_a_place_without_javascript(experiments: dict[str, Any]) -> None:
    names = experiments["names"]
    assert len(names["frames"]) == 24
    assert len(set(names["frames"])) == 24
    still = names["SLIDER"].replace("FRAME<", names["frames"][9] + "<")
    assert still.index("Window around row 2, column 4: the sum is 389.") < still.index("<script>")
    assert "<label hidden>" in still  # the script shows it


@pytest.mark.lengthy
def test_gradient_descent_finds_the_kernel(experiments: dict[str, Any]) -> None:
    assert "Largest difference to the kernel made by hand: 0.00" in experiments["learn-kernel"]
    first, *_, last = experiments["names"]["kernel_at"].values()
    assert np.abs(first - experiments["names"]["VERTICAL_LINES"]).max() > 1
    assert np.abs(last - experiments["names"]["VERTICAL_LINES"]).max() < 0.01


@pytest.mark.lengthy
def test_the_filter_finds_the_red_square_alone(experiments: dict[str, Any]) -> None:
    together = experiments["names"]["together"]
    assert together[11, 7] > 150
    assert together[11, 19] < 0
    assert abs(together[14, 31]) < 1e-9


def filled_in(*outputs: object) -> str:
    """What the table says of these outputs, one for each row."""
    cells = source("convolution_from_scratch").cells
    text: str = next(cell.source for cell in cells if cell.id == "output-size-table")
    for output in outputs:
        text = text.replace("None)", f"{output})", 1)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(text, {})
    return out.getvalue()


def test_the_table_says_which_rows_are_right() -> None:
    assert "8 of 8 rows are right." in filled_in(26, 13, 5, 512, 512, 3, 3, 112)
    said = filled_in(27, 12)
    assert "row 1: 27 is too large. With padding the image has 28 pixels;" in said
    assert "row 2: 12 is too small." in said
    assert "row 3: not filled in yet\n" in said
    assert "0 of 8 rows are right." in said
