"""What Keras itself records of a training: the ``History``, and the optimizer's count of steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import ClaimFailed
from grader.model import Run


def logs(history: Any) -> tuple[dict[str, float], ...]:
    """Return what each epoch of a ``History`` logged, in order.

    Raises:
        ClaimFailed: it is no ``History``, is empty, or a list in it has another length.

    """
    import keras

    if not isinstance(history, keras.callbacks.History):
        raise ClaimFailed(
            f"Expected what model.fit(...) returns, a History, received {type(history).__name__}. "
            "Write history = model.fit(...)."
        )
    epochs = len(getattr(history, "epoch", []))
    lengths = {name: len(values) for name, values in history.history.items()}
    if not epochs or not lengths:
        raise ClaimFailed("The history is empty: no epoch was completed. Call model.fit(...).")
    if set(lengths.values()) != {epochs}:
        raise ClaimFailed(
            f"The history records {epochs} epochs, but its lists have the lengths {lengths}. "
            "Keep the history as model.fit(...) returns it."
        )
    return tuple(
        {name: values[epoch] for name, values in history.history.items()} for epoch in range(epochs)
    )


def recorded(model: Any) -> Run:
    """Return the run that Keras recorded on the model itself, for kernels without a referee.

    Keras keeps the last fit's logs and, in the optimizer, the number of all steps since the model
    was compiled. So the epochs of earlier fits are counted, as if their batches had been as many,
    and have no logs.

    Raises:
        ClaimFailed: the model was never trained, or its history was put there by hand.

    """
    import keras

    history = getattr(model, "history", None)
    if history is None:
        raise ClaimFailed(
            "The model was never trained: it has not seen an image. Call fit on this very model."
        )
    kept = type(history) is keras.callbacks.History and history.model is model
    if not kept or not history.params:  # fit sets both, and how many steps there were
        raise ClaimFailed(
            "The model's history is none that its fit recorded. Leave model.history as fit sets it."
        )
    last = logs(history)
    steps = history.params.get("steps") or 1
    earlier = math.ceil(int(model.optimizer.iterations) / steps) - len(last)
    fits = (earlier, len(last)) if earlier > 0 else (len(last),)
    return Run(
        key="",
        logs=(*({} for _ in range(earlier)), *last),
        fits=fits,
        callbacks=(),
        asked=history.params.get("epochs", len(last)) - history.epoch[0],
        stopped=bool(model.stop_training),
        parameters=model.count_params(),
    )


def agrees(told: Sequence[Mapping[str, Any]], run: Run) -> bool:
    """Whether logs that were told are those of the run's last fit.

    A callback may have added to the logs (Keras' own add the learning rate), but not changed them.
    """
    last = run.logs[-run.fits[-1] :]
    return len(told) == len(last) and all(
        name in mine and _same(mine[name], value)
        for mine, true in zip(told, last, strict=True)
        for name, value in true.items()
    )


def _same(told: object, value: float) -> bool:
    try:
        number = float(told)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return False
    # Bits may be lost on the way of a float32; nothing is gained by them.
    both_nan = math.isnan(number) and math.isnan(value)
    return both_nan or math.isclose(number, value, rel_tol=1e-6, abs_tol=1e-9)
