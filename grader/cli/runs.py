"""Commands for the trainings that the referee has stored."""

from __future__ import annotations

import json
from pathlib import Path

import click

from grader.cli.context import load_course, terminal


@click.group(short_help="List, show and prune the trainings that the referee has stored.")
def runs() -> None:
    """List, show and prune the trainings that the referee has stored.

    Example: grader runs list
    """


@runs.command(name="list", short_help="List the stored trainings.")
@click.pass_obj
def runs_list(course: Path) -> None:
    """List the stored trainings, last used first.

    Example: grader runs list
    """
    from grader.referee.store import run_index
    from grader.referee.store.epoch_store import Store
    from grader.reports.terminal.runs import list_table

    terminal().print(list_table(run_index.runs(Store(load_course(course).runs))))


@runs.command(name="show", short_help="Show one training, epoch by epoch.")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print the recipe as JSON instead.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the learning curve to this file (PNG).",
)
@click.option("--target", type=click.FloatRange(0, 1), help="An accuracy to mark in the picture.")
@click.pass_obj
def runs_show(
    course: Path, key: str, as_json: bool, picture: Path | None, target: float | None
) -> None:
    """Show the training whose key begins with KEY: logs, time, device, and who used it.

    Example: grader runs show 3f2a9c --picture curve.png --target 0.998
    """
    from grader.referee.spec import recipe
    from grader.referee.store import run_index
    from grader.referee.store.epoch_store import Store
    from grader.reports.charts import curves
    from grader.reports.terminal.runs import run_table

    run, asked = run_index.find(Store(load_course(course).runs), key)
    if as_json:
        click.echo(json.dumps(recipe.dump(asked), indent=2))
    else:
        terminal().print(run_table(run))
    if picture is not None:
        curves.draw([run.as_run()], picture, target)
        click.echo(f"The learning curve is in {picture}", err=True)


@runs.command(name="prune", short_help="Remove trainings that were not used for long.")
@click.option(
    "--days", type=click.IntRange(0, 36500), help="Remove what was not used for this many days."
)
@click.option(
    "--megabytes", type=click.IntRange(0), help="Remove until the rest takes at most this much."
)
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@click.pass_obj
def runs_prune(course: Path, days: int | None, megabytes: int | None, dry_run: bool) -> None:
    """Remove whole trainings, the least recently used first.

    A removed training is carried out again when it is next needed. Grading may run meanwhile.

    Example: grader runs prune --days 180 --megabytes 5000 --dry-run
    """
    from grader.referee.store import run_index
    from grader.referee.store.epoch_store import Store
    from grader.reports.terminal.runs import list_table, size

    if days is None and megabytes is None:
        raise click.UsageError("say what to remove: --days, --megabytes or both")
    pruned = run_index.prune(
        Store(load_course(course).runs),
        older_than_days=days,
        to_bytes=None if megabytes is None else megabytes * 10**6,
        dry_run=dry_run,
    )
    if not pruned.freed:
        click.echo(f"Nothing to prune; {size(pruned.kept)} are kept")
        return
    if pruned.runs:
        terminal().print(list_table(pruned.runs, "Would be removed" if dry_run else "Removed"))
    done = "would be freed, {} kept" if dry_run else "freed, {} kept"
    click.echo(f"{size(pruned.freed)} {done.format(size(pruned.kept))}")
