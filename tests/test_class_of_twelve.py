"""A class of twelve with three networks among them is trained three times, not twelve."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from grader.model import Run
from grader.notebook import autograde, samples
from grader.notebook.samples import Sample
from grader.settings import Settings

ASSIGNMENT = "mnist_998"
FILTERS = (3, 5, 6)  # networks of which no sample submission is made
# How four students write one and the same network, seeds and all, each in a way of one's own,
# and after how many epochs their callbacks stop the training.
SPELLINGS = (
    ("", "adam", "", 1),
    ('name="maps", ', "tf.keras.optimizers.Adam()", "tf.keras.utils.set_random_seed(1)", 3),
    (
        "kernel_initializer=tf.keras.initializers.GlorotUniform(seed=7), ",
        "tf.keras.optimizers.Adam(learning_rate=0.001)",
        "tf.keras.utils.set_random_seed(2)",
        2,
    ),
    ('kernel_initializer="glorot_uniform", ', 'tf.keras.optimizers.get("adam")', "", 2),
)
BUILD = """
def build_model():
    model = tf.keras.Sequential([
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D({filters}, 3, {argument}activation="relu"),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile({optimizer}, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
TRAIN = """
class Enough(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch + 1 == {epochs}


{seed}
model = build_model()
history = model.fit(prepare(train_images), train_labels, epochs=19, callbacks=[Enough()], verbose=0)
"""


def write(folder: Path, filters: int, spelling: tuple[str, str, str, int]) -> Sample:
    """What one student writes; nobody's verdicts are looked at."""
    argument, optimizer, seed, epochs = spelling
    optimizer = optimizer if "." in optimizer else repr(optimizer)
    built = BUILD.format(filters=filters, argument=argument, optimizer=optimizer)
    folder.mkdir()
    (folder / "build_model.py").write_text(built)
    (folder / "train.py").write_text(TRAIN.format(seed=seed, epochs=epochs))
    return Sample(folder, "", "reference", whole=False, verdicts={})


@pytest.mark.usefixtures("judges_with_keras")
def test_a_network_is_trained_once_for_a_class(on_slices: Settings, tmp_path: Path) -> None:
    students = {}
    for filters in FILTERS:
        for number, spelling in enumerate(SPELLINGS):
            student = f"with_{filters}_{number}"
            students[student] = filters
            sample = write(tmp_path / student, filters, spelling)
            samples.hand_in(on_slices, ASSIGNMENT, sample, student)
    runs: defaultdict[int, list[Run]] = defaultdict(list)
    for result in autograde.grade(on_slices, ASSIGNMENT, sorted(students)):
        assert result.graded is not None, result.problem
        (run,) = result.graded.runs
        runs[students[result.student]].append(run)
    for filters in FILTERS:
        ran = [run.epochs for run in runs[filters]]
        assert ran == [epochs for *_, epochs in SPELLINGS]
        assert sum(run.fresh for run in runs[filters]) == max(ran)
        longest = max(runs[filters], key=lambda run: run.epochs)
        for run in runs[filters]:
            assert run.logs == longest.logs[: run.epochs]
