"""PyTorch's tensors, copied on the CPU; modules and optimizers stay where they are.

A tensor arrives without the graph that it was computed in: ``backward`` is the student's kernel's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .known_type import KnownType, Stays, a, exactly, several

_BITS = {"torch.bfloat16": "int16"}  # what numpy has no type for, as bits of these


def _torch() -> Any:
    import torch

    return torch


def _parts(tensor: Any) -> Any:
    torch, name = _torch(), str(tensor.dtype)
    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type == "meta":
        raise Stays
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    if name in _BITS:
        plain = plain.view(getattr(torch, _BITS[name]))
    try:
        return plain.numpy(), name, bool(tensor.requires_grad and tensor.is_leaf)
    except TypeError:  # another of its own types
        raise Stays from None


def _tensor(parts: Any) -> Any:
    torch = _torch()
    array, name, with_gradient = exactly(parts, np.ndarray, str, bool)
    made = torch.from_numpy(array)
    if name in _BITS:
        made = made.view(torch.bfloat16)
    if str(made.dtype) != name:
        raise ValueError(f"an array of {array.dtype} for a tensor of {name:.100}")
    return made.requires_grad_(with_gradient)


def _parameter(parts: Any) -> Any:
    tensor = _tensor(parts)
    return _torch().nn.Parameter(tensor.detach(), requires_grad=tensor.requires_grad)


def _dtype(parts: Any) -> Any:
    torch = _torch()
    dtype = getattr(torch, a(str, parts).removeprefix("torch."), None)
    if not isinstance(dtype, torch.dtype):
        raise ValueError(f"PyTorch has no dtype {parts:.100}")
    return dtype


def _size(parts: Any) -> Any:
    return _torch().Size(exactly(parts, *[int] * len(several(parts, len(parts)))))


TYPES = (
    KnownType("torch", "Tensor", _parts, _tensor, tag="torch.Tensor"),
    KnownType("torch.nn", "Parameter", _parts, _parameter, tag="torch.Parameter"),
    KnownType("torch", "Size", tuple, _size, tag="torch.Size"),
    KnownType("torch", "dtype", str, _dtype, tag="torch.dtype"),
)
