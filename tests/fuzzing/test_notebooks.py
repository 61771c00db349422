from __future__ import annotations

import nbformat
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.notebook.assignment import grade_id
from grader.notebook.sanitize.outputs import sanitise_notebook
from grader.notebook.submission import chosen_notebook, parse
from grader.notebook.submission.rebuild import Rebuilt, rebuild
from grader.student import visible_claims
from tests.fuzzing import edits, texts, writings
from tests.fuzzing.edits import Edit, assignment, made
from tests.fuzzing.running import ends_well, tried, within
from tests.fuzzing.writings import Damage, Writing

_few = st.lists(edits.honest, max_size=6)
_mixed = st.lists(edits.honest | edits.hostile, min_size=1, max_size=6)


def read(content: bytes) -> NotebookNode | None:
    """What a file holds; None where it is refused, in one line that a person can read."""
    with ends_well(SubmissionError):
        return parse.parse(content, "sums.ipynb")
    return None


def lines(text: str) -> set[str]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return {line.strip() for line in plain.split("\n")} - {""}


def rebuilt(submitted: NotebookNode) -> Rebuilt:
    """What is graded of a notebook: the course's cells, and all that the student wrote."""
    with within():
        found = rebuild(assignment(), submitted)
    _assert_ours(found)
    ours = lines("\n".join(assignment().released.values()))
    ours |= lines("\n".join(cell.source for cell in assignment().master.cells))
    theirs = lines("\n".join(cell.source for cell in submitted.cells if not _is_untouched(cell)))
    kept = lines("\n".join([*found.notes, *(cell.source for cell in found.notebook.cells)]))
    assert theirs <= ours | kept, theirs - ours - kept
    return found


def _is_untouched(cell: NotebookNode) -> bool:
    """Whether a text is a released one, also where it was split between two words and merged."""
    released = map(str.split, assignment().released.values())
    return cell.cell_type == "markdown" and cell.source.split() in released


def _assert_ours(found: Rebuilt) -> None:
    """The course's cells are all there, in order, and only solutions were written."""
    ours = assignment().master.cells
    ids = [cell.id for cell in ours]
    kept = [cell for cell in found.notebook.cells if cell.id in ids]
    assert [cell.id for cell in kept] == ids
    for cell, master in zip(kept, ours, strict=True):
        assert (cell.metadata, cell.cell_type) == (master.metadata, master.cell_type)
        if grade_id(cell) not in assignment().solution_ids:
            assert cell.source == master.source
    assert not any(grade_id(cell) for cell in found.notebook.cells if cell.id not in ids)
    assert len({cell.id for cell in found.notebook.cells}) == len(found.notebook.cells)
    assert all(note.isprintable() for note in found.notes), found.notes
    nbformat.validate(found.notebook)
    nbformat.writes(found.notebook).encode()


@example(edits=[Edit("split", 7, 4, ""), Edit("merge", 7, 0, "")], solved=False, writing=Writing())
@tried(120)
@given(edits=_few, solved=st.booleans(), writing=writings.honest)
def test_honest_edits(edits: list[Edit], solved: bool, writing: Writing) -> None:
    submitted = read(writing.bytes(made(edits, solved)))
    if submitted is not None:
        rebuilt(submitted)


# A line of the student's among the notes.
@example(edits=[Edit("attach", 0, 0, {"\n": {}})], solved=False)
@tried(120)
@given(edits=_mixed, solved=st.booleans())
def test_hostile_edits(edits: list[Edit], solved: bool) -> None:
    submitted = read(texts.as_json(made(edits, solved)))
    if submitted is not None:
        sanitise_notebook(rebuilt(submitted).notebook)


@tried(80)
@given(
    edits=_few, damage=st.lists(writings.damages, min_size=1, max_size=3), writing=writings.honest
)
def test_damaged_files(edits: list[Edit], damage: list[Damage], writing: Writing) -> None:
    content = writing.bytes(made(edits))
    for each in damage:
        content = each.done(content)
    submitted = read(content)
    if submitted is not None:
        rebuilt(submitted)


@tried(60)
@given(edits=_few, solved=st.booleans(), writing=writings.honest)
def test_how_a_notebook_is_written_changes_nothing(
    edits: list[Edit], solved: bool, writing: Writing
) -> None:
    notebook = made(edits, solved)
    plain, other = read(Writing().bytes(notebook)), read(writing.bytes(notebook))
    assert (plain is None) == (other is None)
    if plain is not None and other is not None:
        assert rebuilt(other) == rebuilt(plain)


@example(edits=[Edit("set nbgrader", 3, 0, ("points", [None]))], solved=False)
@example(edits=[Edit("set nbgrader", 3, 0, ("points", 10**400))], solved=False)
@tried(60)
@given(edits=_mixed, solved=st.booleans())
def test_a_students_own_check_finds_the_claims(edits: list[Edit], solved: bool) -> None:
    submitted = read(texts.as_json(made(edits, solved)))
    if submitted is not None:
        with within():
            planned = visible_claims.plan(visible_claims.with_claims(submitted))
        assert set(planned.tests) == {claim.name for claim in planned.claims}


@tried(60)
@given(edits=_mixed, other=st.lists(edits.honest, max_size=3), damage=st.lists(writings.damages))
def test_one_of_several_notebooks_is_chosen(
    edits: list[Edit], other: list[Edit], damage: list[Damage]
) -> None:
    content = texts.as_json(made(other))
    for each in damage:
        content = each.done(content)
    found = [("sums.ipynb", content), ("sums (1).ipynb", texts.as_json(made(edits)))]
    for handed_in in (found, found[1:], found[:1]):
        with ends_well(SubmissionError):
            chosen = chosen_notebook.choose(assignment(), handed_in, "submitted/ada/sums")
            assert (chosen.name, chosen.content) in handed_in
