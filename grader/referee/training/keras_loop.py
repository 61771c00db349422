"""An epoch as Keras' own ``fit`` trains it, on any backend."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class KerasLoop:
    """Trains one network, an epoch at a call, in a given order.

    Args:
        model: compiled and built.
        images: (n, ...) float32.
        labels: (n,) whole numbers, or (n, classes) one-hot.
        batch_size: images a step; an epoch's last step takes what remains.
    """

    def __init__(
        self, model: Any, images: NDArray[Any], labels: NDArray[Any], batch_size: int
    ) -> None:
        self._model = model
        self._images = images
        self._labels = labels
        self._batch_size = batch_size

    def epoch(self, order: NDArray[np.intp]) -> dict[str, float]:
        """Train on ``images[order]`` once, and return the logs under Keras' names.

        Args:
            order: (m,) rows, each from 0 to n - 1.
        """
        history = self._model.fit(
            self._images[order],
            self._labels[order],
            batch_size=self._batch_size,
            epochs=1,
            shuffle=False,
            verbose=0,
        )
        return {name: float(values[-1]) for name, values in history.history.items()}
