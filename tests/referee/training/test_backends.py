from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from grader.errors import RefereeError
from grader.referee.training.backends import (
    DETERMINISTIC,
    THREADS,
    prepare_environment,
    require_installed,
    threads,
)


@pytest.fixture
def unimported(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A process that has imported neither Keras nor JAX, with no variable set."""
    for package in ("keras", "jax"):
        monkeypatch.delitem(sys.modules, package, raising=False)
    names = [name for backend in THREADS.values() for name in backend]
    for name in ("KERAS_BACKEND", "XLA_FLAGS", *names):
        monkeypatch.setenv(name, "")  # so that the end of the test puts back what was there
        monkeypatch.delenv(name)
    return monkeypatch


def test_chooses_the_backend_and_repeatable_kernels(unimported: pytest.MonkeyPatch) -> None:
    prepare_environment("jax")
    assert os.environ["KERAS_BACKEND"] == "jax"
    assert os.environ["XLA_FLAGS"] == DETERMINISTIC


def test_keeps_flags_of_the_operator(unimported: pytest.MonkeyPatch) -> None:
    unimported.setenv("XLA_FLAGS", "--xla_dump_to=dump")
    prepare_environment("jax")
    assert os.environ["XLA_FLAGS"] == f"--xla_dump_to=dump {DETERMINISTIC}"


def test_leaves_the_choice_to_the_operator(unimported: pytest.MonkeyPatch) -> None:
    chosen = "--xla_gpu_deterministic_ops=false"
    unimported.setenv("XLA_FLAGS", chosen)
    prepare_environment("jax")
    assert os.environ["XLA_FLAGS"] == chosen


def test_other_backends_get_no_flags_of_jax(unimported: pytest.MonkeyPatch) -> None:
    prepare_environment("tensorflow")
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    assert "XLA_FLAGS" not in os.environ


def test_a_backend_that_is_not_installed_is_named(unimported: pytest.MonkeyPatch) -> None:
    remedy = re.escape(f"{sys.executable} -m pip install mxnet")
    message = rf"the package mxnet is not installed, .*{remedy}.*c\.Course\.backend"
    with pytest.raises(RefereeError, match=message):
        prepare_environment("mxnet")
    assert "KERAS_BACKEND" not in os.environ


@pytest.mark.parametrize("package", ["keras", "jax"])
def test_refuses_to_come_too_late(unimported: pytest.MonkeyPatch, package: str) -> None:
    unimported.setitem(sys.modules, package, sys)
    with pytest.raises(RefereeError, match=f"{package} is imported already"):
        prepare_environment("jax")
    assert "KERAS_BACKEND" not in os.environ


def test_looking_for_a_backend_imports_nothing(unimported: pytest.MonkeyPatch) -> None:
    require_installed("jax")
    assert "jax" not in sys.modules


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_says_how_many_threads_compute(unimported: pytest.MonkeyPatch, backend: str) -> None:
    cores = len(os.sched_getaffinity(0))
    prepare_environment(backend)
    assert not set(THREADS[backend]) & os.environ.keys()
    assert threads(backend) == cores
    prepare_environment(backend, 3)
    assert {os.environ[name] for name in THREADS[backend]} == {"3"}
    assert threads(backend) == 3
    unimported.setenv(THREADS[backend][0], "0")  # as many as there are cores
    assert threads(backend) == cores


@pytest.mark.lengthy
def test_jax_knows_the_flag() -> None:
    """An unknown one ends a process; this is what tells when a new JAX drops it."""
    environment = os.environ | {"XLA_FLAGS": DETERMINISTIC, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", "import jax; print(jax.numpy.ones(2).sum())"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "2.0"), ran.stderr[-2000:]
