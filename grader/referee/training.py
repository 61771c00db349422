"""One model of the referee's, trained an epoch at a time as its recipe says."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.errors import DeclarationRefused, GraderError, RefereeError
from grader.model import Budget
from grader.referee import budgets, declaration, environments
from grader.referee.course_images import CourseImages, Labelled
from grader.referee.recipe import Fit, Recipe

# What Keras and its backends raise where a network, its loss and its labels do not go together.
_STUDENTS = (ValueError, TypeError, KeyError, IndexError, NotImplementedError)
_TENSORFLOWS = ("InvalidArgumentError", "UnimplementedError")


class Loop(Protocol):
    """Trains one network; ``KerasLoop`` or ``ScanLoop``."""

    def epoch(self, order: NDArray[np.intp]) -> dict[str, float]:
        """Train on the images in this order once, and return the logs."""


class Training:
    """A model and what it is trained on.

    Between two epochs the model's and its optimizer's variables are all that is kept of it.

    Args:
        recipe: of an epoch of the fit that goes on, or of the very first epoch.
        images: the course's.
        budget: what the network may cost.

    Raises:
        DeclarationRefused: the network may not be trained, or is over the budget.
    """

    def __init__(self, recipe: Recipe, images: CourseImages, budget: Budget) -> None:
        import keras

        keras.utils.set_random_seed(recipe.seed)
        self.model = declaration.build_compiled(recipe.network, _compiled(recipe), budget)
        environments.draw_from_variables(self.model)
        self._images = images
        self._budget = budget
        self._fits = 0  # how many fits the recipe has that the loop was made for
        self._loop: Loop
        self._count = 0
        self._validation: Labelled | None = None

    def epoch(self, recipe: Recipe) -> dict[str, float]:
        """Train the last epoch of ``recipe``, the model being where the epoch before left it.

        Returns:
            What Keras logs: the loss, the metrics, and the same of the validation as ``val_...``.

        Raises:
            DeclarationRefused: network, loss, images and learning rate do not go together.
            RefereeError: the training failed for another reason.
        """
        fit = recipe.fits[-1]
        if self._fits != len(recipe.fits):
            if len(recipe.fits) > 1 and len(fit.learning_rates) == 1 and fit.fresh_optimizer:
                declaration.recompile(self.model, fit.compiled)
            self._begin(fit)
            self._fits = len(recipe.fits)
        if (rate := fit.learning_rates[-1]) is not None:
            self._set_learning_rate(rate)
        order = np.arange(self._count)
        if fit.shuffle:
            # Epochs are counted over all fits, from 0, as Keras counts them.
            order = np.random.default_rng([recipe.seed, recipe.epochs - 1]).permutation(order)
        with _telling():
            logs = self._loop.epoch(order)
            return logs | self._validated(fit)

    def _begin(self, fit: Fit) -> None:
        _expect_ten_classes(self.model)
        budgets.expect_memory(self.model, fit.batch_size, self._budget)
        images, labels = self._images.rows(fit.images, training=True)
        self._validation = None
        if fit.validation is not None:
            self._validation = self._images.rows(fit.validation, training=False)
        elif fit.validation_split:
            # As Keras does: the last part, before anything is shuffled.
            kept = math.floor(len(images) * (1 - fit.validation_split))
            if not kept:
                raise DeclarationRefused(
                    f"validation_split={fit.validation_split} of {len(images)} images leaves none "
                    "to train on: use a smaller one"
                )
            self._validation = images[kept:], labels[kept:]
            images, labels = images[:kept], labels[:kept]
        self._count = len(images)
        with _telling():
            self._loop = _loop()(self.model, images, labels, fit.batch_size)

    def _validated(self, fit: Fit) -> dict[str, float]:
        if self._validation is None:
            return {}
        images, labels = self._validation
        logs = self.model.evaluate(
            images, labels, batch_size=fit.batch_size, verbose=0, return_dict=True
        )
        return {f"val_{name}": float(value) for name, value in logs.items()}

    def _set_learning_rate(self, rate: float) -> None:
        try:
            self.model.optimizer.learning_rate = rate
        except TypeError as error:
            raise DeclarationRefused(
                f"a callback set the learning rate to {rate:g}, but the optimizer follows a "
                "schedule: compile it with a number, or leave the callback out"
            ) from error


def _expect_ten_classes(model: Any) -> None:
    shape = model.output_shape
    if len(shape) != 2 or shape[1] is None or shape[1] < 10:
        raise DeclarationRefused(
            f"the network's output has the shape {shape}: expected one number for each of the ten "
            "classes. End it with Flatten (once) and a Dense layer of 10 units"
        )


def _compiled(recipe: Recipe) -> str:
    """What the optimizer of the last fit was made with: it may be an earlier fit's."""
    first, *later = recipe.fits
    return [first, *(fit for fit in later if fit.fresh_optimizer)][-1].compiled


def _loop() -> Any:
    """The loop that is quickest on this backend."""
    import keras

    if keras.backend.backend() == "jax":
        from grader.referee.scan_loop import ScanLoop

        return ScanLoop
    from grader.referee.keras_loop import KerasLoop

    return KerasLoop


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    """Tell a student's error, which an ordinary ``fit`` would show as well, from ours."""
    try:
        yield
    except GraderError:
        raise
    except Exception as error:
        told = _told(error)
        if isinstance(error, _STUDENTS) or type(error).__name__ in _TENSORFLOWS:
            raise DeclarationRefused(f"Keras cannot train this model: {told}") from error
        raise RefereeError(f"the training failed: {type(error).__name__}: {told}") from error


def _told(error: Exception) -> str:
    """The first line that says something; TensorFlow's own begin with where it was."""
    lines = [line.strip() for line in str(error).splitlines()]
    vague = ("Graph execution error", "Exception encountered", "Detected at node", "File ", "Stack")
    said = [line for line in lines if line and not line.startswith(vague)]
    return (said or [type(error).__name__])[0][:300]
