"""One model in training, an epoch at a time, as its recipe says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.errors import DeclarationRefused, GraderError, RefereeError
from grader.model import Budget
from grader.referee.spec import budgets, declaration
from grader.referee.spec.observed import ACCURACY, LOSS
from grader.referee.spec.recipe import Fit, Recipe
from grader.referee.training import determinism, loops
from grader.referee.training.course_images import CourseImages

# What Keras and its backends raise where a network, its loss and its labels do not go together.
# LookupError: an operation without a gradient, such as Resizing by area, among others.
_STUDENTS = (ValueError, TypeError, LookupError, NotImplementedError)
_TENSORFLOWS = ("InvalidArgumentError", "UnimplementedError")


class Loop(Protocol):
    """Trains one network; ``GraphLoop``, ``ScanLoop`` or ``KerasLoop``."""

    def epoch(self, order: NDArray[np.intp]) -> dict[str, float]:
        """Train on the images in this order once, and return the logs."""


@dataclass(frozen=True)
class Seen:
    """What was seen of an epoch while it was trained.

    Attributes:
        logs: ``loss`` and ``accuracy``.
        metrics: all that Keras logs for the student's metrics, if any were asked for.
    """

    logs: dict[str, float]
    metrics: dict[str, float]


class Training:
    """A model in training, with its images.

    Between two epochs the model's and its optimizer's variables are all that is kept of it. The
    model is never evaluated: what is observed of it, others compute from its weights.

    Args:
        recipe: of an epoch of the fit that goes on, or of the very first epoch.
        images: the course's.
        budget: what the network may cost.
        metrics: of a student's, to be observed while it is trained; see ``Observation.metrics``.

    Raises:
        DeclarationRefused: the network may not be trained, or is over the budget.
    """

    def __init__(
        self, recipe: Recipe, images: CourseImages, budget: Budget, metrics: str = ""
    ) -> None:
        import keras

        keras.utils.set_random_seed(recipe.seed)
        self.metrics = metrics
        self.model = declaration.build_compiled(recipe.network, _compiled(recipe), budget)
        determinism.draw_from_variables(self.model)
        self._images = images
        self._budget = budget
        self._fits = 0  # how many fits the recipe has that the loop was made for
        self._loop: Loop
        self._count = 0

    def epoch(self, recipe: Recipe) -> Seen:
        """Train the last epoch of ``recipe``, the model being where the epoch before left it.

        Raises:
            DeclarationRefused: network, loss, images and learning rate do not go together.
            RefereeError: the training failed for another reason.
        """
        fit = recipe.fits[-1]
        if self._fits != len(recipe.fits):
            first = len(recipe.fits) > 1 and len(fit.learning_rates) == 1
            self._begin(fit, first and fit.fresh_optimizer)
            self._fits = len(recipe.fits)
        if (rate := fit.learning_rates[-1]) is not None:
            self._set_learning_rate(rate)
        order = np.arange(self._count)
        if fit.shuffle:
            # Epochs are counted over all fits, from 0, as Keras counts them.
            order = np.random.default_rng([recipe.seed, recipe.epochs - 1]).permutation(order)
        with attributing_errors():
            return _seen(self._loop.epoch(order), self.metrics)

    def _begin(self, fit: Fit, fresh_optimizer: bool) -> None:
        _expect_ten_classes(self.model)
        budgets.expect_memory(self.model, fit.batch_size, self._budget)
        images, labels = self._images.rows(fit.images, training=True)
        self._count = fit.trained_on  # the last part is held back, before anything is shuffled
        if not self._count:
            raise DeclarationRefused(
                "validation_split={validation_split} of {count} images leaves none to train on: "
                "use a smaller one",
                validation_split=fit.validation_split,
                count=len(images),
            )
        lists = declaration.metric_lists(self.metrics, fit.images.one_hot)
        declaration.recompile(self.model, fit.compiled, lists, fresh_optimizer=fresh_optimizer)
        with attributing_errors():
            images, labels = images[: self._count], labels[: self._count]
            self._loop = loops.make(determinism.loop(), self.model, images, labels, fit.batch_size)

    def _set_learning_rate(self, rate: float) -> None:
        try:
            self.model.optimizer.learning_rate = rate
        except TypeError as error:
            raise DeclarationRefused(
                "a callback set the learning rate to {rate:g}, but the optimizer follows a "
                "schedule: compile it with a number, or leave the callback out",
                rate=rate,
            ) from error


def _expect_ten_classes(model: Any) -> None:
    shape = model.output_shape
    if len(shape) != 2 or shape[1] is None or shape[1] < 10:
        raise DeclarationRefused(
            "the network's output has the shape {shape}: expected one number for each of the ten "
            "classes. End it with Flatten (once) and a Dense layer of 10 units",
            shape=shape,
        )


def _seen(logged: dict[str, float], metrics: str) -> Seen:
    """Tell the referee's own accuracy from the metrics of a student."""
    logs = dict(logged)
    accuracy = logs.pop(declaration.OUR_ACCURACY)
    return Seen({ACCURACY: accuracy, LOSS: logs[LOSS]}, logs if metrics else {})


def _compiled(recipe: Recipe) -> str:
    """What the optimizer of the last fit was made with: it may be an earlier fit's."""
    first, *later = recipe.fits
    return [first, *(fit for fit in later if fit.fresh_optimizer)][-1].compiled


@contextlib.contextmanager
def attributing_errors() -> Iterator[None]:
    """Refuse a student's error, which an ordinary ``fit`` raises too; others are the referee's."""
    try:
        yield
    except GraderError:
        raise
    except Exception as error:
        reason = _reason(error)
        if isinstance(error, _STUDENTS) or type(error).__name__ in _TENSORFLOWS:
            raise DeclarationRefused(
                "Keras cannot train this model: {reason}", reason=reason
            ) from error
        raise RefereeError(f"the training failed: {type(error).__name__}: {reason}") from error


def _reason(error: Exception) -> str:
    """The first line with a reason; TensorFlow's messages begin with the place of the error."""
    lines = [line.strip() for line in str(error).splitlines()]
    vague = ("Graph execution error", "Exception encountered", "Detected at node", "File ", "Stack")
    reasons = [line for line in lines if line and not line.startswith(vague)]
    return (reasons or [type(error).__name__])[0][:300]
