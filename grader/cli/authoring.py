"""Commands for authors of exercises."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.context import load_course, sandbox_option, terminal


@click.command(short_help="Create a new exercise from a template.")
@click.argument("assignment")
@click.pass_obj
def new(course: Path, assignment: str) -> None:
    """Make the instructor's notebook of a new ASSIGNMENT, with samples, and add it to the course.

    The new exercise is small and works: rewrite it into your own.

    Example: grader new edge_filters
    """
    from grader.authoring.exercise import create

    for line in create(load_course(course), assignment):
        click.echo(line)
    click.echo(f"Rewrite the notebook, then: grader try {assignment}")


@click.command("try", short_help="Grade an assignment's sample submissions.")
@click.argument("assignment")
@click.option("--case", "cases", multiple=True, help="Only this sample; may be repeated.")
@sandbox_option
@click.pass_obj
def try_(course: Path, assignment: str, cases: tuple[str, ...], sandbox: str | None) -> None:
    """Grade the samples in tests/submissions/ASSIGNMENT/, and list unexpected verdicts.

    The course's gradebook and submissions are not touched. Samples are graded on the whole data
    sets. The exit code is 0 only if every sample gets exactly the verdicts in its case.toml.

    Example: grader try convolution_from_scratch --case loops
    """
    from grader.authoring.trial import try_samples

    trials = try_samples(load_course(course, sandbox), assignment, terminal(), cases)
    if any(trial.received is None or trial.differences for trial in trials):
        sys.exit(1)


@click.command(short_help="Change the numbers of an exercise for another year.")
@click.argument("assignment")
@click.option("--seed", type=int, help="Any number, such as the year: draws a version of each.")
@click.option("--original", is_flag=True, help="Change back to what the course came with.")
@click.option("--force", is_flag=True, help="Also where work was handed in already.")
@click.pass_obj
def vary(course: Path, assignment: str, seed: int | None, original: bool, force: bool) -> None:
    """Change the source of ASSIGNMENT by the choices in variations/ASSIGNMENT.toml.

    With neither --seed nor --original, list what may change. The same seed draws the same versions.
    Names, grade ids and points stay. Read the changed notebook, and release it.

    Example: grader vary convolution_from_scratch --seed 2027
    """
    from grader.authoring.variation import vary as variation
    from grader.authoring.variation.table import ChoicesTable

    if original and seed is not None:
        raise click.UsageError("--seed and --original exclude each other: expected one of them")
    settings, changes = load_course(course), original or seed is not None
    if changes:
        varied = variation.vary(settings, assignment, seed, force=force)
    else:
        varied = variation.current(settings, assignment)
    terminal().print(ChoicesTable(assignment, varied))
    if changes:
        click.echo(
            f"Read source/{assignment}/{assignment}.ipynb, then: grader release {assignment}"
        )
    else:
        click.echo(f"To draw a version of each: grader vary {assignment} --seed 2027")


COMMANDS = (new, try_, vary)
