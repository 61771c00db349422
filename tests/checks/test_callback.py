"""What is claimed of callbacks, right ones and wrong ones."""

import dataclasses

import keras
import pytest

from grader.accuracy import ALL_NAMES
from grader.checks import callback, callback_notes
from grader.checks.dry_run import dry_run
from grader.checks.protocols import CallbackProxy
from grader.errors import ClaimFailed
from grader.model import Run

pytestmark = pytest.mark.keras

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


@pytest.mark.parametrize("key", ALL_NAMES)
def test_each_key_will_do(key):
    callback.stops_at_target(stopper(key=key), HIT)
    callback.keeps_going_below_target(stopper(key=key), [0.99, 0.998])
    callback.stop_message(stopper(key=key), HIT)


def test_one_that_asks_the_notebook_for_the_model_is_told_of_its_own():
    class Elsewhere(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["accuracy"] > 0.998:
                model.stop_training = True  # noqa: F821 -- the mistake

    with pytest.raises(NameError) as raised:
        callback.stops_at_target(Elsewhere, HIT)
    assert raised.value.__notes__ == [callback_notes.own_model()]


def test_one_that_rounds_is_told_so():
    class Rounds(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if round(logs["accuracy"], 3) > 0.998:
                self.model.stop_training = True

    with pytest.raises(ClaimFailed, match=r"0\.9981, .* after epoch 3, .* do not round it"):
        callback.stops_at_target(Rounds, [0.91, 0.94, 0.9989, 0.998])


def test_a_crash_passes_through():
    with pytest.raises(TypeError, match="'>' not supported"):
        callback.stops_at_target(stopper(key="acuracy"), HIT)


def test_a_callback_that_needs_an_argument_is_told_so():
    class Needs(keras.callbacks.Callback):
        def __init__(self, limit):
            super().__init__()

    with pytest.raises(TypeError, match="missing") as caught:
        callback.stops_at_target(Needs, HIT)
    assert caught.value.__notes__ == [
        "Claims make your callback without arguments, as StopAtTarget(): give each argument of "
        "__init__ a default."
    ]


def test_a_crash_on_stopping_is_no_matter_while_nothing_stops():
    class Breaks(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["accuracy"] > 0.998:
                self.model.stop()

    callback.keeps_going_below_target(Breaks, [0.9, 0.998])
    with pytest.raises(AttributeError, match="no attribute 'stop'"):
        callback.stops_at_target(Breaks, HIT)


def test_stops_at_target_names_the_keys_for_one_that_never_stops():
    with pytest.raises(ClaimFailed, match=r"to the end.*'loss' and 'accuracy', or one of 'acc', "):
        callback.stops_at_target(Guarded, HIT)


def test_stops_at_target_refuses_another_epoch():
    with pytest.raises(ClaimFailed, match=r"0\.91, .*epoch 2.*epoch 3"):
        callback.stops_at_target(stopper(limit=0.93), HIT)
    with pytest.raises(ClaimFailed, match="epoch 4"):
        callback.stops_at_target(stopper(limit=0.9989), HIT)


def test_keeps_going_below_target_passes_one_that_never_stops():
    callback.keeps_going_below_target(Nothing, [0.99])


@pytest.mark.parametrize("limit", [0.99, 0.9979])
def test_keeps_going_below_target_refuses_stopping_early(limit):
    with pytest.raises(ClaimFailed, match=r"epoch 2.* 0\.998,"):
        callback.keeps_going_below_target(stopper(limit), [0.9, 0.998, 0.95])


@pytest.mark.parametrize("one", [Announcer, AtTheEnd, stopper(limit=0.93)])
def test_stop_message_is_no_claim_about_stopping(one):
    callback.stop_message(one, HIT[:3])
    callback.stop_message(one, [0.1, 0.2])


def test_stop_message_refuses_too_early():
    with pytest.raises(ClaimFailed, match=r"in epoch 1.*after epoch 3"):
        callback.stop_message(Chatty, HIT)
    with pytest.raises(ClaimFailed, match=r"in epoch 1.*to the end"):
        callback.stop_message(Chatty, [0.1, 0.2])


def test_stop_message_refuses_twice():
    with pytest.raises(ClaimFailed, match="2 times"):
        callback.stop_message(stopper(times=2), HIT)


def test_stop_message_refuses_silence():
    with pytest.raises(ClaimFailed, match=r"'', .*99\.8%.* 0 times"):
        callback.stop_message(Guarded, HIT[:3])


def test_another_target_and_message_are_those_of_a_variant():
    class At97(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["accuracy"] > 0.97:
                print("97% is enough.")
                self.model.stop_training = True

    callback.stops_at_target(At97, [0.9, 0.975], target=0.97)
    callback.keeps_going_below_target(At97, [0.9, 0.97], target=0.97)
    callback.stop_message(At97, [0.9, 0.975], target=0.97, message="97% is enough.")
    callback.acts_in_training(Handle(At97, run(0.9, 0.975, stopped=True)), target=0.97)
    with pytest.raises(ClaimFailed, match=r"stopped after epoch 2, expected: .* above 0\.98"):
        callback.stops_at_target(At97, [0.9, 0.975, 0.985], target=0.98)
    with pytest.raises(ClaimFailed, match=r"0\.975, is not above 0\.98\. Compare with > 0\.98"):
        callback.keeps_going_below_target(At97, [0.9, 0.975], target=0.98)
    with pytest.raises(ClaimFailed, match="expected 'Ninety-seven' in it once, found 0 times"):
        callback.stop_message(At97, [0.9, 0.975], target=0.97, message="Ninety-seven")
    with pytest.raises(ClaimFailed, match=r"went on after epoch 2.*above 0\.95"):
        callback.acts_in_training(Handle(At97, run(0.9, 0.96, 0.965)), target=0.95)


# -- what it did in real trainings ----------------------------------------------------------------


class Handle(CallbackProxy):
    """A proxy of a class: behaves in dry runs as told, and took part in some runs."""

    def __init__(self, in_dry_runs, *runs):
        self._as, self._runs = in_dry_runs, runs

    def dry_run(self, logs):
        """Let the class told to stand in see the logs."""
        seen = dry_run(self._as, logs)
        return seen.stopped_after, list(seen.printed)

    def runs(self):
        """Tell the runs that were given."""
        return self._runs


def run(*accuracies, stopped=False, key="accuracy", callbacks=("StopAtTarget",), fits=None):
    logs = tuple({key: one, "loss": 0.1, "val_loss": 0.2} for one in accuracies)
    return Run("k", logs, fits or (len(logs),), callbacks, 19, stopped)


@pytest.mark.parametrize("key", ALL_NAMES)
def test_acts_in_training_as_in_dry_runs(key):
    runs = [
        run(0.9, 0.99, 0.9985, stopped=True, key=key),
        run(0.9, 0.998, 0.95, key=key),
        run(0.9, 0.95, 0.9985, stopped=True, key=key, fits=(2, 1)),
        run(0.9, 0.9985, key=key),  # ended with its last epoch
    ]
    callback.acts_in_training(Handle(stopper(key=key), *runs))


def test_acts_in_training_has_nothing_to_compare_in_an_ordinary_kernel():
    callback.acts_in_training(Nothing)
    callback.acts_in_training(Handle(Nothing))


def test_acts_in_training_is_no_claim_about_the_target():
    callback.acts_in_training(Handle(stopper(limit=0.93), run(0.9, 0.94, stopped=True)))


def test_acts_in_training_refuses_one_that_stops_in_dry_runs_only():
    one = Handle(stopper(limit=0.93), run(0.91, 0.94, 0.95))
    with pytest.raises(ClaimFailed, match=r"to the end.*dry run.*epoch 2"):
        callback.acts_in_training(one)


def test_acts_in_training_refuses_one_that_stops_in_trainings_only():
    one = Handle(stopper(), run(0.91, 0.94, stopped=True))
    with pytest.raises(ClaimFailed, match=r"after epoch 2.*dry run.*to the end"):
        callback.acts_in_training(one)


def test_acts_in_training_lets_another_callback_end_the_training():
    both = ("EarlyStopping", "StopAtTarget")
    callback.acts_in_training(Handle(stopper(), run(0.91, 0.94, stopped=True, callbacks=both)))
    late = run(0.94, 0.95, stopped=True, callbacks=both)
    with pytest.raises(ClaimFailed, match=r"dry run.*after epoch 1"):
        callback.acts_in_training(Handle(stopper(limit=0.93), late))


def test_acts_in_training_refuses_one_that_remembers_its_training():
    """In a dry run it does what it did in training, so only the training itself shows it."""
    with pytest.raises(ClaimFailed, match=r"after epoch 2.*0\.9985"):
        callback.acts_in_training(Handle(Nothing, run(0.9, 0.9985, 0.999)))


def test_acts_in_training_judges_every_training():
    right = run(0.9, 0.9985, stopped=True)
    with pytest.raises(ClaimFailed, match="after epoch 1"):
        callback.acts_in_training(Handle(stopper(), right, run(0.9985, 0.9)))


def test_acts_in_training_names_the_keys_of_the_training():
    class Unguarded(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            return logs.get("accuracy") > 0.998

    whole = dataclasses.replace(run(0.9, 0.95, key="acc"), asked=2)
    with pytest.raises(TypeError) as caught:
        callback.acts_in_training(Handle(Unguarded, whole))
    assert "had the keys 'acc', 'loss', 'val_loss', and no other" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("reads", "of_logs"),
    [
        (lambda logs: logs["acuracy"] > 0.998, True),
        (lambda logs: logs.get("acuracy") > 0.998, True),
        (lambda logs: f"{logs.get('acuracy'):.3f}", True),
        (lambda logs: logs > 0.998, True),
        (lambda logs: logs.accuracy > 0.998, True),
        (lambda logs: acuracy > 0.998, False),  # type: ignore[name-defined]  # noqa: F821
        (lambda logs: keras.Sequential().stop(), False),
        (lambda logs: logs.get("accuracy", 0) > "0.998", False),
    ],
    ids=["key", "none", "format", "dict", "attribute", "name", "stop", "text"],
)
def test_keys_are_told_where_the_error_comes_of_logs(reads, of_logs):
    class Callback(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            reads(logs)

    with pytest.raises(Exception) as caught:  # noqa: PT011 -- each raises another
        callback.stops_at_target(Callback, HIT)
    assert bool(getattr(caught.value, "__notes__", ())) is of_logs


def test_acts_in_training_leaves_a_training_that_the_callback_broke_off_to_other_claims():
    class Unguarded(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            return logs["accuracy"] > 0.998

    callback.acts_in_training(Handle(Unguarded, run(0.9, key="acc")))  # 1 epoch of 19


def test_acts_in_training_compares_without_an_accuracy_too():
    callback.acts_in_training(Handle(Guarded, run(0.9, 0.999, key="binary_accuracy")))


def test_dry_runs_differ_from_one_another():
    seen = []

    class Curious(CallbackProxy):
        def dry_run(self, logs):
            seen.append([logged["loss"] for logged in logs])
            return None, [""] * len(logs)

    callback.keeps_going_below_target(Curious(), [0.9, 0.9])
    callback.keeps_going_below_target(Curious(), [0.9, 0.9])
    losses = [loss for logged in seen for loss in logged if len(logged) == 2]
    assert len(set(losses)) == 4
