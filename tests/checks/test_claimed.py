"""A trained model is one that the claims on layers have seen."""

from functools import partial

import keras
import pytest

from grader.checks.architecture import expect_layers
from grader.checks.claimed import claimed, expect_claimed, first_difference, same_layers
from grader.checks.protocols import TrainingRecord, grant
from grader.errors import ClaimFailed

pytestmark = pytest.mark.keras


class Record(TrainingRecord):
    """Keeps what claims note, as an examiner's record does."""

    def __init__(self):
        self._seen = {}

    def looked_at(self, function):
        """Give what was noted."""
        return self._seen.setdefault(function, [])


def network(*sizes, record=None):
    layers = [keras.layers.Dense(size) for size in sizes]
    model = keras.Sequential([keras.Input((4,)), *layers])
    if record is not None:
        grant(model, record)
    return model


def dense(*sizes):
    return partial(expect_layers, expected=[("Dense", {"units": size}) for size in sizes])


def test_a_network_that_the_claims_saw_may_be_trained():
    record = Record()
    for _ in range(2):
        claimed("build", network(3, 2, record=record))
    expect_claimed(network(3, 2, record=record), "build")
    expect_claimed(network(3, 2, record=record), "other", "build")


@pytest.mark.parametrize("sizes", [(3, 3), (3,), (3, 2, 2)])
def test_another_network_than_the_claims_saw_is_refused(sizes):
    record = Record()
    claimed("build", network(3, 2, record=record))
    with pytest.raises(
        ClaimFailed, match=r"what build\(\) returned in the claims above: Dense, Dense"
    ):
        expect_claimed(network(*sizes, record=record), "build")


def test_a_function_that_makes_another_network_each_time_is_refused():
    record = Record()
    for size in (1, 2):
        claimed("build", network(size, record=record))
    for size in (1, 2):
        with pytest.raises(ClaimFailed):
            expect_claimed(network(size, record=record), "build")


@pytest.mark.parametrize("made", [None, 3])
def test_a_function_that_makes_no_network_has_none_trained(made):
    record = Record()
    assert claimed("build", made) is made
    with pytest.raises(ClaimFailed, match="No claim above got a network from build"):
        expect_claimed(network(3, record=record), "build", "other")


def test_a_network_as_it_was_asked_for_may_be_trained_where_no_claim_saw_one():
    record, asked = Record(), {"broken": dense(3, 2)}
    claimed("build", network(5, record=record))
    claimed("broken", None)
    expect_claimed(network(3, 2, record=record), "broken", asked=asked)
    expect_claimed(network(3, 2, record=record), "build", "broken", asked=asked)
    expect_claimed(network(5, record=record), "build", "broken", asked=asked)


@pytest.mark.parametrize("functions", [("broken",), ("build", "broken"), ("broken", "other")])
def test_another_network_than_was_asked_for_is_refused_where_no_claim_saw_one(functions):
    record, asked = Record(), {"broken": dense(3, 2), "other": dense(1)}
    claimed("build", network(5, record=record))
    with pytest.raises(
        ClaimFailed, match=r"No claim above got a network from broken\(\).* units=4, expected"
    ):
        expect_claimed(network(3, 4, record=record), *functions, asked=asked)


def test_a_network_as_it_was_asked_for_is_refused_where_the_claims_saw_another():
    record = Record()
    claimed("build", network(3, 3, record=record))
    with pytest.raises(ClaimFailed, match="in the claims above: Dense, Dense"):
        expect_claimed(network(3, 2, record=record), "build", asked={"build": dense(3, 2)})


def test_nothing_is_noted_in_an_ordinary_kernel():
    assert claimed("build", network(3)).built
    expect_claimed(network(2), "build")


def test_names_of_layers_do_not_matter():
    assert same_layers(network(3, 2), network(3, 2))
    assert not same_layers(network(3, 2), network(2, 3))


def test_the_first_setting_that_differs_is_found():
    assert first_difference(network(3, 2), network(3, 2)) is None
    assert first_difference(network(3, 2), network(2, 3)) == (1, "Dense", "units", 3, 2)
    assert first_difference(network(3, 2), network(3)) is None
