"""Proxies of models: what a student's model is in its own kernel, it is in the examiner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest

from grader.checks import architecture
from grader.errors import ClaimFailed
from grader.examiner import model_proxies
from grader.notebook.judging.cell_runs import CellStatus
from tests import students
from tests.students import Student

pytestmark = [pytest.mark.xdist_group("models"), pytest.mark.kernel, pytest.mark.keras]

IMAGES = "numpy.random.default_rng(3).random((4, 8, 8, 1)).astype('float32')"
HEAD = "import keras, numpy\nfrom keras import layers as L\nentry = keras.Input((8, 8, 1))\n"
CONV = "L.Conv2D(2, 3, activation='relu')"
TAIL = "L.MaxPooling2D(), L.Flatten(), L.Dense(3, activation='softmax')"

# Models that are built anew: they give the student's own predictions.
BUILT = {
    "sequential": f"keras.Sequential([entry, {CONV}, {TAIL}])",
    "not_built": f"keras.Sequential([{CONV}, {TAIL}])",
    "built_by_a_call": f"keras.Sequential([{CONV}, {TAIL}])\nit(numpy.zeros((1, 8, 8, 1)))",
    "normalised": f"keras.Sequential([entry, {CONV}, L.BatchNormalization(), {TAIL}])",
    "nested": f"keras.Sequential([entry, keras.Sequential([{CONV}]), {TAIL}])",
    "shared_layer": (
        "None\nconv = L.Conv2D(1, 3, padding='same')\n"
        "x = L.Flatten()(L.MaxPooling2D()(conv(conv(entry))))\n"
        "it = keras.Model(entry, L.Dense(3, activation='softmax')(x))"
    ),
    "several_outputs": (
        f"None\nx = {CONV}(entry)\ny = L.MaxPooling2D()(x)\nit = keras.Model(entry, [x, y])"
    ),
    "bidirectional": (
        "keras.Sequential([entry, L.Reshape((8, 8)), L.Bidirectional(L.LSTM(3)), L.Dense(3)])"
    ),
    "tensorflows_softmax": (
        f"None\nimport tensorflow as tf\nit = tf.keras.Sequential([tf.keras.Input((8, 8, 1)), "
        f"{CONV}, L.MaxPooling2D(), L.Flatten(), L.Dense(3, activation=tf.nn.softmax)])"
    ),
    "compiled": (
        f"keras.Sequential([entry, {CONV}, {TAIL}])\n"
        "it.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])"
    ),
    "custom_metric": (
        f"keras.Sequential([entry, {CONV}, {TAIL}])\n"
        "def mine(y, p): return 1.0\n"
        "it.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy', mine])"
    ),
    "only_a_custom_metric": (
        f"keras.Sequential([entry, {CONV}, {TAIL}])\n"
        "def mine(y, p): return 1.0\nit.compile('adam', 'mse', metrics=[mine])"
    ),
    "separable": f"keras.Sequential([entry, L.SeparableConv2D(2, 3), {TAIL}])",
    "two_convolutions": f"keras.Sequential([entry, {CONV}, {CONV}, {TAIL}])",
    "in_a_wrapper": (
        "keras.Sequential([entry, L.Reshape((8, 8, 1)), L.TimeDistributed(L.Conv1D(2, 3)), "
        f"{CONV}, {TAIL}])"
    ),
}
# Models that are looked at: their parts are known, and they compute nothing here.
LOOKED_AT = {
    "lambda": f"keras.Sequential([entry, L.Lambda(lambda x: x + 1), {CONV}, {TAIL}])",
    "functional_lambda": (
        f"None\nx = {CONV}(entry)\nx = L.Lambda(lambda x: x + 1)(x)\nx = L.MaxPooling2D()(x)\n"
        "it = keras.Model(entry, L.Dense(3, activation='softmax')(L.Flatten()(x)))"
    ),
    "operation": (
        "None\nx = keras.ops.conv(entry, numpy.ones((3, 3, 1, 2), 'float32'))\n"
        "it = keras.Model(entry, L.Dense(3)(L.Flatten()(x)))"
    ),
    "custom_layer": (
        "None\nclass Mine(L.Layer):\n    def call(self, x): return x\n"
        f"it = keras.Sequential([entry, Mine(), {CONV}, {TAIL}])"
    ),
    "custom_layer_that_holds_one": (
        f"None\nclass Mine(L.Layer):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.inner = {CONV}\n    def call(self, x): return self.inner(x)\n"
        f"it = keras.Sequential([entry, Mine(), {TAIL}])"
    ),
    "subclassed": (
        "None\nclass Mine(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.all = [{CONV}, {TAIL}]\n    def call(self, x):\n"
        "        for one in self.all: x = one(x)\n        return x\n"
        "it = Mine()\nit.compile('adam', 'mse', metrics=['accuracy'])"
    ),
    "nested_subclass": (
        "None\nclass Mine(keras.Model):\n    def call(self, x): return keras.ops.relu(x)\n"
        f"it = keras.Sequential([entry, {CONV}, Mine(), {TAIL}])"
    ),
    "nested_lambda": (
        f"keras.Sequential([entry, keras.Sequential([{CONV}, L.Lambda(lambda x: x)]), {TAIL}])"
    ),
    "lambda_and_wrapper": (
        "keras.Sequential([entry, L.TimeDistributed(L.Conv1D(2, 3)), "
        f"L.Lambda(lambda x: x), {CONV}, {TAIL}])"
    ),
    "subclassed_sequential": (
        f"None\nclass Mine(keras.Sequential):\n    pass\nit = Mine([entry, {CONV}, {TAIL}])"
    ),
    "convolution_with_its_own_activation": (
        "None\ndef mine(x): return keras.ops.relu(x)\n"
        f"it = keras.Sequential([entry, L.Conv2D(2, 3, activation=mine), {TAIL}])"
    ),
    "convolution_with_a_lambda": (
        f"keras.Sequential([entry, L.Conv2D(2, 3, activation=lambda x: x), {TAIL}])"
    ),
    "activation_lambda": (
        f"keras.Sequential([entry, {CONV}, L.Dense(3, activation=lambda x: x), {TAIL}])"
    ),
}
LAYERS = [
    ("Conv2D", {"filters": 2, "kernel_size": (3, 3), "activation": "relu"}),
    ("MaxPooling2D", {"pool_size": (2, 2)}),
    ("Flatten", {}),
    ("Dense", {"units": 3, "activation": "softmax"}),
]
CHECKS: dict[str, Callable[[Any], None]] = {
    "one_convolution": lambda it: architecture.expect_count(it, "Conv2D", 1),
    "one_max_pooling": lambda it: architecture.expect_count(it, "MaxPooling2D", 1),
    "no_dropout": lambda it: architecture.expect_count(it, "Dropout", 0),
    "nothing_else": architecture.nothing_else_convolves,
    "layers": lambda it: architecture.expect_layers(it, LAYERS),
    "same": lambda it: architecture.expect_same_layers(it, it),
}
# The same in the student's own kernel, as an ordinary notebook would run them.
THERE = (
    "from grader.checks import architecture\nfrom grader.errors import ClaimFailed\n"
    f"LAYERS = {LAYERS!r}\n"
    "checks = dict(one_convolution=lambda it: architecture.expect_count(it, 'Conv2D', 1),\n"
    "    one_max_pooling=lambda it: architecture.expect_count(it, 'MaxPooling2D', 1),\n"
    "    no_dropout=lambda it: architecture.expect_count(it, 'Dropout', 0),\n"
    "    nothing_else=architecture.nothing_else_convolves,\n"
    "    layers=lambda it: architecture.expect_layers(it, LAYERS),\n"
    "    same=lambda it: architecture.expect_same_layers(it, it))\n"
    "said = {}\nfor name, check in checks.items():\n    said[name] = ''\n"
    "    try:\n        check(it)\n    except ClaimFailed as failed:\n"
    "        said[name] = str(failed)\n"
)


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    with students.started(tmp_path_factory.mktemp("k")) as student:
        yield student


def proxied(student: Student, source: str) -> Any:
    """The proxy of the model that ``source`` makes."""
    return student.has(f"{HEAD}it = {source}")


def said(student: Student) -> dict[str, str]:
    """What the checks say in the student's own kernel."""
    run = student.write(THERE)
    assert run.status is CellStatus.DONE, run.description
    found: dict[str, str] = student.look("said")
    return found


def say(check: Callable[[Any], None], model: Any) -> str:
    try:
        check(model)
    except ClaimFailed as failed:
        return str(failed)
    return ""


@pytest.mark.filterwarnings("ignore:.*has never been called:UserWarning")
@pytest.mark.parametrize("name", [*BUILT, *LOOKED_AT])
def test_checks_of_the_architecture_say_the_same_on_both_sides(student: Student, name: str) -> None:
    it = proxied(student, (BUILT | LOOKED_AT)[name])
    there = said(student)
    here = {check: say(CHECKS[check], it) for check in CHECKS}
    assert {check: not text for check, text in here.items()} == {
        check: not text for check, text in there.items()
    }, (here, there)


@pytest.mark.parametrize("name", [one for one in BUILT if one != "not_built"])
def test_a_built_model_predicts_what_the_students_does(student: Student, name: str) -> None:
    it = proxied(student, BUILT[name])
    student.write(f"images = {IMAGES}\nanswer = it.predict(images, verbose=0)")
    images, answer = student.look("images"), student.look("answer")
    mine = it.predict(images, verbose=0)
    for one, other in zip(
        *(x if isinstance(x, list) else [x] for x in (mine, answer)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_model_that_is_looked_at_says_why_it_is_not_asked(student: Student, name: str) -> None:
    it = proxied(student, LOOKED_AT[name])
    for ask in (it.predict, it):
        with pytest.raises(ClaimFailed, match="cannot be asked") as failed:
            ask(np.zeros((1, 8, 8, 1), "float32"))
        assert "Build it with keras.Sequential or keras.Model(inputs, outputs)" in str(failed.value)


def test_a_proxy_goes_back_as_the_students_own(student: Student) -> None:
    student.write(
        HEAD + "it = keras.Sequential([entry, L.Flatten()])\nsame = lambda one: one is it"
    )
    space = student.proxies().look(["it", "same"])
    assert space["same"](space["it"]) is True


def test_weights_that_a_test_sets_are_those_of_the_students_model(student: Student) -> None:
    student.write(
        HEAD + "it = keras.Sequential([keras.Input((3,)), L.Dense(2)])\n"
        "def total(model): return float(sum(weight.sum() for weight in it.get_weights()))"
    )
    space = student.proxies().look(["it", "total"])
    it, total = space["it"], space["total"]
    before = sum(weight.sum() for weight in it.get_weights())
    assert total(it) == pytest.approx(before, rel=1e-4)
    it.set_weights([np.full((3, 2), 2.0), np.ones(2)])
    assert total(it) == total(it) == 14


def test_a_model_of_the_examiners_is_built_for_the_student(student: Student) -> None:
    student.write(f"{HEAD}def it(model, x):\n    return model(x), model")
    mine = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    x = np.ones((4, 3), "float32")
    answer, theirs = student.look("it")(mine, x)
    np.testing.assert_allclose(answer, mine(x), rtol=1e-5)
    np.testing.assert_allclose(theirs(x), mine(x), rtol=1e-5)


def test_a_custom_metric_is_still_told(student: Student) -> None:
    it = proxied(student, BUILT["only_a_custom_metric"])
    assert it.compiled
    (metric,) = it.get_compile_config()["metrics"]
    assert metric["config"] == "mine"


def model_text(*layers: Any) -> str:
    text: str = keras.Sequential([keras.Input((3,)), *layers]).to_json()
    return text


def test_weights_that_do_not_fit_are_refused() -> None:
    text = model_text(keras.layers.Dense(2))
    right = [np.ones((3, 2), "float32"), np.ones(2, "float32")]
    found = {"type": "Sequential", "description": text, "parts": []}
    assert model_proxies.build(found, right).get_weights()[0].tolist() == right[0].tolist()
    for wrong in (None, 3, [], right[:1], [3, 4], [right[1], right[0]], [w + 0j for w in right]):
        with pytest.raises(ClaimFailed, match="cannot be asked: its weights"):
            model_proxies.build(found, wrong).predict(np.ones((1, 3)))


@pytest.mark.parametrize(
    "found",
    [
        {"type": 3},
        {"type": "A", "parts": None},
        {"type": "A", "parts": [3]},
        {"type": "A", "parts": [{}]},
        {"type": "A", "parts": [{"type": "B", "name": "b", "parts": 3}]},
        {"type": "A", "parts": [{"type": "B", "name": 3, "parts": []}]},
        {"type": "A", "parts": [{"type": "B", "name": "b", "parts": []}] * 1001},
        {"type": "A", "parts": [], "description": 3},
    ],
)
def test_what_is_no_model_is_refused_in_words(found: dict[str, Any]) -> None:
    with pytest.raises(ClaimFailed, match=r"Build it from Keras layers|Make it smaller"):
        model_proxies.build(found, [])


def test_odd_names_and_configurations_make_stand_ins() -> None:
    part = {"type": "<b>", "name": "a/b", "layer": True, "config": "{", "parts": [], "own": False}
    deep: dict[str, Any] = dict(part)
    for _ in range(30):
        deep = {"type": "Sequential", "name": "s", "model": True, "parts": [deep], "own": False}
    it = model_proxies.build(
        {"type": "A b", "parts": [part, deep], "compiled": "[" * 100_000}, None
    )
    assert [type(one).__name__ for one in architecture.layers(it)] == ["Unknown", "Unknown"]
    assert it.compiled
    assert it.get_compile_config() == {}


def test_a_part_that_would_fill_the_memory_is_not_built() -> None:
    config = {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"units": 10**9},
        "build_config": {"input_shape": [None, 10**6]},
    }
    part = {"type": "Dense", "name": "d", "layer": True, "config": json.dumps(config), "parts": []}
    (layer,) = architecture.layers(model_proxies.build({"type": "A", "parts": [part]}, None))
    assert type(layer).__module__ == model_proxies.__name__


@pytest.mark.parametrize("recorded", [None, 3, [], [{}], [[], [], []], [{}, {}, {}], [1, [], 2, 3]])
def test_a_history_that_is_none_is_refused(recorded: Any) -> None:
    with pytest.raises(ClaimFailed, match="history"):
        model_proxies.history(recorded)
