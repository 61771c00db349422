"""What a network may cost, measured before memory or time is spent on it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee.spec import operations

MAX_ACTIVATIONS = 64_000_000  # numbers that all layers together give for one example
MAX_ORTHOGONAL = 10**11  # multiplications to make one orthogonal start: some ten seconds

Shape = Sequence[int | None]


@contextlib.contextmanager
def counting_weights(limit: int) -> Iterator[None]:
    """Refuse a network before memory is taken for its weights; every layer asks for them here."""
    import keras

    original, total = keras.Layer.add_weight, 0

    def counted(
        self: Any, shape: Any = None, initializer: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        nonlocal total
        total += math.prod(shape) if isinstance(shape, list | tuple) else 1
        if total > limit:
            raise DeclarationRefused(
                f"the network has more than {limit} weights: use fewer or smaller layers"
            )
        if isinstance(initializer, keras.initializers.Orthogonal):
            _expect_small_orthogonal(shape)
        return original(self, shape, initializer, *args, **kwargs)

    keras.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.Layer.add_weight = original


def expect_small_activations(model: Any) -> None:
    """Refuse a network that computes more than memory can hold for a few examples."""
    if (total := activations(model)) > MAX_ACTIVATIONS:
        raise DeclarationRefused(
            f"the network computes {total} numbers for one example: at most {MAX_ACTIVATIONS}"
        )


def expect_within(model: Any, budget: Budget) -> None:
    """Refuse a network that multiplies more for one image than ``budget`` has.

    ``grader.referee.spec.operations`` says how they are counted.
    """
    expect_small_activations(model)
    if (total := operations.of_network(model)) > budget.operations:
        raise DeclarationRefused(
            f"the network does {total} multiplications for one image: at most "
            f"{budget.operations}. Use fewer or smaller layers, or pool earlier"
        )


def expect_memory(model: Any, batch_size: int, budget: Budget) -> None:
    """Refuse a batch whose training would not fit into the trainer's memory.

    Counted are four copies of the weights (with their gradients and an optimizer's two averages)
    and two of what every layer gives for every image of a batch, as float32.
    """
    weights = sum(math.prod(weight.shape) for weight in model.weights)
    needed = 4 * (4 * weights + 2 * batch_size * activations(model))
    if needed > budget.memory_bytes:
        raise DeclarationRefused(
            f"training with batch_size={batch_size} would take {needed / 2**30:.0f} GiB of memory: "
            f"at most {budget.memory_bytes / 2**30:.0f}. Use a smaller batch_size or network"
        )


def activations(model: Any) -> int:
    """How many numbers all layers of a network give for one example, nested models included."""
    import keras

    total, models = 0, [model]
    while models:
        for layer in models.pop().layers:
            if isinstance(layer, keras.Model):
                models.append(layer)
            for node in layer._inbound_nodes:  # `output` is not told of a layer applied twice
                for tensor in node.output_tensors:
                    total += operations.numbers(tensor.shape)
    return total


def _expect_small_orthogonal(shape: Shape) -> None:
    sizes = [size or 1 for size in shape]
    rows, columns = math.prod(sizes[:-1]), sizes[-1]
    if rows * columns * min(rows, columns) > MAX_ORTHOGONAL:
        raise DeclarationRefused(
            f"an orthogonal start of {rows} x {columns} weights takes too long to make: use "
            'another initializer, for example "glorot_uniform"'
        )
