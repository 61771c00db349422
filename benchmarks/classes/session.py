"""One run of the benchmark: every measurement that is not there yet, interleaved."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.classes import cases, courses, environments, results
from benchmarks.classes.cases import Case
from benchmarks.classes.contenders import CONTENDERS, Job
from benchmarks.classes.environments import Say
from benchmarks.classes.measure import Measured, measure
from benchmarks.classes.results import Result, Slot
from benchmarks.errors import BenchError

ROOT = environments.ROOT


@dataclass(frozen=True)
class Turn:
    """One contender's turn with one class."""

    case: Case
    contender: str
    repetition: int

    def slot(self, step: str) -> Slot:
        """The file for the result of one of its steps."""
        return Slot(self.case.name, self.contender, step, self.case.count, self.repetition)


@dataclass(frozen=True)
class Session:
    """Where things are, and what is measured.

    Attributes:
        folder: for environments, classes and results.
        chosen: the cases.
        contenders: who takes part; all, if none is named.
        repeat: how many times.
        force: measure also what is there.
        version: of the code, at the beginning.
        say: told of progress, a line at a time.
    """

    folder: Path
    chosen: Sequence[Case]
    contenders: Sequence[str]
    repeat: int
    force: bool
    version: str
    say: Say

    @property
    def results(self) -> Path:
        """The folder of the measurements."""
        return self.folder / "results"

    def run(self) -> list[str]:
        """Measure; returns a line for each turn that could not be measured."""
        version, commit = self.version, _commit()
        due = [turn for turn in self.turns() if self.force or not self._done(turn, version)]
        self.say(f"{len(due)} of {len(list(self.turns()))} measurements are to be made.")
        if not due:
            return []
        jobs = self._prepare(due)
        problems: list[str] = []
        began = time.monotonic()
        for number, turn in enumerate(due, 1):
            name = f"[{number}/{len(due)}] {turn.case.name}, {turn.contender}, {turn.repetition}"
            try:
                for result in self._take(turn, jobs[turn.case.name], version, commit):
                    results.save(self.results, result)
                    self.say(f"{name}, {result.slot.step}: {_told(result.measured)}")
            except BenchError as problem:
                problems.append(f"{turn.case.name}, {turn.contender}: {problem}")
                self.say(f"{name}: {problem}")
            if number < len(due) and turn != due[0]:
                left = (time.monotonic() - began) / number * (len(due) - number)
                self.say(f"    about {left / 60:.0f} min left")
        return list(dict.fromkeys(problems))

    def turns(self) -> Iterator[Turn]:
        """All turns, a repetition of everything after the other; who begins changes."""
        for repetition in range(1, self.repeat + 1):
            for case in self.chosen:
                taking_part = [
                    contender
                    for contender in case.contenders
                    if not self.contenders or contender in self.contenders
                ]
                shift = (repetition - 1) % max(1, len(taking_part))
                for contender in taking_part[shift:] + taking_part[:shift]:
                    yield Turn(case, contender, repetition)

    def _done(self, turn: Turn, version: str) -> bool:
        slots = [turn.slot(step) for step in turn.case.steps(turn.contender)]
        read = [results.load(slot.file(self.results)) for slot in slots]
        return all(result is not None and result.version == version for result in read)

    def _prepare(self, due: Sequence[Turn]) -> dict[str, Job]:
        """Make environments and classes, and let each contender grade one submission unmeasured.

        What was never read lies on a disk, and what was never run is not compiled yet.
        """
        where = self.folder / "envs"
        whole, part = ROOT / "data", courses.slice_data(ROOT / "data", self.folder / "slice")
        for peer in environments.PEERS:
            if any(turn.contender == peer for turn in due):
                environments.install_kernel(environments.make(where, peer, self.say), part)
        jobs = {}
        for case in {turn.case.name: turn.case for turn in due}.values():
            jobs[case.name] = self._job(case, where, whole, part)
        first = {(turn.contender, turn.case.assignment): turn for turn in reversed(due)}
        for turn in first.values():
            one = replace(turn.case, name=f"{turn.case.name}-warm-up", count=1)
            self.say(f"Warming up: {turn.contender} grades one {turn.case.assignment} ...")
            warm_up = replace(turn, case=one)
            with contextlib.suppress(BenchError):  # it is said when it is measured
                list(self._take(warm_up, self._job(one, where, whole, part), "", ""))
        return jobs

    def _job(self, case: Case, where: Path, whole: Path, part: Path) -> Job:
        students = case.make(case.count)
        folder = self.folder / "classes" / case.name
        submitted = courses.hand_in(ROOT, case.assignment, students, folder / "handed_in")
        return Job(case, submitted, folder / "graded", where, whole, part)

    def _take(self, turn: Turn, job: Job, version: str, commit: str) -> Iterator[Result]:
        """The measurements of one turn, each as it is there."""
        contender = CONTENDERS[turn.contender]
        job = replace(job, folder=job.folder / turn.contender)
        shutil.rmtree(job.folder, ignore_errors=True)
        job.folder.parent.mkdir(parents=True, exist_ok=True)
        contender.prepare(job)
        for step in turn.case.steps(turn.contender):
            measured = measure(contender.task(job))
            if measured.code:
                log = contender.task(job).log
                raise BenchError(f"{step} ended with code {measured.code}; see {log}")
            points, facts = contender.points(job), contender.facts(job)
            yield Result(turn.slot(step), version, commit, measured, points, facts)
        shutil.rmtree(job.folder)


def _told(measured: Measured) -> str:
    left = f", left running: {', '.join(measured.left)}" if measured.left else ""
    return (
        f"{measured.wall:.1f} s, CPU {measured.cpu:.1f} s, {measured.memory / (1 << 30):.2f} GiB, "
        f"others {measured.others:.1f} cores{left}"
    )


def _commit() -> str:
    """The commit of this tree, for a person."""
    command = ["git", "describe", "--always", "--dirty"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or "unknown"


def use_the_courses_programs() -> None:
    """Put the folder of this Python first on the path: nbgrader starts ``alembic`` from there.

    Raises:
        BenchError: the ``grader`` command is not there.
    """
    if not Path(sys.executable).with_name("grader").exists():
        raise BenchError(
            f"no grader command beside {sys.executable}: run `make bench`, which installs it"
        )
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([programs, os.environ["PATH"]])


def figures_of(
    folder: Path, chosen: Sequence[Case], version: str
) -> tuple[dict[tuple[str, str, str], results.Summary], frozenset[str]]:
    """Medians of what was measured with this version, in the order of the cases; and commits."""
    counts = {case.name: case.count for case in chosen}
    kept: dict[tuple[str, str, str], list[Result]] = {}
    commits = set()
    for result in results.load_all(folder, version):
        slot = result.slot
        if counts.get(slot.case) == slot.students:
            kept.setdefault((slot.case, slot.contender, slot.step), []).append(result)
            commits.add(result.commit)
    order = [
        (case.name, contender, step)
        for case in chosen
        for contender in case.contenders
        for step in (cases.GRADE, cases.REGRADE)
    ]
    summaries = {key: results.summarise(kept[key]) for key in order if key in kept}
    return summaries, frozenset(commits)
