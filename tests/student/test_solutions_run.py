"""What a kernel has run of solution cells, beside what is saved of them."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode

from grader.notebook.assignment import grade_id, is_solution
from grader.notebook.submission import parse
from grader.student import solutions_run
from grader.student.visible_claims import plan, with_claims
from tests.conftest import ROOT


@pytest.mark.parametrize("name", ["convolution_from_scratch", "mnist_998", "cnn_exploration"])
def test_of_the_course_each_solution_that_was_run_is_written_and_no_stub_is(name: str) -> None:
    released = _read("release", name)
    claims_plan = plan(released)
    stubs = [cell.source for cell in released.cells if cell.cell_type == "code"]

    def untouched(*run: str) -> tuple[str, ...]:
        return solutions_run.untouched(released, claims_plan, {"In": ["", *stubs, *run, "%check"]})

    assert untouched() == claims_plan.untouched != ()
    solutions = {
        grade_id(cell): cell.source
        for cell in _read("source", name).cells
        if is_solution(cell) and cell.cell_type == "code"
    }
    for cell, solution in solutions.items():
        assert set(claims_plan.untouched) - set(untouched(solution)) == {cell}
    assert untouched(*solutions.values()) == ()
    first = claims_plan.untouched[0]  # a function, whose stub takes its name
    assert first in untouched(*solutions.values(), *stubs), "what ran last counts"


def _read(folder: str, name: str) -> NotebookNode:
    return with_claims(parse.read(ROOT / folder / name / f"{name}.ipynb"))
