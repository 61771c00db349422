"""Dry runs of callbacks, here and through a proxy."""

import logging
import sys

import keras
import pytest

from grader.checks.dry_run import DryRun, dry_run
from grader.checks.protocols import CallbackProxy
from grader.errors import ClaimFailed

pytestmark = pytest.mark.keras

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


def test_a_dry_run_ends_where_the_callback_stops():
    seen = dry_run(Stopper, HIT)
    assert seen == DryRun(3, ("", "", "That will do.\n"))


def test_a_dry_run_goes_to_the_end_where_nothing_stops_it():
    assert dry_run(Nothing, HIT) == DryRun(None, ("",) * 4)


def test_a_dry_run_gives_texts_around_the_training_to_its_first_and_last_epoch():
    seen = dry_run(AtTheEnd, HIT)
    assert seen.printed == ("Off we go\n", "", "Done\n")


class Derived(keras.callbacks.EarlyStopping):
    """Has Keras find out for which direction of the accuracy it is to look."""

    def __init__(self):
        super().__init__(monitor="accuracy", patience=1)


def test_a_dry_run_has_the_metrics_that_a_training_has():
    falling = [{"accuracy": value} for value in (0.9, 0.8, 0.7, 0.6)]
    assert dry_run(Derived, falling).stopped_after == 2
    assert dry_run(Derived, HIT).stopped_after is None


def test_a_dry_run_asks_a_proxy_of_the_class():
    class Handle(CallbackProxy):
        def dry_run(self, logs):
            return len(logs), [str(logs[0])]

    assert dry_run(Handle(), HIT[:1]) == DryRun(1, (str(HIT[0]),))


@pytest.mark.parametrize(("stopped", "printed"), [("3", [""] * 3), (3, [None] * 3)])
def test_a_dry_run_takes_plain_answers_only(stopped, printed):
    class Handle(CallbackProxy):
        def dry_run(self, logs):
            return stopped, printed

    with pytest.raises(ClaimFailed, match=r"epoch|printed"):
        dry_run(Handle(), HIT)


@pytest.mark.parametrize("other", [None, Nothing(), object, print])
def test_a_dry_run_needs_a_class_of_callbacks(other):
    with pytest.raises(ClaimFailed, match="Callback"):
        dry_run(other, HIT)


def test_a_callback_sees_the_logs_that_were_given():
    seen = []

    class Reader(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, logs))

    logs = [{"acc": 0.5, "val_loss": 2.0}, {"acc": 0.6, "val_loss": 1.0}]
    dry_run(Reader, logs)
    assert seen == list(enumerate(logs))


def test_what_is_written_beside_print_counts_as_printed(capsys):
    held = logging.StreamHandler(sys.stderr)
    logger = logging.getLogger("of a student")
    logger.addHandler(held)

    class Writer(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            sys.stdout.write(f"written {epoch}\n")
            logger.warning("logged %d", epoch)
            logger.info("unseen")

    for _ in range(2):  # a stream that was held once is collected again
        assert dry_run(Writer, HIT[:2]).printed == (
            "written 0\nlogged 0\n",
            "written 1\nlogged 1\n",
        )
    logger.removeHandler(held)
    sys.stderr.write("not collected")
    assert capsys.readouterr() == ("", "not collected")
