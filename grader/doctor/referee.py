"""Checks of the referee: where it runs, with which backend, and the store of runs."""

from __future__ import annotations

import os
from typing import Any

from grader.doctor.findings import Finding, Status
from grader.doctor.packages import INSTALL, elsewhere
from grader.errors import GraderError
from grader.referee.service import client, trainer_capacity
from grader.referee.service.messages import Hello
from grader.referee.training import backends
from grader.settings import Settings

GB = 1 << 30
ANSWER_SECONDS = 15.0  # for a referee on another machine; a look must not take minutes


def trains(settings: Settings) -> Finding:
    """Whether there is a referee, and on which devices it trains."""
    if settings.referee != "local":
        return _remote(settings)
    try:
        planned = trainer_capacity.plan(settings.referee_trainers)
    except GraderError as error:
        return Finding(Status.MISSING, str(error), "change c.Course.referee_trainers")
    try:
        backends.require_installed(settings.backend)
    except GraderError as error:
        return Finding(Status.MISSING, str(error), backends.install_command(settings.backend))
    threads = dict.fromkeys(backends.THREADS[settings.backend], str(planned.threads))
    try:
        facts = elsewhere(
            describe_backend, environment={"KERAS_BACKEND": settings.backend, **threads}
        )
    except GraderError as error:
        return Finding(Status.MISSING, f"{settings.backend} does not start: {error}", INSTALL)
    side_by_side = f"{planned.trainers} side by side" if "threads" in facts else "one at a time"
    return Finding(Status.OK, f"here: {Hello(facts)}, {side_by_side}")


def _remote(settings: Settings) -> Finding:
    address, key = settings.referee, settings.referee_key
    try:
        with client.connect(address, key, give_up_seconds=ANSWER_SECONDS) as referee:
            return Finding(Status.OK, f"{address}: {referee.hello()}")
    except GraderError as error:
        return Finding(
            Status.MISSING,
            str(error),
            'start `grader referee` there, or train here: c.Course.referee = "local"',
        )


def runs(settings: Settings) -> Finding:
    """Whether trainings can be kept, and how much they take up; nothing is made for that."""
    folder = settings.runs
    above = next(place for place in (folder, *folder.parents) if place.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        return Finding(
            Status.MISSING,
            f"{above} is not a folder that this account may write to",
            "let this account write there, or name another folder in c.Course.runs",
        )
    if above != folder:
        return Finding(Status.OK, f"none yet: {folder} is made by the first training")
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return Finding(Status.OK, f"{sum(sizes) / GB:.2f} GB in {folder}")


def describe_backend() -> dict[str, Any]:
    """What Keras computes with here; to be called ``elsewhere``."""
    from grader.referee.training import determinism

    return {**determinism.describe(), "device": determinism.device()}
