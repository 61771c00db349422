"""Feedback through nbgrader: from grades that stand in a gradebook to pages in a folder."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import warnings
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from PIL import Image
from sqlalchemy.exc import SAWarning

from grader import cli
from grader import settings as course_settings
from grader.errors import CourseError
from grader.model import Graded, Outcome, Verdict
from grader.notebook import autograde, gradebook, notebook_json
from grader.notebook.assignment import Assignment, grade_id, is_claim, load_assignment, source_path
from grader.notebook.reporting import feedback
from grader.notebook.submission import paths, verdict_file
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT
from tests.notebook.sanitize.test_images import encoded
from tests.pages import Reader
from tests.tiny import make_course

pytestmark = [
    pytest.mark.xdist_group("feedback"),  # one worker: the gradebook is made once
    pytest.mark.kernel,
]

ASSIGNMENTS = course_settings.load(ROOT).assignments


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny course, known to a gradebook: nbgrader takes seconds to make one."""
    course = make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    return course


@pytest.fixture
def course(known: Settings, tmp_path: Path) -> Settings:
    """A course of its own folder, with nothing graded yet."""
    shutil.copytree(known.root, tmp_path / "course")
    return course_settings.load(tmp_path / "course")


def graded(course: Settings, name: str, student: str, *outcomes: Outcome) -> Path:
    """Put a graded submission into the course without running it; returns its autograded notebook.

    ``outcomes`` are given to the claims in turn; all failed, if left out.
    Its test cells hold what a careless grader would leave there: their own text as a traceback.
    """
    assignment = load_assignment(course, name)
    gradebook.prepare(course, assignment)
    handed_in = paths.submission(course, student, name).notebook
    handed_in.parent.mkdir(parents=True)
    nbformat.write(assignment.master, handed_in)
    for cell in assignment.master.cells:
        if is_claim(cell):
            cell.outputs = [new_output("error", ename="E", evalue="", traceback=[cell.source])]
    notebook = paths.submission(course, student, name).autograded_notebook
    notebook.parent.mkdir(parents=True)
    nbformat.write(assignment.master, notebook)
    found = _verdicts(assignment, student, outcomes or (Outcome.FAILED,), handed_in)
    notebook.with_suffix(".verdicts.json").write_bytes(verdict_file.dump(found))
    with warnings.catch_warnings(), _open(course) as book:
        warnings.simplefilter("ignore", SAWarning)  # as nbgrader's own commands run into it
        book.update_or_create_student(student)
        submission = book.update_or_create_submission(name, student)
        for grade in submission.notebooks[0].grades:
            if grade.name != "written_answer":
                grade.auto_score, grade.needs_manual_grade = 0, False
        book.db.commit()
    return notebook


def _verdicts(
    assignment: Assignment, student: str, outcomes: tuple[Outcome, ...], handed_in: Path
) -> Graded:
    judged = tuple(
        Verdict(claim.name, outcome, claim.points, f"look at `{claim.name}`")
        for claim, outcome in zip(assignment.claims, itertools.cycle(outcomes), strict=False)
    )
    handed_in_as = notebook_json.sha256(handed_in.read_bytes())
    return Graded(
        student, assignment.name, judged, (), 1.0, "none", (), handed_in_as, assignment.sha256
    )


def _open(course: Settings) -> Gradebook:
    return Gradebook(paths.course_directory(course).db_url)


def change(path: Path, **cells: object) -> None:
    """Give cells of a notebook on disk another text or other outputs, by ``grade_id``."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.update(cells.get(grade_id(cell), {}))
    path.write_text(nbformat.writes(notebook))


def page(course: Settings, student: str, name: str = "sums") -> str:
    (one,) = feedback.generate(course, name, [student])
    assert one.problem == ""
    assert one.page == paths.submission(course, student, name).feedback_page
    return one.page.read_text()


def lines_of_tests(source: NotebookNode) -> set[str]:
    """Every line of every test cell that says something and stands in no other cell.

    A line of one word alone may stand in any text.
    """
    tests = [cell.source for cell in source.cells if is_claim(cell)]
    others = "\n".join(cell.source for cell in source.cells if not is_claim(cell))
    lines = {line.strip() for text in tests for line in text.splitlines()}
    return {line for line in lines if re.search(r"\w{2}.*\W\w{2}", line) and line not in others}


@pytest.mark.parametrize("name", [*ASSIGNMENTS, "sums"])
def test_no_line_of_a_test_is_in_what_students_read(course: Settings, name: str) -> None:
    if name != "sums":
        (course.root / "source" / name).symlink_to(ROOT / "source" / name)
        with (course.root / "course_config.py").open("a") as config:
            config.write(f'\nc.Course.assignments = ["{name}"]\n')
        course = course_settings.load(course.root)
    graded(course, name, "ada", *Outcome)
    written = page(course, "ada", name)
    seen = Reader.of(written).text + written
    secret = lines_of_tests(load_assignment(course, name).source)
    assert len(secret) > 3
    assert [line for line in secret if line in seen] == []


def test_the_search_for_test_lines_finds_one(course: Settings) -> None:
    secret = lines_of_tests(tiny.source())
    assert "assert add(-1, -2) == -3" in secret
    path = graded(course, "sums", "ada")
    change(path, add={"source": "assert add(-1, -2) == -3"})
    assert "assert add(-1, -2) == -3" in Reader.of(page(course, "ada")).text


def test_scores_comments_and_penalty_are_the_gradebooks(course: Settings) -> None:
    graded(course, "sums", "ada")
    with _open(course) as book:
        book.update_or_create_student("ada", first_name="Ada", last_name="<b>")
        written = book.find_grade("written_answer", "sums", "sums", "ada")
        written.manual_score, written.extra_credit = 4, 0.5
        book.find_grade("adds", "sums", "sums", "ada").manual_score = 1
        comment = book.find_comment("written_answer", "sums", "sums", "ada")
        comment.manual_comment = "Well <i>said</i>, *really*."
        book.find_submission_notebook("sums", "sums", "ada").late_submission_penalty = 2
        book.find_submission("sums", "ada").timestamp = datetime(2026, 1, 3, 12)
        book.find_assignment("sums").duedate = datetime(2026, 1, 2, 12)
        book.db.commit()
    seen = " ".join(Reader.of(page(course, "ada")).text.split())
    for words in (
        "Ada <b> (ada)",
        "3.5 / 11 points",
        "Claims, tested by machine 1 / 6",
        "marked by a person 4.5 / 5",
        "Late penalty \N{MINUS SIGN}2",
        "1 / 2 points, set by a person",
        "Well <i>said</i>, really.",
        "1 day late: it was due on",
        "adds is right. ✗ failed",
    ):
        assert words in seen


def test_an_answer_that_nobody_read_yet_is_said(course: Settings) -> None:
    graded(course, "sums", "ada")
    seen = Reader.of(page(course, "ada")).text
    assert "not marked yet, worth 5 points" in seen
    assert "so far" in seen


def test_outputs_are_sanitised_again(course: Settings) -> None:
    path = graded(course, "sums", "ada")
    evil = "<script>alert(1)</script>"
    change(
        path,
        add={
            "source": f"print('{evil}') \u202e",
            "outputs": [
                new_output("display_data", data={"text/html": evil}),
                new_output("stream", text=evil),
            ],
        },
        written_answer={"source": f"**because** $x^2$ {evil}"},
    )
    reader = Reader.of(page(course, "ada"), links=("#",))
    assert reader.dangers == []
    assert "[text/html was left out]" in reader.text
    assert f"print('{evil}') \\u202e" in reader.text
    assert "because" in reader.text
    assert evil in reader.text
    assert {"strong", "msup"} <= {tag for tag, _ in reader.tags}


def test_a_message_is_bounded_and_a_graders_fault_is_not_the_students_to_read(
    course: Settings,
) -> None:
    path = graded(course, "sums", "ada")
    file = path.with_name("sums.verdicts.json")
    file.write_text(file.read_text().replace("look at", "\\u001b" + "x" * 100_000))
    assert len(Reader.of(page(course, "ada")).text) < 10_000
    graded(course, "sums", "ben", Outcome.GRADER_FAULT)
    seen = Reader.of(page(course, "ben")).text
    assert "not your fault, a person will look at it" in seen
    assert "look at adds" not in seen


def test_nothing_that_was_handed_in_stands_beside_the_page(course: Settings) -> None:
    path = graded(course, "sums", "ada")
    for name in ("evil.html", "sums.html/evil.js", "deep/er/evil.svg", "timestamp.txt"):
        file = path.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("2026-01-01 10:00:00 UTC")
    page(course, "ada")
    folder = paths.submission(course, "ada", "sums").feedback
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*")}
    assert found == {"sums.html", "timestamp.txt"}


def test_who_is_not_graded_or_not_anew_is_named_and_has_no_page(course: Settings) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, {}))
    graded(course, "sums", "ben")
    graded(course, "sums", "cleo")
    graded(course, "sums", "dan").with_name("sums.verdicts.json").unlink()
    page(course, "ben")
    handed_in = paths.submission(course, "ben", "sums").notebook
    handed_in.write_text(handed_in.read_text() + "\n")
    found = {one.student: one for one in feedback.generate(course, "sums")}
    assert found["ada"].problem == (
        "ada's sums is not graded yet: grade it first (grader grade sums)"
    )
    assert found["ben"].problem == (
        "ben handed in sums again since it was graded: grade it again (grader grade sums)"
    )
    assert found["dan"].problem.startswith("dan's sums is not graded yet")
    assert [one.student for one in found.values() if one.page] == ["cleo"]
    assert not (paths.submission(course, "ben", "sums").feedback_page).exists()


def test_verdicts_by_another_source_are_stale(course: Settings) -> None:
    graded(course, "sums", "ada")
    source = source_path(course, "sums")
    source.write_text(source.read_text().replace("look at adds once", "look at adds twice"))
    (one,) = feedback.generate(course, "sums")
    assert one.problem.startswith("the source of sums was changed since it was graded")


def test_a_submission_that_the_gradebook_does_not_know_is_one_line(course: Settings) -> None:
    graded(course, "sums", "ada")
    with _open(course) as book:
        book.remove_submission("sums", "ada")
    (one,) = feedback.generate(course, "sums")
    assert one.problem == (
        "ada has no grades for sums in the gradebook: grade it first (grader grade sums)"
    )


def test_an_unknown_assignment_is_refused(course: Settings) -> None:
    with pytest.raises(CourseError, match=r"no assignment 'products'"):
        list(feedback.generate(course, "products"))


def test_nbgraders_own_command_makes_the_same_page(course: Settings) -> None:
    graded(course, "sums", "ada")
    ours = page(course, "ada")
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "sums", "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (paths.submission(course, "ada", "sums").feedback_page).read_text() == ours


def test_the_formgraders_button_makes_the_same_page(course: Settings) -> None:
    graded(course, "sums", "ada")
    ours = page(course, "ada")
    paths.submission(course, "ada", "sums").feedback_page.unlink()
    api = NbGraderAPI(paths.course_directory(course), config=course.config)
    done = api.generate_feedback("sums", "ada")
    assert done["success"], done
    assert paths.submission(course, "ada", "sums").feedback_page.read_text() == ours


def test_the_formgrader_reads_the_courses_filter(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.root)
    extension = FormgradeExtension()
    extension.root_dir = str(course.root)
    extension.initialize([])
    exporter = HTMLExporter(config=extension.config)
    assert exporter.filters["markdown2html"] == "grader.notebook.plugins.markdown"
    assert exporter.template_name == "formgrade"


SHOWS = """
import base64
from IPython.display import HTML, Javascript, Markdown, SVG, Image, display
display(HTML("<script>alert(1)</script>"), Javascript("alert(1)"), Markdown("<script>"))
display(SVG(data="<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>"))
display(Image(data=base64.b64decode("{png}"), format="png"))
print("\\x1b[31mred\\x1b[0m")
print("1/2\\r2/2")
def add(a, b):
    display(HTML("<script>alert(2)</script>"))
    return a + b
"""


def test_from_a_students_kernel_to_the_page(course: Settings) -> None:
    answers = tiny.GOOD | {"add": SHOWS.format(png=encoded(Image.new("RGB", (4, 4))))}
    tiny.hand_in(course, "eve", tiny.submission(course, answers))
    (result,) = autograde.grade(course, "sums")
    assert result.graded is not None
    assert result.graded.score == 6
    kept = nbformat.read(paths.submission(course, "eve", "sums").autograded_notebook, as_version=4)
    outputs = [output for cell in kept.cells for output in cell.get("outputs", [])]
    assert {mime for one in outputs for mime in one.get("data", {})} == {"image/png", "text/plain"}
    assert "alert" not in "".join(map(str, outputs))
    reader = Reader.of(page(course, "eve"), links=("#",))
    assert reader.dangers == []
    assert "red\n2/2" in reader.text
    assert [tag for tag, _ in reader.tags].count("img") == 1


def test_the_command_says_where_pages_are_and_names_every_problem(course: Settings) -> None:
    graded(course, "sums", "ada")
    command = ["--course", str(course.root), "feedback", "sums"]
    done = CliRunner().invoke(cli.main, command)
    assert (done.exit_code, done.stdout) == (0, "Feedback is in feedback/ada/sums/sums.html\n")
    for student in ("ben", "cleo"):
        tiny.hand_in(course, student, tiny.submission(course, {}))
    done = CliRunner().invoke(cli.main, [*command, "--verbose"])
    assert done.exit_code == 1
    assert done.stdout == (
        "feedback/ada/sums/sums.html\n"
        "Feedback for 1 of 3 students is in feedback/<student>/sums/sums.html\n"
    )
    assert done.stderr == (
        "grader: no feedback for ben, cleo: not graded yet: grade it first (grader grade sums)\n"
    )
