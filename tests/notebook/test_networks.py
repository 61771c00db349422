from __future__ import annotations

import dataclasses

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import settings as course_settings
from grader.errors import CourseError
from grader.model import Outcome
from grader.notebook import autograde, networks
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.judging import class_referee, judge_process, warm_kernels
from grader.notebook.networks import uses_networks
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "source",
    [
        "import keras",
        "import tensorflow.keras as k",
        "from tensorflow import keras",
        "from keras.layers import Dense",
        "model = tf.keras.Sequential()",
        "history = model.fit(x, y)",
        "train = partial(build().fit, x, y)",
        "%matplotlib inline\nimport keras",
        "!ls\nmodel.fit(x)",
        "from sklearn.svm import SVC\nimport keras\nmodel.fit(x, y)",
    ],
)
def test_a_notebook_uses_networks(source: str) -> None:
    assert uses_networks(new_notebook(cells=[new_code_cell("x = 1"), new_code_cell(source)]))


@pytest.mark.parametrize(
    "source",
    [
        "import tensorflow as tf\ny = tf.nn.conv2d(x, f, 1, 'SAME')",
        "# model.fit is for later, with keras\nx = 'keras'",
        "fitted = fit(x)\nbenefit = x.fitted",
        "from sklearn.svm import SVC\nmodel = SVC().fit(x, y)",
        "%time import sklearn\nmodel.fit(x, y)",
        "def f(",
        "",
    ],
)
def test_a_notebook_does_without_networks(source: str) -> None:
    cells = [new_markdown_cell("Call `model.fit` of keras."), new_code_cell(source)]
    assert not uses_networks(new_notebook(cells=cells))


@pytest.mark.parametrize(
    ("name", "uses"),
    [("cnn_exploration", True), ("convolution_from_scratch", False), ("mnist_998", True)],
)
def test_the_courses_exercises(name: str, uses: bool) -> None:
    assert load_assignment(course_settings.load(ROOT), name).uses_networks is uses


def test_a_notebook_is_looked_at_once_for_all_its_claims(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    monkeypatch.setattr(networks, "uses_networks", looked.append)
    assignment = load_assignment(tiny_course, "sums")
    assert [assignment.uses_networks for _ in assignment.claims] == [None] * 3
    assert looked == [assignment.source]


def test_without_networks_no_referee_starts_and_keras_is_not_imported(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    preloaded: list[list[str]] = []

    def start_server(modules: list[str]) -> None:
        preloaded.append(modules)
        raise CourseError("this is all that is asked")

    def no_address(_: Settings) -> str:
        raise AssertionError("a referee was started")

    monkeypatch.setattr(judge_process, "_start_server", start_server)
    monkeypatch.setattr(class_referee, "address", no_address)
    monkeypatch.setattr(warm_kernels, "address", lambda *_: "")
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    (result,) = autograde.grade(tiny_course, "sums")
    assert "all that is asked" in result.problem
    assert preloaded == [[judge_process.PRELOADED]]


TRAIN = """\
import keras
(images, labels), _ = keras.datasets.mnist.load_data()
def build():
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential(layers)
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
history = build().fit(images / 255.0, labels, epochs=3, verbose=0)
def add(a, b):
    return a + b"""


@pytest.mark.usefixtures("judges_with_keras")
def test_a_bare_assertion_on_a_history_is_judged_with_a_referee(
    tiny_course: Settings, on_slices: Settings
) -> None:
    path = source_path(tiny_course, "sums")
    source = nbformat.read(path, as_version=4)
    for cell in source.cells:
        if cell.id == "add":
            cell.source = f"### BEGIN SOLUTION\n{TRAIN}\n### END SOLUTION"
        if cell.id == "adds":
            cell.source += "\nassert len(history.epoch) == 3"
    nbformat.write(source, path)
    course = dataclasses.replace(tiny_course, data=on_slices.data, referee=on_slices.referee)
    limits = {"sums": on_slices.limits("mnist_998")}
    course = dataclasses.replace(course, limits_of=limits, warm_imports=on_slices.warm_imports)
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD | {"add": TRAIN}))
    (result,) = autograde.grade(course, "sums")
    assert result.graded is not None, result.problem
    assert {verdict.outcome for verdict in result.graded.verdicts} == {Outcome.PASSED}, result
    assert [run.epochs for run in result.graded.runs] == [3]
