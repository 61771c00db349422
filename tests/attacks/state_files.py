"""Files that commands read outside of grading: those of other kinds than a file, endless, no text.

``timestamp.txt`` is read by ``grader watch`` and ``grader status`` before anything is graded, and a
student's own notebook by ``grader check`` and ``%check``.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import nbformat
from click.testing import CliRunner

from grader.cli.group import main as grader
from grader.errors import SubmissionError
from grader.notebook.submission import paths
from grader.student import own_notebook
from tests import tiny
from tests.attacks.trials import Carry, Trial
from tests.attacks.watch_tricks import watched
from tests.watch.room import Room

_SECONDS = 60  # for what takes a second, on a machine that does other work, too
_STATES = "ada answered, status in time"
_ON_TIME = b"2026-01-01 12:00:00.000000 UTC"

Put = Callable[[Path], object]


def _link_to_endless(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _link_outside(file: Path) -> None:
    file.symlink_to("/etc/passwd")


def _sparse(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 40)


def _no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\xd8" + b"\x1b]0;mine\x07" * 1000)


def _socket(file: Path) -> None:
    # By a short name: the name of a socket has at most 107 bytes.
    with contextlib.chdir(file.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(file.name)


HOSTILE: dict[str, tuple[str, Put]] = {
    "endless": ("a link to an endless device", _link_to_endless),
    "outside": ("a link to a file of the machine", _link_outside),
    "pipe": ("a named pipe", os.mkfifo),
    "sparse": ("a file of a terabyte", _sparse),
    "folder": ("a folder", Path.mkdir),
    "socket": ("a socket", _socket),
    "no_text": ("no text, with commands of a terminal", _no_text),
}


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """Raise where something waits or reads without end."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done in {_SECONDS} s")

    former = signal.signal(signal.SIGALRM, over)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def time_stamped(put: Put) -> Carry:
    """A student's ``timestamp.txt`` is something else; says what an honest classmate gets."""

    def carry(folder: Path) -> str:
        with watched(folder) as handing, _in_time():
            room = Room(handing.course)
            room.hand_in("mallory")
            put(paths.submission(room.course, "mallory", "sums").submitted / "timestamp.txt")
            room.hand_in("ada")
            room.settle()
            told = "2 of 2 visible claims passed" in room.text("ada")
            said = CliRunner().invoke(grader, ["--course", str(room.course.root), "status", "sums"])
            shown = said.exit_code in (0, 1, 3) and "ada" in said.output
            read = re.search(r"\x1b]0|root:", said.output + room.log)
            answered = "answered" if told else "kept out"
            return f"ada {answered}, status {'in time' if shown and not read else 'lost'}"

    return carry


def own(put: Put) -> Carry:
    """What a student reads whose own notebook is something else."""

    def carry(folder: Path) -> str:
        put(folder / "sums.ipynb")
        with _in_time():
            try:
                own_notebook.read(folder / "sums.ipynb")
            except SubmissionError as error:
                one_line = str(error).isprintable() and len(str(error)) < 1000
                return "refused in a line" if one_line else f"refused: {str(error)!r}"
            return "read"

    return carry


def _notebook(file: Path) -> None:
    (file.parent / "course").mkdir()
    course = tiny.make_course(file.parent / "course", cell_seconds=60)
    nbformat.write(tiny.submission(course, tiny.GOOD), file)


TRIALS = tuple(
    trial
    for name, (about, put) in HOSTILE.items()
    for trial in (
        Trial(
            *(75, f"time_{name}", f"`timestamp.txt` is {about}"),
            *(time_stamped(put), _STATES),
            *(time_stamped(lambda file: file.write_bytes(_ON_TIME)), _STATES),
            kernel=True,
        ),
        Trial(
            *(75, f"own_{name}", f"a student's own notebook is {about}"),
            *(own(put), "refused in a line"),
            *(own(_notebook), "read"),
        ),
    )
)
