"""A submission's trainings, with a referee that is made up."""

from __future__ import annotations

import pytest

from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from tests.referee.fake import FakeReferee


@pytest.fixture
def referee() -> FakeReferee:
    return FakeReferee()


@pytest.fixture
def trainings(referee: FakeReferee) -> Trainings:
    return Trainings(referee, "ada", Budget(epochs=6, trainings=4), {"mnist": "a digest"})
