"""Texts of a notebook that are replaced by others, and back."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.authoring.variation import replacement
from grader.authoring.variation.replacement import Replacement
from grader.errors import CourseError


def notebook(*texts: str) -> NotebookNode:
    cells = [new_markdown_cell(text, id=f"cell-{number}") for number, text in enumerate(texts)]
    return new_notebook(cells=[*cells, new_code_cell("pass", id="last")])


def sources(found: NotebookNode) -> list[str]:
    return [cell.source for cell in found.cells[:-1]]


def test_a_text_is_replaced_where_it_stands_as_a_whole() -> None:
    found = notebook("Above 0.998. Not 0.9985, 10.998 or x0.998; 0.998!", "99.8% or 99.8 %")
    changed = replacement.apply(
        found, [Replacement("target", {"0.998": "0.997", "99.8": "99.7", "99.8%": "99.7%"})]
    )
    assert changed == {"cell-0", "cell-1"}
    assert sources(found) == [
        "Above 0.997. Not 0.9985, 10.998 or x0.998; 0.997!",
        "99.7% or 99.7 %",
    ]


def test_what_stands_in_a_module_is_found() -> None:
    found = notebook("tf.keras.layers.Dense(128), not tf.keras.layers.MyDense(128) or 0.128")
    replacement.apply(found, [Replacement("dense", {"Dense(128)": "Dense(96)", "128": "7"})])
    assert sources(found) == ["tf.keras.layers.Dense(96), not tf.keras.layers.MyDense(7) or 0.128"]


def test_texts_may_take_each_others_place() -> None:
    found = notebook("first 1, then 2")
    replacement.apply(found, [Replacement("order", {"1": "2", "2": "1"})])
    assert sources(found) == ["first 2, then 1"]


def test_only_the_named_cells_change() -> None:
    found = notebook("64", "64")
    assert replacement.apply(found, [Replacement("filters", {"64": "48"}, ("cell-1",))]) == {
        "cell-1"
    }
    assert sources(found) == ["64", "48"]


def test_what_was_replaced_can_be_changed_back() -> None:
    before = ["kernel = [[0, 1],\n          [2, 0]]", "together 140"]
    found = notebook(*before)
    change = Replacement(
        "example", {"[[0, 1],\n          [2, 0]]": "[[1, 0],\n [0, 3]]", "140": "9"}
    )
    replacement.apply(found, [change])
    replacement.apply(found, [change.undone()])
    assert sources(found) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Replacement("target", {"0.5": "0.6"}), "choice target: '0.5' is not in the notebook"),
        (Replacement("target", {"0.99": "0.6"}), "choice target: '0.99' is not in the notebook"),
        (Replacement("target", {"0.998": "0.6"}, ("last",)), "'0.998' is not in the notebook"),
        (Replacement("target", {"0.998": "0.6"}, ("first",)), "the notebook has no cell first"),
        (
            Replacement("target", {"0.998": "7"}),
            r"cell cell-0 could not be changed back \(target\)",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(change: Replacement, said: str) -> None:
    found = notebook("above 0.998 in 7 epochs", "0.998")
    with pytest.raises(CourseError, match=said):
        replacement.apply(found, [change])
    assert sources(found) == ["above 0.998 in 7 epochs", "0.998"]
