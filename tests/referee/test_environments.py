from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any

import keras
import pytest
import tensorflow as tf

from grader.referee import environments


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A torch that writes down what it is asked; the real one is not among the packages."""
    seen: list[Any] = []
    cuda = SimpleNamespace(is_available=lambda: True, get_device_name=lambda: "Some GPU")
    torch: Any = SimpleNamespace(
        use_deterministic_algorithms=seen.append, cuda=cuda, __version__="9.9"
    )
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    return seen


def test_here_it_is_tensorflow_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    assert environments.describe() == {
        "keras": keras.__version__,
        "backend": "tensorflow",
        "backend_version": tf.__version__,
        "device": "cpu",
    }
    cores = len(os.sched_getaffinity(0))
    assert environments.device().startswith(f"CPU, {cores} core")


def test_a_gpu_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["gpu:0"])
    details = {"device_name": "NVIDIA H100"}
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda _: details)
    assert environments.describe()["device"] == environments.device() == "NVIDIA H100"


def test_jax_tells_its_device_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import jax

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    found = SimpleNamespace(platform="gpu", device_kind="NVIDIA H100")
    monkeypatch.setattr(jax, "devices", lambda: [found])
    assert environments.describe()["backend_version"] == jax.__version__
    assert environments.device() == "NVIDIA H100"
    found.platform = "cpu"
    assert environments.describe()["device"] == "cpu"


def test_tensorflow_is_held_still(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        tf.config.experimental, "enable_op_determinism", lambda: seen.append("still")
    )
    environments.hold_still()
    assert seen == ["still"]


def test_torch_is_held_still_and_described(calls: list[Any]) -> None:
    environments.hold_still()
    assert calls == [True]
    assert environments.describe()["device"] == environments.device() == "Some GPU"
    assert environments.describe()["backend_version"] == "9.9"


def test_dropout_on_torch_draws_from_its_variable(calls: list[Any]) -> None:
    layers = [keras.layers.Dropout(0.5), keras.layers.Dropout(0.5, seed=3), keras.layers.Flatten()]
    environments.draw_from_variables(keras.Sequential(layers))
    assert [layer.seed_generator._initial_seed for layer in layers[:2]] == [0, 3]


def test_dropout_elsewhere_does_so_anyway() -> None:
    dropout = keras.layers.Dropout(0.5)
    environments.draw_from_variables(keras.Sequential([dropout]))
    assert dropout.seed_generator._initial_seed is None
