from __future__ import annotations

import base64
import io
import time
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from PIL import Image

from grader.notebook.submission import pictures

GIVEN = frozenset({"given"})


def png(width: int = 4, height: int = 3) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, "PNG")
    return buffer.getvalue()


def embedded(cell: NotebookNode, folder: Path) -> NotebookNode:
    pictures.embed(new_notebook(cells=[cell]), folder, GIVEN)
    return cell


def size(cell: NotebookNode, name: str) -> tuple[int, int]:
    content = base64.b64decode(cell.attachments[name]["image/png"])
    return Image.open(io.BytesIO(content)).size


def pasted(content: bytes, text: str = "![](attachment:a.png)") -> NotebookNode:
    bundle = {"image/png": base64.b64encode(content).decode()}
    cell: NotebookNode = new_markdown_cell(text, attachments=NotebookNode({"a.png": bundle}))
    return cell


def test_a_pasted_picture_is_kept(tmp_path: Path) -> None:
    assert size(embedded(pasted(png()), tmp_path), "a.png") == (4, 3)


@pytest.mark.parametrize(
    "text",
    ["![x](photo.png)", "![](my%20photo.png 'title')",
     '<img src="photo.png" width="50%">', "see <IMG alt=a src=photo.png>",
     '<img src="my photo.png">', "<img src='my photo.png'>", "![](<my photo.png>)",
     "![](Photo.PNG)", "![](./photo.png)", "![](scans\\page.jpg)", "![](scans/page.jpg)"],
)  # fmt: skip
def test_a_picture_beside_the_notebook_is_attached(tmp_path: Path, text: str) -> None:
    (tmp_path / "scans").mkdir()
    for name in ("photo.png", "my photo.png", "scans/page.jpg"):
        (tmp_path / name).write_bytes(png())
    cell = embedded(new_markdown_cell(text), tmp_path)
    assert cell.source == text
    assert [size(cell, name) for name in cell.attachments] == [(4, 3)]


@pytest.mark.lengthy
def test_a_large_photograph_is_made_smaller(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png(3000, 4000))
    assert size(embedded(new_markdown_cell("![](photo.png)"), tmp_path), "photo.png") == (960, 1280)


def test_what_is_no_picture_is_left_out_with_a_line(tmp_path: Path) -> None:
    (tmp_path / "photo.heic").write_bytes(b"ftypheic")
    cell = embedded(pasted(b"<svg/>", "Look: ![](attachment:a.png) ![](photo.heic)"), tmp_path)
    assert "attachments" not in cell
    assert "a.png was left out: it is neither PNG nor JPEG" in cell.source
    assert "photo.heic was left out" in cell.source


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "file:///etc/passwd", "link.png"])
def test_nothing_is_read_from_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(png())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    cell = embedded(new_markdown_cell(f"![]({name})"), folder)
    assert "attachments" not in cell
    assert f"{name} was left out: " in cell.source


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lost.png", "there is no such file beside the notebook"),
        ("https://example.org/a.png", "it is not in the notebook"),
        ("C:\\Users\\ada\\a.png", "it is not in the notebook"),
        ("..\\a.png", "it is not in the notebook"),
    ],
)
def test_a_picture_that_was_not_handed_in_is_named(tmp_path: Path, name: str, reason: str) -> None:
    cell = embedded(new_markdown_cell(f"See ![x]({name})"), tmp_path)
    assert cell.source.startswith(f"See ![x]({name})")
    assert f"{name} was left out: {reason}" in cell.source


def test_cells_of_the_course_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png())
    cell = embedded(new_markdown_cell("![](photo.png)", id="given"), tmp_path)
    assert "attachments" not in cell


def test_only_so_many_pictures_are_kept(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.png").write_bytes(png())
    text = " ".join(f"![]({number}.png)" for number in range(30))
    cell = embedded(new_markdown_cell(text), tmp_path)
    assert len(cell.attachments) == 24
    assert cell.source.count("there are 24 pictures already") == 6


@pytest.mark.parametrize(
    "text", ["![](", "![](a ", "![](<", "![", "<img ", "<img src= ", '<img src="']
)
def test_no_text_is_searched_for_long(text: str) -> None:
    begin = time.process_time()
    list(pictures.linked_names(text * 10_000))
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "text",
    ['![a plot](a%20b.png "A title")', "![]( a%20b.png )", '<img alt="plot" src="a%20b.png">'],
)
def test_a_picture_is_found_however_it_is_written(text: str) -> None:
    assert list(pictures.linked_names(f"See {text}.")) == ["a b.png"]
