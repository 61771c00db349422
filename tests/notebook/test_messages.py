"""What the visible test cells tell students: in words, with a next step, never a bare assertion."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode

from grader import datasets
from grader import settings as course_settings
from grader.checks import training
from grader.errors import ClaimFailed
from grader.model import Run
from grader.notebook import assignments, reading, samples
from grader.notebook.assignments import grade_id
from grader.notebook.visible import Plan, plan
from tests.conftest import ROOT

COURSE = course_settings.load(ROOT)


def is_wrong(folder: Path) -> bool:
    """Whether a sample breaks a claim that is visible and needs no training."""
    shown = plan(
        reading.read(ROOT / "release" / folder.parent.name / f"{folder.parent.name}.ipynb")
    )
    verdicts = samples.load(folder).verdicts
    return any(verdicts[claim.name] != "passed" for claim in shown.checkable)


CASES = sorted(
    path.parent
    for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml")
    if is_wrong(path.parent) and not (path.parent / "submission.ipynb").exists()
)

# Words that a next step begins with, at the beginning of a sentence or of a part of one.
STEPS = re.compile(
    r"(?:add|balance|begin|build|call|choose|compare|convert|count|divide|draw|give|keep|lay|leave|"
    r"let|limit|look|make|multiply|pass|print|put|remove|replace|return|set|start|swap|take|train|"
    r"use|write)(?=[ :])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """How a test cell ended that did not pass.

    Attributes:
        claim: its name.
        error: what it raised.
        place: file in which it was raised: a cell's, or one of ours.
    """

    claim: str
    error: BaseException
    place: str


def filled(folder: Path) -> NotebookNode:
    """The notebook as it was handed out, with the answers of a sample."""
    name = folder.parent.name
    answers = samples.compose(assignments.load(COURSE, name), samples.load(folder))
    written = {grade_id(one): one.source for one in answers.cells}
    notebook = reading.read(ROOT / "release" / name / f"{name}.ipynb")
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("solution"):
            one.source = written[grade_id(one)]
    return notebook


def said(notebook: NotebookNode, found: Plan) -> Iterator[Said]:
    """Run the cells that claims rest on, and the claims that need no training, in this process."""
    space: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for place in found.cells:
            # As in a notebook, what comes after a cell that fails may still be run.
            with contextlib.suppress(Exception):
                exec(compile(notebook.cells[place].source, f"<cell {place}>", "exec"), space)
        for claim in found.checkable:
            source = notebook.cells[found.tests[claim.name]].source
            try:
                exec(compile(source, "<test>", "exec"), dict(space))
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                yield Said(claim.name, error, last.filename)


def names_a_step(message: str) -> bool:
    """Whether a part of a message begins with a word that asks for something."""
    parts = re.split(r"[.:;,?)]\s+(?:and |then )?", message)
    return any(STEPS.match(part) for part in parts)


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """This process as the course's kernel: with its data, and no screen."""
    import matplotlib as mpl
    import tensorflow as tf
    from matplotlib import pyplot

    before = mpl.get_backend()
    mpl.use("agg")
    for name in datasets.DATASETS:
        known = functools.partial(datasets.load, COURSE.data, name)
        monkeypatch.setattr(getattr(tf.keras.datasets, name), "load_data", known)
    yield monkeypatch
    pyplot.close("all")
    mpl.use(before)


@pytest.mark.filterwarnings("ignore")  # a student's code may warn
@pytest.mark.parametrize("folder", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_claim_that_does_not_hold_says_what_to_do(
    folder: Path, beside: pytest.MonkeyPatch
) -> None:
    beside.chdir(ROOT / "source" / folder.parent.name)
    notebook = filled(folder)
    found = plan(notebook)
    expected = samples.load(folder).verdicts
    failed = list(said(notebook, found))
    for one in failed:
        message = str(one.error)
        assert expected[one.claim] != "passed", f"{one.claim}: {one.error!r}"
        assert message.strip(), f"{one.claim} ends with a bare {type(one.error).__name__}"
        if isinstance(one.error, ClaimFailed):
            assert names_a_step(message), f"{one.claim}: {message}"
        elif isinstance(one.error, NameError):
            assert one.error.name in notebook.cells[found.tests[one.claim]].source
        else:
            assert one.place.startswith("<cell"), f"{one.claim}: {message}, raised in {one.place}"
    if expected.keys() and set(expected.values()) == {"not attempted"}:
        assert {one.claim for one in failed} == {one.name for one in found.checkable}


def run(**facts: object) -> Run:
    """A run of two epochs, on part of the images, that reached 0.9."""
    logs = ({"accuracy": 0.8}, {"accuracy": 0.9})
    known: dict[str, object] = {
        "key": "", "logs": logs, "fits": (2,), "callbacks": (), "asked": 2, "stopped": False,
        "test_accuracy": 0.8,
    }  # fmt: skip
    return Run(**{**known, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "facts"),
    [
        (lambda model: training.trained_epochs(model, None, 5), {}),
        (lambda model: training.trained_epochs(model, None, 2), {"fits": (1, 1)}),
        (lambda model: training.fewer_than(model, None, 2), {}),
        (lambda model: training.reaches(model, None, 0.998), {"stopped": True}),
        (lambda model: training.reaches(model, None, 0.998), {"whole": False}),
        (lambda model: training.better_than(model, model, None, None, 0.89), {}),
        (lambda model: training.better_than(model, model, None, None, 0.7), {}),
    ],
)
def test_claims_about_a_training_say_what_to_do(
    check: object, facts: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their test cells are the same in a notebook, where Keras recorded the run."""
    import keras

    model = keras.Sequential()
    monkeypatch.setattr(training, "trained", lambda _: run(**facts))
    monkeypatch.setattr(training, "_told", lambda *_: run(**facts))
    monkeypatch.setattr(training, "accuracy_on", lambda *_: 0.8)
    with pytest.raises(ClaimFailed) as failed:
        check(model)  # type: ignore[operator]
    assert names_a_step(str(failed.value)), str(failed.value)


def test_what_is_held_can_be_broken() -> None:
    assert not names_a_step("")
    assert not names_a_step("add(1, 2) is 4, expected 3")
    assert not names_a_step("The shape is (3,). Expected: (4,).")
    assert names_a_step("The shape is (3,), expected (4,). Return all four.")
