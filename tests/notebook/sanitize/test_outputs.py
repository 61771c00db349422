from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from grader.notebook.sanitize import outputs
from grader.notebook.sanitize.outputs import Budget, sanitise
from tests import tiny
from tests.notebook.sanitize.test_images import bomb, encoded

PNG = encoded(Image.new("RGB", (4, 4)))


def stream(text: Any, name: Any = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(data: Any, kind: str = "display_data") -> dict[str, Any]:
    return {"output_type": kind, "data": data, "metadata": {"isolated": True}}


def texts(found: list[nbformat.NotebookNode]) -> list[str]:
    return [one.get("text") or one.get("data", {}).get("text/plain", "") for one in found]


def test_streams_become_one_plain_text_each() -> None:
    found = sanitise(
        [stream("a\x1b[31mb\x1b[0m"), stream(["c\n", "1\r2"]), stream("!", "stderr")], Budget()
    )
    assert [(one.name, one.text) for one in found] == [("stdout", "abc\n2"), ("stderr", "!")]


def test_an_error_is_text_without_colours() -> None:
    error = {
        "output_type": "error",
        "ename": "Value\x1b[1mError",
        "evalue": "<b>",
        "traceback": ["\x1b[31mline\x1b[0m 1", 7, "line\x07 2"],
    }
    (found,) = sanitise([error], Budget())
    assert (found.ename, found.evalue) == ("ValueError", "<b>")
    assert found.traceback == ["line 1", r"line\x07 2"]


def test_a_picture_keeps_what_describes_it_and_nothing_else() -> None:
    data = {"image/png": PNG, "text/plain": "<Figure>", "text/html": "<script>"}
    (found,) = sanitise([display(data)], Budget())
    assert found.data.keys() == {"image/png", "text/plain"}
    assert found.metadata == {"image/png": {"alt": "Picture drawn by this cell: <Figure>"}}


def test_a_picture_without_a_text_has_a_description_too() -> None:
    (found,) = sanitise([display({"image/png": PNG})], Budget())
    assert found.metadata == {"image/png": {"alt": "Picture drawn by this cell"}}


def test_the_description_of_a_picture_is_short_and_without_terminal_commands() -> None:
    data = {"image/png": PNG, "text/plain": "\x1b[31m" + "x" * 900}
    (found,) = sanitise([display(data)], Budget())
    assert len(found.metadata["image/png"]["alt"]) < 150
    assert "\x1b" not in found.metadata["image/png"]["alt"]


@pytest.mark.parametrize(
    "mime",
    [
        "text/html",
        "application/javascript",
        "image/svg+xml",
        "text/markdown",
        "text/latex",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "application/pdf",
        "text/vnd.mermaid",
        "x/<script>",
    ],
)
def test_all_else_gives_way_to_its_plain_text_or_is_named(mime: str) -> None:
    evil = "<script>alert(1)</script>"
    both, alone = sanitise(
        [display({mime: evil, "text/plain": "a table"}, "execute_result"), display({mime: evil})],
        Budget(),
    )
    assert both.data == {"text/plain": "a table"}
    assert alone.text == f"[{mime} was left out]\n"


@pytest.mark.parametrize(
    ("picture", "reason"),
    [(bomb(50_000, 50_000), "too many"), ("no", "not base64"), (5, "neither")],
)
def test_a_picture_that_is_none_is_named(picture: Any, reason: str) -> None:
    (found,) = sanitise([display({"image/png": picture})], Budget())
    assert found.text.startswith("[a picture was left out: ")
    assert reason in found.text


HOSTILE = [
    None,
    5,
    "text",
    {},
    [None, 5, "x", [], {}],
    [{"output_type": 5}, {"output_type": ["stream"]}, {"output_type": "update_display_data"}],
    [stream(None), stream(5, 7), stream([1, None, "kept"], {"a": 1}), stream({"a": "b"})],
    [display(None), display([]), display({5: 6, None: "x"}), display({"text/plain": {"a": 1}})],
    [{"output_type": "error"}, {"output_type": "error", "ename": 1, "traceback": "text"}],
    [{"output_type": "error", "ename": None, "evalue": ["a"], "traceback": [["x"], {}]}],
    [display({"image/png": {"a": 1}}), display({"image/jpeg": [1, 2]}), display({"a" * 9999: 1})],
    [stream("\ud800"), display({"\ud800": 1}), display({"text/html\n\x1b[31m": "x"})],
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: str(hostile)[:60])
def test_whatever_comes_is_a_valid_notebook_afterwards(hostile: object) -> None:
    found = sanitise(hostile, Budget())
    notebook = new_notebook(cells=[new_code_cell(outputs=found)])
    nbformat.validate(notebook)
    json.dumps(notebook, ensure_ascii=False).encode()
    assert all(one.output_type in ("stream", "display_data", "error") for one in found)


def test_text_among_wrong_types_is_kept() -> None:
    assert texts(sanitise(HOSTILE[6], Budget())) == ["kept"]


def test_a_cell_that_prints_too_much_is_cut_and_says_so() -> None:
    found = sanitise([stream("x" * 3_000_000), stream("never", "stderr")], Budget())
    assert sum(map(len, texts(found))) < outputs.CELL + 100
    assert found[0].text.startswith("xxx")
    assert texts(found)[-1] == "[the rest of this cell's output was left out: it is too long]\n"


def test_many_small_outputs_are_too_much_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "CELL", 20_000)
    found = sanitise([display({"text/plain": "x"})] * 1_000, Budget())
    assert len(found) <= outputs.CELL // 100 + 1
    assert "left out" in found[-1].text


def test_a_notebook_has_one_budget_for_all_its_cells() -> None:
    budget = Budget(characters=1000)
    first = sanitise([stream("a" * 700)], budget)
    second = sanitise([stream("b" * 700)], budget)
    third = sanitise([stream("c")], budget)
    assert len(first[0].text) == 700
    assert 0 < second[0].text.count("b") <= 200
    assert ["left out" in one.text for one in (second[-1], third[-1])] == [True, True]
    assert (len(second), len(third)) == (2, 1)


def test_pictures_draw_on_the_pixels_of_the_notebook() -> None:
    budget = Budget(pixels=20)
    first, second = sanitise([display({"image/png": PNG})] * 2, budget)
    assert "image/png" in first.data
    assert second.text == "[a picture was left out: 4 x 4 pixels are too many]\n"


def test_a_cell_keeps_only_so_many_pictures_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "CELL_PICTURES", 2)
    budget = Budget()
    pictures = [display({"image/png": PNG})] * 3
    *kept, said, line = sanitise([*pictures, stream("said"), *pictures], budget)
    assert ["image/png" in one.data for one in kept] == [True, True]
    assert said.text == "said"
    assert line.text.startswith("[4 more of this cell's pictures were left out: at most ")
    assert budget.pictures == outputs.PICTURES - 2


def test_a_notebook_keeps_only_so_many_pictures() -> None:
    budget = Budget(pictures=3)
    first, second, third = (sanitise([display({"image/png": PNG})] * 2, budget) for _ in range(3))
    assert len(first) == 2
    assert ("image/png" in second[0].data, second[1].text[:6]) == (True, "[1 mor")
    assert [one.text[:6] for one in third] == ["[2 mor"]


def test_a_picture_that_does_not_fit_is_named_and_text_behind_it_is_kept() -> None:
    noise = encoded(Image.frombytes("RGB", (40, 40), bytes(range(256)) * 18 + bytes(192)))
    found = sanitise([display({"image/png": noise}), stream("said")], Budget(characters=400))
    assert [one.text.split(":")[0] for one in found] == [
        "said",
        "[1 more of this cell's pictures were left out",
    ]


def test_pictures_that_are_left_out_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs.images, "as_png", lambda *_: pytest.fail("decoded"))
    (line,) = sanitise([display({"image/png": PNG})] * 1000, Budget(pictures=0))
    assert line.text.startswith("[1000 more ")


def test_an_unlimited_stream_is_not_read_to_its_end() -> None:
    found = sanitise([stream("x" * 1_000_000)] * 600, Budget())
    assert sum(map(len, texts(found))) < outputs.CELL + 100


@pytest.mark.parametrize("count", ["<img src=x>", 1.5, True, -1, 10**12, [1], None, 7])
def test_a_cells_number_is_a_number(count: Any) -> None:
    notebook = new_notebook(cells=[new_code_cell("x = 1")])
    notebook.cells[0]["execution_count"] = count
    outputs.sanitise_notebook(notebook)
    assert notebook.cells[0].execution_count == (7 if count == 7 else None)
    nbformat.validate(notebook)


def test_what_a_test_wrote_is_not_kept_at_all() -> None:
    notebook = tiny.source()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="\x1b[1mhere\x1b[0m")]
    outputs.sanitise_notebook(notebook)
    written = {cell.id: texts(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"}
    assert written == {
        "imports": ["here"],
        "add": ["here"],
        "adds": [],
        "adds-negatives": [],
        "total": ["here"],
        "totals": [],
    }
