"""``fit`` in a real sandbox, carried out by a fake referee: what students see, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.checks.protocols import CallbackProxy, capability
from grader.checks.training import trained
from grader.errors import ClaimFailed
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.notebook.judging.cell_runs import CellStatus
from grader.notebook.judging.class_referee import Digests
from tests import students
from tests.notebook.judging.fits import done, refused
from tests.referee.fake import FakeReferee
from tests.students import Student

pytestmark = [
    pytest.mark.xdist_group("fitting"),
    pytest.mark.kernel,
    pytest.mark.keras,
    pytest.mark.training,
]


SETUP = """
import keras, numpy as np, tensorflow as tf, time
callbacks = keras.callbacks
(x, y), (a, b) = keras.datasets.mnist.load_data()
def build(*more, metrics=("accuracy",), **compiled):
    last = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *more, last])
    compiled = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"} | compiled
    model.compile(metrics=list(metrics), **compiled)
    return model
model = build()
"""


def callback(student: Student, name: str) -> CallbackProxy:
    """What a check may ask the examiner about a class of the student's."""
    offered = capability(student.look(name), CallbackProxy)
    assert offered is not None
    return offered


@pytest.fixture(scope="module")
def shared(
    referee: FakeReferee, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Student]:
    trainings = Trainings(referee, "ada", Budget(epochs=8, trainings=1000), Digests(data))
    with students.sandboxed(tmp_path_factory.mktemp("work"), data, trainings) as student:
        assert student.write(SETUP).status is CellStatus.DONE
        yield student


@pytest.fixture
def student(shared: Student, referee: FakeReferee) -> Student:
    """The module's kernel with a fresh model, whose referee has trained nothing yet."""
    referee.__init__()  # type: ignore[misc]
    shared.trainings.forget()
    shared.trainings._refusals, shared.trainings._fault = [], ""
    assert shared.write("model = build()").status is CellStatus.DONE
    return shared


def test_fit_looks_like_keras_own(student: Student) -> None:
    printed = done(
        student,
        "import inspect\nprint(list(inspect.signature(model.fit).parameters)[:5])\n"
        "print(inspect.getdoc(keras.Model.fit)[:30])",
    )
    assert "['x', 'y', 'batch_size', 'epochs', 'verbose']" in printed
    assert "Trains the model for a fixed" in printed


def test_a_training_is_carried_out_and_told_as_keras_tells_it(
    student: Student, referee: FakeReferee
) -> None:
    printed = done(
        student,
        "history = model.fit(x / 255, y, epochs=3, batch_size=50)\n"
        "print(history.history, history.epoch, history.params, model.history is history)\n"
        "print(int(model.optimizer.iterations.numpy()), model.predict(a[:2], verbose=0).shape)",
    )
    assert "Epoch 3/3" in printed
    assert "48/48" in printed
    assert "'accuracy': [0.5, 0.75, 0.875]" in printed
    assert "[0, 1, 2] {'verbose': 'auto', 'epochs': 3, 'steps': 48} True" in printed
    assert "144 (2, 10)" in printed
    recipe = referee.steps[-1]
    assert [step.epochs for step in referee.steps] == [1, 2, 3]
    assert (recipe.fits[0].batch_size, recipe.fits[0].images.divisor) == (50, 255.0)
    run = trained(student.look("model"))
    assert (run.fits, run.asked, run.stopped, run.whole, run.fresh) == ((3,), 3, False, True, 3)
    assert [logs["accuracy"] for logs in run.logs] == [0.5, 0.75, 0.875]
    assert (run.train_accuracy, run.test_accuracy) == (0.875, 0.9)


@pytest.mark.parametrize(
    "given",
    [
        "x.reshape(-1, 784) / 255, y[:, None]",
        "tf.constant(x / 255), tf.constant(y)",
        "(x / 255).tolist()[:200], y.tolist()[:200]",
        "x=x.astype('float16') / 255, y=y, shuffle=False, validation_split=0.5",
        "x[:, None] / 255, y, validation_data=(a[:, None] / 255, b)",
    ],
)
def test_arrays_may_come_in_many_shapes(student: Student, given: str) -> None:
    done(student, "model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])")
    done(student, "model.compile('sgd', \"sparse_categorical_crossentropy\", metrics=['acc'])")
    printed = done(student, f"print(len(model.fit({given}, verbose=0).history))")
    assert printed.strip() in ("2", "4")


def test_one_hot_labels_are_told(student: Student, referee: FakeReferee) -> None:
    done(student, "model = build(loss='categorical_crossentropy')")
    done(student, "model.fit(x, keras.utils.to_categorical(y), verbose=0)")
    assert referee.steps[0].fits[0].images.one_hot


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("model.fit(x[:, ::-1], y)", "none of the course's images, or was changed"),
        ("model.fit(x, y[::-1])", "is not the label of that image"),
        ("model.fit(x, y, validation_data=(a, b[::-1]))", "validation_data[1]"),
        ("model.fit(x, y, validation_data=(a, b, b))", "validation_data is 3 parts"),
        ("model.fit(x, y, sample_weight=y)", "sample_weight"),
        ("model.fit(x, y, class_weight={0: 1})", "leave class_weight out"),
        (
            "model.fit(x, y, steps_per_epoch=2)",
            "steps_per_epoch=2. While work is graded, an epoch is one",
        ),
        ("model.fit(x, y, initial_epoch=-100)", "initial_epoch=-100"),
        ("model.fit(x, y, validation_data=(a, b), validation_steps=1)", "validation_steps"),
        ("model.fit(x, y, validation_data=(a, b), validation_freq=2)", "validation_freq"),
        ("model.fit(x, y, epochs=2.5)", "epochs=2.5, expected a whole number"),
        ("model.fit(x, y, batch_size=0)", "batch_size=0, expected a whole number from 1"),
        ("model.fit(x, y, validation_split=1.5)", "expected a number between 0 and 1"),
        ("model.fit(tf.data.Dataset.from_tensor_slices((x, y)))", "such as (32, 28, 28, 1)"),
        ("model.fit((one for one in [x, y]))", "x is a generator, which can be gone through once"),
        ("build(keras.layers.Lambda(lambda z: z)).fit(x, y)", "Lambda"),
        ("build(loss=lambda t, p: keras.ops.sum(p)).fit(x, y)", "loss"),
        ("build(metrics=[lambda t, p: 1.0]).fit(x, y)", "metric"),
    ],
)
def test_what_is_not_accepted_is_refused_in_words(
    student: Student, referee: FakeReferee, call: str, words: str
) -> None:
    message = refused(student, call)
    assert words in message
    assert referee.steps == []
    with pytest.raises(ClaimFailed, match=r"not trained while your work was graded: .+"):
        trained(student.look("model"))
    done(student, "model.fit(x, y, verbose=0)")  # the same student, in order
    assert trained(student.look("model")).epochs == 1


def test_a_model_of_ones_own_class_is_refused(student: Student) -> None:
    done(
        student,
        "class Own(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.dense = keras.layers.Dense(10)\n"
        "    def call(self, images):\n"
        "        return self.dense(keras.ops.reshape(images, (-1, 784)))\n"
        "model = Own()\nmodel.compile('sgd', 'mse')",
    )
    refused(student, "model.fit(x, y)")
    with pytest.raises(ClaimFailed, match="not trained while your work was graded"):
        trained(student.look("model"))


def test_keras_own_errors_are_keras_own(student: Student) -> None:
    run = student.write("keras.Sequential([keras.layers.Dense(1)]).fit(x, y)")
    assert (run.error, "compile" in run.message) == ("ValueError", True)
    run = student.write("model.fit(x, y, batches=3)")
    assert run.error == "TypeError"
    run = student.write("model.fit(x.reshape(-1, 784), y)")
    assert (run.status, run.error) == (CellStatus.RAISED, "ValueError")


def test_early_stopping_restores_weights_and_all_epochs_count(
    student: Student, referee: FakeReferee
) -> None:
    referee.accuracy = lambda epoch: [0.1, 0.9, 0.5, 0.4, 0.3, 0.2][epoch - 1]
    done(
        student,
        "early = callbacks.EarlyStopping(monitor='loss', patience=2, restore_best_weights=True)\n"
        "model.fit(x, y, epochs=6, verbose=0, callbacks=[early])",
    )
    assert [step.epochs for step in referee.steps] == [1, 2, 3, 4]
    run = trained(student.look("model"))
    assert (run.epochs, run.stopped, run.train_accuracy) == (4, True, 0.9)
    assert run.callbacks == ("EarlyStopping",)
    message = refused(student, "model.fit(x, y)")
    assert "weights were changed since its last epoch" in message


def test_learning_rates_that_callbacks_set_are_recorded(
    student: Student, referee: FakeReferee
) -> None:
    done(
        student,
        "set_to = lambda epoch, rate: 0.25 if epoch == 1 else rate\n"
        "schedule = callbacks.LearningRateScheduler(set_to)\n"
        "model.fit(x, y, epochs=3, verbose=0, callbacks=[schedule])",
    )
    assert referee.steps[-1].fits[0].learning_rates == (None, 0.25, None)
    printed = done(
        student,
        "rate = callbacks.ReduceLROnPlateau(monitor='loss', patience=1, min_delta=9, factor=0.5)\n"
        "history = model.fit(x, y, epochs=3, verbose=0, callbacks=rate)\n"
        "print(history.history['learning_rate'])",
    )
    assert "[0.25, 0.25, 0.125]" in printed
    first, second = referee.steps[-1].fits
    assert (second.learning_rates, second.fresh_optimizer) == ((None, None, 0.125), False)
    assert second.compiled == first.compiled


def test_a_schedule_is_the_optimizers_own_and_sees_its_steps(
    student: Student, referee: FakeReferee
) -> None:
    done(
        student,
        "decay = keras.optimizers.schedules.ExponentialDecay(0.5, 75, 0.5)\n"
        "model = build(optimizer=keras.optimizers.SGD(decay))\n"
        "model.fit(x, y, epochs=2, verbose=0)",
    )
    assert referee.steps[-1].fits[0].learning_rates == (None, None)
    assert "0.125" in done(student, "print(float(model.optimizer.learning_rate))")


def accuracies(*values: float) -> list[dict[str, float]]:
    return [{"accuracy": value, "loss": 1.0} for value in values]


CUSTOM = """
class Stop(callbacks.Callback):
    def on_train_begin(self, logs=None): print("begins")
    def on_epoch_begin(self, epoch, logs=None): print("epoch", epoch)
    def on_epoch_end(self, epoch, logs=None):
        print("sum", float(np.sum(self.model.get_weights()[0])))
        if logs["accuracy"] > 0.8:
            print("enough")
            self.model.stop_training = True
    def on_train_end(self, logs=None): print("ends", logs["accuracy"])
"""


def test_a_callback_of_the_students_sees_each_epoch_and_stops(
    student: Student, referee: FakeReferee
) -> None:
    done(student, CUSTOM)
    printed = done(student, "model.fit(x, y, epochs=8, verbose=0, callbacks=[Stop()])").splitlines()
    assert [line for line in printed if not line.startswith("sum")] == [
        *("begins", "epoch 0", "epoch 1", "epoch 2", "enough", "ends 0.875"),
    ]
    assert len({line for line in printed if line.startswith("sum")}) == 3, "real weights"
    (run,) = callback(student, "Stop").runs()
    assert (run.epochs, run.stopped, run.asked) == (3, True, 8)
    done(student, "Renamed = Stop")
    assert callback(student, "Renamed").runs() == (run,)
    model = student.look("model")
    again = student.trainings.again(model, 1, 0.8)
    assert (again.epochs, again.stopped, again.callbacks) == (3, True, ())
    assert referee.steps[-1].seed == 1
    assert student.trainings.again(model, 2, 2.0).epochs == 8


def test_a_callback_that_raises_ends_the_cell_and_what_was_trained_is_kept(
    student: Student,
) -> None:
    run = student.write(
        "class Bad(callbacks.Callback):\n    def on_epoch_end(self, epoch, logs=None):\n"
        "        if epoch == 1: raise KeyError('mine')\n"
        "model.fit(x, y, epochs=5, verbose=0, callbacks=[Bad()])"
    )
    assert (run.status, run.error) == (CellStatus.RAISED, "KeyError")
    assert run.advice.startswith("At the end of epoch 2 logs had the keys 'accuracy' and 'loss'.")
    assert trained(student.look("model")).epochs == 2


def test_hooks_of_batches_are_said_not_to_be_called(student: Student) -> None:
    printed = done(
        student,
        "class Batches(callbacks.Callback):\n"
        "    def on_train_batch_end(self, batch, logs=None): print('never')\n"
        "class Quiet(callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None): pass\n"
        "checkpoint = callbacks.ModelCheckpoint('m.keras')\n"
        "model.fit(x, y, verbose=0, callbacks=[Batches(), Quiet(), checkpoint])\n"
        "import os\nprint(os.path.exists('m.keras'))",
    )
    assert printed.splitlines() == [
        "Batches.on_train_batch_end is not called while work is graded.",
        "True",
    ]


def test_weights_that_a_callback_changes_are_refused(student: Student) -> None:
    message = refused(
        student,
        "class Changes(callbacks.Callback):\n    def on_epoch_end(self, epoch, logs=None):\n"
        "        self.model.set_weights([0 * one for one in self.model.get_weights()])\n"
        "model.fit(x, y, epochs=2, verbose=0, callbacks=[Changes()])",
    )
    assert "weights were changed since its last epoch" in message


def test_fits_of_one_model_add_up_to_the_cap(student: Student, referee: FakeReferee) -> None:
    printed = done(student, "model.fit(x, y, epochs=5, verbose=0)\nmodel.fit(a, b, epochs=5)")
    assert "The training ends after epoch 3: more are not run while work is graded." in printed
    run = trained(student.look("model"))
    assert (run.fits, run.epochs, run.asked, run.whole) == ((5, 3), 8, 5, False)
    assert "more than 8 are not run" in refused(student, "model.fit(x, y)")
    assert [fit.images.part for fit in referee.steps[-1].fits] == ["train", "test"]


def test_a_model_that_is_compiled_anew_has_a_fresh_optimizer(
    student: Student, referee: FakeReferee
) -> None:
    done(
        student,
        "model.fit(x, y, verbose=0)\nmodel.compile('sgd', model.loss, metrics=['accuracy'])",
    )
    done(student, "model.fit(x, y, verbose=0)")
    assert [fit.fresh_optimizer for fit in referee.steps[-1].fits] == [True, True]
    done(student, "model.layers[-1].trainable = False")
    assert "changed since it was trained" in refused(student, "model.fit(x, y)")


def test_weights_that_were_changed_after_training_are_nobodys(student: Student) -> None:
    done(student, "model.fit(x, y, verbose=0)")
    done(student, "model.set_weights([one + 1 for one in model.get_weights()])")
    with pytest.raises(ClaimFailed, match="changed afterwards"):
        trained(student.look("model"))


def test_a_model_that_was_never_trained_says_so(student: Student) -> None:
    with pytest.raises(ClaimFailed, match="was not trained while your work was graded"):
        trained(student.look("model"))


def test_fit_without_epochs_trains_nothing(student: Student, referee: FakeReferee) -> None:
    done(student, "history = model.fit(x, y, epochs=0)\nmodel.fit(x, y, epochs=2, verbose=0)")
    assert [fit.fresh_optimizer for fit in referee.steps[-1].fits] == [True]
    assert trained(student.look("model")).fits == (2,)


def test_a_function_that_a_test_calls_may_train(student: Student) -> None:
    done(student, "def train():\n    model.fit(x, y, epochs=2, verbose=2)\n    return model")
    finding = student.tested(
        "from grader.checks.training import trained\nassert trained(train()).epochs == 2\n"
        "assert model.predict(__import__('numpy').zeros((1, 28, 28)), verbose=0).shape == (1, 10)"
    )
    assert finding.passed, finding


def test_a_dry_run_computes_nothing_and_is_told_by_the_exchange(
    student: Student, referee: FakeReferee
) -> None:
    done(student, CUSTOM)
    stopped, printed = callback(student, "Stop").dry_run(accuracies(0.1, 0.9, 0.95))
    assert (stopped, len(printed)) == (2, 2)
    assert printed[0].startswith("begins\nepoch 0\nsum")
    assert printed[1].endswith("enough\nends 0.9\n")
    stopped, printed = callback(student, "Stop").dry_run(accuracies(0.1, 0.2))
    assert (stopped, len(printed)) == (None, 2)
    assert referee.steps == []
    assert callback(student, "Stop").runs() == ()
    with pytest.raises(KeyError, match="accuracy"):
        callback(student, "Stop").dry_run([{"acc": 0.9}])
    with pytest.raises(ClaimFailed, match="class derived from"):
        callback(student, "build").dry_run([{"acc": 0.9}])


def test_what_is_shown_below_a_cell_in_other_ways_counts_as_printed(student: Student) -> None:
    done(
        student,
        "import logging, sys\n"
        "held = logging.getLogger('held')\n"
        "held.addHandler(logging.StreamHandler(sys.stdout))\n"
        "class Says(callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        tf.print('tensor', tf.constant(1))\n"
        "        held.warning('held')\n"
        "        logging.getLogger('mine').warning('logged')\n"
        "        logging.getLogger('mine').info('unseen')\n",
    )
    for _ in range(2):
        _, printed = callback(student, "Says").dry_run(accuracies(0.1, 0.2))
        assert [sorted(text.split("\n")) for text in printed] == [
            ["", "held", "logged", "tensor 1"]
        ] * 2
    assert "tensor 2" in done(student, "tf.print('tensor', 2)")


def test_a_fault_of_the_referee_is_told_apart(student: Student, referee: FakeReferee) -> None:
    referee.broken = "the worker died"
    run = student.write("model.fit(x, y)")
    assert (run.status, run.error) == (CellStatus.RAISED, "GraderFailed")
    assert "the worker died" in run.message
    assert student.trainings.take_fault() == "the worker died"
    assert student.trainings.take_fault() == ""
    referee.broken = ""
    done(student, "model.fit(x, y, verbose=0)")


def test_what_the_referee_takes_costs_no_time_and_what_a_callback_takes_does(
    student: Student, referee: FakeReferee
) -> None:
    referee.seconds = 3.5
    run = student.write("model.fit(x, y, epochs=2, verbose=0)", seconds=6)
    assert (run.status, run.seconds < 6) == (CellStatus.DONE, True)
    referee.seconds = 0.5
    run = student.write(
        "class Sleeps(callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None): time.sleep(2)\n"
        "build().fit(x, y, epochs=5, verbose=0, callbacks=[Sleeps()])",
        seconds=6,
    )
    assert (run.status, run.alive, run.message) == (CellStatus.LIMIT, True, "time limit, 6 s")
    assert student.write("x = x").status is CellStatus.DONE


@pytest.mark.parametrize(
    "strategy",
    ["MirroredStrategy()", "OneDeviceStrategy('/cpu:0')", "get_strategy()"],
)
def test_a_model_of_a_strategy_is_trained_outside_of_its_scope(
    student: Student, strategy: str
) -> None:
    printed = done(
        student,
        f"strategy = tf.distribute.{strategy}\nwith strategy.scope():\n    model = build()\n"
        "slower = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)\n"
        "history = model.fit(x / 255, y, epochs=3, verbose=0, callbacks=[slower])\n"
        "print(len(history.epoch), model.predict(a[:2], verbose=0).shape)",
    )
    assert "3 (2, 10)" in printed
    assert trained(student.look("model")).epochs == 3


def test_mixed_precision_is_trained_as_float32_and_says_so(
    student: Student, referee: FakeReferee
) -> None:
    for policy in ("mixed_float16", "mixed_bfloat16", "float32"):
        printed = done(
            student,
            f"keras.mixed_precision.set_global_policy('{policy}')\nmodel = build()\n"
            "history = model.fit(x / 255, y, epochs=2, verbose=0)\n"
            "keras.mixed_precision.set_global_policy('float32')",
        )
        assert ("is trained in float32" in printed) is (policy != "float32")
        assert trained(student.look("model")).epochs == 2
    assert len(set(referee.steps)) == 2, "one training, of two epochs"


def test_tensorboard_writes_nothing_and_says_so(student: Student) -> None:
    printed = done(
        student,
        "board = callbacks.TensorBoard('logs', histogram_freq=1)\n"
        "model.fit(x / 255, y, epochs=2, verbose=0, callbacks=[board], "
        "validation_data=(a / 255, b))\nimport os\nprint(os.path.exists('logs'))",
    )
    assert "TensorBoard writes no logs" in printed
    assert "False" in printed


def test_terminate_on_nan_sees_the_loss_of_an_epoch(student: Student, referee: FakeReferee) -> None:
    referee.accuracy = lambda epoch: float("nan") if epoch > 1 else 0.5
    printed = done(
        student,
        "history = model.fit(x / 255, y, epochs=5, verbose=0, "
        "callbacks=[callbacks.TerminateOnNaN()])\nprint(len(history.epoch), 'epochs')",
    )
    assert "Invalid loss, terminating training" in printed
    assert "2 epochs" in printed
    assert "not called" not in printed


@pytest.mark.parametrize(("axis", "shape", "numbers"), [(None, (28, 28, 1), 1), (-1, (784,), 784)])
def test_a_normalization_that_was_adapted_is_trained_with_its_numbers(
    student: Student, referee: FakeReferee, axis: object, shape: object, numbers: int
) -> None:
    done(
        student,
        f"given = (x / 255).reshape(-1, *{shape})\n"
        f"scale = keras.layers.Normalization(axis={axis})\nscale.adapt(given)\n"
        f"model = keras.Sequential([keras.Input({shape}), scale, keras.layers.Flatten(), "
        "keras.layers.Dense(10, activation='softmax')])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
        "model.fit(given, y, epochs=1, verbose=0)\nmodel.fit(given, y, epochs=2, verbose=0)\n"
        "it = model.predict(given[:3], verbose=0)",
    )
    model = student.look("model")
    assert trained(model).fits == (1, 2)
    network = json.loads(referee.steps[-1].network)
    (layer,) = (one for one in network["config"]["layers"] if one["class_name"] == "Normalization")
    assert np.size(layer["config"]["mean"]) == np.size(layer["config"]["variance"]) == numbers
    given = (student.look("x")[:3] / 255).reshape(-1, *shape)  # type: ignore[misc]
    np.testing.assert_allclose(model.predict(given, verbose=0), student.look("it"), atol=1e-6)
