"""Stands in for ``keras.Model.fit`` in a student's kernel: asks the referee, epoch by epoch.

Its text runs in the kernel beside the probe's, as the module ``course_fitting``. The network, its
``compile`` and which images were given go out; the logs and weights of each epoch come back into
the student's model. Callbacks run here, by Keras' own list of callbacks, so that what they print
and decide is theirs. Nothing here is trusted: who changes it changes what is asked for, and no
epoch is counted but by the referee.
"""

from __future__ import annotations

import functools
import inspect
import json
import math
import weakref
from dataclasses import dataclass
from typing import Any

import course_images as images  # type: ignore[import-not-found]
import course_probe as probe  # type: ignore[import-not-found]
import course_values as values  # type: ignore[import-not-found]
import numpy as np

_BATCH_HOOKS = [
    f"on_{kind}batch_{when}" for kind in ("", "train_", "test_") for when in ("begin", "end")
]
_trained: Any = weakref.WeakKeyDictionary()  # model -> what is known of its last training


class GraderFailed(RuntimeError):  # noqa: N818 -- named for what happened
    """The referee failed: nobody's work is judged by it."""


@dataclass
class _Training:
    """What the kernel remembers of a model's training, for the fit that goes on from there."""

    number: int
    epochs: int
    optimizer: Any
    compiled: str | None
    rate: float | None
    weights: list[Any] | None


def install() -> None:
    """Replace ``fit`` as soon as Keras is imported; kernels that never import it pay nothing."""
    import wrapt

    wrapt.when_imported("keras")(_replace_fit)


def _replace_fit(keras: Any) -> None:
    original = keras.Model.fit
    signature = inspect.signature(original)

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        call = signature.bind(self, *args, **kwargs)
        call.apply_defaults()
        asked = dict(call.arguments)
        return _fit(asked.pop("self"), asked)

    fit.__doc__ = inspect.getdoc(original)  # which Keras' inherits
    keras.Model.fit = fit


def _fit(model: Any, asked: dict[str, Any]) -> Any:
    """What ``fit`` does while work is graded."""
    model._assert_compile_called("fit")  # in Keras' own words
    try:
        _expect_plain(asked)
        declared, size = _declared(model, asked)
    except images.FitRefused as refused:  # the examiner may have to say why there is no training
        probe._exchange({"fit": "refused", "why": str(refused)}, [])
        raise
    return _train(model, declared, size, asked["callbacks"], asked["verbose"])


def rehearse(callback_class: Any, epochs: int) -> list[str]:
    """Let a new callback of this class see a training whose logs the examiner makes up.

    Returns:
        What it printed in each epoch; what the beginning or the end of the training prints belongs
        to the first or the last.
    """
    import contextlib

    import keras

    if not (
        isinstance(callback_class, type) and issubclass(callback_class, keras.callbacks.Callback)
    ):
        kind = getattr(callback_class, "__name__", type(callback_class).__name__)
        raise ClaimFailed(
            f"Expected a class derived from tf.keras.callbacks.Callback, received {kind}. "
            "Begin it with `class StopAtTarget(tf.keras.callbacks.Callback):`."
        )
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    pages = _Pages()

    class TurnPages(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            pages.turn(epoch)

    declared = {"rehearsal": True, "epochs": epochs}
    with contextlib.redirect_stdout(pages):
        _train(model, declared, 1, [TurnPages(), callback_class()], 0)
    return pages.texts


class ClaimFailed(AssertionError):  # noqa: N818 -- the examiner knows it by this name
    """What was to be rehearsed is no callback."""


class _Pages:
    """Collects what is printed, a text an epoch."""

    def __init__(self) -> None:
        self.texts = [""]

    def turn(self, epoch: int) -> None:
        """Begin the text of another epoch."""
        if epoch:
            self.texts.append("")

    def write(self, text: str) -> int:
        """Append to the epoch's text."""
        if sum(map(len, self.texts)) + len(text) > probe.MAX_PRINTED:
            raise probe.OutputLimit(f"more than {probe.MAX_PRINTED} characters printed")
        self.texts[-1] += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def _train(model: Any, declared: dict[str, Any], size: int, callbacks: Any, verbose: Any) -> Any:
    """Go through the epochs as Keras' own loop does, with what the referee says of each."""
    import keras

    begun = _ask({"fit": "begin"} | declared)
    number, epochs = begun["training"], declared["epochs"]
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = keras.callbacks.CallbackList(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            verbose=verbose,
            epochs=epochs,
            steps=math.ceil(size / declared.get("batch_size", size)),
            model=model,
        )
    _say_batch_hooks(callbacks)
    state = _state(model, number, declared)
    model.stop_training = False
    callbacks.on_train_begin()
    logs: dict[str, float] | None = None
    for epoch in range(epochs):
        if epoch == begun["epochs"]:
            print(f"The training ends after epoch {epoch}: more are not run while work is graded.")
            break
        callbacks.on_epoch_begin(epoch)
        logs = _epoch(model, state)
        if declared.get("validated"):
            callbacks.on_test_begin()
            names = {name: value for name, value in logs.items() if name.startswith("val_")}
            callbacks.on_test_end({name[4:]: value for name, value in names.items()})
        callbacks.on_epoch_end(epoch, dict(logs))
        if model.stop_training:
            break
    _ask({"fit": "end", "training": number, "stopped": bool(model.stop_training)})
    callbacks.on_train_end(logs=logs)
    # EarlyStopping(restore_best_weights) sets them only now; another fit must not go on from there.
    state.rate = _rate(model)
    return model.history


def _state(model: Any, number: int, declared: dict[str, Any]) -> _Training:
    """Remember this training as the model's last; a rehearsal's model has none before."""
    before = _trained.get(model)
    goes_on = before is not None and not declared.get("fresh_optimizer", True)
    state = _Training(
        number,
        before.epochs if before is not None else 0,
        model.optimizer,
        declared.get("compiled"),
        before.rate if goes_on else _rate(model),
        before.weights if before is not None else None,
    )
    _trained[model] = state
    return state


def _epoch(model: Any, state: _Training) -> dict[str, float]:
    """Let the referee train one epoch; its logs, and its weights in the model."""
    _expect_own_weights(model, state)
    if model.optimizer is not state.optimizer:
        raise images.FitRefused(
            "A callback compiled the model anew while it is trained, which is not accepted while "
            "work is graded. Call compile before fit."
        )
    rate = _rate(model)
    if (rate is None) is not (state.rate is None):
        raise images.FitRefused(
            "A callback replaced the learning rate by a schedule, or a schedule by a number. While "
            "work is graded, give the schedule to the optimizer in compile, or set numbers."
        )
    set_to = None if rate == state.rate else rate
    answer, buffers = _exchange({"fit": "epoch", "training": state.number, "learning_rate": set_to})
    state.rate = rate
    if answer["weights"] is not None:
        state.weights = values.Decoder(buffers, _nothing_else).decode(answer["weights"])
        for variable, weights in zip(model.weights, state.weights, strict=True):
            variable.assign(weights)
        model.optimizer.iterations.assign_add(answer["steps"])  # what schedules go by
    state.epochs += 1
    return dict(answer["logs"])


def _expect_own_weights(model: Any, state: _Training) -> None:
    """Refuse to go on from weights that are not the referee's."""
    if state.weights is None:
        return
    found = [np.asarray(weight) for weight in model.get_weights()]
    same = len(found) == len(state.weights) and all(
        one.shape == other.shape and one.tobytes() == other.tobytes()
        for one, other in zip(found, state.weights, strict=True)
    )
    if not same:
        raise images.FitRefused(
            "The model's weights were changed since its last epoch, for example by set_weights or "
            "EarlyStopping(restore_best_weights=True). While work is graded, training goes on only "
            "from where it ended: call fit once, or build the model anew and train it in one go."
        )


def _expect_plain(asked: dict[str, Any]) -> None:
    """Refuse what would make a training that is not counted in passes over the course's images."""
    refused = {
        "class_weight": None,
        "sample_weight": None,
        "steps_per_epoch": None,
        "validation_steps": None,
        "initial_epoch": 0,
        "validation_freq": 1,
    }
    for name, expected in refused.items():
        if asked[name] is not expected and (expected is None or asked[name] != expected):
            raise images.FitRefused(
                f"fit was given {name}={asked[name]!r:.60}, which is not accepted while work is "
                f"graded: leave {name} out."
            )
    for name, least in (("epochs", 0), ("batch_size", 1)):
        found = asked[name]
        if name == "batch_size" and found is None:
            continue
        if isinstance(found, bool) or not isinstance(found, int | np.integer) or found < least:
            raise images.FitRefused(
                f"fit was given {name}={found!r:.60}, expected a whole number from {least}."
            )


def _declared(model: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """What is sent of a call of ``fit``, and how many images an epoch passes over."""
    if asked["y"] is None:
        images.plain_array(asked["x"], "x")  # a dataset or a generator brings labels of its own
    trained_on = images.recognised(asked["x"], asked["y"], "x")
    size, split, validation = trained_on["count"], 0.0, None
    if asked["validation_data"] is not None:  # and then Keras takes no account of a split
        validation = _validation(asked["validation_data"])
    elif asked["validation_split"]:
        split = _split(asked["validation_split"])
        size = math.floor(size * (1.0 - split))
    before = _trained.get(model)
    _build(model, asked)
    fresh = before is None or before.optimizer is not model.optimizer
    if before is not None:
        _expect_own_weights(model, before)
    network, why = _told(model.to_json)
    compiled, why_not = _told(lambda: json.dumps(model.get_compile_config()))
    if (
        before is not None
        and not fresh
        and _without_rate(compiled) == _without_rate(before.compiled)
    ):
        compiled = before.compiled  # a rate that a callback set is told with its epoch
    declared = {
        "continues": None if before is None else before.number,
        "fresh_optimizer": fresh,
        "network": network,
        "compiled": compiled,
        "why": why or why_not,
        "images": trained_on,
        "validation": validation,
        "validation_split": split,
        "validated": bool(validation or split),
        "batch_size": int(asked["batch_size"] or 32),
        "epochs": int(asked["epochs"]),
        "shuffle": bool(asked["shuffle"]),
        "callbacks": [type(one).__name__ for one in _listed(asked["callbacks"])],
    }
    return declared, size


def _validation(found: Any) -> dict[str, Any]:
    if not isinstance(found, list | tuple) or len(found) != 2:
        kind = f"{len(found)} parts" if isinstance(found, list | tuple) else type(found).__name__
        raise images.FitRefused(
            f"validation_data is {kind}, expected validation_data=(images, labels): while work is "
            "graded, weights of samples, tf.data and generators are not accepted."
        )
    return images.recognised(*found, "validation_data")  # type: ignore[no-any-return]


def _split(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 1:
        raise images.FitRefused(
            f"fit was given validation_split={found!r:.60}, expected a number between 0 and 1."
        )
    return float(found)


def _build(model: Any, asked: dict[str, Any]) -> None:
    """Give a model that was never called its weights; shapes that do not fit are told by Keras."""
    first = np.asarray(asked["x"][:1], np.float32), np.asarray(asked["y"][:1])
    try:
        model._symbolic_build(data_batch=first)
    except NotImplementedError:
        return  # a model of a class of its own: the referee says why it is not trained


def _told(tell: Any) -> tuple[str | None, str]:
    """A description as JSON, or why there is none."""
    try:
        return str(tell()), ""
    except Exception as error:  # whatever a layer or a loss of the student's does
        return None, f"{type(error).__name__}: {error!s:.300}"


def _without_rate(compiled: str | None) -> Any:
    """What a model was compiled with, but for a learning rate that changes meanwhile."""
    config = json.loads(compiled or "{}")
    optimizer = (config.get("optimizer") or {}).get("config", {})
    if not isinstance(optimizer.get("learning_rate"), dict):
        optimizer.pop("learning_rate", None)
    return config


def _rate(model: Any) -> float | None:
    """The optimizer's learning rate where it is a number that callbacks may set."""
    rate = getattr(model.optimizer, "learning_rate", None)
    return float(np.asarray(rate)) if hasattr(rate, "assign") else None


def _listed(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if hasattr(callbacks, "callbacks"):
        return list(callbacks.callbacks)
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]


def _say_batch_hooks(callbacks: Any) -> None:
    """Say which callbacks wait for batches in vain."""
    from keras.callbacks import Callback, ModelCheckpoint, ProgbarLogger

    for one in callbacks.callbacks:
        plain = isinstance(one, ModelCheckpoint) and one.save_freq == "epoch"
        if isinstance(one, ProgbarLogger) or plain:
            continue
        for name in _BATCH_HOOKS:
            hook = getattr(one, name)
            if getattr(hook, "__func__", hook) is not getattr(Callback, name):
                print(f"{type(one).__name__}.{name} is not called while work is graded.")
                break


def _ask(message: dict[str, Any]) -> dict[str, Any]:
    """An exchange of which only the answer matters."""
    return _exchange(message)[0]


def _exchange(message: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Ask the referee; what it refuses, and its own failures, are raised."""
    answer, buffers = probe._exchange(message, [])
    if "refused" in answer:
        raise images.FitRefused(str(answer["refused"]))
    if "fault" in answer:
        raise GraderFailed(str(answer["fault"]))
    return answer, buffers


def _nothing_else(tag: str, *_: Any) -> Any:
    raise values.Malformed(f"unknown reference {tag}")


install()
