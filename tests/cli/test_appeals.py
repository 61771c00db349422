from __future__ import annotations

import pytest

from grader.settings import Settings
from tests import tiny
from tests.cli.test_cli import grader, one_line

pytestmark = pytest.mark.kernel


def test_a_decision_that_lacks_something_is_one_line(tiny_course: Settings) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    claim = ("override", "ada", "sums", "adds")
    for arguments, said in (
        ((*claim, "--points", "1", "--reason", "r"), "ada's sums is not graded yet: grade it"),
        ((*claim, "--reason", "r"), "no points were given: expected --points P and --reason"),
        ((*claim, "--remove", "--points", "1"), "expected no --points or --reason"),
        (("override", "ada", "sums", "--points", "1"), "no claim was named: expected STUDENT"),
    ):
        assert said in one_line(grader(tiny_course, *arguments))


def test_an_empty_list_of_decisions_is_said(tiny_course: Settings) -> None:
    assert grader(tiny_course, "override").output == "Nothing was decided.\n"
    assert grader(tiny_course, "override", "ada", "sums").output == "Nothing was decided.\n"
