from __future__ import annotations

import base64
import io

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from grader.notebook import shown
from tests import tiny
from tests.notebook.test_images import encoded


def picture() -> NotebookNode:
    data = {"image/png": encoded(Image.new("RGB", (4, 4))), "text/plain": "<Figure>"}
    return new_output("display_data", data=data)


def notebook(**outputs: list[NotebookNode]) -> NotebookNode:
    """The tiny exercise after it ran; an extra cell of the student's comes last, as cell 9."""
    found = tiny.source()
    found.cells.append(new_code_cell("plot()", id="extra"))
    for cell in found.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs.get(cell.id, [])
    return found


def test_a_picture_says_which_cell_drew_it() -> None:
    outputs = shown.collect(notebook(add=[picture(), picture()], extra=[picture()]))
    assert [one.text for one in outputs.of_answers["add"]] == [
        "Picture drawn by cell 3 (add)",
        "Picture 2 drawn by cell 3 (add)",
    ]
    assert [one.text for one in outputs.pictures] == ["Picture drawn by cell 9"]
    assert all(one.png for one in (*outputs.of_answers["add"], *outputs.pictures))


def test_of_cells_that_are_no_answers_only_pictures_are_shown() -> None:
    printed = new_output("stream", text="said")
    outputs = shown.collect(notebook(add=[printed], extra=[printed]))
    assert [one.text for one in outputs.of_answers["add"]] == ["said"]
    assert outputs.of_answers["total"] == ()
    assert outputs.pictures == ()


def test_what_stands_under_a_test_is_not_shown() -> None:
    quoting = new_output("error", ename="E", evalue="", traceback=["assert secret"])
    outputs = shown.collect(notebook(adds=[quoting, picture()]))
    assert outputs.pictures == ()
    assert "adds" not in outputs.of_answers


def test_a_page_has_only_so_many_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "_PICTURES", 3)
    outputs = shown.collect(notebook(add=[picture()] * 2, extra=[picture()] * 3))
    assert [bool(one.png) for one in outputs.of_answers["add"]] == [True, True]
    assert [bool(one.png) for one in outputs.pictures] == [True, False, False]
    assert outputs.pictures[1].text == (
        "[Picture 2 of cell 9 was left out: 3 are on this page already]"
    )


def test_too_large_a_picture_gives_way_to_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "_PICTURE", 10)
    (found,) = shown.collect(notebook(extra=[picture()])).pictures
    assert found.png == ""
    assert "larger than 10 characters" in found.text


def test_only_pictures_that_were_encoded_again_get_there() -> None:
    evil = new_output("display_data", data={"image/png": "bm8=", "image/svg+xml": "<svg/>"})
    found = new_notebook(
        cells=[new_markdown_cell("text"), new_code_cell("draw()", outputs=[evil, picture()])]
    )
    (one,) = shown.collect(found).pictures
    assert one.text == "Picture drawn by cell 2"
    with Image.open(io.BytesIO(base64.b64decode(one.png))) as kept:
        assert (kept.format, kept.size) == ("PNG", (4, 4))
