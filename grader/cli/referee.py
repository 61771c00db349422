"""The command that runs a referee for other machines."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.context import load_course, terminal


@click.command(short_help="Carry out trainings for other machines.")
@click.option(
    "--listen",
    "address",
    default="tcp://0.0.0.0:7345",
    show_default=True,
    help="tcp://HOST:PORT, or ipc:///FOLDER/SOCKET for this machine only.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the secret key, created if missing; default: referee.key in the folder of runs.",
)
@click.option(
    "--trainers",
    type=click.IntRange(min=0),
    help="Trainings side by side, 0: by cores and memory; default: c.Course.referee_trainers.",
)
@click.pass_obj
def referee(course: Path, address: str, key: Path | None, trainers: int | None) -> None:
    """Carry out the trainings of submissions until Ctrl-C, for example on a machine with a GPU.

    Graders set c.Course.referee to its address and c.Course.referee_key to the key that it prints.

    Example: grader referee --listen tcp://0.0.0.0:7345
    """
    from grader.referee.service import trainer_capacity
    from grader.referee.service.serve import run
    from grader.referee.service.trainer_process import Setup

    settings = load_course(course)
    asked = settings.referee_trainers if trainers is None else trainers
    side_by_side = trainer_capacity.plan(asked)
    setup = Setup(
        settings.data,
        settings.runs,
        settings.backend,
        settings.widest_budget(),
        trainers=side_by_side.trainers,
        threads=side_by_side.threads,
    )
    run(setup, address, key, terminal())
