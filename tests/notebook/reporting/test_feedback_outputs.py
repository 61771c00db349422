from __future__ import annotations

import base64
import io

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from grader import language
from grader.notebook import experiments
from grader.notebook.assignment import PART_OF
from grader.notebook.reporting import feedback, feedback_outputs
from grader.notebook.reporting.grades import Grade, Grades
from tests import tiny
from tests.notebook.sanitize.test_images import encoded


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
    outputs = feedback_outputs.collect(notebook(add=[picture(), picture()], extra=[picture()]))
    assert [one.text for one in outputs.of_answers["add"]] == [
        "Picture drawn by cell 3 (add)",
        "Picture 2 drawn by cell 3 (add)",
    ]
    assert [one.text for one in outputs.pictures] == ["Picture drawn by cell 9 (“Sums”)"]
    assert all(one.png for one in (*outputs.of_answers["add"], *outputs.pictures))


def test_captions_and_what_is_left_out_are_in_the_courses_language() -> None:
    svg = new_output("display_data", data={"image/svg+xml": "<svg/>"})
    language.use("de")
    try:
        found = notebook(add=[picture(), svg], extra=[picture()])
        outputs = feedback_outputs.collect(found)
    finally:
        language.use(language.ENGLISH)
    drawn, left_out = outputs.of_answers["add"]
    assert drawn.text == "Bild, gezeichnet von Zelle 3 (add)"
    assert left_out.text == "[image/svg+xml wurde weggelassen]\n"
    assert outputs.pictures[0].text == "Bild, gezeichnet von Zelle 9 (“Sums”)"


def test_a_heading_is_the_last_one_above_and_shown_as_text() -> None:
    found = notebook(extra=[picture()])
    above = "# Far above\n\n## **<b>Near</b>** \u202e" + "x" * 100 + "\n#no heading"
    found.cells.insert(-1, new_markdown_cell(above, id="text"))
    (shown,) = feedback_outputs.collect(found).pictures
    heading = r"<b>Near</b> \u202e" + "x" * 100
    assert shown.text == f"Picture drawn by cell 10 (“{heading[:80]}”)"


def test_pictures_that_are_the_same_for_all_are_left_out() -> None:
    found = notebook(imports=[picture()], extra=[picture()])
    assert len(feedback_outputs.collect(found).pictures) == 2
    (shown,) = feedback_outputs.collect(found, frozenset({"imports"})).pictures
    assert "cell 9" in shown.text


def test_of_cells_that_are_no_answers_only_pictures_are_shown() -> None:
    printed = new_output("stream", text="said")
    outputs = feedback_outputs.collect(notebook(add=[printed], extra=[printed]))
    assert [one.text for one in outputs.of_answers["add"]] == ["said"]
    assert outputs.of_answers["total"] == ()
    assert outputs.pictures == ()


def test_an_experiment_that_was_not_run_is_told() -> None:
    found = notebook(extra=[picture()])
    assert not feedback_outputs.collect(found).without_experiments
    found.cells[-1].metadata["tags"] = [experiments.TAG]
    assert not feedback_outputs.collect(found).without_experiments
    experiments.leave_out(found.cells[-1])
    assert feedback_outputs.collect(found).without_experiments


def test_what_stands_under_a_test_is_not_shown() -> None:
    quoting = new_output("error", ename="E", evalue="", traceback=["assert secret"])
    outputs = feedback_outputs.collect(notebook(adds=[quoting, picture()]))
    assert outputs.pictures == ()
    assert "adds" not in outputs.of_answers


def test_a_page_has_only_so_many_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback_outputs, "_PICTURES", 3)
    outputs = feedback_outputs.collect(notebook(add=[picture()] * 2, extra=[picture()] * 3))
    assert [bool(one.png) for one in outputs.of_answers["add"]] == [True, True]
    assert [bool(one.png) for one in outputs.pictures] == [True, False, False]
    assert outputs.pictures[1].text == (
        "[Picture 2 of cell 9 (“Sums”) was left out: 3 are on this page already]"
    )


def test_too_large_a_picture_gives_way_to_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback_outputs, "_PICTURE", 10)
    (found,) = feedback_outputs.collect(notebook(extra=[picture()])).pictures
    assert found.png == ""
    assert "larger than 10 characters" in found.text


def test_only_pictures_that_were_encoded_again_get_there() -> None:
    evil = new_output("display_data", data={"image/png": "bm8=", "image/svg+xml": "<svg/>"})
    found = new_notebook(
        cells=[new_markdown_cell("text"), new_code_cell("draw()", outputs=[evil, picture()])]
    )
    (one,) = feedback_outputs.collect(found).pictures
    assert one.text == "Picture drawn by cell 2"
    with Image.open(io.BytesIO(base64.b64decode(one.png))) as kept:
        assert (kept.format, kept.size) == ("PNG", (4, 4))


def test_pictures_of_a_written_answer_are_shown_with_it() -> None:
    found = notebook()
    sketch = {"image/png": encoded(Image.new("RGB", (4, 4)))}
    found.cells[7].attachments = {"sketch.png": sketch, "no.png": {"image/png": "aGk="}}
    shown = feedback_outputs.collect(found).of_answers["written_answer"]
    assert [(one.text, bool(one.png)) for one in shown] == [
        ("sketch.png", True),
        ("[no.png was left out: it is neither PNG nor JPEG, or it is damaged]", False),
    ]


def test_what_all_parts_of_an_answer_put_out_is_shown_together() -> None:
    said = [new_output("stream", text=f"{number}") for number in (1, 2)]
    found = notebook(add=[said[0]], extra=[said[1]])
    found.cells[8].metadata[PART_OF] = "add"
    outputs = feedback_outputs.collect(found)
    assert [one.text for one in outputs.of_answers["add"]] == ["1", "2"]
    none = Grade(None, 5.0, by_hand=False)
    known = Grades("", 0.0, 0.0, 0.0, {"written_answer": none}, {})
    answer, *_ = feedback.answers_of(found, known, outputs)
    assert answer.source.endswith("END SOLUTION\n\nplot()")


def test_a_picture_in_the_text_itself_is_shown_in_its_place() -> None:
    found = notebook()
    png = encoded(Image.effect_noise((20, 20), 50))
    found.cells[7].source = f"Look: ![](data:image/png;base64,{png}) there."
    (shown,) = feedback_outputs.collect(found).of_answers["written_answer"]
    assert (shown.text, bool(shown.png)) == ("picture 1", True)
    text = feedback_outputs.without_pictures(found.cells[7].source)
    assert text == "Look: ![](data:image/png) there."
