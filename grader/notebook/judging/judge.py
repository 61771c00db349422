"""Judges a submission: starts its kernel, and gives every claim its verdict."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from functools import partial

from grader.examiner.evidence.interview import Interview
from grader.examiner.surroundings.claim import Surroundings
from grader.examiner.surroundings.course import Course
from grader.examiner.training.trainings import Trainings
from grader.model import Run, Verdict, WorkPart
from grader.notebook.assignment import grade_id, is_solution
from grader.notebook.judging import start_kernel
from grader.notebook.judging.claim_judge import ClaimJudge
from grader.notebook.judging.class_referee import Digests
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.fit_requests import FitRequests
from grader.notebook.judging.judge_messages import ClaimBegun, ClaimExamined, CostsCounted
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.notebook_judge import NotebookJudge, Tell, silent
from grader.notebook.judging.numpy_only_kernel import NumpyOnlyKernel
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.student_cells import StudentCells
from grader.notebook.judging.time_limits import TimeLimits

COURSE_DATA = "COURSE_DATA"  # the variable that names the data folder, as in grader.kernel


def judge(
    examination: Examination, stopwatch: Stopwatch, clock: Clock | None = None, tell: Tell = silent
) -> Generator[Verdict, None, tuple[Run, ...]]:
    """Run the student's cells, and let the examiner judge the claims.

    The notebook is changed in place: cells get their outputs.

    Args:
        examination: the submission, and what it is judged with.
        stopwatch: is told where the time goes.
        clock: the submission's; it is paused while the referee works.
        tell: told, as messages, each cell and test cell that begins, what a verdict rests on before
            it is there, each epoch that is awaited and trained, and what trainings have cost.

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
        trainings = _trainings(examination, clock, tell)
        begin, cpu = time.monotonic(), time.process_time()
        kernel = _started(examination, trainings, clock, resources)
        start = WorkPart.COLD_KERNEL_START if kernel.started_cold else WorkPart.KERNEL_START
        stopwatch.add(start, time.monotonic() - begin, time.process_time() - cpu)
        limits = _limits(examination, clock)
        cells = StudentCells(examination, kernel, trainings, limits)
        claims = _claim_judge(examination, cells, trainings, limits, resources=resources, tell=tell)
        notebook = NotebookJudge(examination, cells, claims, stopwatch, tell)
        with _kernel_time(cells, stopwatch, start):
            yield from notebook.verdicts()
            trained = trainings.runs
            notebook.play_after_verdicts()
        return trained


def _claim_judge(
    examination: Examination,
    cells: StudentCells,
    trainings: Trainings,
    limits: TimeLimits,
    *,
    resources: ExitStack,
    tell: Tell,
) -> ClaimJudge:
    """What judges the submission's claims, with the surroundings of their test cells."""
    interview = Interview(examination.seed, lambda evidence: tell(ClaimExamined(evidence)))
    trainings.consulted = interview.consulted
    surroundings = Surroundings(_course(examination))
    resources.callback(surroundings.close)
    numpy_only = NumpyOnlyKernel(examination, limits, resources, interview.heard)
    return ClaimJudge(
        *(examination, cells, numpy_only, trainings, limits),
        interview=interview,
        surroundings=surroundings,
        begun=lambda claim, seconds: tell(ClaimBegun(claim, seconds)),
    )


def _course(examination: Examination) -> Course:
    """What the course gives its test cells."""
    assignment = examination.assignment
    return Course(
        folder=examination.folder.absolute(),
        files=assignment.files,
        hidden=assignment.hidden_files,
        imports=assignment.given_imports,
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


def _trainings(examination: Examination, clock: Clock, tell: Tell) -> Trainings:
    """The submission's trainings; its clock is paused while the examiner waits for one."""
    settings = examination.settings
    trainings = Trainings(
        examination.referee,
        examination.student,
        settings.budget(examination.assignment.name),
        Digests(settings.data),
        tell,
        costs=examination.costs,
        counted=lambda costs: tell(CostsCounted(costs)),
    )
    trainings.waiting = clock.paused
    return trainings


def _started(
    examination: Examination, trainings: Trainings, clock: Clock, resources: ExitStack
) -> StudentKernel:
    """The kernel of the student's cells, ready."""
    starting = start_kernel.started(
        examination.rebuilt.notebook,
        examination.kernel_setup,
        requests=FitRequests(trainings.answer, clock),
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
