"""The ways in which students write the solution cells of ``mnist_998``.

FILTERS and UNITS are replaced by a network's numbers, OPTIMIZER and OPTIMIZER_NAME by its
optimizer's. All of ``BUILDS`` describe one network, all of ``PREPARES`` give the same numbers, all
of ``TRAININGS`` go through the same images in the same batches: a grader that trains each
computation once trains a network once.
"""

from __future__ import annotations

_COMPILE = "    model.compile({})\n    return model\n"
_STRINGS = '"OPTIMIZER_NAME", "sparse_categorical_crossentropy", metrics=["accuracy"]'
_KEYWORDS = (
    'optimizer="OPTIMIZER_NAME", loss="sparse_categorical_crossentropy", metrics=["accuracy"]'
)
_OBJECTS = (
    "tf.keras.optimizers.OPTIMIZER(), tf.keras.losses.SparseCategoricalCrossentropy(), "
    'metrics=["accuracy"]'
)
_EXPLICIT = (
    "optimizer=tf.keras.optimizers.OPTIMIZER(learning_rate=0.001), "
    'loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=False), metrics=["accuracy"]'
)
_ACC = 'optimizer="OPTIMIZER_NAME", loss="sparse_categorical_crossentropy", metrics=["acc"]'

_GET = (
    'tf.keras.optimizers.get("OPTIMIZER_NAME"), "sparse_categorical_crossentropy", '
    'metrics=["accuracy"]'
)


def _build(body: str, compiled: str) -> str:
    return "def build_model():\n" + body + _COMPILE.format(compiled)


BUILDS = (
    _build(
        """\
    model = tf.keras.Sequential([
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(FILTERS, 3, activation="relu"),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(UNITS, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
""",
        _STRINGS,
    ),
    _build(
        """\
    model = tf.keras.Sequential()
    model.add(tf.keras.Input(shape=(28, 28, 1)))
    model.add(tf.keras.layers.Conv2D(FILTERS, (3, 3), activation="relu"))
    model.add(tf.keras.layers.MaxPooling2D((2, 2)))
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(UNITS, activation="relu"))
    model.add(tf.keras.layers.Dense(10, activation="softmax"))
""",
        _KEYWORDS,
    ),
    _build(
        """\
    inputs = tf.keras.Input(shape=(28, 28, 1))
    x = tf.keras.layers.Conv2D(FILTERS, 3, activation="relu")(inputs)
    x = tf.keras.layers.MaxPooling2D(2)(x)
    x = tf.keras.layers.Flatten()(x)
    x = tf.keras.layers.Dense(UNITS, activation="relu")(x)
    outputs = tf.keras.layers.Dense(10, activation="softmax")(x)
    model = tf.keras.Model(inputs, outputs)
""",
        _STRINGS,
    ),
    _build(
        """\
    model = tf.keras.Sequential([
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(FILTERS, 3),
        tf.keras.layers.Activation("relu"),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(UNITS),
        tf.keras.layers.Activation("relu"),
        tf.keras.layers.Dense(10),
        tf.keras.layers.Activation("softmax"),
    ])
""",
        _OBJECTS,
    ),
    _build(
        """\
    inputs = tf.keras.layers.Input((28, 28, 1), name="digit")
    maps = tf.keras.layers.Conv2D(FILTERS, 3, activation=tf.nn.relu, name="maps")(inputs)
    pooled = tf.keras.layers.MaxPool2D(2, name="pooled")(maps)
    flat = tf.keras.layers.Flatten(name="flat")(pooled)
    hidden = tf.keras.layers.Dense(UNITS, activation=tf.nn.relu, name="hidden")(flat)
    digit = tf.keras.layers.Dense(10, activation=tf.nn.softmax, name="probabilities")(hidden)
    model = tf.keras.Model(inputs=inputs, outputs=digit, name="reader")
""",
        _EXPLICIT,
    ),
    _build(
        """\
    layers = tf.keras.layers
    model = tf.keras.Sequential(name="my_network", layers=[
        layers.Input((28, 28, 1)),
        layers.Conv2D(FILTERS, kernel_size=3, activation="relu", name="first"),
        layers.MaxPooling2D(pool_size=2, name="second"),
        layers.Flatten(name="third"),
        layers.Dense(units=UNITS, activation="relu", name="fourth"),
        layers.Dense(units=10, activation="softmax", name="fifth"),
    ])
""",
        _OBJECTS,
    ),
    _build(
        """\
    eyes = tf.keras.Sequential([
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(FILTERS, 3, activation="relu"),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
    ])
    model = tf.keras.Sequential([
        eyes,
        tf.keras.layers.Dense(UNITS, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
""",
        _KEYWORDS,
    ),
    _build(
        """\
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(FILTERS, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(UNITS, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax')
    ])
""",
        _ACC,
    ),
    _build(
        """\
    model = tf.keras.Sequential([
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(FILTERS, (3, 3), strides=(1, 1), padding="valid", use_bias=True,
                               kernel_initializer="glorot_uniform", activation="relu"),
        tf.keras.layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2), padding="valid"),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(UNITS, activation="relu", bias_initializer="zeros"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
""",
        _EXPLICIT,
    ),
    _build(
        """\
    chain = [
        tf.keras.layers.Conv2D(FILTERS, 3),
        tf.keras.layers.ReLU(),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(UNITS),
        tf.keras.layers.ReLU(),
        tf.keras.layers.Dense(10),
        tf.keras.layers.Softmax(),
    ]
    x = inputs = tf.keras.Input((28, 28, 1))
    for layer in chain:
        x = layer(x)
    model = tf.keras.Model(inputs, x)
""",
        _STRINGS,
    ),
    _build(
        """\
    model = tf.keras.Sequential([tf.keras.Input((28, 28, 1))])
    for layer in (
        tf.keras.layers.Convolution2D(FILTERS, 3, activation=tf.keras.activations.relu),
        tf.keras.layers.MaxPool2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(UNITS, activation=tf.keras.activations.relu),
        tf.keras.layers.Dense(10, activation=tf.keras.activations.softmax),
    ):
        model.add(layer)
""",
        _ACC,
    ),
    _build(
        """\
    seed = tf.keras.initializers.GlorotUniform(seed=7)
    inputs = tf.keras.Input((28, 28, 1))
    x = tf.keras.layers.Conv2D(FILTERS, 3, kernel_initializer=seed, activation="relu")(inputs)
    x = tf.keras.layers.MaxPooling2D(2)(x)
    x = tf.keras.layers.Flatten()(x)
    x = tf.keras.layers.Dense(UNITS, "relu")(x)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(10, "softmax")(x))
""",
        _GET,
    ),
)

PREPARES = tuple(
    f"def prepare(images):\n    return {value}\n"
    for value in (
        'images.reshape(-1, 28, 28, 1).astype("float32") / 255',
        "images[..., np.newaxis] / 255.0",
        'np.expand_dims(images, -1).astype("float32") / 255.0',
        "np.array(images, dtype=float).reshape(len(images), 28, 28, 1) / 255",
        "np.float32(images)[:, :, :, None] / np.float32(255)",
        "np.divide(images.reshape(images.shape + (1,)), 255.0)",
    )
)

TRAININGS = (
    """\
model = build_model()
history = model.fit(
    prepare(train_images),
    train_labels,
    batch_size=32,
    epochs=19,
    verbose=2,
    callbacks=[StopAtTarget()],
)
""",
    """\
x_train = prepare(train_images)
model = build_model()
history = model.fit(x_train, train_labels, epochs=19, callbacks=[StopAtTarget()], verbose=0)
""",
    """\
model = build_model()
history = model.fit(
    prepare(train_images),
    train_labels,
    epochs=19,
    validation_data=(prepare(test_images), test_labels),
    callbacks=[StopAtTarget()],
    verbose=2,
)
""",
    """\
tf.keras.utils.set_random_seed(42)
stop = StopAtTarget()
model = build_model()
x, y = prepare(train_images), train_labels
history = model.fit(x=x, y=y, shuffle=True, epochs=19, callbacks=[stop])
""",
)

_CALLBACK = """\
class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
"""
_SAY = """\
            print("\\nReached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
"""


def _callback(body: str) -> str:
    return _CALLBACK + body


def _stops_if(condition: str) -> str:
    accuracy = '        accuracy = logs.get("accuracy", logs.get("acc"))\n'
    return _callback(f"{accuracy}        if {condition}:\n{_SAY}")


CALLBACKS = (
    _stops_if("accuracy > 0.998"),
    _callback(f"""\
        name = "acc" if "acc" in logs else "accuracy"
        if logs[name] > 0.998:
{_SAY}"""),
    _callback("""\
        accuracy = (logs or {}).get("accuracy") or (logs or {}).get("acc") or 0
        if accuracy > 0.998:
            self.model.stop_training = True
            print(f"After {epoch + 1} epochs: Reached 99.8% accuracy so cancelling training!")
"""),
    _stops_if("accuracy is not None and accuracy > 0.998"),
    _callback("""\
        for name in ("accuracy", "acc"):
            if logs.get(name, 0) > 0.998:
                print("Reached 99.8% accuracy so cancelling training!")
                self.model.stop_training = True
"""),
)
"""Callbacks that do what the exercise asks for."""

WILFUL = (
    *CALLBACKS,
    *(_stops_if(f"accuracy > {target}") for target in (0.95, 0.97, 0.99, 0.995)),
    *(_stops_if(f"accuracy > 0.998 or epoch == {epoch}") for epoch in (1, 2, 4)),
)
"""Twelve callbacks that stop where they like."""
