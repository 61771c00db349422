"""The made-up class on which commands are measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.notebook import autograde, class_status
from grader.notebook.class_status import Stage
from tests import large_class


@pytest.mark.lengthy
def test_a_class_is_made_and_all_of_it_is_graded(tmp_path: Path) -> None:
    name = "convolution_from_scratch"
    course = large_class.make_course(tmp_path / "course")
    students = large_class.hand_in(course, name, 2)
    large_class.grade(course, name)
    known = class_status.status(course, name)
    assert tuple(each.student for each in known.submissions) == students
    assert {each.stage for each in known.submissions} <= {Stage.DONE, Stage.TO_MARK}
    again = list(autograde.grade(course, name))
    assert [result.fresh for result in again] == [False, False], "as a real run finds it"
