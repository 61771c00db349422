"""The course's own exercises, solved, after what other editors do to a notebook."""

from __future__ import annotations

import ast
import functools
import re
import textwrap
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import settings as course_settings
from grader.notebook.assignment import Assignment, grade_id, load_assignment
from grader.notebook.magics import seen_through
from grader.notebook.submission import parse
from grader.notebook.submission.rebuild import Rebuilt, rebuild
from tests.conftest import ROOT

COURSE = course_settings.load(ROOT)
WRITTEN = "It is learned from data."


@pytest.fixture(scope="module", params=COURSE.assignments)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    return load_assignment(COURSE, request.param)


def solutions(assignment: Assignment) -> dict[str, str]:
    """The instructor's answers, by ``grade_id``."""
    found = {
        grade_id(cell): re.sub(r"^ *### (?:BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.M)
        for cell in assignment.source.cells
        if grade_id(cell) in assignment.solution_ids
    }
    return found | {"written_answer": WRITTEN}


def solved(assignment: Assignment) -> NotebookNode:
    """What a student hands in who knows all answers."""
    notebook = nbformat.read(ROOT / "release" / assignment.name / f"{assignment.name}.ipynb", 4)
    answers = solutions(assignment)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source) if grade_id(cell) else cell.source
    return notebook


def colab(notebook: NotebookNode) -> NotebookNode:
    """Ids become metadata, and nbgrader's metadata are gone."""
    for cell in notebook.cells:
        cell.metadata = {"id": cell.pop("id")}
    notebook.nbformat_minor = 0
    notebook.metadata = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    return notebook


def jupytext(notebook: NotebookNode) -> NotebookNode:
    """Texts are trimmed, ids are new, blank cells are gone."""
    for number, cell in enumerate(notebook.cells):
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip().split("\n"))
        cell.id = f"new{number}"
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def as_script(notebook: NotebookNode) -> NotebookNode:
    """To a script and back: text becomes comments, and all metadata are lost."""
    cells = [
        cell.source
        if cell.cell_type == "code"
        else "\n".join(f"# {line}" for line in cell.source.split("\n"))
        for cell in notebook.cells
    ]
    return new_notebook(cells=[new_code_cell(f"# In[ ]:\n\n\n{text}\n\n") for text in cells])


def formatted(notebook: NotebookNode) -> NotebookNode:
    """Another layout of all code, as where an editor formats what it saves; comments stay."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "#" not in cell.source and "%" not in cell.source:
            cell.source = ast.unparse(ast.parse(cell.source))
    return notebook


def windows(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return notebook


def without_text(notebook: NotebookNode) -> NotebookNode:
    """All the course's text and tests deleted, and all metadata lost."""
    kept = [cell for cell in notebook.cells if cell.cell_type == "code" or cell.source == WRITTEN]
    kept = [cell for cell in kept if not cell.metadata.get("nbgrader", {}).get("grade")
            or cell.source == WRITTEN]  # fmt: skip
    return colab(new_notebook(cells=kept))


def helpers(notebook: NotebookNode) -> NotebookNode:
    """Cells of the student's own around each answer, and no metadata."""
    cells: list[NotebookNode] = []
    for number, cell in enumerate(notebook.cells):
        own = grade_id(cell) and not cell.metadata.nbgrader.get("grade")
        cells += [new_code_cell(f"helper_{number} = 1")] if own else []
        cells += [cell]
        cells += [new_code_cell(f"print(helper_{number})")] if own else []
    return colab(new_notebook(cells=cells))


def quarto(notebook: NotebookNode) -> NotebookNode:
    """Options above all code, and no ids."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.source = f"#| label: cell-{number}\n#| echo: false\n{cell.source}"
        cell.metadata, cell.id = {}, f"quarto{number}"
    return notebook


def databricks(notebook: NotebookNode) -> NotebookNode:
    """Texts are cells of code below a magic."""
    cells = [
        cell if cell.cell_type == "code" else new_code_cell(f"%md\n{cell.source}")
        for cell in notebook.cells
    ]
    return colab(new_notebook(cells=cells))


def indented(notebook: NotebookNode) -> NotebookNode:
    """Code pasted with blanks ahead of all lines, which IPython removes."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "%" not in cell.source:
            cell.source = textwrap.indent(cell.source, "    ")
    return colab(notebook)


def prompts(notebook: NotebookNode) -> NotebookNode:
    """Code pasted from a terminal, whose prompts IPython removes."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "%" not in cell.source:
            cell.source = f"In [3]: {cell.source}".replace("\n", "\n   ...: ")
    return colab(notebook)


EDITORS: tuple[Callable[[NotebookNode], NotebookNode], ...] = (
    colab, jupytext, as_script, formatted, windows, without_text, helpers, quarto, databricks,
    indented, prompts,
)  # fmt: skip


Editor = Callable[[NotebookNode], NotebookNode]


@pytest.fixture(scope="module")
def handed_in(assignment: Assignment) -> Callable[[Editor], Rebuilt]:
    """What becomes of the solved notebook behind an editor; rebuilt once for all tests."""

    @functools.cache
    def rebuilt(editor: Editor) -> Rebuilt:
        text = nbformat.writes(editor(solved(assignment)))
        return rebuild(assignment, parse.parse(text.encode(), "x.ipynb"))

    return rebuilt


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.__name__)
def test_every_answer_is_found(
    assignment: Assignment, handed_in: Callable[[Editor], Rebuilt], editor: Editor
) -> None:
    rebuilt = handed_in(editor)
    assert (rebuilt.missing, rebuilt.untouched, rebuilt.waiting) == ((), (), ())
    expected = solutions(assignment)
    for cell in rebuilt.notebook.cells:
        name = grade_id(cell)
        if name not in assignment.solution_ids:
            continue
        if cell.cell_type == "code":
            said = ast.parse(seen_through(cell.source))
            assert ast.dump(said) == ast.dump(ast.parse(expected[name])), name
        else:
            assert WRITTEN in cell.source


@pytest.mark.parametrize(
    "editor", [colab, jupytext, formatted, windows, quarto, databricks], ids=lambda e: e.__name__
)
def test_nothing_of_the_courses_runs_twice(
    handed_in: Callable[[Editor], Rebuilt], editor: Editor
) -> None:
    rebuilt = handed_in(editor)
    extra = [cell.source for cell in rebuilt.notebook.cells if cell.id.startswith("extra")]
    assert extra == []


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.__name__)
def test_what_was_not_written_is_untouched(
    assignment: Assignment, editor: Callable[[NotebookNode], NotebookNode]
) -> None:
    notebook = nbformat.read(ROOT / "release" / assignment.name / f"{assignment.name}.ipynb", 4)
    text = nbformat.writes(editor(notebook))
    rebuilt = rebuild(assignment, parse.parse(text.encode(), "x.ipynb"))
    code = [
        grade_id(cell)
        for cell in assignment.master.cells
        if grade_id(cell) in assignment.solution_ids and cell.cell_type == "code"
    ]
    assert set(code) <= set(rebuilt.untouched)


def test_an_answer_in_the_last_cell_of_all_is_found(assignment: Assignment) -> None:
    """All of the code in one cell at the end, the stubs as they were."""
    notebook = nbformat.read(ROOT / "release" / assignment.name / f"{assignment.name}.ipynb", 4)
    answers = solutions(assignment)
    code = [text for name, text in answers.items() if name != "written_answer"]
    notebook.cells += [new_code_cell("\n\n".join(code)), new_markdown_cell(WRITTEN)]
    rebuilt = rebuild(assignment, notebook)
    assert rebuilt.untouched == ()
