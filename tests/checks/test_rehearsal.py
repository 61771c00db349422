"""Rehearsals of callbacks, here and by whatever stands for them."""

import keras
import pytest

from grader.checks.rehearsal import Rehearsal, rehearse
from grader.errors import ClaimFailed

HIT = [{"accuracy": value, "loss": 1.0 - value} for value in (0.91, 0.94, 0.9985, 0.999)]


class Nothing(keras.callbacks.Callback):
    """Never stops, never prints."""


class Stopper(keras.callbacks.Callback):
    """Stops above the target."""

    def on_epoch_end(self, epoch, logs=None):  # noqa: D102 -- the class says it
        if logs["accuracy"] > 0.998:
            print("That will do.")
            self.model.stop_training = True


class AtTheEnd(keras.callbacks.Callback):
    """Prints when the training is over."""

    def on_train_begin(self, logs=None):  # noqa: D102 -- the class says it
        print("Off we go")

    def on_epoch_end(self, epoch, logs=None):  # noqa: D102 -- the class says it
        self.model.stop_training = logs["accuracy"] > 0.998

    def on_train_end(self, logs=None):  # noqa: D102 -- the class says it
        print("Done")


def test_a_rehearsal_ends_where_the_callback_stops():
    seen = rehearse(Stopper, HIT)
    assert seen == Rehearsal(3, ("", "", "That will do.\n"))


def test_a_rehearsal_goes_to_the_end_where_nothing_stops_it():
    assert rehearse(Nothing, HIT) == Rehearsal(None, ("",) * 4)


def test_a_rehearsal_gives_texts_around_the_training_to_its_first_and_last_epoch():
    seen = rehearse(AtTheEnd, HIT)
    assert seen.printed == ("Off we go\n", "", "Done\n")


def test_a_rehearsal_asks_whatever_stands_for_the_class():
    class Handle:
        def __rehearse__(self, logs):
            return len(logs), [str(logs[0])]

    assert rehearse(Handle(), HIT[:1]) == Rehearsal(1, (str(HIT[0]),))


@pytest.mark.parametrize(("stopped", "printed"), [("3", [""] * 3), (3, [None] * 3)])
def test_a_rehearsal_takes_plain_answers_only(stopped, printed):
    class Handle:
        def __rehearse__(self, logs):
            return stopped, printed

    with pytest.raises(ClaimFailed, match=r"the epoch that ended|what the callback printed"):
        rehearse(Handle(), HIT)


@pytest.mark.parametrize("other", [None, Nothing(), object, print])
def test_a_rehearsal_needs_a_class_of_callbacks(other):
    with pytest.raises(ClaimFailed, match="Expected a class derived from tf"):
        rehearse(other, HIT)


def test_a_callback_sees_the_logs_that_were_given():
    seen = []

    class Reader(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, logs))

    logs = [{"acc": 0.5, "val_loss": 2.0}, {"acc": 0.6, "val_loss": 1.0}]
    rehearse(Reader, logs)
    assert seen == list(enumerate(logs))
