"""What Keras itself records of a training: the ``History``, and the optimizer's steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import ClaimFailed
from grader.language import N_, gettext
from grader.model import Run


def logs(history: Any) -> tuple[dict[str, float], ...]:
    """Return what each epoch of a ``History`` logged, in order.

    Args:
        history: what ``model.fit(...)`` returned.

    Returns:
        For each epoch its logs, under Keras' names.

    Raises:
        ClaimFailed: it is no ``History``, is empty, or one of its lists has another length.

    Example:
        In a test cell, with the student's ``history``::

            validated = ["val_loss" in epoch for epoch in logs(history)]
            assert all(validated), "Pass validation_data to fit."
    """
    import keras

    if not isinstance(history, keras.callbacks.History):
        step = N_("Write history = model.fit(...).")
        if type(history) is dict:
            step = N_("Write history = model.fit(...), and leave out .history behind it.")
        raise ClaimFailed(
            "Expected what model.fit(...) returns, a History, received {type}. {step}",
            type=type(history).__name__,
            step=gettext(step),
        )
    epochs = len(getattr(history, "epoch", []))
    lengths = {name: len(values) for name, values in history.history.items()}
    if not epochs or not lengths:
        raise ClaimFailed("The history is empty: no epoch was completed. Call model.fit(...).")
    if set(lengths.values()) != {epochs}:
        raise ClaimFailed(
            "The history records {epochs} epochs, but its lists have the lengths {lengths}. "
            "Keep the history as model.fit(...) returns it.",
            epochs=epochs,
            lengths=lengths,
        )
    return tuple(
        {name: values[epoch] for name, values in history.history.items()} for epoch in range(epochs)
    )


def recorded(model: Any) -> Run:
    """Return the run that Keras recorded on the model itself, for kernels without a referee.

    Keras keeps the logs of the last fit and, in the optimizer, the number of all steps since the
    model was compiled. So epochs of earlier fits are counted as if their batches had been as many;
    their logs are unknown, and empty here.

    Args:
        model: a Keras model.

    Raises:
        ClaimFailed: the model was never trained, or its history was replaced by hand.

    Example:
        In a check::

            run = recorded(model)
            assert run.epochs == 5
    """
    import keras

    history = getattr(model, "history", None)
    if history is None:
        raise ClaimFailed("The model was never trained. Call fit on this model.")
    kept = type(history) is keras.callbacks.History and history.model is model
    if not kept or not history.params:  # fit sets both, and how many steps there were
        raise ClaimFailed("model.history was not recorded by fit. Leave it as fit sets it.")
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
    """Tell whether logs are those of the run's last fit.

    A callback may have added to the logs (Keras' own add the learning rate), but not changed them.

    Args:
        told: the logs of each epoch, as ``logs`` returns them.
        run: as the referee carried it out, or as Keras recorded it.

    Example:
        In a check::

            assert agrees(logs(history), trained(model))
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
