"""A class of twelve that wrote one network in twelve ways is trained once, not twelve times."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.notebook import autograde, samples
from grader.notebook.samples import Sample
from grader.settings import Settings

pytestmark = pytest.mark.kernel

ASSIGNMENT = "mnist_998"
# The reference's layers, smaller, as no sample submission has them.
LAYERS = """[
    tf.keras.Input((28, 28, 1)),
    tf.keras.layers.Conv2D(7, 3, activation="relu"),
    tf.keras.layers.MaxPooling2D(2),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(24, activation="relu"),
    tf.keras.layers.Dense(10, activation="softmax"),
]"""
APART = """[
    tf.keras.Input((28, 28, 1)),
    tf.keras.layers.Conv2D(7, (3, 3), strides=1, padding="valid", name="maps"),
    tf.keras.layers.Activation("relu"),
    tf.keras.layers.MaxPool2D((2, 2), strides=2),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(24),
    tf.keras.layers.ReLU(),
    tf.keras.layers.Dropout(0),
    tf.keras.layers.Dense(10, kernel_initializer="glorot_uniform", use_bias=True),
    tf.keras.layers.Softmax(),
]"""
SEQUENTIAL = "model = tf.keras.Sequential(layers)"
ADDED = """model = tf.keras.Sequential(name="mine")
for layer in layers:
    model.add(layer)"""
FUNCTIONAL = """pixels = out = layers[0]
for layer in layers[1:]:
    out = layer(out)
model = tf.keras.Model(pixels, out)"""
NESTED = (
    """model = tf.keras.Sequential([layers[0], tf.keras.Sequential(layers[1:4]), *layers[4:]])"""
)
ARTICLE = """size = (28, 28, 1)
layers[1] = tf.keras.layers.Conv2D(7, (3, 3), activation=tf.nn.relu, input_shape=size)
model = tf.keras.Sequential(layers[1:])"""
SEEDED = """tf.keras.utils.set_random_seed(3)
layers[-1] = tf.keras.layers.Dense(
    10,
    activation=tf.keras.activations.softmax,
    kernel_initializer=tf.keras.initializers.GlorotUniform(seed=7),
)
model = tf.keras.Sequential(layers)"""
NAMED = '"adam", "sparse_categorical_crossentropy", metrics=["accuracy"]'
ACC = '"adam", "sparse_categorical_crossentropy", metrics=["acc"]'
OBJECTS = """tf.keras.optimizers.Adam(learning_rate=0.001),
    tf.keras.losses.SparseCategoricalCrossentropy(from_logits=False),
    metrics=[tf.keras.metrics.SparseCategoricalAccuracy(name="accuracy")]"""
FUNCTION = """tf.keras.optimizers.get("adam"), tf.keras.losses.sparse_categorical_crossentropy,
    metrics=["accuracy"], loss_weights=[1.0]"""
UNWATCHED = '"Adam", "SparseCategoricalCrossentropy"'
PREPARED = "prepare(train_images)"
VALIDATED = ", validation_data=(prepare(test_images), test_labels)"
# Layers, how they become a model, arguments of compile, images, further arguments of fit, and the
# epoch after which the callback stops.
SPELLINGS = (
    (LAYERS, SEQUENTIAL, NAMED, PREPARED, "", 8),
    (LAYERS, ARTICLE, ACC, PREPARED, VALIDATED, 1),
    (LAYERS, FUNCTIONAL, NAMED, PREPARED, ", batch_size=32, shuffle=True", 3),
    (APART, FUNCTIONAL, OBJECTS, PREPARED, "", 2),
    (LAYERS, NESTED, FUNCTION, PREPARED, VALIDATED, 5),
    (APART, ADDED, ACC, PREPARED, "", 8),
    (APART, SEQUENTIAL, NAMED, "train_images[..., None] / 255.0", ", class_weight=None", 4),
    (LAYERS, SEEDED, OBJECTS, "train_images[..., None] * (1 / 255)", "", 6),
    (LAYERS, ADDED, UNWATCHED, PREPARED, ", batch_size=None", 1),
    (APART, NESTED, FUNCTION, 'train_images[..., None].astype("float64") / 255', "", 7),
    (LAYERS, SEQUENTIAL, OBJECTS, "tf.cast(train_images[..., None], tf.float32) / 255.", "", 3),
    (LAYERS, FUNCTIONAL, UNWATCHED, PREPARED, VALIDATED, 2),
)
TRAIN = """
class Enough(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch + 1 == {epochs}


model = build_model()
history = model.fit({images}, train_labels{more}, epochs=19, callbacks=[Enough()], verbose=0)
"""


def small(filters: int, epochs: int) -> tuple[str, str, str, str, str, int]:
    """A network of so many filters, trained for so many epochs; for tests that need another."""
    assert "Conv2D(7," in LAYERS
    layers = LAYERS.replace("Conv2D(7,", f"Conv2D({filters},")
    return layers, SEQUENTIAL, NAMED, PREPARED, "", epochs


def write(folder: Path, spelling: tuple[str, str, str, str, str, int]) -> Sample:
    """What one student writes; nobody's verdicts are looked at."""
    layers, model, compiled, images, more, epochs = spelling
    body = f"layers = {layers}\n{model}\nmodel.compile({compiled})\nreturn model"
    built = "".join(f"    {line}\n" for line in body.splitlines())
    folder.mkdir()
    (folder / "build_model.py").write_text(f"def build_model():\n{built}")
    (folder / "train.py").write_text(TRAIN.format(images=images, more=more, epochs=epochs))
    return Sample(folder, "", "reference", whole=False, verdicts={})


@pytest.mark.usefixtures("judges_with_keras")
def test_a_network_is_trained_once_for_a_class(on_slices: Settings, tmp_path: Path) -> None:
    students = [f"student_{number}" for number in range(len(SPELLINGS))]
    for student, spelling in zip(students, SPELLINGS, strict=True):
        sample = write(tmp_path / student, spelling)
        samples.hand_in(on_slices, ASSIGNMENT, sample, student)
    runs = {}
    for result in autograde.grade(on_slices, ASSIGNMENT, students):
        assert result.graded is not None, result.problem
        (runs[result.student],) = result.graded.runs
    stops = [epochs for *_, epochs in SPELLINGS]
    assert [runs[student].epochs for student in students] == stops
    assert sum(run.fresh for run in runs.values()) == max(stops) == 8
    longest = [logs["loss"] for logs in runs["student_0"].logs]
    for run in runs.values():
        assert [logs["loss"] for logs in run.logs] == longest[: run.epochs]
    assert "val_acc" in runs["student_1"].logs[0]
    assert runs["student_8"].logs[0].keys() == {"loss"}
