"""Grades a small class while something of it is killed, and tells what is there afterwards."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from grader import settings
from grader.notebook import samples
from grader.notebook.submission import paths
from grader.sandbox.sandbox_dir import PLACE
from grader.settings import Settings
from tests import slices, tiny
from tests.conftest import ROOT
from tests.processes import command_line
from tests.test_class_of_twelve import ASSIGNMENT, small, write

CLASS = {
    "ada": {},
    "ben": {"add": "import time\ntime.sleep(0.5)\ndef add(a, b):\n    return 3"},
    "cleo": {"add": "import os\ndef add(a, b):\n    os._exit(0)"},
}
TRAINED = {"ada": (5, 6), "ben": (6, 4)}  # filters and epochs of networks
RUN_SECONDS = 300

# What the command line of a process holds, by its role. A judge has the line of the server that it
# was forked from. The rest of the driver's descendants outside sandboxes are bubblewrap.
ROLES = {
    "forkserver": "multiprocessing.forkserver",
    "judge": "multiprocessing.forkserver",
    "supervisor": "sandbox.supervisor",
    "warm parent": "sandbox.warm.parent",
}
TRAINED_ROLES = {
    "judge": ROLES["judge"],
    "worker": "referee.service.worker",
    "trainer": "referee.service.trainer_process",
}

CLUSTER_ROLES = {"node": "multiprocessing.spawn", "forked on a node": ROLES["judge"]}

# What `grader grade sums --workers 2` does, or --cluster, without the check of the data sets: one
# class has none, the other has slices.
_DRIVER = """
import contextlib, sys
from pathlib import Path
from grader import settings
from grader.notebook import autograde
from grader.notebook.assignment import load_assignment
course = settings.load(Path(sys.argv[1]))
with contextlib.ExitStack() as ends:
    engine = None
    if sys.argv[3]:
        from grader.cluster.session import session
        ready = session(course, load_assignment(course, sys.argv[2]), sys.argv[3])
        engine = ends.enter_context(ready).engine
    results = list(autograde.grade(course, sys.argv[2], workers=2, engine=engine))
print(*results, sep="\\n")
sys.exit(not all(result.graded and not result.faulty for result in results))
"""

_GRADES = """
SELECT student.id, base_cell.name, grade.auto_score, grade.manual_score,
       grade.needs_manual_grade, grade.extra_credit
FROM grade
JOIN base_cell ON grade.cell_id = base_cell.id
JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN student ON submitted_assignment.student_id = student.id
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Moment:
    """What is killed, and when.

    Attributes:
        seconds: after the start of the run, at the earliest.
        role: ``driver``, ``any`` of its descendants outside sandboxes, or a key of one of
            the tables of roles.
    """

    seconds: float
    role: str


def moments(
    seed: int, count: int, seconds: float, roles: Mapping[str, str] = ROLES
) -> list[Moment]:
    """Random moments within a run that takes ``seconds``; the driver is killed at a third of them.

    Args:
        seed: of the random numbers.
        count: how many moments.
        seconds: that an undisturbed run takes.
        roles: what is killed at the others, beside any process.
    """
    chance = random.Random(seed)
    victims = [*["driver"] * 3, "any", "any", *roles]
    return [Moment(chance.uniform(0, seconds), chance.choice(victims)) for _ in range(count)]


@dataclass(frozen=True)
class Class:
    """A class that has handed in.

    Attributes:
        course: its course.
        assignment: what it handed in.
        cluster: where it is graded; empty for this machine.
    """

    course: Settings
    assignment: str
    cluster: str = ""

    @property
    def log(self) -> str:
        """What grading said."""
        return (self.course.root / "log").read_text()


def make_class(folder: Path) -> Class:
    """A class of three with an exercise that trains nothing."""
    folder.mkdir()
    course = tiny.make_course(folder, cell_seconds=60)
    for student, cells in CLASS.items():
        tiny.hand_in(course, student, tiny.submission(course, tiny.GOOD | cells))
    return Class(course, "sums")


def make_clustered_class(folder: Path) -> Class:
    """The class of three, graded on two nodes."""
    return replace(make_class(folder), cluster="local:2")


def make_trained_class(folder: Path) -> Class:
    """A class of two with a network each, trained on slices by a referee of the run's own."""
    folder.mkdir()
    slices.write_slices(ROOT / "data", folder / "data")
    folder.chmod(0o755)  # student code may run as nobody
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    (folder / "source").symlink_to(ROOT / "source")
    course = settings.load(folder)
    for student, (filters, epochs) in TRAINED.items():
        sample = write(folder / student, small(filters, epochs))
        samples.hand_in(course, ASSIGNMENT, sample, student)
    return Class(course, ASSIGNMENT)


def start(handed_in: Class) -> subprocess.Popen[bytes]:
    """Start grading the class."""
    with (handed_in.course.root / "log").open("ab") as log:
        return subprocess.Popen(
            [
                *(sys.executable, "-c", _DRIVER, str(handed_in.course.root)),
                *(handed_in.assignment, handed_in.cluster),
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def grade(handed_in: Class) -> int:
    """Grade to the end; returns the exit code."""
    return start(handed_in).wait(RUN_SECONDS)


def grade_and_kill(handed_in: Class, moment: Moment) -> tuple[str, set[psutil.Process]]:
    """Grade, and kill one process at a moment, or as soon afterwards as there is one to kill.

    Returns:
        What was killed, in words, empty if the run had ended; and all processes that it had then.
    """
    driver = start(handed_in)
    with contextlib.suppress(subprocess.TimeoutExpired):
        driver.wait(moment.seconds)
    said, present = "", set[psutil.Process]()
    while driver.poll() is None and not said:
        present = set(_tree(driver.pid))
        if (victim := _victim(moment, driver.pid, present)) is not None:
            said = f"{moment} killed {victim.pid}: {command_line(victim)[:60]!r}"
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        time.sleep(0.02)
    driver.wait(RUN_SECONDS)
    return said, present


def _victim(moment: Moment, driver: int, present: set[psutil.Process]) -> psutil.Process | None:
    if moment.role == "driver":
        return next((process for process in present if process.pid == driver), None)
    present = {process for process in present if not _is_inside(process)}
    word = (ROLES | TRAINED_ROLES | CLUSTER_ROLES).get(moment.role, "")
    matching = [each for each in present if each.pid != driver and word in command_line(each)]
    if moment.role in ("forkserver", "judge"):  # the server is the driver's child, a judge is its
        judges = moment.role == "judge"
        matching = [each for each in matching if (_parent(each) != driver) == judges]
    matching.sort(key=lambda process: process.pid)
    return random.Random(moment.seconds).choice(matching) if matching else None


def _tree(pid: int) -> list[psutil.Process]:
    """A process and its descendants; empty if it has ended."""
    try:
        driver = psutil.Process(pid)
        return [driver, *driver.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _is_inside(process: psutil.Process) -> bool:
    """Whether a process is one that student code can kill itself: its end is the student's then."""
    try:
        return (
            Path(f"/proc/{process.pid}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink()
        )
    except OSError:  # it has ended
        return True


def _parent(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def alive(processes: set[psutil.Process], seconds: float = 30) -> list[str]:
    """Those that are still there after a while."""
    _, left = psutil.wait_procs(processes, timeout=seconds)
    return [
        f"{process.pid} {command_line(process):.200}" for process in left if process.is_running()
    ]


def leftovers(processes: set[psutil.Process], seconds: float = 30) -> list[str]:
    """Folders and control groups that carry the number of one of them, after a while."""
    numbers = {str(process.pid) for process in processes}
    until = time.monotonic() + seconds
    while (found := _named_after(numbers)) and time.monotonic() < until:
        time.sleep(0.2)
    return found


def _named_after(numbers: set[str]) -> list[str]:
    groups = Path("/sys/fs/cgroup").glob("**/grader-sandbox-*")
    named = (*PLACE.glob("grader-*-*-*"), *groups)
    return [str(path) for path in named if path.name.split("-")[2] in numbers]


def outcome(handed_in: Class) -> dict[str, Any]:
    """What grading left: the gradebook's rows, and every autograded file, without times."""
    course, assignment = handed_in.course, handed_in.assignment
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        rows = gradebook.execute(_GRADES).fetchall()
    autograded = paths.submission(course, "ada", assignment).autograded.parent.parent
    files = {
        str(path.relative_to(autograded)): _content(path)
        for path in sorted(autograded.rglob("*"))
        if path.is_file()
    }
    return {"grades": rows, **files}


def _content(path: Path) -> Any:
    """A file's content without times, seeds, and which epochs were in the store already."""
    if path.suffix == ".gz":
        evidence = json.loads(gzip.decompress(path.read_bytes()))
        return [(claim["claim"], claim["count"]) for claim in evidence["claims"]]
    if path.suffix == ".txt":  # when it was handed in, through an exchange
        return path.read_text()
    content = json.loads(path.read_text())
    if path.suffixes[0] == ".verdicts":
        for part in (content, *content["verdicts"], *content["runs"]):
            for name in ("seconds", "timings", "fresh", "seed"):
                part.pop(name, None)
    return content
