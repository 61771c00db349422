from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Container
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from grader import settings as course_settings
from grader.examiner.training.trainings import Trainings
from grader.model import Budget, ClaimEvidence, Outcome, Run, Verdict, WorkPart
from grader.notebook import experiments, samples
from grader.notebook.assignment import grade_id, load_assignment, source_path
from grader.notebook.judging import warm_kernels
from grader.notebook.judging.class_referee import Digests
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge import judge
from grader.notebook.judging.judge_messages import CellStarted, ClaimExamined, Message
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.sanitize.outputs import sanitise_notebook
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT
from tests.courses import without_shows
from tests.referee.fake import FakeReferee

# One process of tests: another module's kernels come from the same warm parent.
pytestmark = [pytest.mark.xdist_group("fitting"), pytest.mark.kernel]

# What the verdicts of the last submission rest on, by claim; each judging begins it anew.
RECORDED: dict[str, ClaimEvidence] = {}


def test_the_second_sandbox_leaves_the_notebooks_outputs_alone() -> None:
    """Where scipy is blocked the cell that imports it fails; nobody is to read that there."""
    course = course_settings.load(ROOT)
    assignment = load_assignment(course, "convolution_from_scratch")
    folder = ROOT / "tests" / "submissions" / assignment.name / "scipy_wrapped"
    rebuilt = rebuild(assignment, samples.compose(assignment, samples.load(folder)))
    files = source_path(course, assignment.name).parent
    stopwatch = Stopwatch()
    verdicts = judge(Examination(assignment, rebuilt, files, course), stopwatch)
    outcomes = {verdict.claim: verdict.outcome for verdict in verdicts}
    assert outcomes.pop("convolve_from_scratch") is Outcome.FAILED
    assert set(outcomes.values()) == {Outcome.PASSED}
    (solution,) = (cell for cell in rebuilt.notebook.cells if cell.id == "convolve")
    assert "error" not in [output.output_type for output in solution.outputs]
    assert {timing.part for timing in stopwatch.timings} >= {
        WorkPart.EXAMINING,
        WorkPart.COLD_KERNEL_START,  # no warm parent was named
    }


def _judged(
    data: Path, referee: FakeReferee, *behind: str, **answers: str
) -> tuple[dict[str, Any], Any, Any]:
    """The reference's verdicts, with other answers in some cells; its runs, and where time went.

    ``behind`` are cells of the student's at the end.
    """
    outcomes, runs, timings, cells = _examined(data, referee, *behind, **answers)
    return outcomes | {"outputs": _printed(cells, behind)}, runs, timings


def _examined(
    data: Path, referee: FakeReferee, *behind: str, **answers: str
) -> tuple[dict[str, Any], Any, Any, list[Any]]:
    """What ``_judged`` gives, and the cells with their outputs."""
    course = dataclasses.replace(course_settings.load(ROOT), data=data)
    assignment = load_assignment(course, "mnist_998")
    notebook = without_shows(assignment.source)
    without_shows(assignment.master)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    notebook.cells += [new_code_cell(source) for source in behind]
    files = source_path(course, assignment.name).parent
    examination = Examination(
        assignment,
        rebuild(assignment, notebook),
        files,
        course,
        "ada",
        referee,
        warm=warm_kernels.address(course, assignment),
    )
    stopwatch, outcomes = Stopwatch(), {}
    RECORDED.clear()
    judging = judge(examination, stopwatch, tell=_record)
    while True:
        try:
            verdict = next(judging)
        except StopIteration as end:
            return outcomes, end.value, stopwatch.timings, examination.rebuilt.notebook.cells
        outcomes[verdict.claim] = verdict


def _record(message: Message) -> None:
    if isinstance(message, ClaimExamined):
        RECORDED[message.evidence.claim] = message.evidence


def _printed(cells: list[Any], sources: Container[str]) -> str:
    """What the student's own cells printed or raised."""
    outputs = [out for cell in cells if cell.source in sources for out in cell.outputs]
    return "".join(out.get("text", out.get("evalue", "")) for out in outputs)


@pytest.fixture
def referee() -> FakeReferee:
    referee = FakeReferee()
    referee.test_accuracy = 0.99
    return referee


def test_the_reference_passes_with_what_the_referee_trained(
    data: Path, referee: FakeReferee
) -> None:
    verdicts, (run,), timings = _judged(data, referee)
    verdicts.pop("outputs")
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts
    assert (run.epochs, run.stopped, run.test_accuracy) == (9, True, 0.99)
    assert WorkPart.REFEREE_WAIT in {timing.part for timing in timings}
    _what_they_rest_on_is_recorded(run)


def _what_they_rest_on_is_recorded(run: Run) -> None:
    rehearsal = next(
        each
        for each in RECORDED["stop_message"].questions
        if each.asked["do"] == "dry_run" and len(each.asked["logs"]) > 1
    )
    stopped = rehearsal.answer["stopped_after"]
    assert rehearsal.asked["logs"][stopped - 1]["accuracy"] > 0.998
    assert "so cancelling training!" in rehearsal.answer["value"]["list"][stopped - 1]
    (consulted,) = RECORDED["reaches_998"].consulted
    assert (consulted.run.key, consulted.seed) == (run.key, 0)
    assert sum(len(str(each.questions)) for each in RECORDED.values()) < 500_000


def test_a_fault_of_the_referee_is_nobodys_zero(data: Path, referee: FakeReferee) -> None:
    referee.broken = "the worker died"
    verdicts, runs, _ = _judged(data, referee)
    verdicts.pop("outputs")
    assert runs == ()
    faulty = {name for name, one in verdicts.items() if one.outcome is Outcome.GRADER_FAULT}
    assert faulty >= {"fewer_than_20_epochs", "reaches_998", "generalises"}
    passed = {name for name, one in verdicts.items() if one.outcome is Outcome.PASSED}
    assert faulty | passed == set(verdicts)
    assert passed >= {"prepared_images", "one_convolution", "stop_message"}
    assert "the worker died" in verdicts["reaches_998"].message


def test_a_cell_that_ends_its_kernel_after_training_leaves_no_run(
    data: Path, referee: FakeReferee
) -> None:
    deadly = _source("train") + "\nimport os\nos.abort()"
    verdicts, runs, _ = _judged(data, referee, train=deadly)
    assert verdicts["reaches_998"].outcome is Outcome.CRASHED
    assert verdicts["stop_message"].outcome is Outcome.PASSED
    assert (runs, len(referee.steps)) == ((), 9)


AGAIN = """
class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("seen", sorted(logs))
        self.model.stop_training = logs["val_accuracy"] > 0.1
"""
PLAY = """
for filters in (2, 3):
    small = tf.keras.Sequential([tf.keras.Input((28, 28, 1)), tf.keras.layers.Flatten()])
    small.add(tf.keras.layers.Dense(10, activation="softmax"))
    small.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = small.fit(
        prepare(train_images), train_labels, epochs=19, validation_split=0.1, verbose=0,
        callbacks=[StopAtTarget()],
    )
    print("epochs:", len(history.history["val_accuracy"]))
"""


def test_a_name_that_is_used_again_behind_the_claims_is_not_the_claims(
    data: Path, referee: FakeReferee
) -> None:
    verdicts, runs, _ = _judged(data, referee, AGAIN, PLAY)
    assert "seen ['accuracy', 'loss', 'val_accuracy', 'val_loss']" in verdicts.pop("outputs")
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts
    assert len(runs) == 1


def test_a_name_that_is_used_again_before_the_training_is_not_the_claims(
    data: Path, referee: FakeReferee
) -> None:
    again = AGAIN.replace("val_accuracy", "accuracy").replace("0.1", "0.999")
    verdicts, (run,), _ = _judged(data, referee, train=again + _source("train"))
    verdicts.pop("outputs")
    assert run.epochs == 10, "one more than the claims' own class lets it"
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts


def test_images_that_are_prepared_under_their_own_names_are_not_asked_with(
    data: Path, referee: FakeReferee
) -> None:
    again = "\n\ntrain_images = prepare(train_images)\ntest_images = prepare(test_images)"
    train = _source("train").replace("prepare(train_images)", "train_images")
    verdicts, _, _ = _judged(data, referee, prepare=_source("prepare") + again, train=train)
    verdicts.pop("outputs")
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts


def test_messages_name_the_line_the_missing_device_the_keys_and_the_cell(
    data: Path, referee: FakeReferee
) -> None:
    devices = "devices = tf.config.list_physical_devices('GPU')\nfirst = devices[0]\n"
    misspelt = _source("callback").replace('"accuracy", logs.get("acc")', '"acuracy"')
    verdicts, _, _ = _judged(
        data,
        referee,
        build_model=devices + _source("build_model"),
        callback=misspelt,
        train="trained = 3",
    )
    verdicts.pop("outputs")
    said = {name: verdict.message for name, verdict in verdicts.items()}
    assert (
        "IndexError: list index out of range, in line 2, `first = devices[0]`. There is no GPU"
        in (said["one_convolution"])
    )
    for words in ("NoneType", "logs had the keys 'accuracy', 'loss'", "raised in line"):
        assert words in said["stop_message"]
    assert said["fewer_than_20_epochs"].startswith("The cell `build_model` ended with IndexError")
    doubled = re.compile(r"(?<!\.)\.\.(?!\.)")
    assert not [message for message in said.values() if doubled.search(message)]


def test_trainings_behind_the_last_claim_cost_no_epoch(data: Path, referee: FakeReferee) -> None:
    verdicts, (run,), _ = _judged(data, referee, PLAY)
    printed = verdicts.pop("outputs")
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts
    assert (len(set(referee.steps)), run.epochs) == (9, 9)
    assert printed.count("No claim rests on this training") == 2
    assert printed.count("epochs: 19") == 2


def test_a_made_up_training_goes_on_with_another(data: Path, referee: FakeReferee) -> None:
    more = "\nfor network in (small, small, model, model):\n"
    more += "    network.fit(prepare(train_images), train_labels, epochs=2, verbose=0)\n"
    verdicts, (run,), _ = _judged(data, referee, PLAY + more + "print('all done')")
    assert verdicts.pop("outputs").endswith("all done\n")
    assert (len(set(referee.steps)), run.epochs) == (9, 9)


def test_play_that_ends_the_kernel_leaves_what_was_trained_for_the_claims(
    data: Path, referee: FakeReferee
) -> None:
    train = _source("train")
    told = "print(len(history.history['loss']), 'epochs')"
    verdicts, _, _, cells = _examined(data, referee, PLAY, "import os\nos.abort()", told)
    assert _printed(cells, [told]) == "19 epochs\n", "the history of play"
    outputs = _printed(cells, [train])
    assert "made up" not in outputs
    assert "Epoch 9/19" in outputs
    assert "Epoch 10/19" not in outputs
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}, verdicts


def test_a_made_up_training_earns_nothing_and_ends(data: Path) -> None:
    trainings = Trainings(FakeReferee(), "ada", Budget(epochs=4), Digests(data))
    trainings.make_up(True)
    refused, _ = trainings.answer({"fit": "epoch", "training": 0})
    assert "begun" in refused["refused"]
    begun, _ = trainings.answer(_begin(epochs=9))
    assert (begun["epochs"], begun["made_up"]) == (4, True)
    asked = [trainings.answer({"fit": "epoch", "training": -2})[0] for _ in range(5)]
    assert [epoch["weights"] for epoch in asked[:4]] == [None] * 4
    assert "ended" in asked[4]["refused"]
    assert trainings.answer({"fit": "end", "training": -2, "stopped": True}) == ({}, [])
    more, _ = trainings.answer(_begin(epochs=1) | {"continues": -2, "fresh_optimizer": False})
    assert (more["epochs"], more["made_up"]) == (1, True)
    trainings.make_up(False)
    refused, _ = trainings.answer({"fit": "epoch", "training": -2})
    assert "begun" in refused["refused"]
    assert trainings.runs == ()


def _begin(epochs: int) -> dict[str, Any]:
    """A message that begins a training."""
    import keras

    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    images = {"dataset": "mnist", "part": "train", "first": 0, "count": 64, "divisor": 255.0}
    images |= {"offset": 0.0, "shape": [28, 28], "one_hot": False}
    message = {"fit": "begin", "continues": None, "fresh_optimizer": True, "images": images}
    message |= {"network": model.to_json(), "compiled": json.dumps(model.get_compile_config())}
    message |= {"validation": None, "validation_split": 0.0, "batch_size": 32, "shuffle": True}
    return message | {"epochs": epochs, "callbacks": []}


def _source(name: str) -> str:
    notebook = load_assignment(course_settings.load(ROOT), "mnist_998").source
    return next(cell.source for cell in notebook.cells if grade_id(cell) == name)


def _told(examination: Examination) -> tuple[list[Verdict], list[str]]:
    """The verdicts, and the names of the cells that were told as they began."""
    heard: list[Message] = []
    verdicts = list(judge(examination, Stopwatch(), tell=heard.append))
    return verdicts, [each.name for each in heard if isinstance(each, CellStarted)]


def test_a_claim_that_waits_is_told_in_its_place(tiny_course: Settings) -> None:
    path = source_path(tiny_course, "sums")
    late = "# Judged: after training\\n# Claim: adds is"
    text = path.read_text().replace("# Claim: adds is", late)
    path.write_text(text.replace("add(1, 2) is {add(1, 2)}", "{total}"))
    assignment = load_assignment(tiny_course, "sums")
    rebuilt = rebuild(assignment, tiny.submission(tiny_course, tiny.GOOD))
    examination = Examination(assignment, rebuilt, tiny_course.root / "source", tiny_course)
    verdicts, heard = _told(examination)
    assert [verdict.claim for verdict in verdicts] == ["adds", "adds_negatives", "totals"]
    assert heard.index("adds") > heard.index("totals")
    assert {verdict.outcome for verdict in verdicts} == {Outcome.PASSED}


def test_experiments_are_run_neither_at_first_nor_in_a_new_kernel(tiny_course: Settings) -> None:
    source, crash = tiny.source(), "import os\nos.abort()"
    tags = {"tags": [experiments.TAG]}
    for place, name in ((2, "early"), (len(source.cells) + 1, "late")):
        source.cells.insert(place, new_code_cell(crash, id=name, metadata=tags))
    nbformat.write(source, source_path(tiny_course, "sums"))
    assignment = load_assignment(tiny_course, "sums")
    submitted = tiny.submission(tiny_course, tiny.GOOD)
    submitted.cells[2].source += "  # and more\nmine = 1"
    submitted.cells.insert(4, new_code_cell("__import__('os').abort()", id="own"))
    rebuilt = rebuild(assignment, submitted)
    folder = tiny_course.root / "source"
    examination = Examination(assignment, rebuilt, folder, tiny_course)
    verdicts, heard = _told(examination)
    assert {verdict.outcome for verdict in verdicts} == {Outcome.PASSED}
    assert heard == ["imports", "add", "extra-4", "adds", "total", "totals", "adds_negatives"]
    sanitise_notebook(rebuilt.notebook)
    left = [cell for cell in rebuilt.notebook.cells if cell.cell_type == "code"]
    said = ["This experiment was not run again when the work was graded."]
    silent = [cell.id for cell in left if [out.get("text") for out in cell.outputs] == said]
    assert silent == ["early", "extra-2", "late"]
