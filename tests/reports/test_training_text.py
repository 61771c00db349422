from __future__ import annotations

import dataclasses

import pytest

from grader.model import Run
from grader.reports import training_text

RUN = Run(
    *("k", ({"accuracy": 0.9}, {"accuracy": 0.998}, {"accuracy": 0.9985}), (3,), ("Stop",), 9),
    *(True, True, 0.999, 0.9876, 1234, 6.0),
)


def test_a_target_is_reached_only_above_it() -> None:
    assert training_text.reached(RUN, 0.998) == 3
    assert training_text.reached(RUN, 0.9985) is None
    assert training_text.target(RUN, 0.998).endswith(
        "above 0.998 after epoch 3 for the first time."
    )
    assert training_text.target(RUN, 0.999).endswith("never above 0.999: the highest was 0.9985.")


def test_a_run_without_an_accuracy_reaches_nothing() -> None:
    silent = dataclasses.replace(RUN, logs=({"loss": 0.1},), fits=(1,))
    assert training_text.best(silent) is None
    assert training_text.target(silent, 0.9).endswith("it logged no accuracy.")
    assert training_text.accuracies(silent) == "none"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "A callback stopped it after epoch 3."),
        ({"stopped": False}, "It ended after epoch 3: 9 epochs were asked for."),
        (
            {"stopped": False, "asked": 3},
            "It ran to the end that was asked for, 3 epochs: no callback stopped it.",
        ),
    ],
)
def test_how_a_run_ended_is_told(changes: dict[str, object], words: str) -> None:
    assert training_text.end(dataclasses.replace(RUN, **changes)) == words


def test_what_was_measured_is_told() -> None:
    assert "99.90% of the training images and 98.76% of the test" in training_text.measured(RUN)
    unknown = dataclasses.replace(RUN, train_accuracy=None, test_accuracy=None)
    assert training_text.measured(unknown) == ""


@pytest.mark.parametrize(
    ("count", "shown"), [(0.04, "0.0 s"), (9.96, "10.0 s"), (61.2, "61 s"), (6000, "100 min")]
)
def test_times_are_for_people(count: float, shown: str) -> None:
    assert training_text.seconds(count) == shown
