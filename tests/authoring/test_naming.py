from __future__ import annotations

import pytest

from grader.authoring import naming
from grader.errors import CourseError
from grader.notebook import release
from grader.notebook.assignment import load_assignment
from grader.settings import Settings


@pytest.mark.parametrize("name", ["relu", "edge_filters", "mnist_999", "ab"])
def test_a_name_of_small_letters_is_accepted(tiny_course: Settings, name: str) -> None:
    naming.require_free(tiny_course, name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "a", "Relu", "my relu", "my-relu", "a+b", "9lives", "_relu", "relu.ipynb", "../relu"),
        *("relu\n", "größe", "class", "a" * 65, "=1+1"),
    ],
)
def test_another_name_is_refused_with_an_example(tiny_course: Settings, name: str) -> None:
    with pytest.raises(CourseError, match=r"small letters, digits and underscores.*edge_filters"):
        naming.require_free(tiny_course, name)


@pytest.mark.parametrize("name", ["release", "submitted", "feedback", "inbound"])
def test_nbgraders_own_folders_are_refused(tiny_course: Settings, name: str) -> None:
    with pytest.raises(CourseError, match=rf"cannot be called {name}: nbgrader calls one of its"):
        naming.require_free(tiny_course, name)


@pytest.mark.parametrize("place", ["source/relu", "release/relu", "tests/submissions/relu"])
def test_what_is_there_is_never_written_over(tiny_course: Settings, place: str) -> None:
    (tiny_course.root / place).mkdir(parents=True)
    with pytest.raises(CourseError, match=rf"{place} is there already: .*choose another"):
        naming.require_free(tiny_course, "relu")


@pytest.mark.process
def test_a_name_that_the_gradebook_has_grades_of_is_refused(tiny_course: Settings) -> None:
    release.register(tiny_course, load_assignment(tiny_course, "sums"))
    (tiny_course.root / "source" / "sums").rename(tiny_course.root / "old")
    with pytest.raises(CourseError, match=r"gradebook has an assignment sums already"):
        naming.require_free(tiny_course, "sums")
