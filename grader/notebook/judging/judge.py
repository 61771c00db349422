"""Runs a rebuilt notebook in a student kernel and gives every claim its verdict."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import partial

from nbformat import NotebookNode

from grader.examiner.evidence.interview import Interview
from grader.examiner.surroundings.claim import Surroundings
from grader.examiner.surroundings.course import Course
from grader.examiner.training.referee_costs import Costs
from grader.examiner.training.training_progress import TrainingProgress, ignore
from grader.examiner.training.trainings import Trainings
from grader.model import Claim, ClaimEvidence, Outcome, Run, Verdict, WorkPart
from grader.notebook.assignment import grade_id, is_solution
from grader.notebook.given_imports import given_imports
from grader.notebook.judging import start_kernel
from grader.notebook.judging.claim_judge import ClaimJudge
from grader.notebook.judging.class_referee import Digests
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.fit_requests import FitRequests
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.numpy_only_kernel import NumpyOnlyKernel
from grader.notebook.judging.play_cells import is_given, play_cells
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.student_cells import StudentCells
from grader.notebook.judging.time_limits import TimeLimits

Progress = Callable[[str], None]

COURSE_DATA = "COURSE_DATA"  # the variable that names the data folder, as in grader.kernel


def judge(
    examination: Examination,
    stopwatch: Stopwatch,
    progress: Progress = lambda _: None,
    clock: Clock | None = None,
    epochs: Callable[[TrainingProgress], None] = ignore,
    *,
    evidence: Callable[[ClaimEvidence], None] = lambda _: None,
    begun: Callable[[str, float], None] = lambda *_: None,
    counted: Callable[[Costs], None] = lambda _: None,
) -> Generator[Verdict, None, tuple[Run, ...]]:
    """Run the student's cells, and let the examiner judge the claims.

    The notebook is changed in place: cells get their outputs.

    Args:
        examination: the submission, and what it is judged with.
        stopwatch: is told where the time goes.
        progress: told the name of each cell before it runs.
        clock: the submission's; it is paused while the referee works.
        epochs: told of each epoch that is awaited, and trained.
        evidence: told what a verdict rests on, before it is there.
        begun: told each claim whose test cell begins, and the seconds that it may take.
        counted: told what the trainings have cost, at each change.

    Yields:
        One verdict a claim, in notebook order.

    Returns:
        What the referee trained for the submission.

    Raises:
        SandboxError: this machine cannot give a sandbox.
    """
    clock = clock or Clock()
    with ExitStack() as resources:
        waiting = partial(stopwatch.measure, WorkPart.REFEREE_WAIT)
        resources.enter_context(clock.also_pausing(waiting))
        resources.enter_context(_data_for_checks(examination))
        trainings = _trainings(examination, clock, epochs, counted)
        begin, cpu = time.monotonic(), time.process_time()
        kernel = _started(examination, trainings, clock, resources)
        start = WorkPart.COLD_KERNEL_START if kernel.started_cold else WorkPart.KERNEL_START
        stopwatch.add(start, time.monotonic() - begin, time.process_time() - cpu)
        limits = _limits(examination, clock)
        cells = StudentCells(examination, kernel, trainings, limits)
        interview = Interview(examination.seed, evidence)
        trainings.consulted = interview.consulted
        surroundings = Surroundings(_course(examination))
        resources.callback(surroundings.close)
        numpy_only = NumpyOnlyKernel(examination, limits, resources, interview.heard)
        claims = ClaimJudge(
            *(examination.rebuilt, cells, numpy_only, trainings, limits),
            assignment=examination.assignment,
            interview=interview,
            surroundings=surroundings,
            begun=begun,
            lost=examination.lost,
        )
        with _kernel_time(cells, stopwatch, start):
            verdicts = _verdicts(examination, cells, claims, stopwatch, progress)
            yield from _in_order(examination.assignment.claims, verdicts)
            trained = trainings.runs
            if not is_given(examination, play_cells(examination)):
                heard = bool(examination.assignment.hidden)
                _play(examination, cells, stopwatch, progress, anew=heard)
        return trained


def _course(examination: Examination) -> Course:
    """What the course gives its test cells."""
    assignment = examination.assignment
    return Course(
        folder=examination.folder.absolute(),
        files=assignment.files,
        hidden=assignment.hidden_files,
        imports=given_imports(assignment.source),
        one_system=examination.settings.sandbox == "none",
    )


@contextlib.contextmanager
def _data_for_checks(examination: Examination) -> Iterator[None]:
    """Let checks read the course's images; see ``grader.checks.course_data``."""
    before = os.environ.get(COURSE_DATA)
    os.environ[COURSE_DATA] = str(examination.settings.data)
    try:
        yield
    finally:
        if before is None:
            del os.environ[COURSE_DATA]
        else:
            os.environ[COURSE_DATA] = before


def _trainings(
    examination: Examination,
    clock: Clock,
    epochs: Callable[[TrainingProgress], None],
    counted: Callable[[Costs], None],
) -> Trainings:
    """The submission's trainings; its clock is paused while the examiner waits for one."""
    settings = examination.settings
    trainings = Trainings(
        examination.referee,
        examination.student,
        settings.budget(examination.assignment.name),
        Digests(settings.data),
        epochs,
        costs=examination.costs,
        counted=counted,
    )
    trainings.waiting = clock.paused
    return trainings


def _started(
    examination: Examination, trainings: Trainings, clock: Clock, resources: ExitStack
) -> StudentKernel:
    """The kernel of the student's cells, ready."""
    starting = start_kernel.started(
        examination.rebuilt.notebook,
        examination.folder,
        examination.settings,
        examination.assignment.name,
        requests=FitRequests(trainings.answer, clock),
        warm=examination.warm,
        seed=examination.kernel_seed,
    )
    return resources.enter_context(starting)


def _limits(examination: Examination, clock: Clock) -> TimeLimits:
    """The submission's time, which begins now that its kernel is there."""
    cells = [
        grade_id(cell)
        for cell in examination.rebuilt.notebook.cells
        if cell.cell_type == "code" and is_solution(cell)
    ]
    limits = examination.settings.limits(examination.assignment.name)
    return TimeLimits(limits, clock, cells, examination.spent)


@contextlib.contextmanager
def _kernel_time(cells: StudentCells, stopwatch: Stopwatch, start: WorkPart) -> Iterator[None]:
    """Tell the stopwatch the processor time of the kernel's start, and that of the body."""
    started_after = cells.questions.processor_time()
    stopwatch.add(start, 0.0, started_after)
    yield
    used = cells.questions.processor_time() - started_after
    stopwatch.add(WorkPart.STUDENT_CODE, 0.0, max(0.0, used), student=True)


def _verdicts(
    examination: Examination,
    cells: StudentCells,
    claims: ClaimJudge,
    stopwatch: Stopwatch,
    progress: Progress,
) -> Iterator[Verdict]:
    """Run the cells up to the last claim, and judge each claim in its place.

    Claims that are judged after training, and those with hidden tests, wait for the last cell, with
    the names of their place: what a student's code heard of a hidden test, no later cell can say.
    """
    judged = set()
    for verdict in _earlier_verdicts(examination, cells):
        judged.add(verdict.claim)
        yield verdict
    known = {claim.name: claim for claim in examination.assignment.claims}
    hidden, play = examination.assignment.hidden, play_cells(examination)
    waiting: list[tuple[Claim, int]] = []
    for index, cell in enumerate(examination.rebuilt.notebook.cells[: play.start]):
        claim = known.get(grade_id(cell))
        if not examination.rebuilt.runs(cell):
            continue
        if claim is None:
            _run(cells, index, cell, stopwatch, progress)
        elif claim.name in judged:
            continue
        elif claim.after_training or claim.name in hidden:
            cells.keep_names(index)
            waiting.append((claim, index))
        else:
            yield _verdict(claim, index, claims, stopwatch, progress)
    if is_given(examination, play):
        _play(examination, cells, stopwatch, progress)
    for claim, index in waiting:
        yield _verdict(claim, index, claims, stopwatch, progress)


def _earlier_verdicts(examination: Examination, cells: StudentCells) -> Iterator[Verdict]:
    """The verdicts of a judge that was lost; what answered there has answered here, too.

    None for networks: a claim on a training asks what networks the claims ahead of it have seen, in
    this process.
    """
    if examination.assignment.uses_networks:
        return
    needs = {claim.name: claim.needs for claim in examination.assignment.claims}
    for verdict in examination.judged:
        if verdict.outcome in (Outcome.PASSED, Outcome.FAILED):
            cells.strikes.answered(needs[verdict.claim])
        yield verdict


def _play(
    examination: Examination,
    cells: StudentCells,
    stopwatch: Stopwatch,
    progress: Progress,
    anew: bool = False,
) -> None:
    """Run the cells below the last claim, for their outputs; no training is carried out there."""
    notebook, play = examination.rebuilt.notebook, play_cells(examination)
    cells.begin_play(play.start, anew)
    for index in play:
        if examination.rebuilt.runs(notebook.cells[index]):
            _run(cells, index, notebook.cells[index], stopwatch, progress)


def _run(
    cells: StudentCells, index: int, cell: NotebookNode, stopwatch: Stopwatch, progress: Progress
) -> None:
    progress(grade_id(cell) or cell.id)
    with stopwatch.measure(WorkPart.STUDENT_CELLS):
        cells.run(index)


def _verdict(
    claim: Claim, index: int, claims: ClaimJudge, stopwatch: Stopwatch, progress: Progress
) -> Verdict:
    progress(claim.name)
    with stopwatch.measure(WorkPart.EXAMINING):
        return claims.verdict(claim, index)


def _in_order(claims: tuple[Claim, ...], verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
    """The verdicts in the order of the claims, each as soon as those before it are there."""
    judged: dict[str, Verdict] = {}
    names = [claim.name for claim in claims]
    for verdict in verdicts:
        judged[verdict.claim] = verdict
        while names and names[0] in judged:
            yield judged[names.pop(0)]
