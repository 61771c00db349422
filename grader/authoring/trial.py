"""Grades an assignment's sample submissions as a class, in a temporary copy of the course."""

from __future__ import annotations

import copy
import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text
from traitlets.config import Config

from grader import datasets
from grader.engines.base import Event, Progressed
from grader.errors import CourseError
from grader.notebook import autograde, case_file, samples
from grader.notebook.assignment import load_assignment
from grader.notebook.class_run import Result
from grader.notebook.judging.judge_messages import CellStarted
from grader.notebook.samples import Sample
from grader.reports.terminal.trials import Trial, trials_table
from grader.sandbox.host import try_sandbox
from grader.settings import Settings


def try_samples(
    settings: Settings, name: str, console: Console, cases: Sequence[str] = ()
) -> tuple[Trial, ...]:
    """Submit the samples of an assignment, grade them, and print expected and actual verdicts.

    The course's gradebook and submissions do not change; trainings of samples go to the course's
    store of runs.

    Args:
        settings: the course.
        name: the assignment.
        console: receives progress and the table.
        cases: names of samples; all in ``tests/submissions/<name>`` if empty.

    Raises:
        CourseError: no such assignment, no samples, or none of a name that was given.
        GraderError: nothing could be graded at all; the message says what to do.
    """
    assignment = load_assignment(settings, name)
    chosen = choose(settings, name, cases)
    for sample in chosen:
        case_file.require_claims(sample.folder / "case.toml", sample.verdicts, assignment)
    datasets.verify(settings.data)
    if settings.sandbox != "none":
        try_sandbox()
    with tempfile.TemporaryDirectory(prefix="samples-") as folder, console.status("") as status:
        course = elsewhere(settings, Path(folder))
        for sample in chosen:
            samples.hand_in(course, name, sample, sample.folder.name)
        students = [sample.folder.name for sample in chosen]

        def show(event: Event) -> None:
            match event:
                case Progressed(student, CellStarted(cell)):
                    status.update(Text(f"{name}: {student}, {cell}"))

        grading = autograde.grade(course, name, students, follow=show)
        results = {result.student: result for result in grading}
    trials = tuple(_trial(sample, results[sample.folder.name]) for sample in chosen)
    console.print(trials_table(name, assignment.claims, trials))
    return trials


def choose(settings: Settings, name: str, cases: Sequence[str] = ()) -> tuple[Sample, ...]:
    """Load the named samples of an assignment, or all."""
    folder = settings.root / "tests" / "submissions" / name
    known = {case.parent.name: case.parent for case in sorted(folder.glob("*/case.toml"))}
    if not known:
        raise CourseError(
            f"{name} has no samples: expected tests/submissions/{name}/<case>/case.toml in "
            f"{settings.root}; write one (docs/authoring.md says how)"
        )
    if unknown := [case for case in cases if case not in known]:
        raise CourseError(
            f"{name} has no sample {', '.join(unknown)}: expected some of {', '.join(known)}"
        )
    return tuple(samples.load(known[case]) for case in cases or known)


def elsewhere(settings: Settings, root: Path) -> Settings:
    """Settings of the same course, with a separate gradebook and submissions below ``root``."""
    (root / "source").symlink_to(settings.root / "source")
    config = copy.deepcopy(settings.config)
    # Replaced, since the course may have folders and a database anywhere.
    config.CourseDirectory = Config(
        root=str(root), db_url=f"sqlite:///{root}/gradebook.db", course_id="samples"
    )
    config.Course.data, config.Course.runs = str(settings.data), str(settings.runs)
    if settings.packages is not None:
        config.Course.packages = str(settings.packages)
    return dataclasses.replace(settings, root=root, config=config)


def _trial(sample: Sample, result: Result) -> Trial:
    graded, name = result.graded, sample.folder.name
    if graded is None:
        return Trial(name, sample.verdicts, None, result.problem)
    return Trial(name, sample.verdicts, {verdict.claim: verdict for verdict in graded.verdicts})
