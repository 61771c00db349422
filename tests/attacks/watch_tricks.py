"""Attacks on ``grader watch``: floods, bursts, forged folders, and pages that tell too much."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

from grader.model import Outcome, Source
from tests import tiny
from tests.attacks.trials import Carry, Trial
from tests.watch.room import HIDDEN, JUDGE, Exchange, Room, judge

FOLDERS = 3000
SLOW = 20.0  # seconds of a step, on a machine that does other work, too
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\.\d+)?|\d+(\.\d+)? s\b")


@contextlib.contextmanager
def watched(
    folder: Path, claims: Callable[[str, str], Outcome] | None = None
) -> Iterator[Exchange]:
    """A course whose assignment is handed out, and whose judge is made up."""
    (folder / "course").mkdir()
    handing = Exchange(folder, tiny.make_course(folder / "course", cell_seconds=60))
    handing.release()
    passing = judge(claims) if claims else judge()
    with (
        patch(JUDGE, passing),
        patch("grader.notebook.judging.warm_kernels.address", lambda *_: ""),
    ):
        yield handing


def flood(folders: int) -> Carry:
    """One student hands in, once and in ever so many folders more, and another one once."""

    def carry(folder: Path) -> str:
        with watched(folder) as handing:
            room = Room(handing.course, source=Source.EXCHANGE)
            handing.submit("mallory")
            inbound = handing.root / "deep_learning" / "inbound"
            (first,) = inbound.iterdir()
            for number in range(folders):
                name = f"mallory+sums+2030-01-01 00:00:00.{number:06} UTC+{number:x}"
                shutil.copytree(first, inbound / name)
                (inbound / name).chmod(0o777)
            handing.submit("zoe")
            slowest = _slowest_step(room, 8)
            answered = sorted(path.name for path in room.pages.iterdir())
            fast = "in time" if slowest < SLOW else f"after a step of {slowest:.0f} s"
            return f"{', '.join(answered)} answered {fast}"

    return carry


def burst(versions: int) -> Carry:
    """One student hands in again and again while another one waits; says who was answered when."""

    def carry(folder: Path) -> str:
        with watched(folder) as handing:
            room = Room(handing.course, pause_seconds=1.0)
            room.hand_in("mallory")
            room.settle()
            room.hand_in("zoe")
            for number in range(versions):
                room.hand_in("mallory", total=f"def total(numbers):\n    return {number}")
                room.step()
            room.settle()
            lines = [line for line in room.log.splitlines() if "answered after" in line]
            order = [line.split()[2].rstrip(":") for line in lines]
            return f"zoe waited for {order.index('zoe') - 1} of mallory's"

    return carry


def forged(*times: str) -> Carry:
    """Folders in a classmate's name, with links in them, whose names bear other times."""

    def carry(folder: Path) -> str:
        with watched(folder) as handing:
            room = Room(handing.course, source=Source.EXCHANGE)
            handing.submit("ada")
            for time_ in times:
                fake = handing.root / "deep_learning" / "inbound" / f"ada+sums+{time_} UTC+mallory"
                fake.mkdir()
                fake.chmod(0o777)
                (fake / "sums.ipynb").symlink_to("/etc/passwd")
            room.settle()
            told = "2 of 2 visible claims passed" in room.text("ada")
            return f"ada {'answered' if told else 'kept out'}, {room.score('ada'):g} points"

    return carry


def compared(claim: str) -> Carry:
    """Two students, one of whom fails a claim: whether their pages differ in anything but times."""

    def outcome(student: str, name: str) -> Outcome:
        return Outcome.FAILED if (student, name) == ("bob", claim) else Outcome.PASSED

    def carry(folder: Path) -> str:
        with watched(folder, outcome) as handing:
            room = Room(handing.course)
            for student in ("ada", "bob"):
                room.hand_in(student)
            room.settle()
            pages = {_TIMES.sub("TIME", room.page(s)).replace(s, "NAME") for s in ("ada", "bob")}
            return "the same page" if len(pages) == 1 else "another page"

    return carry


def _slowest_step(room: Room, steps: int) -> float:
    slowest = 0.0
    for _ in range(steps):
        begin = time.monotonic()
        room.step()
        slowest = max(slowest, time.monotonic() - begin)
    return slowest


TRIALS = (
    Trial(
        71,
        "flood_of_folders",
        f"{FOLDERS} folders of one student in the exchange",
        flood(FOLDERS),
        "mallory, zoe answered in time",
        flood(3),
        "mallory, zoe answered in time",
        kernel=True,
    ),
    Trial(
        71,
        "burst_of_versions",
        "a student hands in twelve times while another one waits",
        burst(12),
        "zoe waited for 0 of mallory's",
        burst(1),
        "zoe waited for 0 of mallory's",
        kernel=True,
    ),
    Trial(
        71,
        "forged_folders",
        "folders in a classmate's name from 1970 and 2099, with links in them",
        forged("1970-01-01 00:00:00", "2099-01-01 00:00:00"),
        "ada answered, 6 points",
        forged(),
        "ada answered, 6 points",
        kernel=True,
    ),
    Trial(
        71,
        "page_of_a_hidden_claim",
        "reads from the size and text of a page how a hidden claim ended",
        compared(HIDDEN),
        "the same page",
        compared("adds"),
        "another page",
        kernel=True,
    ),
)
