"""Which loop trains an epoch, by backend and device: the quickest that was measured.

The figures are in ``benchmarks/README.md``; ``python -m benchmarks.epochs`` takes them again.
"""

from __future__ import annotations

from typing import Any

CPU = "cpu"
# A loop's name is part of an epoch's key on a CPU. A change that changes bits needs a new name.
FIT = "fit"
GRAPH = "graph, fused Adam"
SCAN = "scan"


def name(backend: str, device: str) -> str:
    """The loop for a backend on a kind of device, see ``determinism.kind_of_device``.

    TensorFlow on a CPU: one graph an epoch, with Adam as one operation. JAX: a scan, on a GPU since
    dispatching a step takes as long as the step does. torch: ``fit``.
    """
    if backend == "jax":
        return SCAN
    return GRAPH if (backend, device) == ("tensorflow", CPU) else FIT


def make(chosen: str, model: Any, images: Any, labels: Any, batch_size: int) -> Any:
    """The loop of that name for a compiled model; see ``GraphLoop`` and the like."""
    if chosen == SCAN:
        from grader.referee.training.scan_loop import ScanLoop

        return ScanLoop(model, images, labels, batch_size)
    if chosen == GRAPH:
        from grader.referee.training import fused_adam
        from grader.referee.training.graph_loop import GraphLoop

        fused_adam.install(model.optimizer)
        return GraphLoop(model, images, labels, batch_size)
    from grader.referee.training.keras_loop import KerasLoop

    return KerasLoop(model, images, labels, batch_size)
