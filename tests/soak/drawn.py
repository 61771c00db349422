"""What is handed in: honest and hostile work for three exercises, drawn by a seed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import settings as course_settings
from grader.notebook import samples
from grader.notebook.submission import paths
from grader.reports.terminal.class_table import MARKS
from grader.settings import Settings
from tests import tiny
from tests.attacks import exercise
from tests.attacks.cases import ATTACKS
from tests.attacks.submissions import RIGHT, Attack, hand_in
from tests.attacks.world import World
from tests.conftest import ROOT

SCRATCH = "convolution_from_scratch"
ASSIGNMENTS = ("sums", exercise.NAME, SCRATCH)
_CELL_SECONDS, _MEMORY_BYTES = 20, 1 << 30
_WRONG = {"add": "def add(a, b):\n    return a - b"}
_TURNS = ("tiny", "attack", "tiny", "sample", "twin", "attack", "tiny", "attack", "sample", "tiny")


@dataclass(frozen=True)
class Drawn:
    """One submission.

    Attributes:
        assignment: what it is handed in for.
        student: new each time.
        expected: the outcomes of its claims, a letter each, as ``Attack.outcomes`` has them.
    """

    assignment: str
    student: str
    expected: str


class Soaked:
    """A course with three exercises, to which work is handed in.

    Args:
        settings: the course.
        world: what attackers might reach.
        seed: of what is drawn.
    """

    def __init__(self, settings: Settings, world: World, seed: int) -> None:
        self.settings, self._world = settings, world
        self._chance, self._count = random.Random(seed), 0
        # What waits for a limit of time has another end on a busy machine, and takes long anywhere.
        self._attacks = [attack for attack in ATTACKS if not set(attack.outcomes) & set("L?")]
        found = (
            samples.load(path) for path in sorted((ROOT / "tests/submissions" / SCRATCH).iterdir())
        )
        self._samples = [
            sample for sample in found if not sample.minutes and "never" not in sample.folder.name
        ]

    def hand_in(self) -> Drawn:
        """Hand in the next submission; each ten have the same kinds."""
        kind = _TURNS[self._count % len(_TURNS)]
        self._count += 1
        student = f"s{self._count:05}"
        if kind == "tiny":
            return self._tiny(student)
        return self._sample(student) if kind == "sample" else self._attack(student, kind)

    def _tiny(self, student: str) -> Drawn:
        right = self._chance.random() < 0.5
        answers = tiny.GOOD if right else tiny.GOOD | _WRONG
        tiny.hand_in(self.settings, student, tiny.submission(self.settings, answers))
        return Drawn("sums", student, "+++" if right else "FF+")

    def _attack(self, student: str, kind: str) -> Drawn:
        attack: Attack = self._chance.choice(self._attacks)
        work, expected = (
            (attack.attacker, attack.outcomes) if kind == "attack" else (attack.twin, RIGHT)
        )
        try:
            hand_in(self._world, student, work)
        except PermissionError:  # this account makes no devices, for example
            shutil.rmtree(paths.submission(self.settings, student, exercise.NAME).submitted)
            return self._tiny(student)
        return Drawn(
            exercise.NAME, student, expected if not attack.refused or kind != "attack" else ""
        )

    def _sample(self, student: str) -> Drawn:
        sample = self._chance.choice(self._samples)
        samples.hand_in(self.settings, SCRATCH, sample, student)
        letters = "".join(MARKS[outcome][0] for outcome in sample.verdicts.values())
        return Drawn(SCRATCH, student, letters)


@contextmanager
def soaked(folder: Path, seed: int) -> Iterator[Soaked]:
    """A course in a new folder."""
    root, outside = folder / "course", folder / "outside"
    root.mkdir(parents=True)
    outside.mkdir()
    tiny.make_course(root, _CELL_SECONDS)
    exercise.write_source(root)
    shutil.copytree(ROOT / "source" / SCRATCH, root / "source" / SCRATCH)
    with (root / "course_config.py").open("a") as config:
        limits = {"cell_seconds": _CELL_SECONDS, "memory_bytes": _MEMORY_BYTES}
        config.write(f"\nc.Course.assignments = {list(ASSIGNMENTS)}\n")
        config.write(f"c.Course.limits = {{'*': {limits}}}\n")
        config.write(f"c.Course.data = {str((ROOT / 'data').resolve())!r}\n")
    with World(root, outside) as world:
        yield Soaked(course_settings.load(root), world, seed)
