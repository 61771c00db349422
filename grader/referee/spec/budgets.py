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
MAX_ORTHOGONAL = 10**11  # multiplications to make a network's orthogonal starts: ten seconds
MAX_CALLS = 2000  # of layers, for one example: seconds until Keras has prepared a computation
MAX_ASKED = 10**9  # multiplications of a network that is asked for one example: some seconds

Shape = Sequence[int | None]


@contextlib.contextmanager
def counting_weights(limit: int) -> Iterator[None]:
    """Refuse a network before memory is taken for its weights; every layer asks for them here."""
    import keras

    original, total, orthogonal = keras.Layer.add_weight, 0, 0

    def counted(
        self: Any, shape: Any = None, initializer: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        nonlocal total, orthogonal
        total += math.prod(shape) if isinstance(shape, list | tuple) else 1
        if total > limit:
            raise DeclarationRefused(
                "the network has more than {most} weights: use fewer or smaller layers", most=limit
            )
        if isinstance(initializer, keras.initializers.Orthogonal):
            orthogonal += _of_orthogonal(shape)
            _expect_small_orthogonal(shape, orthogonal)
        return original(self, shape, initializer, *args, **kwargs)

    keras.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.Layer.add_weight = original


def expect_few_calls(model: Any) -> None:
    """Refuse a network that calls its layers, models within it among them, too many times."""
    if (total := operations.calls(model)) > MAX_CALLS:
        raise DeclarationRefused(
            "the network calls its layers {total} times for one example, at most {most}: use each "
            "layer once, or unroll=False",
            total=total,
            most=MAX_CALLS,
        )


def expect_small_activations(model: Any) -> None:
    """Refuse a network that computes more than memory can hold for a few examples."""
    if (total := activations(model)) > MAX_ACTIVATIONS:
        raise DeclarationRefused(
            "the network computes {total} numbers for one example: at most {most}",
            total=total,
            most=MAX_ACTIVATIONS,
        )


def expect_askable(model: Any) -> None:
    """Refuse a network that takes long to compute one example, or more than memory can hold.

    A call that computes it cannot be interrupted. Sizes that it leaves open are an image's, and
    are followed through its layers: each may multiply them.
    """
    sized = _with_sizes(model)
    expect_small_activations(sized)
    if (total := operations.of_network(sized)) > MAX_ASKED:
        raise DeclarationRefused(
            "the network does {total} multiplications for one example, more than {most}: use "
            "fewer or smaller layers",
            total=total,
            most=MAX_ASKED,
        )


def _with_sizes(model: Any) -> Any:
    """The network with no open size but the batch's; itself where it has none."""
    import keras

    inputs = model.inputs
    if all(None not in tensor.shape[1:] for tensor in inputs):
        return model
    sized = [
        keras.Input([size or operations.OPEN for size in tensor.shape[1:]], dtype=tensor.dtype)
        for tensor in inputs
    ]
    given: Any = sized[0] if len(sized) == 1 else sized
    try:
        return keras.models.clone_model(model, input_tensors=given)
    except Exception as error:
        raise DeclarationRefused("its layers do not fit an image's sizes") from error


def expect_within(model: Any, budget: Budget) -> None:
    """Refuse a network that multiplies more for one image than ``budget`` has.

    ``grader.referee.spec.operations`` says how they are counted.
    """
    expect_small_activations(model)
    if (total := operations.of_network(model)) > budget.operations:
        raise DeclarationRefused(
            "the network does {total} multiplications for one image: at most {most}. Use fewer or "
            "smaller layers, or pool earlier",
            total=total,
            most=budget.operations,
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
            "training with batch_size={batch_size} would take {needed:.0f} GiB of memory: at most "
            "{most:.0f}. Use a smaller batch_size or network",
            batch_size=batch_size,
            needed=needed / 2**30,
            most=budget.memory_bytes / 2**30,
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


def _of_orthogonal(shape: Shape) -> int:
    rows, columns = _rows_and_columns(shape)
    return rows * columns * min(rows, columns)


def _rows_and_columns(shape: Shape) -> tuple[int, int]:
    sizes = [size or 1 for size in shape]
    return math.prod(sizes[:-1]), sizes[-1]


def _expect_small_orthogonal(shape: Shape, total: int) -> None:
    """Refuse a start that, with those before it, takes ``total`` multiplications."""
    if total > MAX_ORTHOGONAL:
        rows, columns = _rows_and_columns(shape)
        raise DeclarationRefused(
            "an orthogonal start of {rows} x {columns} weights takes too long to make: use "
            'another initializer, for example "glorot_uniform"',
            rows=rows,
            columns=columns,
        )
