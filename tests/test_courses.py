"""What tests leave out of the course's notebooks is what no verdict rests on."""

from __future__ import annotations

import pytest

from grader import settings as course_settings
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.experiments import is_experiment
from grader.notebook.submission.left_out import left_out
from tests.conftest import ROOT
from tests.courses import without_shows

COURSE = course_settings.load(ROOT)


@pytest.mark.parametrize("name", COURSE.assignments)
def test_given_cells_are_left_out_where_no_other_cell_needs_them(name: str) -> None:
    assignment = load_assignment(COURSE, name)
    before = {cell.id: is_experiment(cell) for cell in assignment.source.cells}
    source = without_shows(assignment.source)
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    marked = {cell.id for cell in code if is_experiment(cell)}
    assert not [cell.id for cell in code if grade_id(cell) and cell.id in marked]
    imports = {c.id for c in code if "\nimport " in f"\n{c.source}" and not before[c.id]}
    assert imports
    assert imports.isdisjoint(marked)
    given = frozenset(cell.id for cell in code)
    out = left_out(code, frozenset(), given, assignment.repeatable_imports)
    assert out > {each for each, known in before.items() if known}
