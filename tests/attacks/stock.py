"""Runs the attacks against nbgrader as it comes, Otter-Grader 7, and this grader.

    python -m tests.attacks.stock                # what docs/security.md has not yet: an hour
    python -m tests.attacks.stock --only 12 --pipeline otter --again

Each attack gets a course folder of its own, in which three students hand in: the attacker, an
honest classmate, and the attacker's harmless twin. The others' pipelines run among processes of
their own (``apart.py``) and for a limited time; one that does not end is a result. What would hurt
a machine without a sandbox is not run through them. What comes of a case is written into
docs/security.md at once, so the same command goes on where it was stopped. Otter-Grader's
environment is the one that ``make bench`` makes; where it is not there, its cells say that nothing
was tried.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from benchmarks.classes import environments
from grader import settings as course_settings
from grader.errors import GraderError
from grader.notebook import autograde
from tests.attacks import exercise, other_graders, security_page
from tests.attacks.archives import ARCHIVES, COLLECT, Archive, hand_in_archives
from tests.attacks.cases import ATTACKS, TRIALS
from tests.attacks.security_page import NOT_TRIED
from tests.attacks.submissions import PEER, Attack, HandedIn, hand_in
from tests.attacks.world import World

ROOT = Path(__file__).parents[2]
ATTACKER, TWIN = "attacker", "twin"  # nbgrader takes students by the alphabet: the peer is between
CELL_SECONDS = 6
PIPELINES = {
    "stock": "nbgrader's own pipeline",
    "otter": "Otter-Grader 7",
    "ours": "this grader",
}
CASES: tuple[Attack | Archive, ...] = (
    *(attack for attack in ATTACKS if attack.number <= 10),
    *ARCHIVES,
    *(attack for attack in ATTACKS if attack.number > 10),
)
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
    """Try what is missing, and write the tables after each case."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.attacks.stock")
    parser.add_argument("--only", nargs="+", metavar="CASE", help="names or numbers of cases")
    parser.add_argument("--pipeline", nargs="+", choices=PIPELINES, default=[*PIPELINES])
    parser.add_argument("--again", action="store_true", help="also what was tried before")
    parser.add_argument("--page", type=Path, default=security_page.PAGE, help="default: the docs'")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no case after that")
    given = parser.parse_args(argv)
    # nbgrader starts alembic as a program: it stands beside this Python, activated or not.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    end = time.monotonic() + 60 * given.minutes
    compared = security_page.read(tuple(PIPELINES.values()), given.page)
    security_page.write("trials", security_page.of_trials(TRIALS), given.page)
    security_page.write("compared", compared.table(_named()), given.page)
    for case in CASES:
        if given.only and not {case.name, str(_number(case))} & set(given.only):
            continue
        for pipeline in given.pipeline:
            key = _number(case), case.about, PIPELINES[pipeline]
            if time.monotonic() < end and (given.again or compared.cell(*key) == NOT_TRIED):
                compared.put(*key, str(_tried(case, pipeline)))
                print(case.name, pipeline, compared.cell(*key), flush=True)
                security_page.write("compared", compared.table(_named()), given.page)


def _named() -> list[tuple[int, str]]:
    return [(_number(case), case.about) for case in CASES]


def _number(case: Attack | Archive) -> int:
    return case.number if isinstance(case, Attack) else 10


def _tried(case: Attack | Archive, pipeline: str) -> Row | str:
    """What comes of a case in a pipeline."""
    if case.dangerous and pipeline != "ours":
        return "not run"
    if isinstance(case, Archive):
        if pipeline == "otter":
            return "not run: it collects no archives"
        return collected(case, STOCK if pipeline == "stock" else _our_config())
    return {"stock": stock_row, "otter": otter_row, "ours": our_row}[pipeline](case)


def collected(archive: Archive, config: str) -> str:
    """Whose notebooks ``nbgrader zip_collect`` takes out of the archives."""
    with tempfile.TemporaryDirectory() as course:
        _configure(Path(course), config)
        hand_in_archives(Path(course), archive)
        with _nbgrader(Path(course), "zip_collect", exercise.NAME, COLLECT) as ended:
            pass
        submitted = Path(course).glob(f"submitted/*/*/{exercise.NAME}.ipynb")
        names = ", ".join(sorted(path.parts[-3] for path in submitted))
        return f"collected: {names or 'nobody'}" + ("" if ended else "; had to be ended")


def stock_row(attack: Attack) -> Row | str:
    """What nbgrader's own pipeline makes of an attack."""
    with _course(STOCK, "python3") as world:
        with _nbgrader(world.course, "generate_assignment", exercise.NAME):
            pass
        if not _hand_in(world, attack):
            return "not run"
        with _nbgrader(world.course, "autograde", exercise.NAME) as ended:
            traces = world.traces(ATTACKER)
        remarks = () if ended else (f"hangs the class: ended after {other_graders.SECONDS} s",)
        return _row(world, (*remarks, *traces))


def otter_row(attack: Attack) -> Row | str:
    """What Otter-Grader makes of it: its API grades each notebook, in a process of its own."""
    if not other_graders.OTTER.exists():
        return NOT_TRIED
    honest = _honest_by_otter()
    with _course(_our_config(), "python3") as world:
        if not _hand_in(world, attack):
            return "not run"
        other_graders.write_autograder(world)
        attacker, traces = other_graders.points_by_otter(world, ATTACKER)
        twin, _ = other_graders.points_by_otter(world, TWIN)
        hangs = () if attacker != "hangs" else (f"hangs: ended after {other_graders.SECONDS} s",)
        points = (None if hangs else attacker, honest, None if twin == "hangs" else twin)
        return Row(points, (*hangs, *dict.fromkeys(traces)))


@functools.cache
def _honest_by_otter() -> float:
    """The points of an honest notebook; raises ``RuntimeError`` where it is not graded.

    A classmate's notebook is the same in each case, and graded in a process of its own.
    """
    environments.install_kernel(other_graders.OTTER, ROOT / "data")
    with _course(_our_config(), "python3") as world:
        hand_in(world, PEER, HandedIn())
        other_graders.write_autograder(world)
        points, _ = other_graders.points_by_otter(world, PEER)
    if not isinstance(points, float):
        raise RuntimeError(f"{other_graders.OTTER} grades no honest notebook: {points}")
    return points


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
        return _row(world, (*refused, *world.traces(ATTACKER)))


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


def _nbgrader(course: Path, *words: str) -> contextlib.AbstractContextManager[bool]:
    """Run a command of nbgrader's; False if it had to be ended."""
    return other_graders.run(
        [sys.executable, "-m", "nbgrader", *words], course, Path(sys.executable)
    )


def _row(world: World, remarks: Sequence[str]) -> Row:
    with Gradebook(f"sqlite:///{world.course}/gradebook.db") as gradebook:
        points = tuple(_points(gradebook, student) for student in (ATTACKER, PEER, TWIN))
    return Row(points, tuple(dict.fromkeys(remarks)))


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
