"""Trains a network once more as a student did, with another seed."""

from __future__ import annotations

from msgspec.structs import replace

from grader.accuracy import named_accuracy
from grader.checks.further_seeds import out_of_reach
from grader.examiner.training.record import Training
from grader.examiner.training.referee_calls import RefereeCalls


def train_again(
    calls: RefereeCalls, training: Training, seed: int, above: float, max_epochs: int
) -> Training:
    """Carry a training out once more, all fits of its model in order, without callbacks.

    It is given up when its last fit can no longer come above ``above``. The referee serves other
    submissions' first trainings before it.

    Args:
        calls: of the referee; it is waited for.
        training: the student's.
        seed: another than the student's, which is 0.
        above: the training accuracy, from 0 to 1, after which no further epoch is trained; 1.0
            for all epochs, as none is above.
        max_epochs: of all fits together.

    Raises:
        RefereeError: the referee failed.
    """
    other = Training(training.network, (), training.fit, [], training.asked, (), seed=seed)
    lengths = [len(fit.learning_rates) for fit in training.earlier]
    lengths.append(min(training.asked, max_epochs - sum(lengths)))
    for fit, length in zip((*training.earlier, training.fit), lengths, strict=True):
        other.earlier = other.fits if other.past else ()
        other.fit = replace(fit, learning_rates=())
        while len(other.fit.learning_rates) < length and not other.stopped:
            left = length - len(other.fit.learning_rates)
            if fit is training.fit and above < 1.0 and out_of_reach(_curve(other), left, above):
                break
            recipe = other.longer(None)
            with calls.waited_for():
                epoch = calls.step(recipe, later=True)
            other.add(recipe, epoch)
            other.stopped = (named_accuracy(epoch.logs) or 0.0) > above
    return other


def _curve(training: Training) -> list[float]:
    """The accuracy after each epoch of the fit that goes on."""
    epochs = len(training.fit.learning_rates)
    return [named_accuracy(past.logs) or 0.0 for past in training.past[-epochs:]] if epochs else []
