from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.counted import Malformed
from tests.sandbox.guest.round_trips import Kept, arrive, round_trip

torch = pytest.importorskip("torch", reason="PyTorch is no package of ours; courses add it")


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int64", "bool", "complex64"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3)])
def test_a_tensor_comes_back_as_it_was(dtype: str, shape: tuple[int, ...]) -> None:
    sent = torch.ones(shape).to(getattr(torch, dtype))
    came = round_trip(sent)
    assert (type(came), came.dtype, came.shape) == (torch.Tensor, sent.dtype, sent.shape)
    assert torch.equal(came, sent)


def test_a_copy_has_no_graph() -> None:
    leaf = torch.ones(2, requires_grad=True)
    assert round_trip(leaf).requires_grad
    assert not round_trip(leaf * 2).requires_grad
    weight = torch.nn.Linear(2, 3).weight
    came = round_trip(weight)
    assert isinstance(came, torch.nn.Parameter)
    assert torch.equal(came, weight)
    assert torch.equal(round_trip(weight.T), weight.T)


def test_sizes_and_dtypes_are_pytorchs() -> None:
    assert round_trip(torch.ones(2, 3).shape) == torch.Size([2, 3])
    assert round_trip(torch.float16) is torch.float16


@pytest.mark.parametrize("value", [torch.nn.Linear(1, 1), torch.eye(2).to_sparse(), torch.Tensor])
def test_other_types_stay_where_they_are(value: Any) -> None:
    assert isinstance(round_trip(value), Kept)


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("torch.Tensor", 3),
        ("torch.Tensor", (np.ones(2), "torch.float32", False)),
        ("torch.Tensor", (np.ones(2, "i4"), "torch.int32", True)),
        ("torch.Tensor", (np.array(["a"]), "torch.float32", False)),
        ("torch.Size", (1, 2.0)),
        ("torch.dtype", "nn"),
    ],
)
def test_what_is_none_is_refused(tag: str, parts: Any) -> None:
    with pytest.raises(Malformed):
        arrive(tag, parts)
