"""Observes epochs by their weights: validations, and how good a network is on the whole data.

It has a model of its own. So nothing that is observed can touch a model that is being trained.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

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
_ROWS = 256  # images that are predicted together


class Observer:
    """Tries the weights of epochs on images.

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
        shares = [self._share(model, fit, part) for part in ("train", "test")]
        return Measures(
            train_accuracy=shares[0],
            test_accuracy=shares[1],
            whole=all(map(self._whole, recipe.fits)),
            parameters=sum(math.prod(weight.shape) for weight in epoch.weights),
        )

    def _share(self, model: Any, fit: Fit, part: str) -> float:
        images, labels = self._images.whole(fit.images, part)
        size = min(_ROWS, fit.batch_size * 8)
        predicted = model.predict(images, batch_size=size, verbose=0)
        return float(np.mean(predicted.argmax(-1) == labels))

    def _whole(self, fit: Fit) -> bool:
        """Whether a fit was given all training images, or held back some of them at an end.

        Images that were picked one by one may be the easy ones.
        """
        there = self._images.count(fit.images)
        return not fit.images.rows and fit.trained_on >= math.floor(there * (1 - MOST_HELD_BACK))

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
