"""Refusals of ``fit`` in the course's language, from a kernel that may say anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader import language
from grader.examiner.training import fit_refusals
from grader.sandbox.guest.course_images.images import plain_array
from grader.sandbox.guest.course_images.refused import FitRefused
from grader.sandbox.guest.fit import stand_in, tensor_board, training_loop
from grader.sandbox.guest.fit.call_checks import expect_steps, validation_pair, validation_share
from grader.sandbox.guest.fit.referee import Referee
from grader.sandbox.guest.protocol import MAX_REFUSAL

SHARE = "fit was given validation_split={given}, expected a number between 0 and 1."
GERMAN_SHARE = "fit bekam validation_split=1.5, erwartet wird eine Zahl zwischen 0 und 1."


@pytest.fixture
def german() -> Iterator[None]:
    language.use("de")
    yield
    language.use(language.ENGLISH)


def message(refused: FitRefused) -> dict[str, Any]:
    """As a kernel sends it."""
    return {"why": str(refused), "templates": refused.templates, "values": refused.values}


def refusal(function: Any, *given: Any) -> FitRefused:
    with pytest.raises(FitRefused) as raised:
        function(*given)
    return raised.value


def test_a_refusal_is_said_in_the_courses_language(german: None) -> None:
    assert fit_refusals.said(message(refusal(validation_share, 1.5))) == GERMAN_SHARE


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (validation_pair, [(1, 2, 3)]),
        (expect_steps, ["steps_per_epoch", 2, 6000, 32]),
        (plain_array, [None, "x"]),
        (plain_array, [np.array(["a"]), "x"]),
    ],
)
def test_all_of_a_refusal_is_translated(german: None, function: Any, given: list[Any]) -> None:
    said = fit_refusals.said(message(refusal(function, *given)))
    assert "bei der bewertung" in said.lower()
    assert "while" not in said.lower().split()


@pytest.mark.parametrize(
    ("template", "values", "words"),
    [
        (stand_in.MADE_UP, {}, "Seine Zahlen sind erfunden"),
        (stand_in.FIXED_ORDER, {}, "für jede Epoche neu gemischt"),
        (stand_in.FLOAT32, {"policy": "mixed_float16"}, "mixed_float16 in float32 trainiert"),
        (tensor_board.SILENT, {}, "schreibt beim Bewerten keine Logs"),
        (training_loop.CUT, {"epoch": 3}, "endet nach Epoche 3"),
        (training_loop.UNCALLED, {"hook": "Mine.on_batch_end"}, "Mine.on_batch_end wird beim"),
    ],
    ids=["made up", "order", "float32", "tensorboard", "cut", "hook"],
)
def test_lines_of_fit_are_said_in_the_courses_language(
    german: None,
    capsys: pytest.CaptureFixture[str],
    template: str,
    values: dict[str, object],
    words: str,
) -> None:
    Referee(lambda asked, _: ({"said": fit_refusals.said(asked)}, [])).say(template, **values)
    assert words in capsys.readouterr().out


def test_english_is_what_the_kernel_says() -> None:
    refused = refusal(plain_array, None, "x")
    assert fit_refusals.said(message(refused)) == str(refused)
    assert str(refused).startswith("x is a NoneType (is a return missing?). While your work is")


@pytest.mark.parametrize(
    "forged",
    [
        {"templates": ["{given.__class__} is no template."], "values": {"given": "x"}},
        {"templates": ["{given:>999999999}"], "values": {"given": "x"}},
        {"templates": [SHARE], "values": {}},
        {"templates": [SHARE], "values": {"other": "x"}},
        {"templates": [SHARE, "And more."], "values": {"given": "x"}},
        {"templates": [SHARE, 3], "values": {"given": "x"}},
        {"templates": [], "values": {}},
        {"templates": SHARE, "values": {"given": "x"}},
        {"templates": [SHARE], "values": ["given"]},
        {"templates": [""], "values": {"given": "x"}},
        {},
    ],
)
def test_what_no_catalog_has_is_said_in_english(german: None, forged: dict[str, Any]) -> None:
    assert fit_refusals.said({"why": "In English."} | forged) == "In English."


def test_a_refusal_is_cut() -> None:
    assert len(fit_refusals.said({"why": "w" * 50_000})) == MAX_REFUSAL


def test_a_value_is_cut_and_fills_no_other_field(german: None) -> None:
    long = {"why": "no", "templates": [SHARE], "values": {"given": "w" * 50_000}}
    assert len(fit_refusals.said(long)) == MAX_REFUSAL
    nested = {"why": "no", "templates": [SHARE], "values": {"given": "{given}"}}
    assert "validation_split={given}," in fit_refusals.said(nested)
