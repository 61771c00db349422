"""How fast an epoch could be at best: the work that it takes, over a device's measured speed."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# What in a compiled program is work for the device; the rest only names and regroups values.
_KERNEL = re.compile(r" = .*? (?:fusion|copy|custom-call|sort|scatter|convolution|dot|call)\(")


@dataclass(frozen=True)
class Roofline:
    """One epoch's work, and the device's rates, measured.

    Attributes:
        operations: floating-point, additions and multiplications both counted.
        bytes: the fewest that must be read and written.
        kernels: programs that the device is told to start.
        operations_rate: a second, of a large matrix product in float32 as XLA computes it.
        bytes_rate: a second, read and written, of a large copy.
        kernels_rate: a second, of the smallest matrix products, each waiting for the one before.
    """

    operations: float
    bytes: float
    kernels: float
    operations_rate: float
    bytes_rate: float
    kernels_rate: float

    def floors(self) -> dict[str, float]:
        """Seconds that an epoch takes at least, by what may limit it."""
        return {
            "arithmetic": self.operations / self.operations_rate,
            "memory": self.bytes / self.bytes_rate,
            "starting kernels": self.kernels / self.kernels_rate,
        }


def measure(model: Any, images: int, batch_size: int, program: str) -> Roofline:
    """Count an epoch's work and measure the device's rates (a few seconds).

    Args:
        model: of Dense and convolution layers, as far as they have weights; the first has any.
        images: in an epoch.
        batch_size: images a step.
        program: the epoch's compiled program, as text.
    """
    import jax

    steps = math.ceil(images / batch_size)
    small = jax.default_backend() == "cpu"  # where the benchmark is only tried out
    return Roofline(
        operations=images * operations(model),
        bytes=steps * 2 * state_bytes(model) + images * 4 * math.prod(model.input_shape[1:]),
        kernels=steps * kernels(program),
        operations_rate=_operations_rate(512 if small else 8192),
        bytes_rate=_bytes_rate(1 << 24 if small else 1 << 27),  # more than any cache holds
        kernels_rate=_kernels_rate(20 if small else 1000),
    )


def operations(model: Any) -> float:
    """Floating-point operations of a training step for each image.

    A layer multiplies and adds once for each weight and place. Going back, it does so again for its
    weights' gradient, and again for its input's, which the first layer does not need.
    """
    total = 0.0
    layers = [layer for layer in model.layers if layer.weights]
    for layer in layers:
        places = math.prod(layer.output.shape[1:-1])  # 1 for Dense on a flat input
        passes = 2 if layer is layers[0] else 3
        total += passes * 2 * places * math.prod(layer.kernel.shape)
    return total


def state_bytes(model: Any) -> int:
    """Weights and the optimizer's variables: a step reads each once and writes each once."""
    variables = [*model.trainable_variables, *model.optimizer.variables]
    return sum(math.prod(variable.shape) * 4 for variable in variables)


def kernels(program: str) -> int:
    """Kernels of a step: those in the body of the program's loop."""
    bodies = re.findall(r"\bwhile\(.*?body=%?([\w.-]+)", program)
    return max((len(_KERNEL.findall(_computation(program, name))) for name in bodies), default=0)


def _computation(program: str, name: str) -> str:
    computation = re.search(rf"^%?{re.escape(name)} \(.*?^\}}", program, re.MULTILINE | re.DOTALL)
    return computation[0] if computation else ""


def _operations_rate(size: int) -> float:
    import jax

    a, b = _noise(size, size), _noise(size, size)
    return 2 * size**3 / _seconds(jax.jit(lambda a, b: a @ b), a, b)


def _bytes_rate(size: int) -> float:
    import jax

    array = _noise(size)
    return 2 * 4 * size / _seconds(jax.jit(lambda array: array + 1), array)


def _kernels_rate(steps: int, each: int = 16) -> float:
    import jax

    def step(a: Any, nothing: None) -> tuple[Any, None]:
        for _ in range(each):
            a = a @ a
        return a, nothing

    # An identity stays one, which no compiler knows; other values would run off to infinity.
    run = jax.jit(lambda a: jax.lax.scan(step, a, length=steps)[0])
    return steps * each / _seconds(run, jax.numpy.eye(32))


def _noise(*shape: int) -> Any:
    import jax

    # Never zeros: chips compute faster on them.
    return jax.device_put(np.random.default_rng(0).random(shape, dtype=np.float32))


def _seconds(run: Callable[..., Any], *arguments: Any, times: int = 10) -> float:
    """Seconds of a run, after one that compiles; several in a row, so that Python is not timed."""
    run(*arguments).block_until_ready()
    start = time.perf_counter()
    for _ in range(times):
        result = run(*arguments)
    result.block_until_ready()
    return (time.perf_counter() - start) / times
