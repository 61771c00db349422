from __future__ import annotations

import time

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.notebook.submission.attachments import MOST_NAMES, left_out, merged

RED, BLUE = {"image/png": "cmVk"}, {"image/png": "Ymx1ZQ=="}


def cell(text: str, **attachments: object) -> NotebookNode:
    found: NotebookNode = new_markdown_cell(text)
    found.attachments = {name.replace("_", "."): bundle for name, bundle in attachments.items()}
    return found


def test_texts_are_joined_and_pictures_kept() -> None:
    both = merged([cell("one", a_png=RED), cell("two\r\n", b_png=BLUE)])
    assert both.text == "one\n\ntwo\n"
    assert both.attachments == {"a.png": RED, "b.png": BLUE}


def test_a_second_picture_of_one_name_is_named_anew() -> None:
    shown = "![](attachment:image.png)"
    both = merged([cell(shown, image_png=RED), cell(shown, image_png=BLUE)])
    assert both.attachments == {"image.png": RED, "2-image.png": BLUE}
    assert both.text == f"{shown}\n\n![](attachment:2-image.png)"
    same = merged([cell(shown, image_png=RED), cell(shown, image_png=RED)])
    assert same.attachments == {"image.png": RED}
    assert same.text == shown


def test_what_has_not_the_form_of_a_picture_is_left_out() -> None:
    odd = cell("", a_svg={"image/svg+xml": "<svg/>"}, b_png={"image/png": 3}, c_png="x", d_png=RED)
    assert merged([odd]).attachments == {"d.png": RED}
    assert left_out(odd) == ("a.svg", "b.png", "c.png")
    odd.attachments = ["x"]
    assert merged([odd]).attachments == {}
    assert left_out(odd) == ()


def test_base64_in_lines_is_one_text() -> None:
    assert merged([cell("", a_png={"image/png": ["cm", "Vk"]})]).attachments == {"a.png": RED}


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml"])
def test_thousands_of_pictures_take_no_minutes(kind: str) -> None:
    cells = [cell("x" * 200_000), cell("y" * 200_000)]
    for number, each in enumerate(cells):
        each.attachments = {f"p{n}": {kind: f"{number}"} for n in range(20_000)}
    begin = time.process_time()
    kept = len(merged(cells).attachments)
    told = len(left_out(cells[0]))
    assert time.process_time() - begin < 5
    assert (kept, told) == ((MOST_NAMES, 0) if kind == "image/png" else (0, 20_000))
