"""Each attack gets what it deserves, leaves nothing behind, and costs nobody else a point."""

from __future__ import annotations

import html
from collections.abc import Iterator

import nbformat
import pytest

from grader.model import Outcome
from grader.notebook import samples
from grader.notebook.submission import parse, paths
from tests.attacks import exercise, listening
from tests.attacks.attacked import Class, agrees, attacked_class, letters, show
from tests.attacks.cases import ATTACKS, SAMPLED
from tests.attacks.live_outputs import HTML, SVG
from tests.attacks.on_exercises import ON_EXERCISES, OnExercise
from tests.attacks.submissions import RIGHT, Attack
from tests.attacks.world import PLAIN, SCRIPT, live_scripts, widths
from tests.conftest import ROOT

pytestmark = [pytest.mark.xdist_group("attacks"), pytest.mark.kernel]  # one worker: one class
CASES = [
    pytest.param(
        attack,
        id=f"{attack.number}-{attack.name}",
        marks=() if attack in SAMPLED else pytest.mark.long,
    )
    for attack in ATTACKS
]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    root = tmp_path_factory.mktemp("course")
    with attacked_class(root, tmp_path_factory.mktemp("outside")) as attacked:
        yield attacked


@pytest.mark.parametrize("attack", CASES)
def test_an_attack_earns_nothing_and_the_class_goes_on(attacked: Class, attack: Attack) -> None:
    if attack.dangerous and not attack.refused and not attacked.sandboxed:
        pytest.skip("this would hurt a machine without a sandbox")
    before = attacked.peer_score()
    try:
        result = attacked.attack(attack)
    except PermissionError as error:
        pytest.skip(f"this account cannot attack so: {error}")
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
