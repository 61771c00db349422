"""A few of TensorFlow's plain functions, by numpy: sums and the like are no library's convolution.

A loop of the student's own may take ``tf.reduce_sum`` for its sums. Where numpy is the only library
it still finds that; whatever else it asks TensorFlow for says that it is not there.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .missing import Missing

_NAME = "tensorflow"
_SAME = (
    "abs add cos divide exp floor matmul maximum minimum multiply ones pad reshape round sin sqrt"
)
_SAME += " square squeeze stack subtract sum tanh transpose where zeros zeros_like ones_like"
_OTHERS: dict[str, Callable[..., Any]] = {
    "cast": lambda x, dtype, **_: np.asarray(x).astype(dtype),
    "clip_by_value": lambda x, low, high, **_: np.clip(x, low, high),
    "concat": lambda values, axis, **_: np.concatenate(values, axis),
    "constant": lambda value, dtype=None, **_: np.array(value, dtype),
    "convert_to_tensor": lambda value, dtype=None, **_: np.array(value, dtype),
    "expand_dims": lambda x, axis, **_: np.expand_dims(x, axis),
    "range": lambda *numbers, **_: np.arange(*numbers),
    "reduce_max": lambda x, axis=None, keepdims=False, **_: np.max(x, axis, keepdims=keepdims),
    "reduce_mean": lambda x, axis=None, keepdims=False, **_: np.mean(x, axis, keepdims=keepdims),
    "reduce_min": lambda x, axis=None, keepdims=False, **_: np.min(x, axis, keepdims=keepdims),
    "reduce_sum": lambda x, axis=None, keepdims=False, **_: np.sum(x, axis, keepdims=keepdims),
    "shape": lambda x, **_: np.array(np.shape(x)),
}
_TYPES = "bool float16 float32 float64 int8 int16 int32 int64 uint8"


class Tensor(np.ndarray):
    """An array that can be asked for its array, as a tensor can."""

    def numpy(self) -> Any:
        """The array itself, or its only number."""
        return np.asarray(self)[()]


def tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose result is a tensor."""

    def made(*values: Any, **named: Any) -> Any:
        return np.asarray(function(*values, **named)).view(Tensor)

    return made


class _Module(types.ModuleType):
    """Has these functions and types; every other name says that TensorFlow is not there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{_NAME} is blocked in this sandbox")


class ArrayFunctions(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the library, and nothing in it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module itself; None for other libraries'."""
        if fullname.startswith(f"{_NAME}."):
            raise ModuleNotFoundError(f"{_NAME} is blocked in this sandbox", name=fullname)
        if fullname != _NAME:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """The module, with its functions."""
        module = _Module(spec.name)
        known = {name: getattr(np, name) for name in _SAME.split()} | _OTHERS
        vars(module).update({name: tensors(function) for name, function in known.items()})
        vars(module).update({name: getattr(np, name, bool) for name in _TYPES.split()})
        vars(module)["Tensor"] = Tensor
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """All is in it."""
