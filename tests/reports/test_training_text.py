from __future__ import annotations

import dataclasses

import pytest

from grader.model import FurtherRun, Run
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
    assert training_text.target(silent, 0.9).endswith("never above 0.9: it logged none.")
    assert training_text.accuracies(silent) == "none"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "A callback stopped it after epoch 3."),
        ({"stopped": False}, "It ended after epoch 3: 9 epochs were asked for."),
        (
            {"stopped": False, "allowed": 3},
            "It was ended after epoch 3: your code asked for 9 epochs, and while work is graded a "
            "model is trained for at most 3.",
        ),
        (
            {"stopped": False, "allowed": 20},
            "It broke off after epoch 3, and 9 epochs were asked for: the cell that trains did not "
            "run to its end.",
        ),
        (
            {"stopped": False, "asked": 3},
            "It ran to the end that was asked for, 3 epochs: no callback stopped it.",
        ),
    ],
)
def test_how_a_run_ended_is_told(changes: dict[str, object], words: str) -> None:
    assert training_text.end(dataclasses.replace(RUN, **changes)) == words


NEAR = FurtherRun(seed=1, epochs=19, best=0.9971, test_accuracy=0.98, above=0.999)
ABOVE = FurtherRun(seed=2, epochs=14, best=0.9991, test_accuracy=0.98, above=0.999)
BETTER = FurtherRun(seed=1, epochs=5, best=0.9, test_accuracy=0.99, above=1.0)


@pytest.mark.parametrize(
    ("further", "words", "decided"),
    [
        (
            (NEAR,),
            "With seed 1 its training accuracy was at most 0.9971, in 19 epochs.",
            "accuracy the best run counts, with seed 0.",
        ),
        (
            (NEAR, ABOVE),
            "With seed 2 its training accuracy came above 0.999 after epoch 14: 0.9991.",
            "For the training accuracy the best run counts, with seed 2.",
        ),
        (
            (BETTER,),
            "With seed 1 it classifies 99.0% of the test images correctly.",
            "For the test images the best run counts, with seed 1.",
        ),
        ((dataclasses.replace(BETTER, test_accuracy=0.9),), "With seed 1 it", "seed 0."),
        (
            (ABOVE, BETTER),
            "With seed 1 it",
            "with seed 2. For the test images the best run counts, with seed 1.",
        ),
        ((dataclasses.replace(BETTER, test_accuracy=None),), "an unknown share", "seed 0."),
    ],
)
def test_other_seeds_are_told_with_the_run_that_counts(
    further: tuple[FurtherRun, ...], words: str, decided: str
) -> None:
    said = training_text.further(dataclasses.replace(RUN, further=further))
    assert said[0].endswith("the course trained the same network again:")
    assert len(said) == len(further) + 2
    assert words in said[-2]
    assert said[-1].endswith(decided)


def test_without_other_seeds_nothing_is_said_of_them() -> None:
    assert training_text.further(RUN) == ()


def test_a_target_that_another_seed_reached_is_no_contradiction() -> None:
    run = dataclasses.replace(RUN, further=(ABOVE,))
    assert training_text.target(run, 0.999) == (
        "In this run its training accuracy was at most 0.9985, not above 0.999."
    )


def test_what_was_measured_is_told() -> None:
    assert "99.90% of the training images and 98.76% of the test" in training_text.measured(RUN)
    unknown = dataclasses.replace(RUN, train_accuracy=None, test_accuracy=None)
    assert training_text.measured(unknown) == ""


@pytest.mark.parametrize(
    ("count", "shown"), [(0.04, "0.0 s"), (9.96, "10.0 s"), (61.2, "61 s"), (6000, "100 min")]
)
def test_times_are_for_people(count: float, shown: str) -> None:
    assert training_text.seconds(count) == shown
