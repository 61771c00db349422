from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import roofline
from benchmarks.roofline import Roofline

# As XLA prints a compiled program: a loop's body, and what stands around it.
PROGRAM = """\
HloModule jit__pass

%body.1 (arg: (s32[], f32[32,10])) -> (s32[], f32[32,10]) {
  %arg = (s32[], f32[32,10]{1,0}) parameter(0)
  %value = f32[32,10]{1,0} get-tuple-element(%arg), index=1
  %first = f32[32,10]{1,0} fusion(%value), kind=kLoop, calls=%inner
  %second = (f32[32,10]{1,0}, u8[0]{0}) custom-call(%first), custom_call_target="__cudnn"
  ROOT %copy.6 = f32[32,10]{1,0} copy(%first)
}

%inner (a: f32[32,10]) -> f32[32,10] {
  ROOT %fusion_name = f32[32,10]{1,0} add(%a, %a)
}

ENTRY %main (a: f32[32,10]) -> f32[32,10] {
  %fusion.9 = f32[32,10]{1,0} fusion(%a), kind=kLoop, calls=%inner
  %while = (s32[], f32[32,10]{1,0}) while(%tuple), condition=%condition.1, body=%body.1
}
"""


def layer(kernel: tuple[int, ...], output: tuple[int | None, ...]) -> Any:
    return SimpleNamespace(
        weights=[1],
        kernel=SimpleNamespace(shape=kernel),
        output=SimpleNamespace(shape=output),
    )


def variables(*shapes: tuple[int, ...]) -> list[Any]:
    return [SimpleNamespace(shape=shape) for shape in shapes]


@pytest.fixture
def network() -> Any:
    """3 filters of 2 x 2 on 5 x 5 pixels, then 2 units on all of them."""
    pooling = SimpleNamespace(weights=[])
    return SimpleNamespace(
        layers=[layer((2, 2, 1, 3), (None, 4, 4, 3)), pooling, layer((48, 2), (None, 2))],
        trainable_variables=variables((2, 2, 1, 3), (3,), (48, 2), (2,)),
        optimizer=SimpleNamespace(variables=variables((), (2, 2, 1, 3))),
        input_shape=(None, 5, 5, 1),
    )


def test_operations_are_counted_forward_and_back(network: Any) -> None:
    convolution = 2 * 12 * 16 * 2  # forward, and the weights' gradient
    dense = 2 * 96 * 3  # its input's gradient, too
    assert roofline.operations(network) == convolution + dense


def test_state_is_weights_and_optimizer(network: Any) -> None:
    assert roofline.state_bytes(network) == 4 * (12 + 3 + 96 + 2 + 1 + 12)


def test_kernels_are_those_of_the_loop() -> None:
    assert roofline.kernels(PROGRAM) == 3


def test_a_program_without_a_loop_has_none() -> None:
    assert roofline.kernels(PROGRAM.replace("while(", "call(")) == 0


def test_floors_are_work_over_rates() -> None:
    found = Roofline(6.0, 8.0, 10.0, operations_rate=2.0, bytes_rate=8.0, kernels_rate=100.0)
    assert found.floors() == {"arithmetic": 3.0, "memory": 1.0, "starting kernels": 0.1}


@pytest.mark.keras
def test_measured_rates_are_positive_and_finite() -> None:
    rates = [roofline._operations_rate(64), roofline._bytes_rate(64), roofline._kernels_rate(2, 2)]
    assert np.all(np.isfinite(rates))
    assert min(rates) > 0
