"""A ``grader watch`` that is disturbed in the middle of its steps, and goes on by itself."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader import settings as course_settings
from grader.model import Source
from grader.settings import Settings
from tests import tiny
from tests.faults import commands, judged
from tests.faults.child import Ended, forked
from tests.faults.disturb import Trial
from tests.faults.kinds import (
    FAULTS,
    FILLER,
    KILL,
    KILLED,
    Fault,
    Lift,
    Place,
    no_writing,
    write_data,
)
from tests.faults.moments import Moments
from tests.watch.room import Exchange, Room

SERVICE_FAULTS = (
    *FAULTS,
    Fault("read-only exchange", no_writing(lambda place: place.root.parent / "exchange")),
)
_IN_VAIN = ("no descriptors", "no temporary folder", "data sets changed")
_STEPS = 8  # in which an undisturbed service answers and records three students
_LATER = 61.0  # seconds after which it looks again for what it could not collect


class DisturbedService:
    """A service to which three students have handed in through its exchange.

    Args:
        disk: an empty, small file system.
    """

    name = "watch"

    def __init__(self, disk: Path) -> None:
        self._disk = disk
        self._logs = Path(tempfile.mkdtemp(prefix="faults-"))
        self._folder = disk / "class"  # always this one: its configuration names the exchange
        (self._folder / "course").mkdir(parents=True)
        exchange = Exchange(self._folder, tiny.make_course(self._folder / "course", 20))
        write_data(self._folder / "course")
        exchange.release()
        for student in commands.STUDENTS:
            exchange.submit(student)
        self._template = self._logs / "class"
        shutil.copytree(self._folder, self._template)
        ended = self._serve(0, lambda: _nothing)
        if ended.code:
            raise RuntimeError(f"undisturbed, it ended with {ended.code}: {ended.complained}")
        self.moments, self._outcome = ended.moments, self._state()

    def __enter__(self) -> DisturbedService:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._logs)  # what is not on the disk

    def at(self, fault: Fault, moment: int, seed: int) -> Trial:
        """Disturb the service once, and start it again afterwards."""
        self._refresh()
        chance = random.Random(f"{seed} watch {fault.name} {moment}")
        place = Place(self._disk, self._folder / "course", chance)
        ended = self._serve(moment, lambda: fault.begin(place))
        (self._disk / FILLER).unlink(missing_ok=True)
        fault.mend(place)
        wrong = [*_problems(fault, ended), *judged.damage(place.root)]
        again = self._serve(0, lambda: _nothing)
        if again.code:
            wrong.append(f"the next one ended with {again.code}: {again.complained or again.said}")
        wrong += judged.differences(self._outcome, self._state())
        return Trial(f"watch, {fault.name}", moment, ended, tuple(wrong))

    def _refresh(self) -> None:
        for path in self._disk.iterdir():
            shutil.rmtree(path)
        shutil.copytree(self._template, self._folder)

    def _serve(self, moment: int, begin: Any) -> Ended:
        """Let the service work, end the fault, and let it work on."""

        def work() -> tuple[int, int]:
            lifts: list[Lift] = []
            with commands.made_up_verdicts():
                room = Room(self._course(), source=Source.EXCHANGE)
                moments = Moments(self._folder, moment, lambda: lifts.append(begin()))
                moments.start()
                for _ in range(_STEPS):
                    room.step()
                count = moments.count
                for lift in lifts:
                    lift()
                room.step(_LATER)
                room.settle()
                print(room.log)
            return int(room.service.troubled), count

        return forked(self._logs, work)

    def _course(self) -> Settings:
        return course_settings.load(self._folder / "course")

    def _state(self) -> dict[str, Any]:
        """Grades and files, what was answered, and what students find in the exchange."""
        course = self._course()
        answers = json.loads((course.root / "watch" / "answers.json").read_text())["answers"]
        last = {each["student"]: (each["outcome"], each["whole"]) for each in answers}
        pages = (self._folder / "exchange").glob("*/feedback/*")
        return {**judged.state(course), "answers": last, "pages": len(list(pages))}


def _nothing() -> None:
    """Nothing was disturbed."""


def _problems(fault: Fault, ended: Ended) -> Iterator[str]:
    # What was judged in vain is judged once more by the next start, all else by this one.
    allowed = {KILLED} if fault is KILL else {0, 1} if fault.name in _IN_VAIN else {0}
    if ended.code not in allowed:
        yield f"it ended with {ended.code}"
    text = ended.said + ended.complained
    if "Traceback (most recent call last)" in text or "the grader failed" in text:
        yield "a traceback, or a fault of the grader's"
