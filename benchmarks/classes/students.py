"""Made-up students: who they are, and what each writes into the solution cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# fmt: off
FIRST_NAMES = (
    "ada", "ben", "cleo", "dan", "eve", "finn", "gwen", "hana", "ivo", "jo", "kim", "lea",
    "max", "nora", "otto", "pia", "quinn", "rosa", "sam", "tess", "ugo", "vera", "wim", "yara",
)
# fmt: on
SURNAMES = ("arendt", "braun", "conti", "dubois")


@dataclass(frozen=True)
class Student:
    """One student's submission of one assignment.

    Attributes:
        name: nbgrader's id.
        way: how the work was done, in words.
        cells: grade_id of a solution cell to its text.
        start: what the other solution cells hold: ``reference`` or ``release``, as in a sample.
        network: which network of the class this student trains; None where none is trained.
    """

    name: str
    way: str
    cells: Mapping[str, str] = field(default_factory=dict)
    start: str = "reference"
    network: int | None = None


def names(count: int) -> Iterator[str]:
    """The first ``count`` students of a class; at most 96."""
    if not 0 < count <= len(FIRST_NAMES) * len(SURNAMES):
        raise ValueError(f"a class of {count} students: expected 1 to 96")
    for number in range(count):
        surname, first = divmod(number, len(FIRST_NAMES))
        yield f"{FIRST_NAMES[first]}_{SURNAMES[surname]}"
