"""Attacks by the bytes of a notebook: JSON that readers take in different ways, and odd numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from tests.attacks import exercise
from tests.attacks.submissions import Attack, HandedIn, notebook_in

WRONG = {"add": "def add(a, b):\n    return 0"}
Document = dict[str, Any]


def document(right: bool) -> Document:
    """A notebook as JSON."""
    cells = {} if right else WRONG
    return dict(json.loads(nbformat.writes(exercise.submission(cells))))


def cell(notebook: Document, name: str) -> Document:
    """A cell by its ``grade_id``, to be changed in place."""
    named = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    found: Document = named[name]
    return found


def as_bytes(write: Callable[[], bytes]) -> HandedIn:
    """A notebook with exactly these bytes."""

    def place(folder: Path) -> None:
        notebook_in(folder).write_bytes(write())

    return HandedIn(place=place)


def edited(edit: Callable[[Document], object], right: bool = False) -> HandedIn:
    """A notebook whose JSON was changed where nbformat would refuse to write it."""

    def write() -> bytes:
        notebook = document(right)
        edit(notebook)
        return json.dumps(notebook).encode()

    return as_bytes(write)


def replaced(old: str, new: str, right: bool = False, encoding: str = "utf-8") -> HandedIn:
    """A notebook in whose text something stands in place of something else."""

    def write() -> bytes:
        text = json.dumps(document(right))
        assert old in text
        return text.replace(old, new, 1).encode(encoding)

    return as_bytes(write)


def twice(first: bool) -> HandedIn:
    """``cells`` twice in one object: right ones and wrong ones; readers take the last."""

    def write() -> bytes:
        right, wrong = (json.dumps(document(each)["cells"]) for each in (True, False))
        cells = (right, wrong) if first else (wrong, right)
        rest = {key: value for key, value in document(True).items() if key != "cells"}
        pairs = ", ".join(f'"cells": {each}' for each in cells)
        return f"{{{pairs}, {json.dumps(rest)[1:]}".encode()

    return as_bytes(write)


def nested_metadata(depth: int) -> Callable[[Document], None]:
    def edit(notebook: Document) -> None:
        deep: Document = {}
        for _ in range(depth):
            deep = {"a": deep}
        notebook["metadata"]["deep"] = deep

    return edit


def long_id(notebook: Document) -> None:
    cell(notebook, "add")["id"] = "a" * 100_000


def same_ids(notebook: Document) -> None:
    for each in notebook["cells"]:
        each["id"] = "same"


def id_of_another(notebook: Document) -> None:
    """The wrong ``add`` under the id of a test, the test under that of ``add``."""
    one, other = cell(notebook, "add"), cell(notebook, "adds")
    one["id"], other["id"] = other["id"], one["id"]


def claims_points(notebook: Document) -> None:
    for each in notebook["cells"]:
        each["metadata"]["nbgrader"] = each["metadata"].get("nbgrader", {}) | {
            "points": 1e308,
            "score": 1000,
            "max_score": -1,
            "passed": True,
            "grade": True,
        }
    notebook["metadata"]["grader"] = {"verdicts": {"adds": "passed", "adds_negatives": "passed"}}


def older(version: int) -> Callable[[Document], None]:
    def edit(notebook: Document) -> None:
        notebook["nbformat"] = version

    return edit


def minor(version: int) -> Callable[[Document], None]:
    def edit(notebook: Document) -> None:
        notebook["nbformat_minor"] = version

    return edit


def points(value: str, right: bool = False) -> HandedIn:
    """A number in the metadata of a test that no honest editor writes."""
    return replaced('"points": 2', f'"points": {value}', right)


ATTACKS = (
    Attack(
        65,
        "cells_twice",
        "the key cells twice: right ones first, then wrong ones",
        twice(first=True),
        twice(first=False),
        "FF++",
    ),
    Attack(
        65,
        "points_infinite",
        "points of 1e999",
        points("1e999"),
        points("2.0", right=True),
        "FF++",
    ),
    Attack(
        65,
        "points_not_a_number",
        "points that are NaN",
        points("NaN"),
        points("0", right=True),
        "FF++",
    ),
    Attack(
        65,
        "points_of_a_million_digits",
        "points of a million digits, which take minutes to read",
        points("9" * 1_000_000),
        points("2e0", right=True),
        "",
        "is not a notebook",
    ),
    Attack(
        65,
        "metadata_nested",
        "metadata 400 levels deep",
        edited(nested_metadata(400)),
        edited(nested_metadata(50), right=True),
        "",
        "is over a limit",
    ),
    Attack(
        65,
        "half_a_character",
        "half of a surrogate pair in an answer",
        replaced("return 0", "return 0 # \\ud800"),
        replaced("return a + b", "return a + b # \\ud83d\\ude00", right=True),
        "",
        "is not a notebook",
    ),
    Attack(
        65,
        "utf_16",
        "a wrong answer in UTF-16 with a mark of the order of bytes",
        replaced("return 0", "return 0", encoding="utf-16"),
        replaced("return a", "return a", right=True, encoding="utf-16"),
        "FF++",
    ),
    Attack(
        65,
        "format_99",
        "a notebook of format 99",
        edited(older(99)),
        edited(minor(99), right=True),
        "",
        "is not a notebook",
    ),
    Attack(
        65,
        "format_3_in_name",
        "format 3 that holds the cells of format 4",
        edited(older(3)),
        edited(minor(4), right=True),
        "",
        "is not a notebook",
    ),
    Attack(
        65,
        "long_id",
        "an id of 100,000 characters",
        edited(long_id),
        edited(same_ids, right=True),
        "FF++",
    ),
    Attack(
        65,
        "same_ids",
        "one id for all cells",
        edited(same_ids),
        edited(minor(5), right=True),
        "FF++",
    ),
    Attack(
        65,
        "ids_exchanged",
        "the id of a test on the answer, and the answer's on the test",
        edited(id_of_another),
        edited(id_of_another, right=True),
        "FF++",
    ),
    Attack(
        65,
        "points_claimed",
        "points, scores and verdicts in the metadata of every cell",
        edited(claims_points),
        edited(claims_points, right=True),
        "FF++",
    ),
)
