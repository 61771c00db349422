"""Pairs of spellings that cost one training, pairs that cost two, and why some are kept apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.referee.spelled import ROWS, L, Spelling, layers, plain, sequential

Pair = tuple[Spelling, Spelling]

BASE = Spelling()


# -- networks -----------------------------------------------------------------------------------


def net(make: Callable[[], Any]) -> Pair:
    return BASE, Spelling(make)


def article() -> Any:
    first = L.Conv2D(2, (3, 3), activation="relu", input_shape=(28, 28, 1))
    return keras.Sequential([first, *layers()[1:]])


def added() -> Any:
    model = keras.Sequential(name="mine")
    model.add(keras.Input((28, 28, 1), batch_size=32, name="pixels"))
    for number, layer in enumerate(layers()):
        layer.name = f"my_{number}"
        model.add(layer)
    return model


def built() -> Any:
    model = keras.Sequential(layers())
    model.build((None, 28, 28, 1))
    return model


def functional(inner: list[Any] | None = None, **how: Any) -> Any:
    entry = keras.Input((28, 28, 1), **how)
    out = entry
    for layer in inner or layers():
        out = layer(out)
    return keras.Model([entry] if how else entry, [out] if how else out)


def nested_functional() -> Any:
    conv, pool, *head = layers()
    inside = keras.Input((28, 28, 1))
    body = keras.Model(inside, pool(conv(inside)), name="body")
    entry = keras.Input((28, 28, 1))
    return keras.Model(entry, keras.Sequential(head)(body(entry)))


def nested_in_sequential() -> Any:
    *body, last, end = layers()
    inside = keras.Input((13 * 13 * 2,))
    head = keras.Model(inside, end(last(inside)))
    return keras.Sequential([keras.Input((28, 28, 1)), keras.Sequential(body), head])


def activations_apart(one: Callable[[], Any], last: Callable[[], Any]) -> list[Any]:
    conv, pool, flat, hidden, end = layers(None, None)
    return [conv, one(), pool, flat, hidden, one(), end, last()]


def explicit() -> Any:
    return sequential(
        L.Conv2D(
            filters=2,
            kernel_size=(3, 3),
            strides=1,
            padding="valid",
            data_format="channels_last",
            dilation_rate=(1, 1),
            groups=1,
            activation="relu",
            use_bias=True,
            kernel_initializer="glorot_uniform",
            bias_initializer="zeros",
            kernel_regularizer=None,
        ),
        *layers()[1:],
    )


def initialised(**how: Any) -> Any:
    conv, pool, flat, hidden, _ = layers()
    return sequential(conv, pool, flat, hidden, L.Dense(10, activation="softmax", **how))


def with_layer(*more: Any, at: int = 3) -> Any:
    inner = layers()
    return sequential(*inner[:at], *more, *inner[at:])


def dropped() -> Any:
    return with_layer(L.Dropout(0.3))


G = keras.initializers
NETWORKS: dict[str, Pair] = {
    "input_shape in the first layer": net(article),
    "named, added one by one": net(added),
    "built late": net(built),
    "never built": net(lambda: keras.Sequential(layers())),
    "functional": net(functional),
    "functional, lists, a batch size": net(lambda: functional(batch_size=32, name="pixels")),
    "nested functional": net(nested_functional),
    "nested in a Sequential": net(nested_in_sequential),
    "nested as a whole": net(lambda: keras.Sequential([keras.Input((28, 28, 1)), functional()])),
    "nested twice": net(lambda: functional([keras.Sequential([keras.Sequential(layers())])])),
    "Activation layers": net(
        lambda: sequential(
            *activations_apart(lambda: L.Activation("relu"), lambda: L.Activation("softmax"))
        )
    ),
    "layers ReLU and Softmax": net(lambda: sequential(*activations_apart(L.ReLU, L.Softmax))),
    "functional Activation layers": net(
        lambda: functional(activations_apart(lambda: L.Activation("relu"), L.Softmax))
    ),
    "functions of Keras": net(
        lambda: sequential(*layers(keras.activations.relu, keras.activations.softmax))
    ),
    "functions of TensorFlow": net(lambda: sequential(*layers(tf.nn.relu, tf.nn.softmax))),
    "explicit defaults": net(explicit),
    "explicit pooling": net(
        lambda: sequential(
            layers()[0], L.MaxPool2D((2, 2), strides=2, padding="valid"), *layers()[2:]
        )
    ),
    "initialisers as objects": net(
        lambda: initialised(kernel_initializer=G.GlorotUniform(), bias_initializer=G.Zeros())
    ),
    "initialisers as classes": net(
        lambda: initialised(kernel_initializer=G.GlorotUniform, bias_initializer=G.Zeros)
    ),
    "an initialiser with a seed": net(
        lambda: initialised(kernel_initializer=G.GlorotUniform(seed=5))
    ),
    "no regulariser, said": net(
        lambda: initialised(kernel_regularizer=None, kernel_constraint=None, dtype="float32")
    ),
    "Dropout(0)": net(lambda: with_layer(L.Dropout(0))),
    "layers that do nothing": net(lambda: with_layer(L.Identity(), L.Activation("linear"))),
    "dropout with a seed": (
        Spelling(dropped),
        Spelling(lambda: with_layer(L.Dropout(0.3, seed=1))),
    ),
    "dropout in a functional model": (
        Spelling(dropped),
        Spelling(lambda: functional([*layers()[:3], L.Dropout(0.3), *layers()[3:]])),
    ),
    "batch normalisation, nested": (
        Spelling(lambda: with_layer(L.BatchNormalization(), at=1)),
        Spelling(
            lambda: functional(
                [keras.Sequential([layers()[0], L.BatchNormalization()]), *layers()[1:]]
            )
        ),
    ),
}

# -- compiled -----------------------------------------------------------------------------------

C, M, OPTIMIZERS = keras.losses, keras.metrics, keras.optimizers


def how(**given: Callable[[], Any]) -> Spelling:
    return Spelling(compiled=lambda: {name: value() for name, value in given.items()})


def one_hot(raw: Any, labels: Any) -> Any:
    return plain(raw, labels)[0], np.eye(10)[labels[:ROWS]]


def rows_of_labels(loss: Callable[[], Any]) -> Spelling:
    return Spelling(compiled=lambda: {"loss": loss()}, data=one_hot)


COMPILED: dict[str, Pair] = {
    "loss as an object": (BASE, how(loss=C.SparseCategoricalCrossentropy)),
    "loss as a function": (BASE, how(loss=lambda: C.sparse_categorical_crossentropy)),
    "loss by its class": (BASE, how(loss=lambda: "SparseCategoricalCrossentropy")),
    "loss with explicit defaults": (
        BASE,
        how(
            loss=lambda: C.SparseCategoricalCrossentropy(
                from_logits=False, ignore_class=None, reduction="sum_over_batch_size", name="mine"
            )
        ),
    ),
    "loss in a list": (BASE, how(loss=lambda: ["sparse_categorical_crossentropy"])),
    "loss weight 1": (BASE, how(loss_weights=lambda: [1.0])),
    "categorical loss as an object": (
        rows_of_labels(lambda: "categorical_crossentropy"),
        rows_of_labels(lambda: C.CategoricalCrossentropy(label_smoothing=0.0)),
    ),
    "squared error": (rows_of_labels(lambda: "mse"), rows_of_labels(C.MeanSquaredError)),
    "divergence": (rows_of_labels(lambda: "kld"), rows_of_labels(lambda: C.kl_divergence)),
    "optimizer as an object": (BASE, how(optimizer=OPTIMIZERS.Adam)),
    "optimizer by its class": (BASE, how(optimizer=lambda: "Adam")),
    "optimizer of tf.keras, named": (
        BASE,
        how(optimizer=lambda: tf.keras.optimizers.Adam(name="a")),
    ),
    "optimizer with explicit defaults": (
        BASE,
        how(
            optimizer=lambda: OPTIMIZERS.Adam(
                learning_rate=1e-3,
                beta_1=0.9,
                beta_2=0.999,
                epsilon=1e-7,
                amsgrad=False,
                clipnorm=None,
            )
        ),
    ),
    "sgd as an object": (
        how(optimizer=lambda: "sgd"),
        how(optimizer=lambda: OPTIMIZERS.SGD(0.01, momentum=0.0, nesterov=False)),
    ),
    "metric called acc": (BASE, how(metrics=lambda: ["acc"])),
    "no metric": (BASE, how(metrics=list)),
    "metric as an object": (BASE, how(metrics=lambda: [M.SparseCategoricalAccuracy(name="hits")])),
    "metrics beside": (
        BASE,
        how(metrics=lambda: ["accuracy", M.SparseTopKCategoricalAccuracy(k=3)]),
    ),
    "weighted metrics": (BASE, how(weighted_metrics=lambda: ["accuracy"])),
}

# -- images and fit -----------------------------------------------------------------------------


def scaled(by: Callable[[Any], Any]) -> Spelling:
    def data(raw: Any, labels: Any) -> Any:
        return by(raw[:ROWS, ..., np.newaxis]), labels[:ROWS]

    return Spelling(data=data)


def labelled(by: Callable[[Any], Any]) -> Spelling:
    return Spelling(data=lambda raw, labels: (plain(raw, labels)[0], by(labels[:ROWS])))


def fitted(**given: Any) -> Spelling:
    return Spelling(fit=given)


def last_rows(raw: Any, labels: Any) -> Any:
    return (raw[-50:, ..., np.newaxis] / 255).astype("float32"), labels[-50:]


FITTED: dict[str, Pair] = {
    "divided as float64": (BASE, scaled(lambda x: x / 255)),
    "divided by 255.0": (BASE, scaled(lambda x: x / 255.0)),
    "float64 before dividing": (BASE, scaled(lambda x: x.astype("float64") / 255)),
    "float32 before dividing": (BASE, scaled(lambda x: x.astype("float32") / 255.0)),
    "multiplied by 1/255": (BASE, scaled(lambda x: x * (1 / 255))),
    "numpy's divide": (BASE, scaled(lambda x: np.divide(x, 255, dtype=np.float32))),
    "divided as tensors": (BASE, scaled(lambda x: tf.cast(x, tf.float32) / 255.0)),
    "labels as int64": (BASE, labelled(lambda y: y.astype("int64"))),
    "labels in a column": (BASE, labelled(lambda y: y[:, np.newaxis])),
    "labels as a list": (BASE, labelled(lambda y: y.tolist())),
    "batches of 32, said": (BASE, fitted(batch_size=32)),
    "shuffled, said": (BASE, fitted(shuffle=True)),
    "asked for more epochs": (BASE, fitted(epochs=7, verbose=2)),
    "validated": (BASE, fitted(validation_data=last_rows)),
    "validated, a split ignored": (BASE, fitted(validation_data=last_rows, validation_split=0.5)),
    "validated on the images themselves": (BASE, fitted(validation_data=plain)),
    "a split of nothing": (BASE, fitted(validation_split=0.0)),
}

SHARED = NETWORKS | COMPILED | FITTED


def _together() -> dict[str, Pair]:
    """The pairs of SHARED, in fewer trainings, each named after the pairs that it stands for.

    How a network, its compilation and its images are written are independent of each other. So
    three spellings of the base are written into one call of fit: its weights are those of the base,
    bit for bit, only if all three are. Pairs that share another training than the base's stay.
    """
    kinds = [
        {name: other for name, (one, other) in pairs.items() if one is BASE}
        for pairs in (NETWORKS, COMPILED, FITTED)
    ]
    rows = max(map(len, kinds))
    columns = [[*kind] * -(-rows // len(kind)) for kind in kinds]
    together = {
        " + ".join(names): (BASE, _mixed(*(SHARED[name][1] for name in names)))
        for names in itertools.islice(zip(*columns, strict=False), rows)
    }
    return together | {name: pair for name, pair in SHARED.items() if pair[0] is not BASE}


def _mixed(network: Spelling, compiled: Spelling, fitted: Spelling) -> Spelling:
    """One spelling with the network of the first, the compilation of the second, and so on."""
    return Spelling(network.network, compiled.compiled, fitted.data, fitted.fit)


TOGETHER = _together()

# -- what is not shared -------------------------------------------------------------------------


def conv(*args: Any, **given: Any) -> Pair:
    defaults = {"activation": "relu"} | given
    return net(lambda: sequential(L.Conv2D(*(args or (2, 3)), **defaults), *layers()[1:]))


def last(**given: Any) -> Pair:
    return net(lambda: initialised(**given))


def compiled(**given: Callable[[], Any]) -> Pair:
    return BASE, how(**given)


def branched() -> Any:
    entry = keras.Input((28, 28, 1))
    conv, *rest = layers()
    out = conv(entry)
    out = L.Add()([out, out])
    for layer in rest:
        out = layer(out)
    return keras.Model(entry, out)


def frozen() -> Any:
    inner = layers()
    inner[0].trainable = False
    return sequential(*inner)


def first_rows(count: int, start: int = 0) -> Spelling:
    def data(raw: Any, labels: Any) -> Any:
        end = start + count
        return (raw[start:end, ..., np.newaxis] / 255).astype("float32"), labels[start:end]

    return Spelling(data=data)


def digits(from_logits: bool) -> Callable[[], dict[str, Any]]:
    return lambda: {"loss": C.SparseCategoricalCrossentropy(from_logits=from_logits)}


SGD = how(optimizer=lambda: "sgd")
SEVERAL = OPTIMIZERS.schedules.ExponentialDecay
DIFFERENT: dict[str, Pair] = {
    "more filters": conv(3, 3),
    "a larger kernel": conv(2, 5),
    "another activation": conv(activation="tanh"),
    "no activation": conv(activation=None),
    "another activation everywhere": net(lambda: sequential(*layers("gelu"))),
    "strides of 2": conv(strides=2),
    "padding": conv(padding="same"),
    "no bias": conv(use_bias=False),
    "another start": conv(kernel_initializer="he_normal"),
    "another start of the bias": conv(bias_initializer="ones"),
    "regularised": last(kernel_regularizer="l2"),
    "regularised, l1": (
        Spelling(lambda: initialised(kernel_regularizer="l2")),
        last(kernel_regularizer="l1")[1],
    ),
    "regularised activity": last(activity_regularizer="l2"),
    "constrained": last(kernel_constraint=keras.constraints.MaxNorm(0.5)),
    "average pooling": net(lambda: sequential(layers()[0], L.AveragePooling2D(2), *layers()[2:])),
    "pooling by 3": net(lambda: sequential(layers()[0], L.MaxPooling2D(3), *layers()[2:])),
    "pooled before the activation": net(
        lambda: sequential(
            L.Conv2D(2, 3), L.AveragePooling2D(2), L.Activation("relu"), *layers()[2:]
        )
    ),
    "another layer": net(lambda: with_layer(L.Dense(8, activation="relu"))),
    "dropout": net(dropped),
    "another rate of dropout": (Spelling(dropped), Spelling(lambda: with_layer(L.Dropout(0.2)))),
    "batch normalisation": net(lambda: with_layer(L.BatchNormalization(), at=1)),
    "a branch": net(branched),
    "a layer that does not learn": net(frozen),
    "scaled by a layer": net(lambda: with_layer(L.Rescaling(0.5), at=0)),
    "leaky": net(lambda: sequential(*activations_apart(lambda: L.LeakyReLU(0.1), L.Softmax))),
    "from logits": (
        Spelling(lambda: sequential(*layers(last="softplus")), digits(False)),
        Spelling(lambda: sequential(*layers(last="softplus")), digits(True)),
    ),
    "a class ignored": compiled(loss=lambda: C.SparseCategoricalCrossentropy(ignore_class=1)),
    "summed loss": compiled(loss=lambda: C.SparseCategoricalCrossentropy(reduction="sum")),
    "smoothed labels": (
        rows_of_labels(C.CategoricalCrossentropy),
        rows_of_labels(lambda: C.CategoricalCrossentropy(label_smoothing=0.1)),
    ),
    "another loss": (
        rows_of_labels(lambda: "mse"),
        rows_of_labels(lambda: "categorical_crossentropy"),
    ),
    "a loss weight": (
        how(optimizer=lambda: "sgd"),
        how(optimizer=lambda: "sgd", loss_weights=lambda: 0.5),
    ),
    "another learning rate": compiled(optimizer=lambda: OPTIMIZERS.Adam(0.002)),
    "another optimizer": compiled(optimizer=lambda: "sgd"),
    "another average": compiled(optimizer=lambda: OPTIMIZERS.Adam(beta_1=0.8)),
    "another epsilon": compiled(optimizer=lambda: OPTIMIZERS.Adam(epsilon=1e-3)),
    "weight decay": compiled(optimizer=lambda: OPTIMIZERS.Adam(weight_decay=0.1)),
    "momentum": (how(optimizer=lambda: "sgd"), how(optimizer=lambda: OPTIMIZERS.SGD(momentum=0.9))),
    "nesterov": (
        how(optimizer=lambda: OPTIMIZERS.SGD(momentum=0.9)),
        how(optimizer=lambda: OPTIMIZERS.SGD(momentum=0.9, nesterov=True)),
    ),
    "clipped": (how(optimizer=lambda: "sgd"), how(optimizer=lambda: OPTIMIZERS.SGD(clipnorm=0.01))),
    "a schedule": compiled(optimizer=lambda: OPTIMIZERS.Adam(SEVERAL(0.001, 1, 0.5))),
    "smaller batches": (BASE, fitted(batch_size=16)),
    "not shuffled": (BASE, fitted(shuffle=False)),
    "images held back": (BASE, fitted(validation_split=0.25)),
    "fewer images": (BASE, first_rows(ROWS - 4)),
    "other images": (BASE, first_rows(ROWS, 10)),
    "not scaled": (BASE, scaled(lambda x: x)),
    "divided by 256": (BASE, scaled(lambda x: x / 256)),
    "around 0": (BASE, scaled(lambda x: x / 127.5 - 1)),
    "another rounding": (BASE, scaled(lambda x: x.astype("float32") * np.float32(1 / 255))),
    "half precision": (BASE, scaled(lambda x: x.astype("float16") / np.float16(255))),
    "another seed": (BASE, Spelling(seed=1)),
    "a rate that a callback set": (BASE, Spelling(rate=0.01)),
}

# These train the same bits, and are kept apart: why.
APART: dict[str, tuple[Pair, str]] = {
    "held back or left out": (
        (fitted(validation_split=0.25), first_rows(48)),
        "whether a training was on all images is told by what fit was given",
    ),
    "the same start, described": (
        last(kernel_initializer=G.VarianceScaling(1.0, "fan_avg", "uniform")),
        "a description with other numbers would be another start",
    ),
    "L2 in two ways": (
        (
            Spelling(lambda: initialised(kernel_regularizer=keras.regularizers.L2(0.01))),
            Spelling(lambda: initialised(kernel_regularizer=keras.regularizers.L1L2(0.0, 0.01))),
        ),
        "adding an L1 of 0 is the same only where no weight is infinite",
    ),
    "flattened by Reshape": (
        net(lambda: sequential(*layers()[:2], L.Reshape((-1,)), *layers()[3:])),
        "two layers of Keras, which need not stay the same",
    ),
}
