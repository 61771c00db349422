"""Attacks by answers that a test computes with, in the judge: as much as the answer says.

Judged as in a class, in a process of its own, with less time than a course gives.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from grader.engines.base import Silent
from grader.model import Limits, Outcome
from grader.notebook.assignment import load_assignment
from grader.notebook.judging import (
    claim_judge,
    judge_hearing,
    judge_limits,
    judge_main,
    judge_process,
)
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.submission.rebuild import rebuild
from tests import tiny
from tests.attacks.trials import Carry, Trial

_LIMITS = Limits(cell_seconds=2)
_work = judge_main.work


def with_less_time(*arguments: Any) -> None:
    """The process as it is, but for a second beside its questions, and with smaller files.

    So the end of a large file comes before the end of the second on a busy machine, too.
    """
    claim_judge._OWN_SECONDS = 1  # type: ignore[assignment]
    judge_limits.FILE_BYTES = 64 << 20
    _work(*arguments)


def answering(test: str, answer: str) -> Carry:
    """The outcome of the claim whose test computes, and whether the other claims pass.

    Args:
        test: computes with ``total([1, 2, 3])``.
        answer: the expression that this returns.
    """

    def carry(folder: Path) -> str:
        with _hurried(test):
            course = tiny.make_course(folder, _LIMITS.cell_seconds)
            course = dataclasses.replace(course, limits_of={"sums": _LIMITS})
            assignment = load_assignment(course, "sums")
            work = {"total": f"import decimal\ndef total(numbers):\n    return {answer}"}
            rebuilt = rebuild(assignment, tiny.submission(course, tiny.GOOD | work))
            for name in ("files", "scratch"):
                (folder / name).mkdir()
            examination = Examination(assignment, rebuilt, folder / "files", course)
            _, verdicts, _ = judge_process.judge_apart(
                examination, Stopwatch(), Silent(), scratch=folder / "scratch"
            )
        *others, computed = verdicts
        alone = all(verdict.outcome is Outcome.PASSED for verdict in others)
        return f"{computed.outcome.value}; the other claims {'pass' if alone else 'do not pass'}"

    return carry


@contextmanager
def _hurried(test: str) -> Iterator[None]:
    with (
        patch.dict(tiny.TESTS, {"totals": (test, 3)}),
        patch.object(judge_main, "work", with_less_time),
        patch.object(judge_hearing, "OVERRUN_SECONDS", 1.0),
    ):
        yield


def _trial(name: str, about: str, test: str, hostile: str, **other: str) -> Trial:
    """A case of the same name; ``other`` has its outcome and the answer of its twin."""
    test = test.replace("ANSWER", "total([1, 2, 3])")
    sides = answering(test, hostile), answering(test, other["twin"])
    ends = [f"{outcome}; the other claims pass" for outcome in (other["outcome"], "passed")]
    return Trial(74, name, about, sides[0], ends[0], sides[1], ends[1], kernel=True)


TRIALS = (
    _trial(
        "power_of_an_answer",
        "an exponent of a thousand million for a test that raises to it",
        "assert 10 ** ANSWER == 1000",
        "10**9",
        outcome="over a limit",
        twin="3",
    ),
    _trial(
        "text_as_long_as_an_answer",
        "a length of 7 GB for a test that writes so many letters",
        "assert 'x' * ANSWER == 'xxx'",
        "7 * 10**9",
        outcome="over a limit",
        twin="3",
    ),
    _trial(
        "list_as_long_as_an_answer",
        "a length of 10**12 for a test that lists so many numbers",
        "import itertools\nassert list(itertools.islice(itertools.count(), ANSWER)) == [0, 1, 2]",
        "10**12",
        outcome="over a limit",
        twin="3",
    ),
    _trial(
        "endless_search",
        "a range in which a library's compiled code searches for hours",
        "assert 1.0 in ANSWER",
        "range(2, 10**15)",
        outcome="over a limit",
        twin="range(0, 3)",
    ),
    _trial(
        "pattern_that_goes_back",
        "a regular expression that goes back again and again",
        "import re\nassert re.match(ANSWER, 'a' * 40)",
        "'(a+)+b'",
        outcome="over a limit",
        twin="'a+'",
    ),
    _trial(
        "text_on_which_a_pattern_goes_back",
        "a text on which a test's regular expression goes back again and again",
        "import re\nassert re.fullmatch('(a+)+', ANSWER)",
        "'a' * 40 + 'b'",
        outcome="over a limit",
        twin="'a' * 40",
    ),
    _trial(
        "exponent_in_a_text",
        "a text of a Decimal whose exponent is a thousand million",
        "from decimal import Decimal\nassert int(Decimal(ANSWER)) == 10",
        "'1e999999999'",
        outcome="over a limit",
        twin="'1e1'",
    ),
    _trial(
        "width_in_a_format",
        "a width of 10**12 for a test that formats with it",
        "assert f'{1:{ANSWER}}' == '  1'",
        "'>1000000000000'",
        outcome="failed",
        twin="'>3'",
    ),
    _trial(
        "nested_text",
        "JSON of a million levels for a test that reads it",
        "import json\nassert json.loads(ANSWER) == [[]]",
        "'[' * 10**6",
        outcome="failed",
        twin="'[[]]'",
    ),
    _trial(
        "deep_expression",
        "an expression of a million signs for a test that evaluates literals",
        "import ast\nassert ast.literal_eval(ANSWER) == 1",
        "'-' * 10**6 + '1'",
        outcome="failed",
        twin="'+1'",
    ),
    _trial(
        "file_as_long_as_an_answer",
        "a length of 6 GB for a test that writes a file of it",
        "for _ in range(ANSWER):\n    open('numbers.txt', 'ab').write(b'x' * (1 << 20))\n"
        "assert open('numbers.txt').read(3) == 'xxx'",
        "6000",
        outcome="failed",
        twin="3",
    ),
)
