"""What is wrong with how a disturbed command ended, and with what it left."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.notebook.submission import paths
from grader.settings import Settings
from tests import kills
from tests.faults.child import Ended
from tests.faults.commands import STUDENTS
from tests.faults.kinds import KILL, KILLED, Fault

# What a command ends its line with, where a person can do something.
_REMEDIES = (
    "again",
    "expected",
    "see to it",
    "fetches it",
    "make room",
    "name another",
    "allow more",
)


def problems(fault: Fault, ended: Ended) -> Iterator[str]:
    """What is wrong with the end of a disturbed command itself."""
    if fault is KILL:
        if ended.code != KILLED:
            yield f"it was not killed, but ended with {ended.code}"
        return
    text = ended.said + ended.complained
    if ended.code not in (0, 1, 2):
        yield f"exit code {ended.code}"
    if "Traceback (most recent call last)" in text:
        yield "a traceback"
    if ended.code == 0:
        return
    if fault.harmless:
        yield f"exit code {ended.code} where nothing was to fail"
    flat = " ".join(text.split())
    if not any(reason in flat for reason in fault.reasons):
        yield "no word of what failed"
    if not any(remedy in flat for remedy in _REMEDIES):
        yield "no word of what to do"
    if ended.code == 2 and len(ended.complained.splitlines()) != 1:
        yield "not one line on stderr"


def state(course: Settings) -> dict[str, Any]:
    """What a command left: grades, autograded files, and all other files by their names."""
    written = {"files": files(course), **_texts(course.root)}
    if (course.root / "autograded").exists():
        written |= kills.outcome(kills.Class(course, "sums"))
        for name, content in written.items():
            if name.endswith(".verdicts.json"):
                for verdict in content["verdicts"]:
                    (verdict.get("override") or {}).pop("when", None)
    return written


def _texts(root: Path) -> dict[str, str]:
    """What students and platforms get."""
    places = ("feedback", "exports", "release")
    found = (path for place in places for path in (root / place).rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_text() for path in found}


def files(course: Settings) -> list[str]:
    """Names of the files of a course, as paths in it.

    Locks stay, and so may what a killed run told of itself: it counts while its lock is held, and
    the next run that judges something removes it.
    """
    found = (path for path in course.root.rglob("*") if path.is_file())
    names = (str(path.relative_to(course.root)) for path in found)
    passing = (".lock", ".pyc", "-journal")
    return sorted(n for n in names if not n.endswith(passing) and not n.startswith(".grading."))


def finished(course: Settings) -> Mapping[str, tuple[int, bytes]]:
    """Students whose verdicts are on disk, with what tells whether they were written again."""
    places = {each: paths.submission(course, each, "sums").verdict_file for each in STUDENTS}
    return {
        student: (file.stat().st_mtime_ns, file.read_bytes())
        for student, file in places.items()
        if file.exists()
    }


def lost(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Students whose finished work was done once more, or is gone."""
    return sorted(student for student in before if after.get(student) != before[student])


def damage(root: Path) -> Iterator[str]:
    """What is wrong with the gradebook's file."""
    file = root / "gradebook.db"
    if not file.exists():
        return
    with contextlib.closing(sqlite3.connect(file)) as gradebook:
        (said,) = gradebook.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        yield f"a damaged gradebook: {said}"


def differences(expected: Mapping[str, Any], received: Mapping[str, Any]) -> list[str]:
    """Where two outcomes differ, by name."""
    names = sorted(expected.keys() | received.keys())
    return [
        f"{name}: {str(received.get(name))[:300]!r}, expected {str(expected.get(name))[:300]!r}"
        for name in names
        if expected.get(name) != received.get(name)
    ]
