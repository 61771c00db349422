"""How much a network computes for one image, counted in multiplications.

- A dense layer or a convolution: the numbers of its kernels, times the positions it is applied at
  (of the output; of the input where it is transposed).
- A recurrent layer: the numbers of its kernels, times the time steps, and the positions of an
  image where it convolves.
- Attention: its kernels times the longer sequence, and two products of every pair of steps.
- Pooling: the window's size for each number of the output.
- A wrapper: what it wraps, as often as it is applied. A nested model: the sum of its layers.
- Every other layer: one for each number that it is given or gives, whichever are more.

A layer that is applied twice counts twice. Where a network leaves a size open it counts as 28.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

OPEN = 28  # an image's height and width

Shape = Sequence[int | None]


def numbers(shape: Shape) -> int:
    """How many numbers one example has in ``shape``, whose first size is the batch."""
    return math.prod(OPEN if size is None else size for size in shape[1:])


def of_network(model: Any) -> int:
    """Multiplications that a built Sequential or functional model does for one example."""
    total = 0
    for node in _nodes(model):
        given = [tensor.shape for tensor in node.input_tensors]
        made = [tensor.shape for tensor in node.output_tensors]
        total += _of_call(node.operation, given, made)
    return total


def calls(model: Any) -> int:
    """How many calls make up one computation of a model, each of which Keras carries out.

    A model within a model counts as often as it is called, and so do its own: twice in each of 20
    levels is a million calls of one layer. A loop that is written out counts each of its rounds.
    """
    return _calls(model, {})


def _calls(model: Any, known: dict[int, int]) -> int:
    """The same; ``known`` keeps what was counted, by the models' ids."""
    if id(model) not in known and model.built:
        known[id(model)] = sum(_calls_of(node, known) for node in _nodes(model))
    elif id(model) not in known:  # it has no shapes yet, and calls each of its layers once
        inner = [layer for layer in model.layers if hasattr(layer, "layers")]
        known[id(model)] = len(model.layers) + sum(_calls(each, known) for each in inner)
    return known[id(model)]


def _calls_of(node: Any, known: dict[int, int]) -> int:
    import keras

    layer, total = node.operation, 0
    wrapped = [getattr(layer, name, None) for name in ("layer", "forward_layer", "backward_layer")]
    for each in (layer, *wrapped):
        if isinstance(each, keras.Model):
            total += _calls(each, known)
        elif getattr(each, "unroll", False):
            total += _size(node.input_tensors[0].shape[1])
    return max(1, total, int(getattr(layer, "power_iterations", 1)))


def _nodes(model: Any) -> Iterator[Any]:
    """The calls of layers that a model consists of."""
    graph = getattr(model, "_functional", None) or model  # a Sequential keeps its graph there
    for nodes in graph._nodes_by_depth.values():
        yield from (node for node in nodes if not node.is_input)


def _of_call(layer: Any, given: list[Shape], made: list[Shape]) -> int:
    """Of one call of one layer; shapes have the batch first."""
    import keras

    if isinstance(layer, keras.Model):
        return of_network(layer)
    kind = type(layer).__name__
    counted = next((of for names, of in _KINDS if kind.startswith(names)), _of_elements)
    return int(counted(layer, given, made))


def _of_elements(_: Any, given: list[Shape], made: list[Shape]) -> int:
    return max(sum(map(numbers, given)), sum(map(numbers, made)))


def _of_steps(layer: Any, given: list[Shape], _: list[Shape]) -> int:
    """What it wraps, at each time step."""
    inner = (None, *given[0][2:])
    made = layer.layer.compute_output_shape(inner)
    return _size(given[0][1]) * _of_call(layer.layer, [inner], [made])


def _of_both_ways(layer: Any, given: list[Shape], made: list[Shape]) -> int:
    return sum(
        _of_call(inner, given, made) for inner in (layer.forward_layer, layer.backward_layer)
    )


def _of_spectrum(layer: Any, given: list[Shape], made: list[Shape]) -> int:
    """What it wraps, whose kernel it multiplies with a vector, there and back."""
    return 2 * int(layer.power_iterations) * _kernels(layer.layer) + _of_call(
        layer.layer, given, made
    )


def _of_recurrence(layer: Any, given: list[Shape], _: list[Shape]) -> int:
    return _kernels(layer) * _size(given[0][1])


def _of_convolving_recurrence(layer: Any, given: list[Shape], _: list[Shape]) -> int:
    step = (None, *given[0][2:])
    return _kernels(layer) * _size(given[0][1]) * _positions(layer, step)


def _of_kernel(layer: Any, given: list[Shape], made: list[Shape]) -> int:
    where = given if type(layer).__name__.endswith("Transpose") else made
    return _kernels(layer) * _positions(layer, where[0])


def _of_pairs(_: Any, given: list[Shape], __: list[Shape]) -> int:
    steps = math.prod(_size(shape[-2]) for shape in given[:2])
    return steps * sum(_size(shape[-1]) for shape in given[:2])


def _of_product(layer: Any, given: list[Shape], made: list[Shape]) -> int:
    axis = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
    return numbers(made[0]) * _size(given[0][axis])


def _of_windows(layer: Any, _: list[Shape], made: list[Shape]) -> int:
    return int(numbers(made[0]) * math.prod(layer.pool_size))


def _of_einsum(layer: Any, shapes: list[Shape], _: list[Shape]) -> int:
    """The sizes of all letters of its equation, the batch's left out, and of what is not named."""
    given = shapes[0]
    left, kernel = layer.equation.split("->")[0].split(",")
    known = left.replace("...", "")
    if left.startswith("..."):
        named, rest = given[len(given) - len(known) :], given[1 : len(given) - len(known)]
    else:
        known, named, rest = known[1:], given[1 : len(known)], given[len(known) :]
    letters = dict(zip(known, map(_size, named), strict=True))
    letters |= dict(zip(kernel, layer.kernel.shape, strict=True))
    return int(math.prod(letters.values()) * math.prod(map(_size, rest)))


def _of_heads(layer: Any, given: list[Shape], _: list[Shape]) -> int:
    """Projections of the longer sequence, and what every pair of steps takes."""
    asked, known = (math.prod(map(_size, shape[1:-1])) for shape in (given[0], given[1]))
    size = layer._query_dense.kernel.shape[-2:]
    heads, dimensions = int(size[0]), int(size[1])
    value = int(layer._value_dense.kernel.shape[-1])
    pairs = heads * asked * known * (dimensions + value)
    return _kernels(layer) * max(asked, known) + pairs


def _kernels(layer: Any) -> int:
    """How many numbers its kernels hold: weights with at least two sizes that are no bias."""
    shapes = [weight.shape for weight in layer.weights if not weight.name.startswith("bias")]
    return sum(math.prod(shape) for shape in shapes if len(shape) > 1)


def _positions(layer: Any, shape: Shape) -> int:
    """At how many places of an example it is applied; channels are no places."""
    first = getattr(layer, "data_format", None) == "channels_first"
    return math.prod(map(_size, shape[2:] if first else shape[1:-1]))


def _size(size: int | None) -> int:
    return OPEN if size is None else size


# By how the names of classes begin; the first that fits.
_KINDS: tuple[tuple[tuple[str, ...], Callable[[Any, list[Shape], list[Shape]], int]], ...] = (
    (("TimeDistributed",), _of_steps),
    (("Bidirectional",), _of_both_ways),
    (("SpectralNormalization",), _of_spectrum),
    (("SimpleRNN", "LSTM", "GRU"), _of_recurrence),
    (("ConvLSTM",), _of_convolving_recurrence),
    (("Dense", "Conv", "DepthwiseConv", "SeparableConv"), _of_kernel),
    (("EinsumDense",), _of_einsum),
    (("Attention", "AdditiveAttention"), _of_pairs),
    (("MultiHeadAttention", "GroupedQueryAttention"), _of_heads),
    (("Dot",), _of_product),
    (("MaxPooling", "AveragePooling"), _of_windows),
)
