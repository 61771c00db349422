"""What cells and questions show of figures, in a shell of IPython's in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from grader.sandbox.guest.surroundings.pictures import MAX_PIXELS
from grader.sandbox.policy import Policy
from tests.patience import PATIENCE

pytestmark = pytest.mark.kernel

PROGRAM = """
import base64, io, json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image
from traitlets.config import Config
from grader.sandbox.guest.surroundings import figures

class Shell(InteractiveShell):
    def enable_gui(self, gui=None):
        pass

shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
figures.show_in_cells()
shell.user_ns["unseen"] = figures.unseen

def size(output):
    png = output.data.get("image/png")
    content = base64.b64decode(png) if isinstance(png, str) else png
    return Image.open(io.BytesIO(content)).size if content else sorted(output.data)

told = []
for cell in json.load(sys.stdin):
    with capture_output() as captured:
        result = shell.run_cell(cell, silent=cell.startswith("with unseen"))
    error = result.error_before_exec or result.error_in_exec
    told.append([*map(size, captured.outputs), *([repr(error)] if error else [])])
    if captured.stdout:
        told[-1].append(captured.stdout)
print(json.dumps(told))
"""
GIVEN = """
import matplotlib
import matplotlib.pyplot as plt

def draw():
    plt.figure()
    plt.plot([1, 2])
    plt.show()
"""
DRAW = "plt.plot([1]); None"
TEXT = ["text/plain"]


def shown(*cells: str) -> list[list[Any]]:
    """What each cell shows: a picture's size, the types of another output, an error, prints."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps([GIVEN, *cells]),
        env={**os.environ, "MPLBACKEND": Policy().variables["MPLBACKEND"]},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[list[Any]] = json.loads(done.stdout)[1:]
    return told


def test_cells_show_figures_and_questions_show_none() -> None:
    told = shown(
        "with unseen(): draw(); first = plt.get_fignums()",  # pyplot's first figure
        "with unseen(): draw(); second = plt.get_fignums(); display(plt.gcf())",
        "print(first, second, plt.get_fignums())",
        "draw(); draw()",
        "figure, axes = plt.subplots(); axes.plot([1, 2]); plt.close(figure); display(figure)",
        "print(plt.get_fignums())",
        "plt.ioff(); plt.plot([1]); None",
        "plt.plot([1, 2]); plt.show()",
        "%%capture\nplt.plot([1])",
    )
    open_figures, drawn = ["[1] [1, 2] []\n"], [told[3][0]]
    assert told == [[], [TEXT], open_figures, drawn * 2, drawn, ["[]\n"], [], drawn, []]
    assert 400 < drawn[0][0] < 700


def test_whatever_a_student_asks_for_figures_are_shown_as_png() -> None:
    asks = (
        "%matplotlib inline",
        "%matplotlib widget",
        "%matplotlib notebook",
        "matplotlib.use('TkAgg')",
        "matplotlib.use('QtAgg')",
        "%config InlineBackend.figure_formats = ['svg']",
        "%config InlineBackend.figure_format = 'retina'",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats as formats\n"
        "formats('pdf')",
    )
    *told, no_picture = shown(
        *(f"{ask}\n{DRAW}" for ask in asks), DRAW, f"matplotlib.use('agg')\n{DRAW}"
    )
    assert told == [told[-1]] * len(told)
    assert told[-1] not in ([], [TEXT])
    assert no_picture == [], "as in a notebook"


def test_large_pictures_are_made_smaller() -> None:
    told = shown(
        "plt.figure(figsize=(90, 60), dpi=300).gca().plot([1]); None",
        "from PIL import Image; display(Image.new('L', (4000, 3000)))",
        "display(Image.new('CMYK', (40, 30)))",
    )
    for (picture,) in told[:2]:
        assert MAX_PIXELS / 2 < picture[0] * picture[1] < MAX_PIXELS * 1.1
    assert told[2] == [[40, 30]]
