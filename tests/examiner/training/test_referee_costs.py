"""What is refused after work has been done is not done again and again; the store is not filled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.examiner.training import referee_costs
from grader.examiner.training.referee_costs import FREE_REFUSALS, Costs, RefereeCosts
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.referee.spec.contract import Epoch
from tests.examiner.training.fits import BEGIN, fit
from tests.referee.fake import FakeReferee

pytestmark = pytest.mark.keras


class Refusing(FakeReferee):
    """Refuses the first epoch of each training."""

    def step(self, *_: Any, **__: Any) -> Epoch:
        """Say that it takes too long."""
        self.steps.append(_[0])
        raise DeclarationRefused("an epoch takes too long")


def test_a_training_is_closed_at_its_first_refusal() -> None:
    referee = Refusing()
    trainings = Trainings(referee, "ada", Budget(), {"mnist": "a digest"})
    epoch = {"fit": "epoch", "training": trainings.answer(BEGIN)[0]["training"]}
    said = [trainings.answer(epoch)[0]["refused"] for _ in range(40)]
    assert (said[0], len(referee.steps)) == ("an epoch takes too long", 1)
    assert all("This training has ended" in each for each in said[1:])


def test_a_training_is_closed_where_the_referee_fails() -> None:
    referee = FakeReferee()
    trainings = Trainings(referee, "ada", Budget(), {"mnist": "a digest"})
    epoch = {"fit": "epoch", "training": trainings.answer(BEGIN)[0]["training"]}
    referee.broken = "the trainer died"
    assert "fault" in trainings.answer(epoch)[0]
    referee.broken = ""
    assert "has ended" in trainings.answer(epoch)[0]["refused"]


def refuse(costs: RefereeCosts, times: int) -> list[str]:
    """Have so many requests refused; returns what was said."""
    said = []
    for _ in range(times):
        with pytest.raises(DeclarationRefused) as refused, costs.counted():
            raise DeclarationRefused("no")
        said.append(str(refused.value))
    return said


@pytest.mark.parametrize("seconds", [0.0, 25.0])
def test_much_refused_work_ends_a_submissions_trainings(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    now = iter(seconds * number for number in range(100))
    monkeypatch.setattr(referee_costs.time, "monotonic", lambda: next(now))
    costs = RefereeCosts(Budget())
    assert refuse(costs, FREE_REFUSALS) == ["no"] * FREE_REFUSALS
    further = refuse(costs, 3)
    assert all("no more trainings" in each for each in further) is bool(seconds)
    if not seconds:
        with costs.counted():
            pass


def test_what_is_accepted_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 100_000, 1000))
    monkeypatch.setattr(referee_costs.time, "monotonic", lambda: next(now))
    costs = RefereeCosts(Budget())
    for _ in range(9):
        with costs.counted():
            pass


def test_epochs_of_a_submission_may_take_so_much_in_the_store() -> None:
    costs = RefereeCosts(Budget(stored_bytes=10_000))
    weights = (np.zeros(500, np.float32),)
    for fresh in (False, True, True):
        epoch = Epoch("k", {}, 1.0, "no device", fresh, weights)
        assert costs.trained(lambda epoch=epoch: epoch) is epoch
    with pytest.raises(DeclarationRefused, match="take more than"):
        costs.trained(list)


def test_costs_go_on_where_an_earlier_judge_was_lost() -> None:
    told: list[Costs] = []
    budget, weights = Budget(trainings=2, epochs=2), (np.zeros(500, np.float32),)
    fresh, stored = (Epoch("k", {}, 1.0, "no device", new, weights) for new in (True, False))
    costs = RefereeCosts(budget, Costs(epochs=1, stored_bytes=7), told.append)
    costs.trained(lambda: fresh)
    assert told[-1] == Costs(epochs=2, stored_bytes=7 + 6000)
    for _ in range(9):  # the next judge runs the same cells: nothing is trained, nothing counted
        costs.trained(lambda: stored)
    assert told[-1] == Costs(epochs=2, stored_bytes=7 + 6000)
    costs = RefereeCosts(budget, told[-1], told.append)
    costs.trained(lambda: fresh)
    costs.trained(lambda: fresh)
    with pytest.raises(DeclarationRefused, match="trained for 4 epochs in all"):
        costs.trained(lambda: stored)


def test_a_judge_that_is_lost_in_an_epoch_has_counted_it() -> None:
    told: list[Costs] = []
    costs = RefereeCosts(Budget(), told=told.append)

    def failing() -> Epoch:
        assert told == [Costs(epochs=1)]
        raise RefereeError("the trainer died")

    with pytest.raises(RefereeError):
        costs.trained(failing)
    assert told[-1] == Costs()


def test_refused_work_of_an_earlier_judge_counts() -> None:
    costs = RefereeCosts(Budget(), Costs(refusals=FREE_REFUSALS, refused_seconds=60.0))
    with pytest.raises(DeclarationRefused, match="no more trainings"), costs.counted():
        pass


def test_a_training_that_fills_the_store_is_closed() -> None:
    trainings = Trainings(FakeReferee(), "ada", Budget(stored_bytes=1), {"mnist": "a digest"})
    begun = trainings.answer(BEGIN)[0]
    epoch = {"fit": "epoch", "training": begun["training"]}
    assert "logs" in trainings.answer(epoch)[0]
    assert "to keep" in trainings.answer(epoch)[0]["refused"]
    trainings = Trainings(FakeReferee(), "ada", Budget(), {"mnist": "a digest"})
    assert fit(trainings, 5)[1] is not None
