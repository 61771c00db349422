"""The graders that are compared: how each gets a class, is run, and reports its scores."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.classes import cases, courses, environments
from benchmarks.classes.cases import Case
from benchmarks.classes.measure import Task
from benchmarks.errors import BenchError

ROOT = environments.ROOT
_LIMIT = 4 * 3600.0  # seconds for one grading of a class


@dataclass(frozen=True)
class Job:
    """One class to grade.

    Attributes:
        case: what it is.
        submitted: the class's notebooks, as nbgrader has them.
        folder: for the contender, made anew by ``prepare``.
        environments: the folder of the other graders' environments.
        whole, slice: the data folders: all of it, and what networks are trained on.
    """

    case: Case
    submitted: Path
    folder: Path
    environments: Path
    whole: Path
    slice: Path

    @property
    def data(self) -> Path:
        """The data folder of this class's course."""
        return self.slice if self.case.trains else self.whole

    def task(self, *command: str | Path, python: Path) -> Task:
        """A command in an environment, which runs in the contender's folder."""
        variables = environments.variables(python)
        if python == Path(sys.executable):
            variables["PYTHONPATH"] = str(ROOT)  # this tree, wherever the package is installed
        words = [str(word) for word in command]
        log = str(self.folder.with_suffix(".log"))
        return Task(words, str(self.folder), variables, log, _LIMIT)


class Contender(Protocol):
    """A way to grade a class."""

    def prepare(self, job: Job) -> None:
        """Make the folder; this is not measured."""

    def task(self, job: Job) -> Task:
        """The command that is measured."""

    def points(self, job: Job) -> Mapping[str, float]:
        """What each student got."""

    def facts(self, job: Job) -> Mapping[str, float]:
        """Numbers of its own."""


class Stock:
    """nbgrader as it comes: one command for the class; students' cells and tests in one kernel."""

    def prepare(self, job: Job) -> None:
        """Make the course, and record the assignment in its gradebook."""
        courses.for_nbgrader(ROOT, job.case.assignment, job.submitted, job.folder)
        command = [str(self._python(job)), "-m", "nbgrader", "generate_assignment"]
        ran = subprocess.run(
            [*command, job.case.assignment],
            cwd=job.folder,
            env=environments.variables(self._python(job)),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise BenchError(f"{' '.join(command)}: {ran.stderr.strip().splitlines()[-1]}")

    def task(self, job: Job) -> Task:
        """The command."""
        python = self._python(job)
        return job.task(python, "-m", "nbgrader", "autograde", job.case.assignment, python=python)

    def points(self, job: Job) -> Mapping[str, float]:
        """From the gradebook."""
        return _gradebook(job)

    def facts(self, job: Job) -> Mapping[str, float]:
        """None."""
        return {}

    def _python(self, job: Job) -> Path:
        return environments.python(job.environments, "nbgrader")


class Otter:
    """Otter-Grader's API in a pool of two processes; a kernel for each notebook."""

    def prepare(self, job: Job) -> None:
        """Make the autograder and its notebooks."""
        courses.for_otter(ROOT, job.case.assignment, job.submitted, job.folder)

    def task(self, job: Job) -> Task:
        """The command."""
        python = environments.python(job.environments, "otter")
        pool = Path(__file__).with_name("otter_pool.py")
        return job.task(python, pool, job.folder, python=python)

    def points(self, job: Job) -> Mapping[str, float]:
        """As the pool wrote them."""
        return dict(json.loads((job.folder / "points.json").read_text()))

    def facts(self, job: Job) -> Mapping[str, float]:
        """None."""
        return {}


class Ours:
    """This grader: one command for the class."""

    def prepare(self, job: Job) -> None:
        """Make a copy of the course, and record the assignment in its gradebook."""
        courses.for_grader(ROOT, job.case.assignment, job.submitted, job.data, job.folder)

    def task(self, job: Job) -> Task:
        """The command."""
        python = Path(sys.executable)
        command: list[str | Path] = [python.with_name("grader")]
        if job.case.trains:
            command = [python, "-m", "benchmarks.classes.slice_command", job.whole]
        command += ["--course", job.folder, "grade", job.case.assignment]
        return job.task(*command, python=python)

    def points(self, job: Job) -> Mapping[str, float]:
        """From the gradebook."""
        return _gradebook(job)

    def facts(self, job: Job) -> Mapping[str, float]:
        """Epochs: trained for this class, and of its longest training; trained for each student."""
        from grader.notebook.submission import verdict_file

        files = job.folder.glob(f"autograded/*/{job.case.assignment}/*.verdicts.json")
        graded = [each for each in map(verdict_file.read, files) if each]
        runs = [run for each in graded for run in each.runs]
        if not runs:
            return {}
        own = {f"for {each.student}": sum(run.fresh for run in each.runs) for each in graded}
        return {
            "trained_epochs": sum(own.values()),
            "longest_training": max(run.epochs for run in runs),
            **own,
        }


class Cluster(Ours):
    """This grader on a cluster of two nodes that are started for the run, both on this machine."""

    def prepare(self, job: Job) -> None:
        """Make a copy of the course.

        Raises:
            BenchError: the packages of a cluster are not installed.
        """
        require_cluster()
        super().prepare(job)

    def task(self, job: Job) -> Task:
        """The command."""
        alone = super().task(job)
        return dataclasses.replace(alone, command=[*alone.command, "--cluster", "local:2"])


class Limit:
    """No grader: the class's own code, where everything is imported already."""

    def prepare(self, job: Job) -> None:
        """Make the folder, which stays empty."""
        job.folder.mkdir(parents=True, exist_ok=True)

    def task(self, job: Job) -> Task:
        """The command."""
        python = Path(sys.executable)
        module = "benchmarks.classes.limit"
        return job.task(
            python, "-m", module, job.submitted, job.case.assignment, job.slice, python=python
        )

    def points(self, job: Job) -> Mapping[str, float]:
        """None are given."""
        return {}

    def facts(self, job: Job) -> Mapping[str, float]:
        """Seconds of own code and of one training for each network."""
        lines = Path(self.task(job).log).read_text().splitlines()
        times = json.loads(next(line for line in reversed(lines) if line.startswith("{")))
        students = job.case.make(job.case.count)
        first = {student.network: student.name for student in reversed(students)}
        return {
            "own": sum(each["cells"] + each["calls"] for each in times.values()),
            "trainings": sum(times[student]["fits"] for student in first.values()),
        }


CONTENDERS: Mapping[str, Contender] = {
    cases.STOCK: Stock(),
    cases.OTTER: Otter(),
    cases.OURS: Ours(),
    cases.CLUSTER: Cluster(),
    cases.LIMIT: Limit(),
}


def require_cluster() -> None:
    """Raise ``BenchError`` where the packages of a cluster are not installed."""
    if importlib.util.find_spec("distributed") is None:
        raise BenchError('not available: pip install "grader[cluster]"')


def _gradebook(job: Job) -> Mapping[str, float]:
    """The points in nbgrader's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{job.folder}/gradebook.db") as gradebook:
        submissions = gradebook.assignment_submissions(job.case.assignment)
        return {each.student_id: float(each.score) for each in submissions}
