"""Rehearsals of callbacks, right ones and wrong ones."""

import keras
import pytest

from grader.checks import callback
from grader.errors import ClaimFailed

HIT = [0.91, 0.94, 0.9985, 0.999]


def stopper(limit=0.998, key="accuracy", times=1):
    class Stopper(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs.get(key) > limit:
                print("\n" + callback.MESSAGE * times, "Bye.")
                self.model.stop_training = True

    return Stopper


class Nothing(keras.callbacks.Callback):
    """Never stops, never prints."""


class Announcer(keras.callbacks.Callback):
    """Prints the message, but goes on."""

    def on_epoch_end(self, epoch, logs=None):  # noqa: D102 -- the class says it
        if logs["accuracy"] > 0.998:
            print(callback.MESSAGE)


class Chatty(stopper()):
    """Prints the message in every epoch."""

    def on_epoch_begin(self, epoch, logs=None):  # noqa: D102 -- the class says it
        print(callback.MESSAGE)


class AtTheEnd(keras.callbacks.Callback):
    """Prints when the training is over."""

    def on_train_begin(self, logs=None):  # noqa: D102 -- the class says it
        print("Off we go")

    def on_epoch_end(self, epoch, logs=None):  # noqa: D102 -- the class says it
        self.model.stop_training = self.done = logs["accuracy"] > 0.998

    def on_train_end(self, logs=None):  # noqa: D102 -- the class says it
        if self.done:
            print(callback.MESSAGE)


class Guarded(keras.callbacks.Callback):
    """Reads a key that no log has, and takes care of that."""

    def on_epoch_end(self, epoch, logs=None):  # noqa: D102 -- the class says it
        if logs.get("train_accuracy", 0) > 0.998:
            self.model.stop_training = True


def test_a_rehearsal_ends_where_the_callback_stops():
    seen = callback.rehearse(stopper(), HIT)
    assert seen == callback.Rehearsal(3, ("", "", f"\n{callback.MESSAGE} Bye.\n"))


def test_a_rehearsal_goes_to_the_end_where_nothing_stops_it():
    assert callback.rehearse(Nothing, HIT, key="acc") == callback.Rehearsal(None, ("",) * 4)


def test_a_rehearsal_gives_texts_around_the_training_to_its_first_and_last_epoch():
    seen = callback.rehearse(AtTheEnd, HIT)
    assert seen.printed == ("Off we go\n", "", callback.MESSAGE + "\n")


def test_a_rehearsal_asks_whatever_stands_for_the_class():
    class Handle:
        def __rehearse__(self, accuracies, key):
            return len(accuracies), [key]

    assert callback.rehearse(Handle(), HIT, key="acc") == callback.Rehearsal(4, ("acc",))


@pytest.mark.parametrize(("stopped", "printed"), [("3", [""] * 3), (3, [None] * 3)])
def test_a_rehearsal_takes_plain_answers_only(stopped, printed):
    class Handle:
        def __rehearse__(self, accuracies, key):
            return stopped, printed

    with pytest.raises(ClaimFailed, match=r"the epoch that ended|what the callback printed"):
        callback.rehearse(Handle(), HIT)


@pytest.mark.parametrize("other", [None, Nothing(), object, print])
def test_a_rehearsal_needs_a_class_of_callbacks(other):
    with pytest.raises(ClaimFailed, match="Expected a class derived from tf"):
        callback.rehearse(other, HIT)


@pytest.mark.parametrize("key", callback.KEYS)
def test_either_key_will_do(key):
    callback.stops_at_target(stopper(key=key), HIT)
    callback.keeps_going_below_target(stopper(key=key), [0.99, 0.998])
    callback.stop_message(stopper(key=key), HIT)


def test_a_crash_passes_through():
    with pytest.raises(TypeError, match="'>' not supported"):
        callback.stops_at_target(stopper(key="acuracy"), HIT)


def test_a_crash_on_stopping_is_no_matter_while_nothing_stops():
    class Breaks(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["accuracy"] > 0.998:
                self.model.stop()

    callback.keeps_going_below_target(Breaks, [0.9, 0.998])
    with pytest.raises(AttributeError, match="no attribute 'stop'"):
        callback.stops_at_target(Breaks, HIT)


def test_stops_at_target_names_the_keys_for_one_that_never_stops():
    with pytest.raises(ClaimFailed, match=r"went on to the end.*keys in logs were 'accuracy'"):
        callback.stops_at_target(Guarded, HIT)


def test_stops_at_target_refuses_another_epoch():
    with pytest.raises(ClaimFailed, match=r"0\.91, .* stopped after epoch 2, .* after epoch 3"):
        callback.stops_at_target(stopper(limit=0.93), HIT)
    with pytest.raises(ClaimFailed, match="stopped after epoch 4"):
        callback.stops_at_target(stopper(limit=0.9989), HIT)


def test_keeps_going_below_target_passes_one_that_never_stops():
    callback.keeps_going_below_target(Nothing, [0.99])


@pytest.mark.parametrize("limit", [0.99, 0.9979])
def test_keeps_going_below_target_refuses_stopping_early(limit):
    with pytest.raises(ClaimFailed, match=r"epoch 2, whose accuracy, 0\.998, is not above"):
        callback.keeps_going_below_target(stopper(limit), [0.9, 0.998, 0.95])


@pytest.mark.parametrize("one", [Announcer, AtTheEnd, stopper(limit=0.93)])
def test_stop_message_is_no_claim_about_stopping(one):
    callback.stop_message(one, HIT[:3])
    callback.stop_message(one, [0.1, 0.2])


def test_stop_message_refuses_too_early():
    with pytest.raises(ClaimFailed, match=r"appeared in epoch 1, but .* stopped after epoch 3"):
        callback.stop_message(Chatty, HIT)
    with pytest.raises(ClaimFailed, match=r"appeared in epoch 1, but .* went on to the end"):
        callback.stop_message(Chatty, [0.1, 0.2])


def test_stop_message_refuses_twice():
    with pytest.raises(ClaimFailed, match="found 2 times"):
        callback.stop_message(stopper(times=2), HIT)


def test_stop_message_refuses_silence():
    with pytest.raises(ClaimFailed, match=r"printed '', expected 'Reached 99\.8%.*found 0 times"):
        callback.stop_message(Guarded, HIT[:3])
