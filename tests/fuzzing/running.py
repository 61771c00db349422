"""How many examples of a property are tried, and how long one may take.

``pytest`` tries a few, the same ones each time, and ``pytest --quick`` a third of them.
``python -m tests.fuzzing`` tries many, and sets ``FUZZ_EXAMPLES``; other seeds give others.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import needs

EXAMPLES = "FUZZ_EXAMPLES"  # variable of the environment: of a long run
_QUICK = 3  # a quick run tries one of so many

# What an example may take of the processor. Each takes milliseconds; what takes the square of its
# length takes far more.
SECONDS = 10.0
LONGEST = 1_500  # characters of a message


def tried(examples: int, share: float = 1.0) -> Any:
    """The settings of a property.

    Args:
        examples: how many are tried in ``pytest``.
        share: how many of those of a long run: less than 1 for what is slow.
    """
    many, few = os.environ.get(EXAMPLES), examples // _QUICK if needs.is_quick() else examples
    return settings(
        max_examples=max(1, round(int(many) * share if many else few)),
        derandomize=not many,
        database=None,
        deadline=None,  # other work on the machine would decide; see ``within``
        print_blob=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """Fail what takes more of the processor's time: Hypothesis then looks for the least of it."""

    def give_up(_: int, __: FrameType | None) -> None:
        # No Exception: what the grader turns into an answer of its own would hide it.
        pytest.fail(f"it takes more than {seconds:g} s of the processor", pytrace=False)

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def ends_well(*refusals: type[Exception]) -> Iterator[None]:
    """Bound the time of what is done within ``with``; a refusal that a person can read may end it.

    Args:
        refusals: errors of the project's by which it may end; others fail.
    """
    try:
        with within():
            yield
    except refusals as refused:
        assert_readable(str(refused))


def assert_readable(line: str) -> None:
    """A message is one line that can be shown and written anywhere, and is not long."""
    assert 0 < len(line) < LONGEST, line[:LONGEST]
    assert line.isprintable(), line
    line.encode()
