from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any

import keras
import pytest
import tensorflow as tf

from grader.referee.training import determinism

pytestmark = [pytest.mark.keras, pytest.mark.training]


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
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    assert determinism.describe() == {
        "keras": keras.__version__,
        "backend": "tensorflow",
        "backend_version": tf.__version__,
        "device": "cpu",
        "threads": str(len(os.sched_getaffinity(0))),
        "loop": "graph, fused Adam",
    }
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "3")
    assert determinism.describe()["threads"] == "3"
    assert determinism.device() == "CPU, 3 threads"


def test_a_gpu_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["gpu:0"])
    details = {"device_name": "NVIDIA H100"}
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda _: details)
    assert determinism.describe()["device"] == determinism.device() == "NVIDIA H100"
    assert not {"threads", "loop"} & determinism.describe().keys()  # they do not decide there


def test_jax_tells_its_device_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import jax

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    found = SimpleNamespace(platform="gpu", device_kind="NVIDIA H100")
    monkeypatch.setattr(jax, "devices", lambda: [found])
    assert determinism.describe()["backend_version"] == jax.__version__
    assert determinism.device() == "NVIDIA H100"
    found.platform = "cpu"
    assert determinism.describe()["device"] == "cpu"


def test_tensorflow_is_held_still(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        tf.config.experimental, "enable_op_determinism", lambda: seen.append("still")
    )
    determinism.enable_determinism()
    assert seen == ["still"]


def test_torch_is_held_still_and_described(calls: list[Any]) -> None:
    determinism.enable_determinism()
    assert calls == [True]
    assert determinism.describe()["device"] == determinism.device() == "Some GPU"
    assert determinism.describe()["backend_version"] == "9.9"


def test_dropout_on_torch_draws_from_its_variable(calls: list[Any]) -> None:
    layers = [keras.layers.Dropout(0.5), keras.layers.Dropout(0.5, seed=3), keras.layers.Flatten()]
    determinism.draw_from_variables(keras.Sequential(layers))
    assert [layer.seed_generator._initial_seed for layer in layers[:2]] == [0, 3]


def test_dropout_elsewhere_does_so_anyway() -> None:
    dropout = keras.layers.Dropout(0.5)
    determinism.draw_from_variables(keras.Sequential([dropout]))
    assert dropout.seed_generator._initial_seed is None
