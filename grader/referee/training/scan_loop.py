"""An epoch as one compiled program on JAX, its data resident on the device.

Keras' own ``fit`` hands the device one batch after the other and waits for Python between them. A
step of the course's networks takes a GPU about as long as Python takes to ask for the next, so here
``model.train_step`` (Keras' own, with its losses, metrics and optimizer) is the body of a
``lax.scan`` over the epoch's batches. The training itself is Keras' own code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import RefereeError


class ScanLoop:
    """Trains one network, an epoch at a call, as ``model.fit(..., shuffle=False)`` would.

    Between two epochs the model's and its optimizer's variables hold all there is: they may be
    read, saved, and given other values, a learning rate for example, which the next epoch heeds.
    A program is compiled once for each number of images that an epoch is asked for.

    Args:
        model: compiled, Keras' own ``Sequential`` or functional model; Keras' backend is JAX.
        images: (n, ...) float32.
        labels: (n,) whole numbers, or (n, classes) one-hot.
        batch_size: images a step; an epoch's last step takes what remains.

    Raises:
        RefereeError: Keras runs on another backend, or the network cannot be scanned.
        ValueError: the arrays or the batch size make no sense, or, in Keras' own words, the network
            does not take such images or labels.
    """

    def __init__(
        self, model: Any, images: NDArray[Any], labels: NDArray[Any], batch_size: int
    ) -> None:
        import jax

        _expect_scannable(model)
        if len(images) != len(labels) or not len(images) or batch_size < 1:
            raise ValueError(
                f"{len(images)} images, {len(labels)} labels, batches of {batch_size}: expected a "
                "label for each image, and at least one image a batch"
            )
        # As fit does first: parts that are not built yet get their variables, from shapes alone.
        model._symbolic_build(data_batch=(images[:batch_size], labels[:batch_size]))
        self._model = model
        self._batch_size = batch_size
        self._data = jax.device_put((images, labels))
        self._programs: dict[int, Any] = {}

    def epoch(self, order: NDArray[np.intp]) -> dict[str, float]:
        """Train on ``images[order]`` once, and return the logs under Keras' names.

        Args:
            order: (m,) rows, each from 0 to n - 1: all in some order, or some of them.

        Raises:
            RefereeError: the network cannot be scanned; its variables are as they were.
            ValueError: ``order`` is empty, or names a row that there is not.
        """
        rows = self._rows(order)
        program = self.compile(len(rows))
        self._model.reset_metrics()
        state = program(_values(self._model), self._data, rows)
        for variables, values in zip(_variables(self._model), state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        # The end of a fit: an optimizer with moving averages puts them into the weights.
        self._model.optimizer.finalize_variable_values(self._model.trainable_variables)
        logs = self._model.get_metrics_result()
        return {name: float(logs[name]) for name in sorted(logs)}  # the order of a History

    def compile(self, count: int) -> Any:
        """The program of an epoch over ``count`` images (a ``jax.stages.Compiled``).

        ``epoch`` calls it; call it before to have compiling out of the first epoch's time.

        Raises:
            RefereeError: the network cannot be scanned.
        """
        import jax

        if count not in self._programs:
            rows = jax.ShapeDtypeStruct((count,), np.int32)
            # No donation: who keeps a variable's value to restore it later still has it then.
            try:
                lowered = jax.jit(self._pass).lower(_values(self._model), self._data, rows)
            except Exception as error:  # tracing a layer may raise any error
                raise RefereeError(
                    "the network cannot be trained as one compiled program "
                    f"({_line(error)}): train it with Keras' own fit"
                ) from error
            self._programs[count] = lowered.compile()
        return self._programs[count]

    def _pass(self, state: Any, data: Any, rows: Any) -> Any:
        """Whole batches by a scan, then one more step for what remains."""
        import jax

        def step(state: Any, rows: Any) -> tuple[Any, None]:
            # The logs of a step are not asked for, so the compiler leaves them out.
            _, state = self._model.train_step(state, tuple(array[rows] for array in data))
            return state, None

        whole = len(rows) - len(rows) % self._batch_size
        if whole:
            batches = rows[:whole].reshape(-1, self._batch_size)
            state, _ = jax.lax.scan(step, state, batches)
        if whole < len(rows):
            state, _ = step(state, rows[whole:])
        return state

    def _rows(self, order: NDArray[np.intp]) -> NDArray[np.int32]:
        """``order`` as the program takes it; a device would clip a wrong row without a word."""
        count = len(self._data[0])
        if order.ndim != 1 or not order.size or order.min() < 0 or order.max() >= count:
            raise ValueError(f"expected rows from 0 to {count - 1}, at least one: {order!r:.200}")
        return order.astype(np.int32)


def _variables(model: Any) -> tuple[Any, Any, Any, Any]:
    """All that a step may change, in the order that ``train_step`` takes it."""
    return (
        model.trainable_variables,
        model.non_trainable_variables,  # the states of seed generators among them
        model.optimizer.variables,
        model.metrics_variables,
    )


def _values(model: Any) -> tuple[list[Any], ...]:
    return tuple([variable.value for variable in variables] for variables in _variables(model))


def _expect_scannable(model: Any) -> None:
    import keras

    if keras.backend.backend() != "jax":
        raise RefereeError(
            f"ScanLoop trains on JAX, but Keras runs on {keras.backend.backend()}: "
            "set KERAS_BACKEND=jax before Keras is imported"
        )
    if not model.compiled or model.optimizer is None:
        raise RefereeError("the network is not compiled with an optimizer: call model.compile()")
    if type(model).train_step is not keras.Model.train_step:
        raise RefereeError(f"{type(model).__name__} has a train_step of its own: use Keras' fit")


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
