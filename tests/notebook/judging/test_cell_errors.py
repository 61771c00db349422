"""Where in a cell an error was raised, as IPython tells it."""

from __future__ import annotations

import pytest

from grader.notebook.judging.cell_errors import keys_seen, where, without_file, without_files
from grader.notebook.judging.cell_runs import CellRun, CellStatus, sentence
from grader.notebook.judging.error_advice import explained

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
TIMED = """Cell In[1], line 1
----> 1 get_ipython().run_cell_magic('time', '', 'x=[]\\nx[3]\\n')

File <timed exec>:2
      1 'Could not get source, probably due dynamically evaluated source code.'

IndexError: list index out of range"""
CALLED = """Cell In[2], line 1
----> 1 get_ipython().run_cell_magic('time', '', 'f([])\\n')

File <timed exec>:1
      1 'Could not get source, probably due dynamically evaluated source code.'

Cell In[1], line 2, in f(x)
      1 def f(x):
----> 2     return x[3]

IndexError: list index out of range"""


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        (PLAIN, "line 2, `first(devices[0], True)`"),
        (IN_LIBRARY, "line 12, `model.fit('x')`"),
        (SYNTAX, "line 1, `def f(`"),
        (TIMED, "line 2 below `%%time`"),
        (CALLED, "line 2, `return x[3]`"),
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


def test_keys_that_logs_had_are_told_instead() -> None:
    noted = "\nTypeError: no\nAt the end of epoch 2 logs had the keys 'acc' and 'loss'.\n"
    advice = keys_seen(PLAIN + noted)
    assert advice.startswith("At the end of epoch 2 logs had the keys 'acc' and 'loss'. logs.get(")
    without = keys_seen(PLAIN + noted.replace("'acc' and ", ""))
    assert without.startswith("At the end of epoch 2 logs had the keys 'loss'. None of them is an")
    assert without.endswith('metrics=["accuracy"] in compile.')
    run = CellRun(CellStatus.RAISED, error="EOFError", advice=advice)
    assert explained(run, "gpu") is run
    assert keys_seen(PLAIN) == ""


def test_a_syntax_error_names_no_file_of_ipythons() -> None:
    assert without_file("'[' was never closed (381480144.py, line 2)") == "'[' was never closed"
    assert without_file("'(' was never closed (<unknown>, line 1)") == "'(' was never closed"
    assert without_file("no (helper.py, line 2)") == "no (helper.py, line 2)"


def test_a_message_names_no_file_of_ipythons() -> None:
    quoted = 'in user code:\n\n    File "/t/ipykernel_12/34.py", line 5, in h  *\n    return y.foo'
    assert without_files(quoted) == "in user code:\n\n    line 5, `return y.foo`"
    assert without_files(quoted.partition(", in h")[0]).endswith("    line 5")
    other = 'File "/usr/helper.py", line 5'
    assert without_files(other) == other
