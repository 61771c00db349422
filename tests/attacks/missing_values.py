"""An attack by values that are missing, which pandas leaves out of what a test asks."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pandas as pd

from grader.examiner.surroundings.course import Course
from tests.attacks.trials import Carry, Trial
from tests.examiner.surroundings.both import Both

PASSED, NOT_PASSED = "passed", "not passed"
TEST = "assert (double([1, 2]) == [2, 4]).all()"


def answering(*values: object) -> Carry:
    """A test cell on a function that gives a series of these values."""

    def double(_: Any) -> Any:
        return pd.Series(values, dtype="Int64")

    def carry(folder: Path) -> str:
        (folder / "kernel").mkdir()
        with contextlib.closing(
            Both(folder / "kernel", Course(folder), {"double": double})
        ) as student:
            return PASSED if student.tested(TEST).passed else NOT_PASSED

    return carry


TRIALS = (
    Trial(
        45,
        "missing_values",
        "values that are missing in place of numbers: pandas' all leaves them out",
        answering(pd.NA, pd.NA),
        NOT_PASSED,
        answering(2, 4),
        PASSED,
    ),
)
