"""Grades an assignment's sample submissions as a class's are, in a course that is thrown away."""

from __future__ import annotations

import copy
import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from traitlets.config import Config

from grader import datasets
from grader.errors import CourseError
from grader.notebook import assignments, autograde, samples
from grader.notebook.autograde import Result
from grader.notebook.samples import Sample
from grader.reports.trials import Trial, trials_table
from grader.sandbox.host import try_sandbox
from grader.settings import Settings


def try_samples(
    settings: Settings, name: str, console: Console, cases: Sequence[str] = ()
) -> tuple[Trial, ...]:
    """Hand in the samples of an assignment, grade them, and print what was expected and received.

    The course's gradebook and submissions are left alone; what a sample had trained is kept with
    its other runs.

    Args:
        settings: the course.
        name: the assignment.
        console: where progress and table go.
        cases: only these samples; all in ``tests/submissions/<name>``, if left out.

    Raises:
        CourseError: no such assignment, no samples, or none of a name that was given.
        GraderError: nothing could be graded at all; the message says what to do.
    """
    assignment = assignments.load(settings, name)
    chosen = choose(settings, name, cases)
    datasets.verify(settings.data)
    if settings.sandbox != "none":
        try_sandbox()
    with tempfile.TemporaryDirectory(prefix="samples-") as folder, console.status("") as status:
        course = elsewhere(settings, Path(folder))
        for sample in chosen:
            samples.hand_in(course, name, sample, sample.folder.name)
        students = [sample.folder.name for sample in chosen]

        def show(student: str, cell: str) -> None:
            status.update(f"{name}: {student}, {cell}")

        results = {one.student: one for one in autograde.grade(course, name, students, False, show)}
    trials = tuple(_trial(sample, results[sample.folder.name]) for sample in chosen)
    console.print(trials_table(name, assignment.claims, trials))
    return trials


def choose(settings: Settings, name: str, cases: Sequence[str] = ()) -> tuple[Sample, ...]:
    """The samples of an assignment: those named, or all."""
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
    """The same course with a gradebook and submissions of its own, below ``root``."""
    (root / "source").symlink_to(settings.root / "source")
    config = copy.deepcopy(settings.config)
    # Anew, since the course's own may name folders and a database anywhere.
    config.CourseDirectory = Config(
        root=str(root), db_url=f"sqlite:///{root}/gradebook.db", course_id="samples"
    )
    config.Course.data, config.Course.runs = str(settings.data), str(settings.runs)
    return dataclasses.replace(settings, root=root, config=config)


def _trial(sample: Sample, result: Result) -> Trial:
    graded, name = result.graded, sample.folder.name
    if graded is None:
        return Trial(name, sample.verdicts, None, result.problem)
    return Trial(name, sample.verdicts, {one.claim: one for one in graded.verdicts})
