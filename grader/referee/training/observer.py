"""Observes epochs by their weights: validations, and how good a network is on the whole data.

It has a model of its own. So nothing that is observed can touch a model that is being trained.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.accuracy import VALIDATION
from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.images import Images
from grader.referee.spec.observed import ACCURACY
from grader.referee.spec.recipe import Fit, Observation, Recipe
from grader.referee.training.course_images import CourseImages
from grader.referee.training.training import attributing_errors

# Validating on held-back images is good practice; training on few images is not.
MOST_HELD_BACK = 0.5
# Images that were held back one by one may be the hard ones. A network is wrong about as often on
# others as on test images; this is how much more often it may be, beside what chance does.
MOST_WRONG = 3.0  # times the share of test images,
MOST_ADDED = 0.1  # but no more than this share on top of it
LEAST_WRONG = 0.02  # the share on which both are based, where the network is better
_ROWS = 256  # images that are predicted together


class Observer:
    """Evaluates the weights of epochs on images.

    Args:
        images: the course's.
        budget: what a network may cost.
    """

    def __init__(self, images: CourseImages, budget: Budget) -> None:
        self._images, self._budget = images, budget
        self._made_for: tuple[Any, ...] = ()
        self._kept: Any = None  # a model: epochs of one network come one after the other

    def validation(
        self, recipe: Recipe, epoch: Epoch, observation: Observation
    ) -> dict[str, float]:
        """What Keras logs as ``val_...`` after this epoch.

        Args:
            recipe: of the epoch, whose loss and batch size count.
            epoch: its result.
            observation: the metrics, and the images to try it on.

        Raises:
            DeclarationRefused: there are no such images, or the network does not take them.
        """
        assert observation.validation is not None
        images, labels = self._images.rows(observation.validation, training=False)
        fit = recipe.fits[-1]
        model = self._model(recipe, epoch, observation.validation, observation.metrics)
        with attributing_errors():
            logs = model.evaluate(
                images, labels, batch_size=fit.batch_size, verbose=0, return_dict=True
            )
        accuracy = logs.pop(declaration.OUR_ACCURACY)
        if not observation.metrics:
            logs[ACCURACY] = accuracy
        return {f"{VALIDATION}{name}": float(logs[name]) for name in sorted(logs)}

    def measures(self, recipe: Recipe, epoch: Epoch) -> Measures:
        """How good the weights after an epoch are on the two whole sets."""
        fit = recipe.fits[-1]
        model = self._model(recipe, epoch, fit.images)
        trained, tested = (self._right(model, fit, part) for part in ("train", "test"))
        picked = [fit for fit in recipe.fits if fit.images.rows]
        left_out = np.concatenate([trained[self._left_out(fit)] for fit in picked] or [trained[:0]])
        return Measures(
            train_accuracy=float(trained.mean()),
            test_accuracy=float(tested.mean()),
            whole=all(map(self._whole, recipe.fits)) and _alike(left_out, tested),
            parameters=sum(math.prod(weight.shape) for weight in epoch.weights),
            left_out_accuracy=float(left_out.mean()) if len(left_out) else None,
        )

    def _right(self, model: Any, fit: Fit, part: str) -> NDArray[np.bool_]:
        """Which images of a part are classified correctly: (n,)."""
        images, labels = self._images.whole(fit.images, part)
        size = min(_ROWS, fit.batch_size * 8)
        predicted = model.predict(images, batch_size=size, verbose=0)
        right: NDArray[np.bool_] = predicted.argmax(-1) == labels
        return right

    def _left_out(self, fit: Fit) -> NDArray[np.intp]:
        """The training images that a fit was not given, by their rows."""
        rows = np.arange(self._images.count(fit.images))
        return np.setdiff1d(rows, rows[fit.images.places()])

    def _whole(self, fit: Fit) -> bool:
        """Whether a fit trained on all training images, or held back at most half of them."""
        there = self._images.count(fit.images)
        return fit.trained_on >= math.floor(there * (1 - MOST_HELD_BACK))

    def _model(self, recipe: Recipe, epoch: Epoch, images: Images, metrics: str = "") -> Any:
        """The network with an epoch's weights, compiled to be evaluated on such images.

        Images of another shape get another model: one that Keras has traced for both takes images
        of any rank, and then fails in layers that must know it.
        """
        compiled = recipe.fits[-1].compiled
        made_for = (recipe.network, compiled, metrics, images.one_hot, images.shape)
        if made_for != self._made_for:
            lists = declaration.metric_lists(metrics, images.one_hot)
            self._kept = declaration.build_compiled(
                recipe.network, compiled, self._budget, lists, evaluated=True
            )
            self._made_for = made_for
        self._kept.set_weights(epoch.weights)
        return self._kept


def _alike(left_out: NDArray[np.bool_], tested: NDArray[np.bool_]) -> bool:
    """Whether images that were left out are no harder than test images, as far as can be told.

    Args:
        left_out: for each image that was left out, whether it is classified correctly; perhaps
            none.
        tested: the same for each test image.
    """
    share = max(LEAST_WRONG, 1.0 - float(tested.mean()))
    expected = min(MOST_WRONG * share, share + MOST_ADDED) * len(left_out)
    return int((~left_out).sum()) <= expected + 3 * math.sqrt(expected) + 1
