"""Disturbs a command at one moment after the other, and lets it run again."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.settings import Settings
from tests.faults import commands, judged
from tests.faults.child import Ended
from tests.faults.commands import Command
from tests.faults.kinds import FILLER, Fault, Place
from tests.faults.moments import Moments


@dataclass(frozen=True)
class Trial:
    """One disturbed command.

    Attributes:
        what: the command and the fault.
        moment: at which it began.
        ended: how the command ended.
        problems: what is wrong with that, or with what came of the next run.
    """

    what: str
    moment: int
    ended: Ended
    problems: tuple[str, ...]


class Disturbed:
    """A command that is disturbed again and again, each time in a fresh copy of a class.

    Args:
        disk: an empty, small file system.
        command: what is disturbed.
    """

    def __init__(self, disk: Path, command: Command) -> None:
        self._disk, self._command = disk, command
        self._logs = Path(tempfile.mkdtemp(prefix="faults-"))
        self._template = self._logs / "class"
        commands.make_class(self._template)
        for arguments in command.after:
            self._expect_well(commands.run(self._template, arguments, self._logs))
        course = self._fresh()
        ended = commands.run(course.root, command.arguments, self._logs, self._counting(course))
        self._expect_well(ended)
        self.moments = ended.moments
        self._outcome = judged.state(course)

    def __enter__(self) -> Disturbed:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._logs)  # what is not on the disk

    def at(self, fault: Fault, moment: int, seed: int) -> Trial:
        """Disturb the command once, and run it again after the fault."""
        course = self._fresh()
        place = Place(self._disk, course.root, random.Random(f"{seed} {fault.name} {moment}"))
        ended = commands.run(
            course.root, self._command.arguments, self._logs, _beginning(fault, place, moment)
        )
        (self._disk / FILLER).unlink(missing_ok=True)
        fault.mend(place)
        wrong = [*judged.problems(fault, ended), *judged.damage(course.root)]
        wrong += self._run_again(course)
        return Trial(f"{self._command.name}, {fault.name}", moment, ended, tuple(wrong))

    def _run_again(self, course: Settings) -> Iterator[str]:
        before = judged.finished(course) if self._command == commands.GRADE else {}
        again = commands.run(course.root, self._command.arguments, self._logs)
        if again.code:
            yield f"the next run ended with {again.code}: {(again.complained or again.said)[-600:]}"
        if lost := judged.lost(before, judged.finished(course)):
            yield f"finished, and done again: {', '.join(lost)}"
        yield from judged.differences(self._outcome, judged.state(course))

    def _fresh(self) -> Settings:
        for path in self._disk.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return commands.copied(self._template, self._disk / "class")

    def _counting(self, course: Settings) -> Callable[[], Callable[[], int]]:
        def disturb() -> Callable[[], int]:
            moments = Moments(course.root, 0, lambda: None)
            moments.start()
            return lambda: moments.count

        return disturb

    def _expect_well(self, ended: Ended) -> None:
        if ended.code:
            raise RuntimeError(f"undisturbed, it ended with {ended.code}: {ended.complained}")


def _beginning(fault: Fault, place: Place, moment: int) -> Callable[[], Callable[[], int]]:
    def disturb() -> Callable[[], int]:
        moments = Moments(place.root, moment, lambda: fault.begin(place))
        moments.start()
        return lambda: moments.count

    return disturb


def chosen(count: int, most: int, chance: random.Random) -> Sequence[int]:
    """All moments, or some of them that are drawn."""
    every = range(1, count + 1)
    return every if most >= count else sorted(chance.sample(every, most))
