"""Where in a cell an error was raised, as IPython tells it."""

from __future__ import annotations

import pytest

from grader.notebook.judging.cell_errors import explained, keys_seen, where, without_file
from grader.notebook.judging.cell_runs import CellRun, CellStatus, sentence

PLAIN = """\x1b[31m-------------------------------------------\x1b[39m
\x1b[31mIndexError\x1b[39m                                Traceback (most recent call last)
\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[2]\x1b[39m\x1b[32m, line 2\x1b[39m
\x1b[32m      1\x1b[39m devices = []
\x1b[32m----> \x1b[39m\x1b[32m2\x1b[39m first(devices[\x1b[32m0\x1b[39m],  True)

\x1b[31mIndexError\x1b[39m: list index out of range"""
IN_LIBRARY = """Cell In[3], line 12
     11 model = build()
---> 12 model.fit(`x`)

File /usr/lib/keras/trainer.py:99, in fit(self)
---> 99     raise ValueError

ValueError: no"""
SYNTAX = """  Cell In[4], line 1
    def f(
          ^
SyntaxError: incomplete input"""


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        (PLAIN, "line 2, `first(devices[0], True)`"),
        (IN_LIBRARY, "line 12, `model.fit('x')`"),
        (SYNTAX, "line 1"),
        ("", ""),
        ("File /usr/x.py:1\n----> 1 x", ""),
        ("Cell In[1], line 3\n----> 3 " + "x" * 500, "line 3, `" + "x" * 100 + "`"),
    ],
)
def test_the_last_line_of_a_cell_is_found(traceback: str, line: str) -> None:
    assert where(traceback) == line


def test_a_run_says_where_and_ends_with_one_full_stop() -> None:
    run = CellRun(CellStatus.RAISED, error="FitRefused", message="Leave it out.", where="line 2")
    assert sentence(run.description) == "ended with FitRefused: Leave it out, in line 2."
    assert sentence("Leave it out.", "Do.") == "Leave it out. Do."


@pytest.mark.parametrize(
    ("error", "message", "source", "said"),
    [
        ("IndexError", "list index out of range", "list_physical_devices('GPU')[0]", True),
        ("RuntimeError", "Could not find a GPU device", "f()", True),
        ("IndexError", "list index out of range", "x[0]", False),
        ("NameError", "x", "with tf.device('/GPU:0'): x", False),
    ],
)
def test_a_missing_device_is_named(error: str, message: str, source: str, said: bool) -> None:
    run = explained(CellRun(CellStatus.RAISED, error=error, message=message), source)
    assert ("no GPU" in run.advice) is said
    limit = CellRun(CellStatus.LIMIT, message="GPU")
    assert explained(limit, source) is limit


@pytest.mark.parametrize(
    ("error", "message", "said"),
    [
        ("ModuleNotFoundError", "No module named 'google.colab'", "in Colab alone"),
        ("ModuleNotFoundError", "No module named 'sklearn'", "validation_split=0.2"),
        ("ModuleNotFoundError", "No module named 'pandas'", "Use numpy"),
        ("StdinNotImplementedError", "raw_input was called", "Nobody answers input()"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'x.npy'", "handed in"),
        ("ValueError", "File not found: filepath=m.keras. Please", "handed in"),
        (
            "ValueError",
            "Arguments `target` and `output` must have the same rank (ndim). Received: ...",
            "sparse_categorical_crossentropy",
        ),
        (
            "ValueError",
            "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: ...",
            "Flatten()",
        ),
        (
            "ValueError",
            "Input 0 with name 'None' of layer 'conv2d_2' is incompatible with the layer: expected "
            "min_ndim=4, found ndim=2. Full shape received: (None, 784)",
            "before Flatten()",
        ),
        (
            "TypeError",
            "Callback.set_model() missing 1 required positional argument: 'model'",
            "callbacks=[StopAtTarget()]",
        ),
        (
            "UFuncTypeError",
            "Cannot cast ufunc 'divide' output from dtype('float64') to dtype('uint8') with ...",
            "images = images / 255.0",
        ),
        ("ValueError", "invalid literal for int() with base 10: 'x'", ""),
        ("TypeError", "f() missing 1 required positional argument: 'model'", ""),
    ],
)
def test_errors_that_many_meet_come_with_advice(error: str, message: str, said: str) -> None:
    run = explained(CellRun(CellStatus.RAISED, error=error, message=message), "f()")
    assert said in run.advice
    assert bool(said) is bool(run.advice)


def test_keys_that_logs_had_are_told_instead() -> None:
    noted = "\nTypeError: no\nAt the end of epoch 2 logs had the keys 'acc' and 'loss'.\n"
    advice = keys_seen(PLAIN + noted)
    assert advice.startswith("At the end of epoch 2 logs had the keys 'acc' and 'loss'. logs.get(")
    run = CellRun(CellStatus.RAISED, error="EOFError", advice=advice)
    assert explained(run, "gpu") is run
    assert keys_seen(PLAIN) == ""


def test_a_syntax_error_names_no_file_of_ipythons() -> None:
    assert without_file("'[' was never closed (381480144.py, line 2)") == "'[' was never closed"
    assert without_file("no (helper.py, line 2)") == "no (helper.py, line 2)"
