"""Commands that grade a class, and write what students and platforms get."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.context import counting, load_course, sandbox_option, terminal


@click.command(short_help="Grade everything that was handed in for an assignment.")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@click.option("--force", is_flag=True, help="Re-grade up-to-date submissions.")
@click.option("--again", is_flag=True, hidden=True, help="The former name of --force.")
@click.option(
    "--workers",
    type=int,
    metavar="N",
    help="Grade N submissions at once, with --cluster on each node; default: as many as cores and "
    "memory allow.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    default="",
    help="Grade on a cluster: tls://HOST:PORT of its scheduler, or local:2 for two nodes here.",
)
@click.option(
    "--insecure", is_flag=True, help="Allow --cluster tcp://, unencrypted, on a private network."
)
@click.option("--why", is_flag=True, help="Explain below the table why points were lost.")
@click.option("--timings", is_flag=True, help="Show below the table where the time went.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON event a line, and no table.")
@sandbox_option
@click.pass_obj
def grade(
    course: Path,
    /,
    *,
    assignment: str,
    sandbox: str | None,
    force: bool,
    again: bool,
    **how: Any,
) -> None:
    """Grade submitted/<student>/ASSIGNMENT of every student into the gradebook.

    A submission that was graded and has not changed since is skipped; see --force. So the same
    command goes on where one was stopped. The exit code is 0 only if every submission has its
    verdicts.

    Example: grader grade mnist_998 --why
    """
    from grader.classroom.grade_class import Options, grade_class

    settings = load_course(course, sandbox)
    options = Options(force=force or again, **how)
    result = grade_class(settings, assignment, terminal(), options)
    if not result.complete:
        sys.exit(1)


@click.command(short_help="Grade a small example class on real data.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for the demo's course; an earlier demo in it is removed.",
)
@click.pass_obj
def demo(course: Path, folder: Path) -> None:
    """Make a course with a class of seven, grade all three assignments, and draw the scores.

    Example: grader demo --folder /tmp/demo
    """
    from grader.classroom.demo import run

    if not run(load_course(course), folder, terminal()):
        sys.exit(1)


@click.command("feedback", short_help="Write the feedback pages that students read after grading.")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@click.option("--verbose", is_flag=True, help="Name every page and every student.")
@click.pass_obj
def feedback_(course: Path, assignment: str, students: tuple[str, ...], verbose: bool) -> None:
    """Write feedback/<student>/ASSIGNMENT/ASSIGNMENT.html from claims, verdicts and comments.

    The exit code is 0 only if every student who handed in has a page.

    Example: grader feedback mnist_998 --student ada
    """
    from grader.notebook.reporting.feedback import generate
    from grader.notebook.submission.file_rules import printable_text
    from grader.reports.terminal import feedback_written

    settings = load_course(course)
    with counting("Writing feedback") as progress:
        written = [*generate(settings, assignment, students, progress)]
    problems = [(each.student, each.problem) for each in written if each.page is None]
    pages = [each.page.relative_to(settings.root) for each in written if each.page]
    for line in feedback_written.problems(problems, assignment, every=verbose):
        click.echo(f"grader: {printable_text(line)}", err=True)
    for line in feedback_written.pages(pages, len(written), every=verbose):
        click.echo(line)
    if problems:
        sys.exit(1)


@click.command(short_help="Report on a class: scores, verdicts, trainings, open cases.")
@click.argument("assignment")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the page, figures (SVG) and tables (CSV); default: reports/ASSIGNMENT.",
)
@click.pass_obj
def report(course: Path, assignment: str, output: Path | None) -> None:
    """Write a report on all graded submissions of ASSIGNMENT, for instructors.

    The report is one self-contained HTML file. Its figures and tables are also written as files.

    Example: grader report mnist_998 --output /tmp/mnist_998
    """
    from grader.notebook.reporting.class_report import gather
    from grader.reports.class_report import html_page
    from grader.reports.few_names import few_names

    settings = load_course(course)
    with counting("Reading submissions") as progress:
        content = gather(settings, assignment, progress)
    with terminal().status("Drawing figures and comparing code ..."):
        page, *others = html_page.write(content, output or settings.root / "reports" / assignment)
    click.echo(f"{page}  (and {len(others)} files of figures and tables beside it)")
    if content.left_out:
        students = few_names([student for student, _ in content.left_out], "the report")
        click.echo(f"Not graded, and not in the figures: {students}", err=True)


@click.command(short_help="Write a file of grades for Canvas, Moodle or a spreadsheet.")
@click.argument("assignments", nargs=-1)
@click.option("--to", type=click.Choice(["canvas", "moodle", "csv"]), required=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; default: exports/<to>.csv in the course.",
)
@click.option(
    "--worksheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --to moodle: fill in this grading worksheet, downloaded from Moodle.",
)
@click.option(
    "--by",
    "identify_by",
    type=click.Choice(["id", "email", "lms_user_id"]),
    help="The nbgrader field by which the platform identifies students.",
)
@click.option(
    "--include-waiting",
    is_flag=True,
    help="Include grades that still need manual grading, with their present score.",
)
@click.option(
    "--missing-as-zero",
    is_flag=True,
    help="Write 0 instead of an empty field where nothing was handed in.",
)
@click.pass_obj
def export(course: Path, /, to: str, assignments: tuple[str, ...], **how: Any) -> None:
    """Write the grades of ASSIGNMENTS (all, if none is named) as Canvas or Moodle imports them.

    Grades that are not final are left out; stderr says how many, and names the first. The exit
    code is 0 only if every submission has a grade in the file.

    Example: grader export mnist_998 --to canvas
    """
    from grader.notebook.exports.course import export as write_grades

    settings = load_course(course)
    with terminal().status("Reading grades ..."):
        done = write_grades(settings, to, assignments, **how)
    for note in done.notes:
        click.echo(f"grader: {note.text}", err=True)
    inside = done.file.is_relative_to(settings.root)
    click.echo(f"Grades are in {done.file.relative_to(settings.root) if inside else done.file}")
    if not done.complete:
        sys.exit(1)


COMMANDS = (grade, demo, feedback_, report, export)
