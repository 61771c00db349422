"""The attacked course: an honest student who was graded first, attackers, and their twins."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback

from grader import settings as course_settings
from grader.model import Outcome, WorkPart
from grader.notebook import autograde
from grader.notebook.class_run import Result
from grader.notebook.plugins.converters import convert
from grader.notebook.submission import paths
from grader.reports.terminal.class_table import MARKS
from grader.settings import Settings
from tests.attacks import exercise
from tests.attacks.submissions import PEER, RIGHT, Attack, HandedIn, hand_in
from tests.attacks.world import World
from tests.conftest import ROOT

SECONDS = 6  # of a cell, where an attack waits for that limit
PATIENT_SECONDS = 60  # elsewhere, so that what comes first does not depend on the machine's speed
MEMORY_BYTES = 1 << 30  # a quarter of the course's: it takes seconds to fill
WHERE = "import os\nprint(os.readlink('/proc/self/ns/pid'))"


@dataclass
class Class:
    """The attacked course, with one honest student who was graded first."""

    settings: Settings
    world: World
    sandboxed: bool = False
    _twins: dict[int, tuple[str, list[str]]] = field(default_factory=dict)

    def hand_in(self, student: str, work: HandedIn) -> None:
        """Put what a student made into the submitted folder."""
        hand_in(self.world, student, work)

    def grade(self, student: str, cell_seconds: float = PATIENT_SECONDS) -> Result:
        """Grade one student, whose cells may take so long."""
        limits = self.settings.limits(exercise.NAME)
        limits = dataclasses.replace(limits, cell_seconds=cell_seconds)
        settings = dataclasses.replace(self.settings, limits_of={exercise.NAME: limits})
        (result,) = autograde.grade(settings, exercise.NAME, [student])
        # On a kernel that a warm parent gave.
        assert WorkPart.COLD_KERNEL_START not in {timing.part for timing in result.timings}
        return result

    def attack(self, attack: Attack) -> Result:
        """Hand in and grade an attack.

        Raises:
            PermissionError: this account cannot attack so.
        """
        self.hand_in(attack.name, attack.attacker)
        waits = set(attack.outcomes) & set("L?")
        return self.grade(attack.name, SECONDS if waits else PATIENT_SECONDS)

    def twin(self, attack: Attack) -> tuple[str, list[str]]:
        """The outcomes of an attack's twin, and its traces; one that attacks share is graded once.

        It is handed in and graded after the attack.
        """
        if id(attack.twin) not in self._twins:
            student = f"{attack.name}_twin"
            self.hand_in(student, attack.twin)
            result = self.grade(student)
            if letters(result) != RIGHT:
                show(result)
            self._twins[id(attack.twin)] = letters(result), self.world.traces(student)
        return self._twins[id(attack.twin)]

    def feedback(self, student: str) -> str:
        """The page that is handed back to a student."""
        directory = paths.course_directory(self.settings)
        directory.assignment_id, directory.student_id = exercise.NAME, student
        convert(GenerateFeedback(coursedir=directory, config=self.settings.config, force=True))
        folder = directory.format_path(directory.feedback_directory, student, exercise.NAME)
        return (Path(folder) / f"{exercise.NAME}.html").read_text()

    def peer_score(self) -> tuple[float, float]:
        """The honest student's points in the gradebook, and the points there are."""
        url = paths.course_directory(self.settings).db_url
        with Gradebook(url) as gradebook:
            submission = gradebook.find_submission(exercise.NAME, PEER)
            return submission.score, submission.max_score


@contextlib.contextmanager
def attacked_class(root: Path, outside: Path) -> Iterator[Class]:
    """A course in the empty folder ``root``, whose honest student is graded.

    Args:
        root: for the course.
        outside: an empty folder that no student may reach.
    """
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    with (root / "course_config.py").open("a") as config:
        config.write(f"\nc.Course.assignments = ['{exercise.NAME}']\n")
        config.write(f"c.Course.limits = {{'*': {{'memory_bytes': {MEMORY_BYTES}}}}}\n")
    exercise.write_source(root)
    with World(root, outside) as world:
        attacked = Class(course_settings.load(root), world)
        cell = nbformat.v4.new_code_cell(WHERE, id="where")
        attacked.hand_in(PEER, HandedIn(change=lambda notebook: notebook.cells.append(cell)))
        honest = attacked.grade(PEER)
        assert WorkPart.KERNEL_START in {timing.part for timing in honest.timings}
        assert letters(honest) == RIGHT
        assert attacked.peer_score() == (exercise.MAX_SCORE, exercise.MAX_SCORE)
        graded = paths.submission(attacked.settings, PEER, exercise.NAME).autograded
        text = (graded / f"{exercise.NAME}.ipynb").read_text()
        attacked.sandboxed = str(Path("/proc/self/ns/pid").readlink()) not in text
        yield attacked


def show(result: Result) -> None:
    """Print why there are no verdicts, or the verdicts: pytest shows it where a test fails."""
    print(result.problem, *(result.graded.verdicts if result.graded else ()), sep="\n")


def letters(result: Result) -> str:
    """The outcomes as ``Attack.outcomes`` writes them; empty where nothing was graded."""
    graded = result.graded
    return "".join(MARKS[verdict.outcome][0] for verdict in graded.verdicts) if graded else ""


def agrees(received: str, expected: str) -> bool:
    """Whether outcomes are as expected: an x costs the claim, a * may, a ? is any at all."""
    kept = (Outcome.PASSED, Outcome.GRADER_FAULT)  # a fault of ours takes nothing from an attacker
    lost = {mark for outcome, (mark, _) in MARKS.items() if outcome not in kept}
    return len(received) == len(expected) and all(
        letter in (mark, "?")
        or (letter in "x*" and mark in lost)
        or (letter == "*" and mark == MARKS[Outcome.PASSED][0])
        for mark, letter in zip(received, expected, strict=True)
    )
