"""Doctests in a test cell."""

from __future__ import annotations

import pytest

from grader.errors import CourseError
from grader.examiner.examiner import Finding
from grader.examiner.surroundings import doctests
from tests.examiner.surroundings.conftest import Make
from tests.in_process import InProcess

double = eval(compile("lambda x: 2 * x", "<cell>", "eval"))
double.__doc__ = "Twice.\n\n>>> double(2)\n5"


def test_a_testmod_that_finds_no_example_is_refused(both: Make) -> None:
    test = "import doctest\nassert double and doctest.testmod().failed == 0"
    with pytest.raises(CourseError, match="found no example"):
        both(double=double).tested(test)


def test_examples_of_the_test_itself_run(both: Make) -> None:
    test = """
import doctest
def examples():
    \"\"\"
    >>> double(2)
    4
    \"\"\"
results = doctest.testmod()
assert (results.failed, results.attempted) == (0, 1), results
"""
    assert both(double=double).tested(test) == Finding()


WORK = """
def double(x):
    '''Twice.

    >>> double(2)
    5
    '''
    return 2 * x
class Twice:
    '''
    >>> Twice(2).value
    5
    '''
    def __init__(self, n): self.value = 2 * n
"""


@pytest.mark.parametrize(("due", "failed"), [(6, 0), (7, 1)])
def test_a_students_wrong_examples_do_not_stand_in_their_way(due: int, failed: int) -> None:
    test = f"""
'''
>>> double(3), Twice(3).value
({due}, {due})
'''
import contextlib, doctest, io
with contextlib.redirect_stdout(io.StringIO()):
    results = doctest.testmod()
assert (results.failed, results.attempted) == ({failed}, 1), results
"""
    with doctests.found(test):
        found = InProcess(WORK).tested(test)
    assert found == Finding(), found


@pytest.mark.parametrize(
    "run",
    [
        "doctest.run_docstring_examples(double, {'double': double})",
        "runner.run(parser.get_doctest(double.__doc__, {'double': double}, 'double', None, 0))",
    ],
    ids=["function", "parser"],
)
def test_a_students_examples_are_refused_with_what_to_write(both: Make, run: str) -> None:
    test = "import doctest\nrunner, parser = doctest.DocTestRunner(), doctest.DocTestParser()\n"
    with pytest.raises(CourseError, match="examples in a docstring of the test cell"):
        both(double=double).tested(test + run)
