"""An epoch as one call of a TensorFlow graph: all its steps, and no Python between them.

The step is Keras' own ``model.train_step``, so the weights and logs are those of ``fit``, bit for
bit. ``fit`` goes through a data pipeline and through Python for every step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class GraphLoop:
    """Trains one network, an epoch at a call, as ``model.fit(..., shuffle=False)`` would.

    Between two epochs the model's and its optimizer's variables hold all there is: they may be
    read, saved, and given other values, which the next epoch heeds.

    Args:
        model: compiled; Keras' backend is TensorFlow.
        images: (n, ...) float32.
        labels: (n,) whole numbers, or (n, classes) one-hot.
        batch_size: images a step; an epoch's last step takes what remains.
    """

    def __init__(
        self, model: Any, images: NDArray[Any], labels: NDArray[Any], batch_size: int
    ) -> None:
        import tensorflow as tf

        # As fit does first: parts that are not built yet get their variables.
        model._symbolic_build(data_batch=(images[:batch_size], labels[:batch_size]))
        self._model = model
        self._images, self._labels = images, labels
        self._batch_size = batch_size
        signature = [
            tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in (images, labels)
        ]
        self._steps = tf.function(self._pass, input_signature=signature, autograph=False)

    def epoch(self, order: NDArray[np.intp]) -> dict[str, float]:
        """Train on ``images[order]`` once, and return the logs under Keras' names.

        Args:
            order: (m,) rows, each from 0 to n - 1.
        """
        model = self._model
        model.reset_metrics()
        self._steps(self._images[order], self._labels[order])
        # The end of a fit: an optimizer with moving averages puts them into the weights.
        model.optimizer.finalize_variable_values(model.trainable_variables)
        logs = model.get_metrics_result()
        return {name: float(logs[name]) for name in sorted(logs)}  # the order of a History

    def _pass(self, images: Any, labels: Any) -> None:
        import tensorflow as tf

        count = tf.shape(images)[0]

        def step(first: Any) -> Any:
            end = tf.minimum(first + self._batch_size, count)
            self._model.train_step((images[first:end], labels[first:end]))
            return end

        tf.while_loop(lambda first: first < count, step, [0], parallel_iterations=1)
