"""Notebooks that are wholly graded, in sandboxes, and what that leaves on the machine."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from grader.notebook import autograde
from grader.notebook.class_run import Result
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny
from tests.attacks.leftovers import Watcher
from tests.fuzzing import edits, texts, writings
from tests.fuzzing.edits import Edit, made
from tests.fuzzing.writings import Writing

_SECONDS = 20  # of a cell
_MEGABYTE = 1 << 20
_GROWTH = 100  # megabytes that a class may add to the process that grades it


@dataclasses.dataclass(frozen=True)
class Report:
    """What came of a class.

    Attributes:
        graded: how many notebooks got verdicts.
        refused: how many were refused with a reason.
        wrong: what must not be: faults of the grader, things left behind, memory that grew.
    """

    graded: int
    refused: int
    wrong: tuple[str, ...]


def graded(count: int, number: int) -> Report:
    """Grade so many notebooks as one class.

    Args:
        count: how many.
        number: the seed by which they are drawn.
    """
    drawn = _drawn(count, number)
    with _course() as course, Watcher() as watcher:
        tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
        list(autograde.grade(course, "sums"))  # kernels' parent and judges' server stay
        before, memory = watcher.now(), psutil.Process().memory_info().rss
        for place, content in enumerate(drawn):
            file = paths.submission(course, f"student_{place}", "sums").notebook
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
        results = [each for each in autograde.grade(course, "sums") if each.student != "ada"]
        wrong = [*_faults(results, drawn), *watcher.left(before)]
        grown = (psutil.Process().memory_info().rss - memory) // _MEGABYTE
        wrong += [f"{grown} MB more memory"] if grown > _GROWTH else []
        wrong += [] if len(results) == count else [f"{len(results)} results of {count}"]
    refused = sum(result.graded is None for result in results)
    return Report(len(results) - refused, refused, tuple(wrong))


def _drawn(count: int, number: int) -> list[bytes]:
    """Notebooks as Hypothesis draws them; the first ones it draws are the simplest."""
    found: list[bytes] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(st.one_of(*[edits.honest] * 9, edits.hostile), min_size=1, max_size=6),
        st.booleans(),
        writings.honest,
    )
    def draw(changes: list[Edit], solved: bool, writing: Writing) -> None:
        try:
            found.append(writing.bytes(made(changes, solved)))
        except (AttributeError, TypeError, KeyError):  # no notebook any more, for this writer
            found.append(texts.as_json(made(changes, solved)))

    draw()
    return found[:count]


def _faults(results: Sequence[Result], drawn: Sequence[bytes]) -> Iterator[str]:
    """A verdict that waits for a person, or a refusal without a reason."""
    for result in results:
        content = drawn[int(result.student.removeprefix("student_"))]
        if result.graded is None and not result.problem.isprintable():
            yield f"a refusal that cannot be read, {result.problem!r}, of {content!r}"
        elif result.graded is None and "expected" not in result.problem:
            yield f"a refusal that says nothing, {result.problem!r}, of {content!r}"
        for verdict in result.graded.verdicts if result.graded else ():
            if verdict.faulty:
                yield f"a grader fault, {verdict.claim}: {verdict.message!r}, of {content!r}"


@contextmanager
def _course() -> Iterator[Settings]:
    """A course in a folder that student code may enter, with a folder of its own for files."""
    with tempfile.TemporaryDirectory(prefix="fuzzed-") as folder:
        Path(folder).chmod(0o755)
        yield tiny.make_course(Path(folder), _SECONDS)
