"""Runs the attacks against nbgrader as it comes, and against this grader: a table in Markdown.

    python -m tests.attacks.stock              # both columns, some ten minutes
    python -m tests.attacks.stock --only 12    # one case

Each attack gets a course folder of its own, in which three students hand in: the attacker, an
honest classmate, and the attacker's harmless twin. What would hurt a machine without a sandbox is
not run through nbgrader's own pipeline.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from grader import settings as course_settings
from grader.errors import GraderError
from grader.notebook import autograde
from tests.attacks import exercise
from tests.attacks.archives import ARCHIVES, COLLECT, Archive, hand_in_archives
from tests.attacks.cases import ATTACKS
from tests.attacks.submissions import PEER, Attack, HandedIn, hand_in
from tests.attacks.world import World

ROOT = Path(__file__).parents[2]
ATTACKER, TWIN = "attacker", "twin"  # nbgrader takes students by the alphabet: the peer is between
BATCH_SECONDS, CELL_SECONDS = 90, 6
STOCK = (
    f"c = get_config()\nc.CourseDirectory.course_id = 'stock'\nc.Execute.timeout = {CELL_SECONDS}\n"
)
OURS = (
    f"\nc.Course.assignments = ['{exercise.NAME}']\n"
    f"c.Course.limits = {{'*': {{'cell_seconds': {CELL_SECONDS}}}}}\n"
)


@dataclass(frozen=True)
class Row:
    """What came of one attack in one pipeline.

    Attributes:
        points: of attacker, classmate and twin; None for who was not graded.
        remarks: what else happened.
    """

    points: tuple[float | None, ...]
    remarks: tuple[str, ...]

    def __str__(self) -> str:
        attacker, peer, twin = (
            "not graded" if points is None else f"{points:g}" for points in self.points
        )
        words = [attacker, *self.remarks]
        if peer != str(exercise.MAX_SCORE):
            words.append(f"classmate: {peer}")
        if twin != str(exercise.MAX_SCORE):
            words.append(f"twin: {twin}")
        return "; ".join(words)


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.attacks.stock")
    parser.add_argument("--only", type=int, help="number of one case")
    parser.add_argument("--stock-only", action="store_true", help="leave our column empty")
    arguments = parser.parse_args(argv)
    # nbgrader starts alembic as a program: it stands beside this Python, activated or not.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    print("| case | what the attacker does | nbgrader's own pipeline | this grader |")
    print("| ---: | --- | --- | --- |")
    for attack in ATTACKS:
        if arguments.only in (None, attack.number):
            stock = "not run" if attack.dangerous else stock_row(attack)
            ours = "" if arguments.stock_only else our_row(attack)
            print(f"| {attack.number} | {attack.about} | {stock} | {ours} |", flush=True)
    for archive in ARCHIVES:
        if arguments.only in (None, 10):
            stock = "not run" if archive.dangerous else collected(archive, STOCK)
            ours = "" if arguments.stock_only else collected(archive, _our_config())
            print(f"| 10 | {archive.about} | {stock} | {ours} |", flush=True)


def collected(archive: Archive, config: str) -> str:
    """Whose notebooks ``nbgrader zip_collect`` takes out of the archives."""
    with tempfile.TemporaryDirectory() as course:
        _configure(Path(course), config)
        hand_in_archives(Path(course), archive)
        ended = _nbgrader(Path(course), "zip_collect", exercise.NAME, COLLECT)
        submitted = Path(course).glob(f"submitted/*/*/{exercise.NAME}.ipynb")
        names = ", ".join(sorted(path.parts[-3] for path in submitted))
        return f"collected: {names or 'nobody'}" + ("" if ended else "; had to be ended")


def stock_row(attack: Attack) -> Row | str:
    """What nbgrader's own pipeline makes of an attack."""
    with _course(STOCK, "python3") as world:
        _nbgrader(world.course, "generate_assignment", exercise.NAME)
        if not _hand_in(world, attack):
            return "not run"
        ended = _nbgrader(world.course, "autograde", exercise.NAME)
        remarks = () if ended else (f"hangs the class: ended after {BATCH_SECONDS} s",)
        return _row(world, remarks)


def our_row(attack: Attack) -> Row | str:
    """What this grader makes of it."""
    with _course(_our_config(), "course") as world:
        if not _hand_in(world, attack):
            return "not run"
        settings = course_settings.load(world.course)
        try:
            students = (ATTACKER, PEER, TWIN)
            results = {
                one.student: one for one in autograde.grade(settings, exercise.NAME, students)
            }
        except GraderError as error:
            return f"not run: {error}"
        refused = () if results[ATTACKER].graded else ("refused by name",)
        return _row(world, refused)


@contextlib.contextmanager
def _course(config: str, kernel: str) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as course, tempfile.TemporaryDirectory() as outside:
        _configure(Path(course), config)
        exercise.write_source(Path(course), kernel)
        with World(Path(course), Path(outside)) as world:
            yield world


def _our_config() -> str:
    return (ROOT / "course_config.py").read_text() + OURS


def _configure(course: Path, config: str) -> None:
    """nbgrader reads ``nbgrader_config.py``, which in our course loads ``course_config.py``."""
    if config == STOCK:
        (course / "nbgrader_config.py").write_text(config)
    else:
        (course / "course_config.py").write_text(config)
        shutil.copy(ROOT / "nbgrader_config.py", course)


def _hand_in(world: World, attack: Attack) -> bool:
    """Hand in for all three; False where this account cannot attack so."""
    hand_in(world, PEER, HandedIn())
    hand_in(world, TWIN, attack.twin)
    try:
        hand_in(world, ATTACKER, attack.attacker)
    except PermissionError:
        return False
    return True


def _nbgrader(course: Path, *words: str) -> bool:
    """Run a command of nbgrader's; False if it had to be ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(BATCH_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def _row(world: World, remarks: Sequence[str]) -> Row:
    with Gradebook(f"sqlite:///{world.course}/gradebook.db") as gradebook:
        points = tuple(_points(gradebook, student) for student in (ATTACKER, PEER, TWIN))
    return Row(points, (*remarks, *dict.fromkeys(world.traces(ATTACKER))))


def _points(gradebook: Gradebook, student: str) -> float | None:
    try:
        found = gradebook.find_submission(exercise.NAME, student)
    except MissingEntry:
        return None
    notebook = found.notebooks[0]
    if all(grade.auto_score is None for grade in notebook.grades):
        return None
    return float(found.score)


if __name__ == "__main__":
    main()
