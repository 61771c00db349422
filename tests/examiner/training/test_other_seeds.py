"""Trainings with other seeds, beside the student's own."""

from __future__ import annotations

import pytest

from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from tests.examiner.training.fits import fit, with_weights
from tests.referee.fake import FakeReferee

pytestmark = pytest.mark.keras


def test_another_seed_goes_through_all_fits(trainings: Trainings, referee: FakeReferee) -> None:
    number, _ = fit(trainings, 2)
    _, weights = fit(trainings, 3, continues=number, fresh_optimizer=False)
    again = trainings.again(with_weights(weights), 7, 2.0)
    assert (again.fits, again.callbacks, again.stopped) == ((2, 3), (), False)
    assert (referee.steps[-1].seed, referee.steps[-1].epochs) == (7, 5)
    assert referee.later == [False] * 5 + [True] * 5, "others come first"
    assert trainings.again(with_weights(weights), 7, 0.9).fits == (2, 2)


def test_runs_with_other_seeds_are_kept_beside_the_own_run(trainings: Trainings) -> None:
    number, _ = fit(trainings, 2)
    _, weights = fit(trainings, 3, continues=number, fresh_optimizer=False)
    first = trainings.again(with_weights(weights), 7, 2.0)
    (told,) = trainings.take_further()
    assert (told.seed, told.epochs, told.above) == (7, 5, 2.0)
    assert (told.best, told.test_accuracy) == (first.logs[-1]["accuracy"], first.test_accuracy)
    assert trainings.take_further() == ()
    trainings.again(with_weights(weights), 7, 2.0)
    assert len(trainings.take_further()) == 1
    (run,) = trainings.runs
    assert run.further == (told,), "asked for twice, told once"


def test_another_seed_is_given_up_when_it_cannot_reach_any_more(
    trainings: Trainings, referee: FakeReferee
) -> None:
    trainings = Trainings(referee, "ada", Budget(epochs=30), {"mnist": "a digest"})
    referee.accuracy = lambda epoch: 0.9 if epoch == 1 else 0.996
    _, weights = fit(trainings, 19)
    assert trainings.again(with_weights(weights), 1, 0.998).fits == (8,), "the last gain is old"
    assert trainings.again(with_weights(weights), 1, 1.0).fits == (19,), "all epochs are wanted"
