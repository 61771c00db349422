"""Seconds from handing in to preliminary feedback, through a real exchange.

    python -m benchmarks.answers --count 5

Starts ``grader watch`` in a copy of the course. Students hand in one after the other, each as soon
as the page of the one before is there, and the page is waited for in the exchange.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader import settings as course_settings
from grader.classroom import course_copy
from grader.notebook import exchange, release, samples
from grader.settings import Settings

ROOT = Path(__file__).parent.parent
WAIT_SECONDS = 1800.0


def main() -> None:
    """Measure, and print a line for each answer and one for all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--assignment", default="convolution_from_scratch")
    parser.add_argument("--sample", default="reference", help="in tests/submissions/ASSIGNMENT")
    parser.add_argument("--count", type=int, default=5)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    with (
        tempfile.TemporaryDirectory() as folder,
        _watched(Path(folder), asked.assignment) as course,
    ):
        seconds = []
        for number in range(asked.count):
            seconds.append(_answer(course, asked.assignment, asked.sample, f"student{number}"))
            print(f"{asked.assignment} {asked.sample}: {seconds[-1]:.1f} s")
    print(f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s")


@contextmanager
def _watched(folder: Path, name: str) -> Iterator[Settings]:
    """A course with an exchange, while ``grader watch`` runs there."""
    root = folder / "exchange"
    root.mkdir()
    root.chmod(0o777)
    more = f"\nc = get_config()\nc.Exchange.root = {str(root)!r}\n"
    more += "c.ExchangeCollect.check_owner = False\n"
    course = course_copy.copy(course_settings.load(ROOT), folder / "course", more)
    release.release(course, name)
    exchange.release(course, name)
    program = Path(sys.executable).with_name("grader")
    command = [str(program), "--course", str(course.root), "watch", name]
    with (folder / "log").open("w") as log:
        service = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    try:
        _wait(lambda: "watching" in (folder / "log").read_text(), service, folder / "log")
        yield course
    finally:
        service.terminate()
        service.wait(WAIT_SECONDS)


def _answer(course: Settings, name: str, sample: str, student: str) -> float:
    """Hand in, and wait for the page; returns how long that took."""
    own = dataclasses.replace(course, root=course.root.parent / student)
    own.root.mkdir()
    (own.root / "source").symlink_to(course.root / "source")
    loaded = samples.load(ROOT / "tests" / "submissions" / name / sample)
    samples.hand_in(own, name, loaded, student)
    pages = exchange.root(course) / "deep_learning" / "feedback"
    before = len(list(pages.glob("*.html"))) if pages.exists() else 0
    begin = time.monotonic()
    exchange.submit(course, name, student, own.root / "submitted" / student, own.root / "cache")
    _wait(lambda: pages.exists() and len(list(pages.glob("*.html"))) > before)
    return time.monotonic() - begin


def _wait(
    true: Callable[[], bool],
    service: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not true():
        ended = service is not None and service.poll() is not None
        if ended or time.monotonic() > end:
            said = log.read_text() if log else ""
            raise SystemExit(f"grader watch gave no answer: {said}")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
