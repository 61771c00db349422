from __future__ import annotations

import traceback

import pytest

from grader.errors import CourseError
from grader.notebook.plugins import converters

REMEDY = "expected a course folder that this account may read and write, on a disk with room"


def logged(error: Exception) -> str:
    """What is told where nbgrader logs a traceback."""
    try:
        raise error
    except Exception:
        return converters._cause([traceback.format_exc(), "another line"])


@pytest.mark.parametrize(
    ("error", "file"),
    [
        (OSError(30, "Read-only file system", "release/sums"), "release/sums"),
        (OSError(28, "No space left on device", "from.png", None, "to.png"), "to.png"),
        (PermissionError(13, "Permission denied", "feedback"), "feedback"),
    ],
)
def test_what_the_system_refuses_is_told_with_file_and_remedy(error: OSError, file: str) -> None:
    assert logged(error) == f"{file} cannot be used: {error.strerror}; {REMEDY}"


def test_our_own_errors_say_all_there_is_to_say() -> None:
    assert logged(CourseError("the source is wrong: mend it")) == "the source is wrong: mend it"


def test_other_errors_keep_their_name() -> None:
    assert logged(KeyError("cells")) == "KeyError: 'cells'"


def test_an_error_of_several_lines_is_told_by_its_first() -> None:
    said = "unable to open database file\n[SQL: SELECT]\n(Background on this error at: a page)"
    assert logged(RuntimeError(said)) == "RuntimeError: unable to open database file"
