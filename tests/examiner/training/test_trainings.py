"""The record of a submission's trainings, made of what the referee was asked for and gave."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.errors import ClaimFailed, DeclarationRefused, RefereeError
from grader.examiner.training.dry_runs import NUMBER, Script
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained, TrainingProgress
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.sandbox.guest.data.decoder import Decoder
from tests.declared_images import IMAGES
from tests.examiner.training.fits import BEGIN, build, fit, with_weights
from tests.referee.fake import FakeReferee

pytestmark = pytest.mark.keras


def test_the_digest_is_the_grading_runs_own(trainings: Trainings, referee: FakeReferee) -> None:
    fit(trainings, 1, images=IMAGES | {"digest": "another"})
    assert referee.steps[0].fits[0].images.digest == "a digest"


def test_epochs_end_with_what_was_asked_for(trainings: Trainings) -> None:
    number = trainings.answer(BEGIN | {"epochs": 1})[0]["training"]
    epoch = {"fit": "epoch", "training": number}
    assert "logs" in trainings.answer(epoch)[0]
    assert "not asked for so many" in trainings.answer(epoch)[0]["refused"]


def test_a_run_is_found_by_the_weights(trainings: Trainings) -> None:
    _, weights = fit(trainings, 3)
    run = trainings.run_of(with_weights(weights))
    assert (run.fits, run.callbacks, run.asked, run.fresh) == ((3,), ("Stop",), 3, 3)
    with pytest.raises(ClaimFailed, match="changed afterwards"):
        trainings.run_of(with_weights([one + 1 for one in weights]))
    with pytest.raises(ClaimFailed, match="was not trained"):
        trainings.run_of(build(11))
    assert trainings.of_callback({"Stop", "x"}) == (run,)
    assert trainings.of_callback({"Go"}) == ()
    assert trainings.runs == (run,)


def test_what_is_observed_is_no_part_of_what_is_trained(
    trainings: Trainings, referee: FakeReferee
) -> None:
    """The names are the student's, and the epochs those of everybody."""
    model = build()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["acc"])
    tested = IMAGES | {"part": "test"}
    fit(trainings, 1)
    fit(trainings, 1, compiled=json.dumps(model.get_compile_config()), validation=tested)
    assert len(set(referee.steps)) == 1
    assert [seen.validation is None for seen in referee.observed] == [True, False]
    (first, second) = trainings.runs
    assert set(first.logs[0]) == {"accuracy", "loss"}
    assert set(second.logs[0]) == {"acc", "loss", "val_acc", "val_loss"}
    assert (first.key, second.fresh) == (second.key, 0)


def test_what_is_held_back_is_observed(trainings: Trainings, referee: FakeReferee) -> None:
    fit(trainings, 1, validation_split=0.25, images=IMAGES | {"first": 10})
    rows = referee.observed[0].validation
    assert rows is not None
    assert (rows.first, rows.count) == (85, 25)
    assert referee.steps[0].fits[0].trained_on == 75


def test_two_trainings_of_one_network_are_told_apart(trainings: Trainings) -> None:
    _, short = fit(trainings, 2)
    number, _ = fit(trainings, 4)
    _, long = fit(trainings, 2, continues=number, fresh_optimizer=False)
    assert trainings.run_of(with_weights(short)).fits == (2,), "not the beginning of the longer"
    assert trainings.run_of(with_weights(long)).fits == (4, 2)
    assert [run.fits for run in trainings.runs] == [(2,), (4, 2)]


def test_weights_of_an_earlier_epoch_are_those_of_the_whole_run(
    trainings: Trainings, referee: FakeReferee
) -> None:
    number = trainings.answer(BEGIN)[0]["training"]
    replies = [trainings.answer({"fit": "epoch", "training": number}) for _ in range(3)]
    trainings.answer({"fit": "end", "training": number, "stopped": True})
    reply, buffers = replies[0]
    weights = Decoder(buffers, lambda *_: None).decode(reply["weights"])
    run = trainings.run_of(with_weights(weights))
    assert (run.epochs, run.stopped, run.train_accuracy) == (3, True, 0.5)
    assert referee.measured[-1].epochs == 1


def test_another_network_does_not_go_on(trainings: Trainings) -> None:
    number, _ = fit(trainings, 1)
    reply, _ = trainings.answer(BEGIN | {"continues": number, "network": build(11).to_json()})
    assert "changed since it was trained" in reply["refused"]


def test_a_fault_is_told_once_and_is_no_refusal(trainings: Trainings, referee: FakeReferee) -> None:
    number = trainings.answer(BEGIN)[0]["training"]
    referee.broken = "no sign of life"
    reply, _ = trainings.answer({"fit": "epoch", "training": number})
    assert reply == {"fault": "The grader failed (no sign of life); this is not your fault."}
    assert [trainings.take_fault(), trainings.take_fault()] == ["no sign of life", ""]


def test_measures_that_fail_at_the_end_are_asked_for_once_more(
    trainings: Trainings, referee: FakeReferee
) -> None:
    number = trainings.answer(BEGIN)[0]["training"]
    reply, buffers = trainings.answer({"fit": "epoch", "training": number})
    model = with_weights(Decoder(buffers, lambda *_: None).decode(reply["weights"]))
    referee.broken = "busy"
    assert trainings.answer({"fit": "end", "training": number})[0] == {}
    with pytest.raises(RefereeError, match="busy"):
        trainings.run_of(model)
    assert trainings.runs[0].test_accuracy is None
    referee.broken = ""
    assert trainings.run_of(model).test_accuracy == 0.9


def test_trainings_of_a_dead_kernel_are_forgotten_with_their_numbers(trainings: Trainings) -> None:
    number, weights = fit(trainings, 1)
    trainings.forget()
    assert "refused" in trainings.answer({"fit": "epoch", "training": number})[0]
    assert trainings.runs == ()
    other, _ = fit(trainings, 1)
    assert other != number
    assert trainings.run_of(with_weights(weights)).fresh == 0, "found in the store"


def test_calls_of_fit_are_counted(trainings: Trainings) -> None:
    replies = [trainings.answer(BEGIN)[0] for _ in range(6)]
    assert ["training" in reply for reply in replies] == [True] * 4 + [False] * 2
    assert "more than 4 times" in replies[-1]["refused"]


def test_a_reason_that_the_kernel_gives_is_told(trainings: Trainings) -> None:
    trainings.answer({"fit": "refused", "why": "x[3] is not image 3."})
    with pytest.raises(ClaimFailed, match=r"while your work was graded: x\[3\] is not image 3."):
        trainings.run_of(with_weights([np.zeros((784, 10)), np.zeros(10)]))


def test_a_dry_run_answers_only_while_it_lasts(trainings: Trainings, referee: FakeReferee) -> None:
    begin = {"fit": "begin", "dry_run": True}
    with trainings.dry_run([{"loss": 1.0}]) as script:
        assert trainings.answer(begin)[0] == {"training": NUMBER, "epochs": 1}
        epoch = {"fit": "epoch", "training": NUMBER}
        assert trainings.answer(epoch)[0] == {"logs": {"loss": 1.0}, "weights": None}
        assert "refused" in trainings.answer(epoch)[0]
        trainings.answer({"fit": "end", "training": NUMBER, "stopped": True})
        assert fit(trainings, 1)[0] == 0, "others go on"
    assert script.stopped_after == 1
    assert list(trainings.answer(begin)[0]) == ["refused"]
    assert len(referee.steps) == 1


def test_a_script_that_was_not_stopped_says_none() -> None:
    script = Script([{"loss": 1.0}, {"loss": 0.5}])
    script.begin()
    script.epoch()
    script.end(False)
    assert script.stopped_after is None
    script.epoch()
    with pytest.raises(DeclarationRefused, match="no more epochs"):
        script.epoch()


def test_each_epoch_is_told_before_and_after_it_is_trained(referee: FakeReferee) -> None:
    told: list[TrainingProgress] = []
    trainings = Trainings(
        referee, "ada", Budget(epochs=6, trainings=4), {"mnist": "a digest"}, told.append
    )
    first, _ = fit(trainings, 2)
    fit(trainings, 1, continues=first)
    awaited = [each for each in told if isinstance(each, EpochAwaited)]
    assert [(each.epoch, each.epochs) for each in awaited] == [(1, 2), (2, 2), (3, 3)]
    assert len({each.network for each in awaited}) == 1
    trained = [each for each in told if isinstance(each, EpochTrained)]
    assert [each.awaited for each in trained] == awaited
    assert [each.accuracy for each in trained] == [
        run.logs[n]["accuracy"] for run in trainings.runs for n in range(3)
    ]
