"""A sample's ``case.toml``: what it may say, and one line on what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from grader.errors import CourseError
from grader.model import Outcome
from grader.notebook.assignment import Assignment


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file; ``grader.notebook.samples`` says what each key means."""

    about: str
    verdicts: dict[str, Outcome]
    start: Literal["reference", "release"] = "reference"
    data: Literal["slice", "whole"] = "slice"
    honest: bool = False
    minutes: bool = False


def read(file: Path) -> CaseFile:
    """Read the file.

    Raises:
        CourseError: there is none, it is no TOML, or a key is missing, unknown or of another type.
    """
    try:
        return msgspec.convert(tomllib.loads(file.read_text()), CaseFile)
    except OSError as error:
        raise CourseError(
            f"{file} cannot be read ({error.strerror}): expected the description of a sample"
        ) from error
    except ValueError as error:  # of TOML and of UTF-8 as well
        raise CourseError(
            f"{file} describes no sample ({error}): expected about, [verdicts] with every claim's, "
            f"and perhaps start, data, honest and minutes; a verdict is one of {_OUTCOMES}"
        ) from error


def require_claims(file: Path, verdicts: Mapping[str, Outcome], assignment: Assignment) -> None:
    """Ensure that a file names the verdict of each claim, and of nothing else.

    Raises:
        CourseError: it does not; names the claims.
    """
    known = [claim.name for claim in assignment.claims]
    wrong = [f"{name}, which is no claim" for name in verdicts if name not in known]
    wrong += [f"no verdict for {name}" for name in known if name not in verdicts]
    if wrong:
        raise CourseError(
            f"{file} has {'; '.join(wrong)}: expected a verdict for each claim of "
            f"{assignment.name}: {', '.join(known)}"
        )


_OUTCOMES = ", ".join(outcome for outcome in Outcome)
