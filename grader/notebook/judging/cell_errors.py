"""Where in a student's cell an error was raised, and what to do about errors of one kind."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.sanitize.text import strip_ansi

_FRAME = re.compile(r"^(?=\s*(?:Cell In\[|File ))", re.MULTILINE)
_IN_CELL = re.compile(r"\s*Cell In\[\d+\], line (\d+)")
_ARROW = re.compile(r"^-+> *\d+ ?(.*)$", re.MULTILINE)
_IN_FILE = re.compile(r" \(\d+\.py, line \d+\)$")  # IPython keeps each cell in a file of its own
_CODE = 100  # characters of a line that are shown

_KEYS = re.compile(r"^At the end of epoch \d{1,9} logs had the keys [^\n]{1,300}\.$", re.MULTILINE)
_READ_KEY = "logs.get(...) of another key gives None, and logs[...] a KeyError."

_NO_GPU = (
    "There is no GPU and no TPU while work is graded, and tf.config.list_physical_devices('GPU') "
    "gives an empty list: ask for its length first, or leave these lines out."
)
# What an error says that many students meet, and what to do about it.
_ADVICE = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (
            r"ModuleNotFoundError: No module named 'google(\.colab)?'",
            "google.colab is there in Colab alone: leave these lines out of your solution, or move "
            "them into a cell of their own, which then costs nothing.",
        ),
        (
            r"ModuleNotFoundError: No module named '(sklearn|scikit)",
            "scikit-learn is not installed where your work is graded. To hold images back, give "
            "fit validation_split=0.2, or draw rows with np.random.permutation(len(images)).",
        ),
        (
            "ModuleNotFoundError: ",
            "This package is not installed where your work is graded, and there is no network to "
            "install it from. Use numpy, matplotlib, TensorFlow and Keras.",
        ),
        (
            "StdinNotImplementedError: |EOFError: ",
            "Nobody answers input() while your work is graded: write the value into the cell.",
        ),
        (
            "FileNotFoundError: |: File not found: |No such file or directory",
            "Only files that you handed in beside the notebook, and those that its cells write, "
            "are there while your work is graded: do in this notebook what makes the file.",
        ),
        (
            "Arguments `target` and `output` must have the same (rank|shape)",
            'Labels that are whole numbers go with loss="sparse_categorical_crossentropy", and '
            'rows from to_categorical with "categorical_crossentropy".',
        ),
        (
            r"Argument `output` must have rank \(ndim\) `target\.ndim - 1`",
            "For each image the network must answer with one row of ten numbers: put Flatten() "
            "before the Dense layers. Labels are whole numbers for this loss.",
        ),
        (
            r"of layer 'conv2d\w*' is incompatible with the layer: expected min_ndim=4, found",
            "A convolution takes images with height, width and channels: put it before Flatten(), "
            "and give it images of shape (28, 28, 1).",
        ),
        (
            r"TypeError: \w+\.set_(params|model)\(\) missing 1 required positional argument",
            "callbacks takes objects, not classes: write callbacks=[StopAtTarget()], with "
            "parentheses behind the name.",
        ),
        (
            r"UFuncTypeError: Cannot cast ufunc '\w+' output from dtype\('float\d+'\) to .*int",
            "An array of whole numbers stays one when it is changed in place: write "
            "images = images / 255.0, which makes a new array.",
        ),
    )
)


def where(traceback: str) -> str:
    """The last line of a cell's code in an IPython traceback, as the end of 'in ...'.

    Args:
        traceback: as the kernel sent it; anything may be in it.

    Returns:
        For example ``line 2, `x = items[0]```; empty if no line of a cell is there.
    """
    frames = [frame for frame in _FRAME.split(strip_ansi(traceback)) if _IN_CELL.match(frame)]
    if not frames:
        return ""
    line = _IN_CELL.match(frames[-1])
    arrow = _ARROW.search(frames[-1])
    code = " ".join(arrow[1].split())[:_CODE].replace("`", "'") if arrow else ""
    number = f"line {line[1][:6]}" if line else ""
    return f"{number}, `{code}`" if code else number


def without_file(message: str) -> str:
    """The text of a ``SyntaxError`` without the file that IPython made of the cell."""
    return _IN_FILE.sub("", message)


def keys_seen(traceback: str) -> str:
    """Which keys logs had where a callback raised the error, as advice; empty if it did not.

    Args:
        traceback: as the kernel sent it. The stand-in for ``fit`` notes the keys there.
    """
    found = _KEYS.search(strip_ansi(traceback))
    return f"{found[0]} {_READ_KEY}" if found else ""


def explained(run: CellRun, source: str) -> CellRun:
    """How a cell went, with advice on errors that many students meet.

    Args:
        run: how it went.
        source: its code.
    """
    if run.status is not CellStatus.RAISED or run.advice:
        return run
    asks = re.search(r"gpu|tpu|cuda", source, re.IGNORECASE)
    blamed = re.search(r"\b(gpu|tpu|cuda)", run.message, re.IGNORECASE)
    if blamed or (asks and run.error == "IndexError"):
        return replace(run, advice=_NO_GPU)
    said = f"{run.error}: {run.message}"
    advice = next((advice for pattern, advice in _ADVICE if pattern.search(said)), "")
    return replace(run, advice=advice)
