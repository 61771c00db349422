"""The environment variables that a trainer process needs before Keras is imported."""

from __future__ import annotations

import importlib.util
import os
import sys

from grader.errors import RefereeError

# On a GPU, XLA tries several kernels for an operation and keeps the fastest, so that two processes
# may compute with different ones, and it lets some kernels add up in the order of their arrival.
# This flag forbids both: the same training gives the same bits on the same machine. To a CPU it
# means nothing.
DETERMINISTIC = "--xla_gpu_deterministic_ops=true"

# How each backend is told how many threads may compute. A sum that threads share is added up in
# parts, so their number decides over bits (tests/referee/training/test_threads.py).
THREADS = {
    "tensorflow": ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    "jax": ("NPROC",),  # read by XLA's CPU client in place of the number of cores
    "torch": ("OMP_NUM_THREADS", "MKL_NUM_THREADS"),
}


def prepare_environment(backend: str, threads: int = 0) -> None:
    """Choose Keras' backend for this process, and have it compute the same bits each time.

    Call it first in a process that trains. Whatever else the operator set in ``XLA_FLAGS`` stays,
    and a deterministic flag that they set themselves is theirs to answer for.

    Args:
        backend: as Keras calls it: ``jax``, ``tensorflow`` or ``torch``.
        threads: how many may compute on a CPU; 0: as the operator's environment says, else as many
            as there are cores.

    Raises:
        RefereeError: the backend is not installed; or Keras or JAX is imported already, and would
            not heed it.
    """
    require_installed(backend)
    late = [name for name in ("keras", "jax") if name in sys.modules]
    if late:
        raise RefereeError(
            f"{late[0]} is imported already: prepare_environment() must come before it"
        )
    os.environ["KERAS_BACKEND"] = backend
    if threads:
        os.environ |= dict.fromkeys(THREADS[backend], str(threads))
    flags = os.environ.get("XLA_FLAGS", "")
    if backend == "torch":
        # Without it cuBLAS may add up in another order each time, and torch refuses to compute.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if backend == "jax" and DETERMINISTIC.partition("=")[0] not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {DETERMINISTIC}".strip()


def require_installed(backend: str) -> None:
    """Ensure that a backend's package is there; nothing is imported for that.

    Raises:
        RefereeError: it is not.
    """
    if importlib.util.find_spec(backend) is None:
        raise RefereeError(
            f"the package {backend} is not installed, which the referee trains with: expected it "
            f"in {sys.prefix} ({install_command(backend)}), or another c.Course.backend in "
            "course_config.py"
        )


def install_command(backend: str) -> str:
    """The command that installs a backend into the environment that trains."""
    return f"{sys.executable} -m pip install {backend}"


def threads(backend: str) -> int:
    """How many threads compute on a CPU in this process, after ``prepare_environment``."""
    told = os.environ.get(THREADS[backend][0], "")
    # 0 and what is no number mean the same to the backends: as many as there are cores.
    return int(told) if told.isdecimal() and int(told) else len(os.sched_getaffinity(0))
