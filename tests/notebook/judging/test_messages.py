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
from grader.notebook import samples
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.magics import seen_through
from grader.notebook.submission import parse
from grader.student.visible_claims import Plan, plan
from tests.conftest import ROOT
from tests.next_steps import names_a_step
from tests.released_sample import as_student_has_it
from tests.slices import write_slices

pytestmark = pytest.mark.keras

COURSE = course_settings.load(ROOT)


def is_wrong(folder: Path) -> bool:
    """Whether a sample breaks a claim that is visible and needs no training."""
    verdicts = samples.load(folder).verdicts
    return any(verdicts[claim.name] != "passed" for claim in released(folder.parent.name).checkable)


@functools.cache
def released(assignment: str) -> Plan:
    """What can be checked of a release; asked for each sample while tests are collected."""
    return plan(parse.read(ROOT / "release" / assignment / f"{assignment}.ipynb"))


# They would end or stall this process, in which their cells are run.
DEADLY = ("convolve_kills", "convolve_never_ends")

CASES = sorted(
    path.parent
    for path in (ROOT / "tests" / "submissions").glob("*/*/case.toml")
    if path.parent.name not in DEADLY
    and is_wrong(path.parent)
    and not (path.parent / "submission.ipynb").exists()
)


@dataclass(frozen=True)
class Said:
    """How a test cell ended that did not pass.

    Attributes:
        claim: its name.
        error: what it raised.
        in_cell: whether it came through a cell of the student's.
    """

    claim: str
    error: BaseException
    in_cell: bool


@functools.cache
def assignment(name: str) -> Assignment:
    return load_assignment(COURSE, name)


def filled(folder: Path) -> NotebookNode:
    """The notebook as the sample's student has it."""
    return as_student_has_it(assignment(folder.parent.name), samples.load(folder))


def said(notebook: NotebookNode, planned: Plan) -> Iterator[Said]:
    """Run the cells that claims rest on, and the claims that need no training, in this process."""
    space: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for place in planned.cells:
            # As in a notebook, what comes after a cell that fails may still be run.
            with contextlib.suppress(Exception):
                source = seen_through(notebook.cells[place].source)
                exec(compile(source, f"<cell {place}>", "exec"), space)
        for claim in planned.checkable:
            source = notebook.cells[planned.tests[claim.name]].source
            try:
                exec(compile(source, "<test>", "exec"), dict(space))
            except Exception as error:
                frames = traceback.extract_tb(error.__traceback__)
                in_cell = any(frame.filename.startswith("<cell") for frame in frames)
                yield Said(claim.name, error, in_cell)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Slices of the data sets: to prepare all images would take most of the time."""
    folder = tmp_path_factory.mktemp("data")
    write_slices(ROOT / "data", folder)
    return folder


@pytest.fixture
def beside(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """This process as the course's kernel: with its data, and no screen."""
    import matplotlib as mpl
    import tensorflow as tf
    from matplotlib import pyplot

    before = mpl.get_backend()
    mpl.use("agg")
    for name in datasets.DATASETS:
        known = functools.partial(datasets.load, data, name)
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
    planned = plan(notebook)
    expected = samples.load(folder).verdicts
    failed = list(said(notebook, planned))
    for ending in failed:
        message = str(ending.error)
        assert expected[ending.claim] != "passed", f"{ending.claim}: {ending.error!r}"
        assert message.strip(), f"{ending.claim} ends with a bare {type(ending.error).__name__}"
        if isinstance(ending.error, ClaimFailed):
            assert names_a_step(message), f"{ending.claim}: {message}"
        elif isinstance(ending.error, NameError):
            assert ending.error.name in notebook.cells[planned.tests[ending.claim]].source
        else:
            called = re.match(r"(\w+)\(\) ", message)  # with arguments that it does not take
            noted = " ".join(getattr(ending.error, "__notes__", ()))  # by a check
            known = (called and called[1] in ending.claim) or names_a_step(noted)
            assert ending.in_cell or known, ending
    if expected.keys() and set(expected.values()) == {"not attempted"}:
        assert {ending.claim for ending in failed} == {claim.name for claim in planned.checkable}


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
