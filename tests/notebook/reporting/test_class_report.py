"""The class report through nbgrader: from grades that stand in a gradebook to a page."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from grader import cli
from grader import settings as course_settings
from grader.errors import CourseError
from grader.model import Outcome
from grader.notebook import gradebook, notebook_json
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.reporting import class_report
from grader.notebook.submission import paths, verdict_file
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT
from tests.notebook.reporting.test_feedback import _open, change, graded, lines_of_tests
from tests.notebook.test_hints import ADD, BEGIN, rewrite
from tests.pages import Reader
from tests.reports.class_report.test_html_page import SCRIPT

pytestmark = [
    pytest.mark.xdist_group("feedback"),  # one worker: the gradebook is made once
    pytest.mark.kernel,
    pytest.mark.keras,
    pytest.mark.training,
]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny course, known to a gradebook."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    return course


@pytest.fixture
def course(known: Settings, tmp_path: Path) -> Settings:
    """A course of its own folder, with nothing graded yet."""
    shutil.copytree(known.root, tmp_path / "course")
    return course_settings.load(tmp_path / "course")


def test_verdicts_and_grades_come_together(course: Settings) -> None:
    graded(course, "sums", "ada", Outcome.PASSED, Outcome.FAILED)
    graded(course, "sums", "ben")
    with _open(course) as book:
        book.find_grade("adds", "sums", "sums", "ada").manual_score = 1.5
        answer = book.find_grade("written_answer", "sums", "sums", "ada")
        answer.manual_score, answer.needs_manual_grade = 4, False
        book.find_submission_notebook("sums", "sums", "ada").late_submission_penalty = 2
        book.db.commit()
    told: list[tuple[int, int]] = []
    report = class_report.gather(course, "sums", lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2)]
    ada, ben = report.entries
    assert (ada.claims_score, ada.by_hand, ada.total, ada.waiting) == (1.5, 4, 3.5, ())
    assert (ben.claims_score, ben.waiting) == (0, ("written_answer",))
    assert (report.max_score, report.claims_max, report.target) == (11, 6, None)
    assert [one.counts[Outcome.PASSED] for one in report.results] == [1, 0, 1]
    assert report.left_out == ()
    with _open(course) as book:  # as after it was graded again
        book.find_grade("written_answer", "sums", "sums", "ada").needs_manual_grade = True
        book.db.commit()
    assert class_report.gather(course, "sums").entries[0].waiting == ("written_answer",)


def test_the_target_is_the_assignments_own(course: Settings) -> None:
    graded(course, "sums", "ada")
    with (course.root / "course_config.py").open("a") as config:
        config.write('\nc.Course.targets = {"sums": 0.75}\n')
    assert class_report.gather(course_settings.load(course.root), "sums").target == 0.75


def test_hints_that_were_read_are_gathered_only_if_the_course_asks(course: Settings) -> None:
    rewrite(course, BEGIN, ADD)
    gradebook.prepare(course, load_assignment(course, "sums"))
    graded(course, "sums", "ada")
    submitted = paths.submission(course, "ada", "sums").submitted
    (submitted / "hints_read.txt").write_text("add 2\nadd 9\n")
    assert class_report.gather(course, "sums").hint_uses == ()
    with (course.root / "course_config.py").open("a") as config:
        config.write("\nc.Course.record_hints = True\n")
    first, second = class_report.gather(course_settings.load(course.root), "sums").hint_uses
    assert (first.cell, first.number, first.students) == ("add", 1, ())
    assert second.students == ("ada",)


def test_only_what_a_student_wrote_is_compared(course: Settings) -> None:
    path = graded(course, "sums", "ada")
    handed_in = paths.submission(course, "ada", "sums").notebook
    change(handed_in, add={"source": "def add(a, b):\n    return a + b"})
    file = path.with_name("sums.verdicts.json")
    before = verdict_file.read(file)
    assert before is not None
    digest = notebook_json.sha256(handed_in.read_bytes())
    file.write_text(file.read_text().replace(before.submission_sha256, digest))
    (ada,) = class_report.gather(course, "sums").entries
    assert ada.cells == ("def add(a, b):\n    return a + b",)


def test_who_is_refused_or_not_graded_or_not_anew_is_left_out_with_the_reason(
    course: Settings,
) -> None:
    graded(course, "sums", "ada")
    graded(course, "sums", "ben")
    graded(course, "sums", "finn")
    tiny.hand_in(course, "cleo", "no notebook")
    tiny.hand_in(course, "dan", tiny.submission(course, {}))
    (tmp := paths.submission(course, "eve", "sums").submitted).mkdir(parents=True)
    (tmp / "sums.ipynb").symlink_to("/etc/passwd")
    handed_in = paths.submission(course, "ben", "sums").notebook
    handed_in.write_text(handed_in.read_text() + "\n")
    with _open(course) as book:
        book.remove_submission("sums", "finn")
    report = class_report.gather(course, "sums")
    assert [entry.student for entry in report.entries] == ["ada"]
    why = dict(report.left_out)
    assert why["ben"].startswith("ben handed in sums again since it was graded")
    assert why["cleo"].startswith("submitted/cleo/sums/sums.ipynb is not a notebook")
    assert why["dan"] == "dan's sums is not graded yet: grade it first (grader grade sums)"
    assert "is a symbolic link" in why["eve"]
    assert why["finn"].startswith("finn has no grades for sums in the gradebook")


def test_a_class_that_is_not_graded_is_refused_with_the_remedy(course: Settings) -> None:
    with pytest.raises(CourseError, match="nothing is handed in for sums"):
        class_report.gather(course, "sums")
    tiny.hand_in(course, "ada", tiny.submission(course, {}))
    with pytest.raises(CourseError, match=r"no submission of sums .*\(grader grade sums\)"):
        class_report.gather(course, "sums")
    with pytest.raises(CourseError, match=r"no assignment 'products'"):
        class_report.gather(course, "products")


def test_the_command_writes_a_page_with_figures_and_tables(course: Settings) -> None:
    graded(course, "sums", "ada", *Outcome)
    command = ["--course", str(course.root), "report", "sums"]
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 0, done.output
    folder = course.root / "reports" / "sums"
    assert done.stdout.startswith(f"{folder / 'report.html'}  (and 8 files")
    assert done.stderr == ""
    page = (folder / "report.html").read_text()
    reader = Reader.of(page, links=("#",), script=SCRIPT)
    assert reader.dangers == []
    assert "No submission trained a network" in reader.text
    secret = lines_of_tests(tiny.source())
    assert [line for line in secret if line in page] == []


def test_the_command_says_who_is_left_out_and_what_is_wrong(
    course: Settings, tmp_path: Path
) -> None:
    tiny.hand_in(course, "ben", "no notebook")
    command = ["--course", str(course.root), "report", "sums", "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "grader: no submission of sums has verdicts that stand; the first of "
    )
    assert not (tmp_path / "out").exists()
    graded(course, "sums", "ada")
    # As an archive or another system leaves it: a name that is no text, with a terminal's command.
    (course.root / "submitted" / os.fsdecode(b"\xff\x1b[2J") / "sums").mkdir(parents=True)
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 0
    assert done.stderr == "Not graded, and not in the figures: ben, \\udcff\\x1b[2J\n"
    assert "\\udcff\\x1b[2J" in (tmp_path / "out" / "report.html").read_text()
    assert (tmp_path / "out" / "scores.csv").read_text().count("ada") == 1


def test_every_target_of_the_course_is_that_of_an_assignment() -> None:
    course = course_settings.load(ROOT)
    assert course.target("mnist_998") == 0.998
    assert course.target("convolution_from_scratch") is None
    notebook = nbformat.reads(source_path(course, "mnist_998").read_text(), as_version=4)
    assert any("0.998" in cell.source for cell in notebook.cells)
