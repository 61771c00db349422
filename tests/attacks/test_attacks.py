"""Each attack gets what it deserves, leaves nothing behind, and costs nobody else a point."""

from __future__ import annotations

import dataclasses
import html
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback

from grader import settings as course_settings
from grader.model import Outcome, WorkPart
from grader.notebook import autograde, samples
from grader.notebook.autograde import Result
from grader.notebook.plugins.converters import convert
from grader.notebook.submission import parse, paths
from grader.reports.terminal.class_table import MARKS
from grader.settings import Settings
from tests.attacks import exercise, listening
from tests.attacks.cases import ATTACKS
from tests.attacks.live_outputs import HTML, SVG
from tests.attacks.on_exercises import ON_EXERCISES, OnExercise
from tests.attacks.submissions import PEER, RIGHT, Attack, HandedIn, hand_in
from tests.attacks.world import PLAIN, SCRIPT, World, live_scripts, widths
from tests.conftest import ROOT

pytestmark = [pytest.mark.xdist_group("attacks"), pytest.mark.kernel]  # one worker: one class
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

    def twin(self, attack: Attack) -> tuple[str, list[str]]:
        """The outcomes of an attack's twin, and its traces; one that attacks share is graded once.

        It is handed in and graded after the attack.
        """
        if id(attack.twin) not in self._twins:
            student = f"{attack.name}_twin"
            self.hand_in(student, attack.twin)
            result = self.grade(student)
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


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    root = tmp_path_factory.mktemp("course")
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    with (root / "course_config.py").open("a") as config:
        config.write(f"\nc.Course.assignments = ['{exercise.NAME}']\n")
        config.write(f"c.Course.limits = {{'*': {{'memory_bytes': {MEMORY_BYTES}}}}}\n")
    exercise.write_source(root)
    with World(root, tmp_path_factory.mktemp("outside")) as world:
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
    """Whether outcomes are as expected: an x is any that costs the claim, a ? is any at all."""
    kept = (Outcome.PASSED, Outcome.GRADER_FAULT)  # a fault of ours takes nothing from an attacker
    lost = {mark for outcome, (mark, _) in MARKS.items() if outcome not in kept}
    return len(received) == len(expected) and all(
        letter in (mark, "?") or (letter == "x" and mark in lost)
        for mark, letter in zip(received, expected, strict=True)
    )


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.number}-{attack.name}")
def test_an_attack_earns_nothing_and_the_class_goes_on(attacked: Class, attack: Attack) -> None:
    if attack.dangerous and not attack.refused and not attacked.sandboxed:
        pytest.skip("this would hurt a machine without a sandbox")
    before = attacked.peer_score()
    try:
        attacked.hand_in(attack.name, attack.attacker)
    except PermissionError as error:
        pytest.skip(f"this account cannot attack so: {error}")
    waits = set(attack.outcomes) & set("L?")
    result = attacked.grade(attack.name, SECONDS if waits else PATIENT_SECONDS)
    show(result)
    assert agrees(letters(result), attack.outcomes)
    assert attack.refused in result.problem
    assert attacked.world.traces(attack.name) == []
    assert attacked.twin(attack) == (RIGHT, [])
    assert attacked.peer_score() == before


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if attack.number == 24], ids=lambda attack: attack.name
)
def test_no_script_lives_on_a_feedback_page(attacked: Class, attack: Attack) -> None:
    student = f"reader_of_{attack.name}"
    attacked.hand_in(student, attack.attacker)
    attacked.grade(student)
    page = attacked.feedback(student)
    assert live_scripts(page) == []
    assert exercise.SECRET not in page


@pytest.mark.parametrize("attack", listening.ATTACKS, ids=lambda attack: attack.name)
def test_what_code_heard_of_a_hidden_test_is_told_nowhere(attacked: Class, attack: Attack) -> None:
    student = f"told_by_{attack.name}"
    attacked.hand_in(student, attack.attacker)
    show(attacked.grade(student))
    graded = paths.submission(attacked.settings, student, exercise.NAME).autograded
    path = graded / f"{exercise.NAME}.ipynb"
    drawn = widths(o for c in nbformat.read(path, as_version=4).cells for o in c.get("outputs", ()))
    assert max(drawn, default=0) <= exercise.QUIET_WIDTH
    assert exercise.QUIET_WIDTH in drawn or attack.name != "listens", "visible tests are heard"
    for text in (attacked.feedback(student), path.read_text()):
        assert exercise.HEARD not in html.unescape(text)
        assert "heard: 1 and 2" in text or attack.name != "listens", "visible tests are heard"


def test_a_live_script_would_be_found() -> None:
    for text in (HTML, SVG, f"<a href='javascript:{SCRIPT}'>look</a>"):
        assert live_scripts(f"<p>{text}</p>")
        assert not live_scripts(f"<p>{html.escape(text)}</p><script>other()</script>")


def lost(assignment: str, name: str) -> set[str]:
    """The claims that a sample is expected to lose, tried and not passed."""
    found = samples.load(ROOT / "tests" / "submissions" / assignment / name).verdicts
    kept = (Outcome.PASSED, Outcome.NOT_ATTEMPTED)
    return {claim for claim, outcome in found.items() if outcome not in kept}


@pytest.mark.parametrize("case", ON_EXERCISES, ids=lambda case: f"{case.number}-{case.name}")
def test_an_attack_on_an_exercise_is_among_the_samples(case: OnExercise) -> None:
    """They are graded with all samples; here it is held what they cost, and what honesty costs."""
    assert lost(case.assignment, case.name) == case.loses
    assert lost(case.assignment, case.twin) == set()


def test_each_attack_on_an_exercise_is_written_down() -> None:
    rows = (ROOT / "docs" / "security.md").read_text().splitlines()
    for case in ON_EXERCISES:
        row = f"| {case.number} | `{case.assignment}` | {about(case)} |"
        assert any(line.startswith(row) for line in rows), f"docs/security.md: expected {row}"


def about(case: OnExercise) -> str:
    """What the student of a sample does, as the sample says it."""
    folder = ROOT / "tests" / "submissions" / case.assignment / case.name
    return samples.load(folder).about.removesuffix(".")


def test_a_picture_is_kept(attacked: Class) -> None:
    """What is inert stays to be seen: else the test of scripts could pass on empty outputs."""
    picture = next(attack for attack in ATTACKS if attack.name == "html").twin
    attacked.hand_in("painter", picture)
    attacked.grade("painter")
    graded = paths.submission(attacked.settings, "painter", exercise.NAME).autograded
    notebook = parse.read(graded / f"{exercise.NAME}.ipynb")
    kinds = {
        kind
        for cell in notebook.cells
        for o in cell.get("outputs", [])
        for kind in o.get("data", {})
    }
    assert "image/png" in kinds
    assert kinds <= PLAIN
