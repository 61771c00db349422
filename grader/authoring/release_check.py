"""Grades the instructor's own solution before a release, so that no student meets a faulty test."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from nbformat import NotebookNode

from grader import course_packages, datasets
from grader.authoring import cannot_fail
from grader.engines.base import Silent
from grader.model import Outcome, Submission, Verdict
from grader.notebook import samples
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.judging import class_referee, scratch, warm_kernels
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_process import judge_apart
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.samples import Sample
from grader.notebook.submission import rebuild
from grader.notebook.submission.submitted_files import files_of
from grader.sandbox.host import try_sandbox
from grader.settings import Settings
from grader.student import visible_claims

_ELSEWHERE = re.compile(r"FileNotFoundError: .*'(?:/|~)")
_SHARED = (
    "A test and the student's code share the files of their working directory, and those of a "
    "folder of tempfile.TemporaryDirectory() whose path the test hands over: name one of these"
)

REFERENCE, UNTOUCHED = "reference", "release"  # where a sample's solution cells begin


@dataclasses.dataclass(frozen=True)
class ReleaseCheck:
    """The result of grading an assignment's own solution before its release.

    Attributes:
        problems: why it is not fit for students, in one line for each claim.
        left_out: claims that need a training, and were not tried.
        warnings: what looks like a test and cannot fail, in one line for each kind in a claim.
    """

    problems: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check(settings: Settings, name: str, *, full: bool = False) -> ReleaseCheck:
    """Grade the reference solution, which must pass, and the untouched release, which must not.

    Args:
        settings: the course; nothing of it is changed.
        name: the assignment.
        full: whether networks are trained; otherwise claims that need a training are left out.

    Raises:
        ConfigurationError: a package that the course names is not installed.
        CourseError: unknown assignment, or a source notebook that is malformed.
        GraderError: nothing could be graded; the message says what to do.
    """
    course_packages.require(settings)
    assignment = load_assignment(settings, name)
    if not assignment.claims:
        return ReleaseCheck(())
    if settings.sandbox != "none":
        try_sandbox()
    trains = full and assignment.uses_networks
    if trains:
        datasets.verify(settings.data)
    tried = assignment if full else without_training(assignment)
    try:
        referee = class_referee.address(settings) if trains else ""
        judged = partial(_verdicts, settings, tried, referee)
        with ThreadPoolExecutor(2) as both:
            reference, untouched = both.map(judged, (REFERENCE, UNTOUCHED))
    finally:
        class_referee.close()
    known = {claim.name for claim in tried.claims}
    left_out = tuple(claim.name for claim in assignment.claims if claim.name not in known)
    problems = (*_failing(reference), *_passing(untouched))
    return ReleaseCheck(problems, left_out, tuple(cannot_fail.warnings(assignment)))


def without_training(assignment: Assignment) -> Assignment:
    """The assignment with those claims that need no training, and the cells that they rest on.

    An assignment that has nothing to do with Keras trains nothing that a referee carries out: then
    all of it stays.
    """
    if not any(re.search(r"\b(?:keras|tensorflow)\b", c.source) for c in assignment.source.cells):
        return assignment
    planned = visible_claims.plan(assignment.source)
    if not planned.training:
        return assignment
    tests = {planned.tests[claim.name] for claim in planned.checkable}
    kept = {assignment.source.cells[place].id for place in {*planned.cells, *tests}}
    return dataclasses.replace(
        assignment,
        source=_only(assignment.source, kept),
        master=_only(assignment.master, kept),
        claims=tuple(c for c in assignment.claims if c.name not in planned.training),
    )


def _only(notebook: NotebookNode, kept: Container[str]) -> NotebookNode:
    """A copy with these cells, and all that are no code."""
    copied = copy.deepcopy(notebook)
    copied.cells = [c for c in copied.cells if c.cell_type != "code" or c.id in kept]
    return copied


def _verdicts(
    settings: Settings, assignment: Assignment, referee: str, start: str
) -> tuple[Verdict, ...]:
    """The verdicts on a submission that holds the reference solution, or the stubs."""
    with scratch.folder() as place:
        empty, files, work = place / "submitted", place / "files", place / "work"
        for folder in (empty, files, work):
            folder.mkdir()
        sample = Sample(empty, about="", start=start, whole=True, verdicts={})
        submission = Submission(start, assignment.name, empty, place, place)
        files_of(settings, submission).lay_out(files)
        examination = Examination(
            assignment,
            rebuild.rebuild(assignment, samples.compose(assignment, sample)),
            files,
            settings,
            warm=warm_kernels.address(settings, assignment),
            warm_numpy_only=warm_kernels.numpy_only_address(settings, assignment),
        )
        _, verdicts, _ = judge_apart(examination, Stopwatch(), Silent(), referee, work)
        return verdicts


def _failing(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A line for each claim that the reference solution does not pass."""
    for verdict in verdicts:
        if verdict.outcome is not Outcome.PASSED:
            said = f"the reference solution is {verdict.outcome}"
            yield f"cell {verdict.claim}: {said}: {_one_line(_why(verdict))}"
        elif verdict.fault:
            yield f"cell {verdict.claim}: {_one_line(verdict.fault)}"


def _passing(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A line for each claim that passes where nothing was written."""
    for verdict in verdicts:
        if verdict.outcome is Outcome.PASSED:
            yield (
                f"cell {verdict.claim}: passes though nothing is written: let it test what the "
                "solution cells define"
            )


def _why(verdict: Verdict) -> str:
    """What an instructor reads: the test's line beside the student's message."""
    if verdict.fault:
        return f"the test has a fault: {verdict.fault}"
    if not verdict.test_line:
        return verdict.message
    advice = f" {_SHARED}" if _ELSEWHERE.search(verdict.test_line) else ""
    return f"{verdict.test_line} ({verdict.message}){advice}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
