from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.errors import SubmissionError
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.submission import parse, rebuild
from grader.settings import Settings
from tests import tiny


def test_a_notebook_is_read(tiny_course: Settings, tmp_path: Path) -> None:
    path = tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    assert len(parse.read(path).cells) == len(tiny.source().cells)


def test_what_is_empty_may_be_missing_or_null(tiny_course: Settings, tmp_path: Path) -> None:
    notebook = json.loads(nbformat.writes(tiny.submission(tiny_course, tiny.GOOD)))
    notebook["metadata"] = None
    for cell in notebook["cells"]:
        cell["metadata"]["collapsed"] = None
        if cell["cell_type"] == "code":
            cell["outputs"] = None
            del cell["execution_count"]
    notebook["cells"][0] |= {"metadata": None, "source": None}
    notebook["cells"][1]["id"] = None
    notebook["cells"][2]["id"] = 2
    read = parse.parse(json.dumps(notebook).encode(), "x.ipynb")
    assert (read.metadata, read.cells[0].source) == ({}, "")
    assert all(isinstance(cell.id, str) for cell in read.cells)
    assert [cell.source for cell in read.cells if grade_id(cell) == "add"] == [tiny.GOOD["add"]]


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}),
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}),
        json.dumps({"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}),
        "\udcff",
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is not a notebook \(.*hand it in") as e:
        parse.read(path)
    assert "\n" not in str(e.value)


def test_a_missing_notebook_is_told_with_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "Sums (1).ipynb").touch()
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is missing.*found Sums \(1\)\.ipynb"):
        parse.read(tmp_path / "sums.ipynb")


def test_what_came_in_place_of_a_notebook_is_named(tmp_path: Path) -> None:
    for name in ("sums.zip", "sums.py", ".hidden"):
        (tmp_path / name).touch()
    with pytest.raises(SubmissionError, match=r"found no notebook, but sums\.py, sums\.zip; ask"):
        parse.read(tmp_path / "sums.ipynb")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("work.zip", "ask the student to hand it in again, or unpack work.zip there"),
        ("sums.json", "or rename sums.json if it is the notebook"),
        ("sums.ipynb.download", "or rename sums.ipynb.download if it is"),
        ("sums", "or rename sums if it is the notebook"),
        ("notes.json", "found no notebook, but notes.json; ask the student"),
    ],
)
def test_what_came_in_place_of_a_notebook_has_a_remedy(
    tmp_path: Path, name: str, remedy: str
) -> None:
    (tmp_path / name).touch()
    with pytest.raises(SubmissionError) as error:
        parse.read(tmp_path / "sums.ipynb")
    assert remedy in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_editors_on_windows_write_is_read(tiny_course: Settings, encoding: str) -> None:
    notebook = tiny.submission(tiny_course, {"add": "# größer \N{SNOWMAN} \u5b5b"})
    text = nbformat.writes(notebook, ensure_ascii=False).replace("\n", "\r\n")
    assert parse.parse(text.encode(encoding), "sums.ipynb") == notebook


def test_what_a_program_on_windows_wrote_in_the_code_page_is_read(tiny_course: Settings) -> None:
    notebook = tiny.submission(tiny_course, {"add": "# Gr\N{LATIN SMALL LETTER O WITH DIAERESIS}"})
    notebook.cells[0].source = "It\N{RIGHT SINGLE QUOTATION MARK}s 5 \N{EURO SIGN}"
    text = nbformat.writes(notebook, ensure_ascii=False)
    assert parse.parse(text.encode("cp1252"), "sums.ipynb") == notebook


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "an empty file"),
        (b"\0" * 100, "an empty file"),
        (b"PK\x03\x04\x14\x00\x81\x9d", "an archive (ZIP)"),
        (b"\x1f\x8b\x08", "an archive (gzip)"),
        (b"%PDF-1.7\n\x81", "a PDF"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
    ],
)
def test_a_file_of_another_kind_is_named(content: bytes, kind: str) -> None:
    with pytest.raises(SubmissionError, match=f"x.ipynb is not a notebook but {re.escape(kind)}"):
        parse.parse(content, "x.ipynb")


def test_a_merge_that_was_not_finished_is_named(tiny_course: Settings) -> None:
    text = nbformat.writes(tiny.submission(tiny_course, tiny.GOOD))
    ours = text.replace('"cells"', '\n<<<<<<< HEAD\n"cells"\n=======\n"cells"\n>>>>>>> b\n', 1)
    with pytest.raises(SubmissionError, match=r"both sides of a git merge .*hand it in again"):
        parse.parse(ours.encode(), "sums.ipynb")
    quoted = tiny.submission(tiny_course, {"add": "<<<<<<< HEAD\n=======\n>>>>>>> x"})
    assert parse.parse(nbformat.writes(quoted).encode(), "sums.ipynb") == quoted


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"cells": ' + '{"a":' * 100_000,
        "[" + "[]," * 150_000 + "[]]",
        '["' + r"\"" * 1000 + r'\\", ' + "[" * 101,  # brackets after a string full of quotes
    ],
)
def test_a_tree_too_deep_or_too_wide_is_over_a_limit(tmp_path: Path, text: str) -> None:
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is over a limit: JSON of more than"):
        parse.parse(text.encode(), "sums.ipynb")


def test_brackets_in_a_students_text_do_not_count(tiny_course: Settings) -> None:
    notebook = tiny.submission(tiny_course, {"add": '"' + "[" * 500 + '\\"' + "{" * 500})
    assert parse.parse(nbformat.writes(notebook).encode(), "sums.ipynb") == notebook


@pytest.mark.lengthy
def test_the_worst_megabytes_are_refused_at_once() -> None:
    begin = time.process_time()
    for worst in (b"[],", b'"",', b'"', rb"\"", b"[" * 99 + b"]" * 99 + b","):
        with pytest.raises(SubmissionError):
            parse.parse(worst * ((5 << 20) // len(worst)), "sums.ipynb")
    assert time.process_time() - begin < 5


def test_a_notebook_of_too_many_cells_is_over_a_limit(tiny_course: Settings) -> None:
    notebook = tiny.submission(tiny_course, tiny.GOOD)
    notebook.cells += [
        nbformat.v4.new_code_cell("x = 1") for _ in range(1001 - len(notebook.cells))
    ]
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is over a limit: 1001 cells"):
        parse.parse(nbformat.writes(notebook).encode(), "sums.ipynb")
    del notebook.cells[-1]
    assert len(parse.parse(nbformat.writes(notebook).encode(), "sums.ipynb").cells) == 1000


def test_more_code_than_can_be_recognised_in_time_is_over_a_limit(tiny_course: Settings) -> None:
    notebook = tiny.submission(tiny_course, {"add": "x = 1\n" * 170_000})
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is over a limit: 8 cells with 1020"):
        parse.parse(nbformat.writes(notebook).encode(), "sums.ipynb")
    picture = nbformat.v4.new_markdown_cell("![](data:image/png;base64," + "A" * 2_000_000 + ")")
    notebook = tiny.submission(tiny_course, tiny.GOOD)
    notebook.cells.append(picture)
    assert parse.parse(nbformat.writes(notebook).encode(), "sums.ipynb").cells[-1] == picture


def test_half_a_surrogate_pair_is_refused(tiny_course: Settings) -> None:
    text = nbformat.writes(tiny.submission(tiny_course, tiny.GOOD))
    with pytest.raises(SubmissionError, match=r"is not a notebook \(.*surrogates not allowed"):
        parse.parse(text.replace("return sum", r"return '\ud800'; sum").encode(), "sums.ipynb")


def places(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    yield path
    if isinstance(node, dict | list):
        for key, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(below, (*path, key))


def put(node: object, path: tuple[str | int, ...], value: object) -> object:
    """The JSON value with another value at one place."""
    if not path:
        return value
    changed: Any = copy.copy(node)
    changed[path[0]] = put(changed[path[0]], path[1:], value)
    return changed


@pytest.mark.lengthy
def test_a_notebook_of_odd_types_is_refused_or_rebuilt(tiny_course: Settings) -> None:
    assignment = load_assignment(tiny_course, "sums")
    whole = json.loads(nbformat.writes(tiny.submission(tiny_course, tiny.GOOD)))
    whole["cells"] = whole["cells"][:3] + whole["cells"][-1:]
    refused = rebuilt = 0
    for place in places(whole):
        for odd in (None, True, -1.5, "", "\n", [], {}, [[]], [None], {"a": {}}, 10**30):
            text = json.dumps(put(whole, place, odd)).encode()
            try:
                notebook = parse.parse(text, "sums.ipynb")
            except SubmissionError:
                refused += 1
            else:
                rebuild.rebuild(assignment, notebook)
                rebuilt += 1
    assert refused > 100
    assert rebuilt > 100
