"""Judges one submission from its files to its verdicts; writes nothing in the course.

This is what an engine carries out, here or on another machine: a function from data to data.
nbgrader's files and gradebook are written afterwards, by the process that gets the result.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from grader import datasets
from grader.engines.base import Reporter
from grader.examiner.evidence import draws
from grader.model import (
    Evidence,
    Graded,
    Outcome,
    Submission,
    Verdict,
)
from grader.notebook.assignment import Assignment
from grader.notebook.judging import class_referee, scratch, warm_kernels
from grader.notebook.judging.evidence_keeper import EvidenceKeeper
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_process import judge_apart
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.submission import defined_again, grounds, rebuild
from grader.notebook.submission.chosen_notebook import choose
from grader.notebook.submission.submitted_files import Files
from grader.settings import Settings


@dataclass(frozen=True)
class SubmissionWork:
    """One submission of one assignment, to be judged; see ``submission_work``.

    Attributes:
        settings: the course, without nbgrader's configuration.
        assignment: what it is a submission of.
        student: nbgrader's id.
        folder: the submitted folder's path in messages.
        files: what was handed in.
        grounds: what the verdicts will rest on, as digests.
        seed: of the tests' random draws; None: a new one, as no student may know it.
    """

    settings: Settings
    assignment: Assignment
    student: str
    folder: str
    files: Files
    grounds: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True)
class Judged:
    """The result of judging one submission.

    Attributes:
        notebook: the executed one, with sanitised outputs.
        graded: its verdicts, and the rest of what goes into the verdict file.
        evidence: what the verdicts rest on; None where nothing was recorded.
    """

    notebook: NotebookNode
    graded: Graded
    evidence: Evidence | None = None

    @property
    def faulty(self) -> bool:
        """Whether the grader failed on a claim, and another try may not."""
        return any(verdict.worth_retry for verdict in self.graded.verdicts)


def submission_work(
    settings: Settings, assignment: Assignment, submission: Submission, files: Files
) -> SubmissionWork:
    """The work of judging a submission; it can be pickled with any configuration.

    Raises:
        SubmissionError: what was handed in may not be there, or cannot be read.
    """
    plain = dataclasses.replace(settings, config=Config())
    folder = os.path.relpath(submission.submitted, settings.root)
    found = grounds.digests(settings, assignment, files)
    return SubmissionWork(plain, assignment, submission.student, folder, files, found)


def judge_submission(work: SubmissionWork, reporter: Reporter) -> Judged:
    """Check the files, rebuild the notebook, and judge it in a separate process.

    Raises:
        SubmissionError: what was handed in cannot be read.
        GraderError: nothing could be judged at all, for example without a sandbox, or the course's
            data sets changed meanwhile.
        Cancelled: the reporter was told to end.
    """
    chosen = choose(work.assignment, work.files.notebooks(), work.folder)
    rebuilt = rebuild.rebuild(
        work.assignment, chosen.notebook, work.files.beside(), chosen.elsewhere
    )
    rebuilt = dataclasses.replace(rebuilt, notes=(*chosen.notes, *rebuilt.notes))
    with scratch.folder() as place:
        files = place / "files"
        files.mkdir()
        work.files.lay_out(files)
        return judge_rebuilt(work, rebuilt, files, reporter)


def judge_rebuilt(
    work: SubmissionWork,
    rebuilt: rebuild.Rebuilt,
    files: Path,
    reporter: Reporter,
) -> Judged:
    """Judge a notebook that was rebuilt from a submission.

    Args:
        work: the submission.
        rebuilt: its notebook.
        files: the folder of the files beside it.
        reporter: is told how it gets on.

    Raises:
        GraderError, Cancelled: as ``judge_submission``.
    """
    settings, assignment = work.settings, work.assignment
    begin, stopwatch = time.monotonic(), Stopwatch()
    examination = Examination(
        assignment,
        rebuilt,
        files,
        settings,
        work.student,
        warm=warm_kernels.address(settings, assignment),
        warm_numpy_only=warm_kernels.numpy_only_address(settings, assignment),
        seed=draws.new_seed() if work.seed is None else work.seed,
    )
    data = datasets.begin(settings.data)
    referee = class_referee.address(settings) if assignment.uses_networks else ""
    with scratch.folder() as place:
        keeper = EvidenceKeeper(reporter)
        notebook, verdicts, runs = judge_apart(examination, stopwatch, keeper, referee, place)
    datasets.expect_same(settings.data, data)
    lost = {verdict.claim for verdict in verdicts if verdict.outcome is not Outcome.PASSED}
    graded = Graded(
        student=work.student,
        assignment=assignment.name,
        verdicts=_with_waiting(verdicts, assignment, rebuilt),
        notes=(*rebuilt.notes, *defined_again.notes(assignment, rebuilt.notebook, lost)),
        seconds=time.monotonic() - begin,
        sandbox=settings.sandbox,
        timings=stopwatch.timings,
        submission_sha256=work.files.sha256(),
        source_sha256=assignment.sha256,
        runs=runs,
        grounds=work.grounds,
        seed=f"{examination.seed:032x}",
    )
    when = datetime.now(UTC).isoformat(timespec="seconds")
    # Hidden tests are examined last; people read claims in the notebook's order.
    order = [claim.name for claim in assignment.claims]
    claims = tuple(sorted(keeper.claims, key=lambda each: order.index(each.claim)))
    evidence = Evidence(work.student, assignment.name, graded.seed, when, claims)
    return Judged(notebook, graded, evidence)


def _with_waiting(
    verdicts: tuple[Verdict, ...], assignment: Assignment, rebuilt: rebuild.Rebuilt
) -> tuple[Verdict, ...]:
    """The verdicts; those wait for a person that found nothing where an answer may be elsewhere."""
    needs = {claim.name: claim.needs for claim in assignment.claims}
    return tuple(
        dataclasses.replace(verdict, waits=True)
        if verdict.outcome is Outcome.NOT_ATTEMPTED
        and not set(rebuilt.waiting).isdisjoint(needs[verdict.claim])
        else verdict
        for verdict in verdicts
    )
