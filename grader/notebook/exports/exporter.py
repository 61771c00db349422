"""What all exporters of grades share.

nbgrader's user guide, "Export plugin": a plugin has the one method ``export(gradebook)``, and reads
``--to``, ``--assignment`` and ``--student`` off its traits of these names.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import traitlets
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from grader import settings as course_settings
from grader.errors import CourseError, GraderError
from grader.notebook.exports import cells, standings
from grader.notebook.exports.standings import Assignment, Person, Standing, Standings, State
from grader.notebook.submission.file_rules import printable_text
from grader.reports.few_names import MOST, few_names
from grader.reports.reasons import by_reason

Row = Sequence[str]

_AS = {State.WAITING: "exported with the points so far", State.MISSING: "exported as 0"}


@dataclass(frozen=True)
class Note:
    """A line that the instructor must read.

    Attributes:
        text: the line, without its end.
        lacking: whether the grade of something that was handed in is not in the file.
    """

    text: str
    lacking: bool


@dataclass(frozen=True)
class Exported:
    """The result of an export: the file, and notes on it for the instructor."""

    file: Path
    notes: tuple[Note, ...]

    @property
    def complete(self) -> bool:
        """Whether everything that was handed in is in the file with a grade."""
        return not any(note.lacking for note in self.notes)


class GradeExporter(ExportPlugin):
    """Writes one file of grades; subclasses give its rows.

    A grade that is not final is left out, and a note says so: a claim that waits for a person
    is not a zero.
    """

    include_waiting = traitlets.Bool(
        False, help="Export what waits for a person with the points that it has so far."
    ).tag(config=True)
    missing_as_zero = traitlets.Bool(
        False, help="Export 0 for who handed in nothing, as nbgrader's own export does."
    ).tag(config=True)
    identify_by = traitlets.Enum(
        ["id", "email", "lms_user_id"],
        "id",
        help="Which of nbgrader's fields the platform finds a student by.",
    ).tag(config=True)
    columns = traitlets.Dict(
        value_trait=traitlets.Unicode(),
        key_trait=traitlets.Unicode(),
        help="Assignment to what the platform calls it; its own name, if left out.",
    ).tag(config=True)

    file_name: ClassVar[str]
    """Of the file in the course's folder ``exports``, where ``--to`` names no other."""

    def rows(self, standings: Standings) -> Iterator[Row]:
        """The file, its header included; called once, after the notes were made."""
        raise NotImplementedError

    def notes(self, standings: Standings) -> Iterator[Note]:
        """A line for each assignment and each reason why there is no final grade."""
        for assignment in standings.assignments:
            for state in (State.WAITING, State.BEING_GRADED, State.NOT_GRADED, State.MISSING):
                said = [
                    (printable_text(student), ", ".join(standing.waiting))
                    for (name, student), standing in sorted(
                        standings.of.items(), key=lambda item: item[0]
                    )
                    if name == assignment.name and standing.state is state
                ]
                if said:
                    left = self.score(Standing(state)) is None
                    done = "left out" if left else _AS[state]
                    text = f"{assignment.name}: {state}, {done}: {who_waits(said, assignment.name)}"
                    yield Note(text, lacking=left and state is not State.MISSING)

    def export(self, gradebook: Gradebook) -> None:
        """Called by ``nbgrader export``: a failure is one line, and a note is a warning."""
        try:
            done = self.write(gradebook)
        except GraderError as error:
            self.log.error(str(error))
            sys.exit(1)
        for note in done.notes:
            self.log.warning(note.text)
        self.log.info("Grades are in %s", done.file)

    def write(self, gradebook: Gradebook) -> Exported:
        """Write the file.

        Raises:
            CourseError: an unknown assignment or student, or one that the platform could not find.
            ConfigurationError: the file cannot be written.
        """
        directory = CourseDirectory(parent=self)
        settings = course_settings.from_config(Path(directory.root), self.config)
        class_standings = standings.read(
            gradebook,
            settings,
            [str(name) for name in self.assignment],
            [str(student) for student in self.student],
        )
        notes, rows = tuple(self.notes(class_standings)), list(self.rows(class_standings))
        file = Path(self.to) if self.to else settings.root / "exports" / self.file_name
        cells.write(file, rows)
        return Exported(file, notes)

    def score(self, standing: Standing) -> float | None:
        """The number to export, or None for an empty cell."""
        exported = {
            State.FINAL: True,
            State.WAITING: self.include_waiting,
            State.MISSING: self.missing_as_zero,
            State.NOT_GRADED: False,
            State.BEING_GRADED: False,
        }
        return standing.score if exported[standing.state] else None

    def points(self, standing: Standing) -> str:
        """The cell of ``score``."""
        score = self.score(standing)
        return "" if score is None else cells.number(score)

    def title(self, assignment: Assignment) -> str:
        """What the platform calls the assignment."""
        title = self.columns.get(assignment.name, assignment.name)
        return cells.identifier(title, f"the column of {assignment.name}")

    def identities(self, people: Iterable[Person]) -> dict[str, str]:
        """Student's id to what the platform finds the student by.

        Raises:
            CourseError: a student lacks it, or two students share it.
        """
        people = tuple(people)
        fields = {person.id: str(getattr(person, self.identify_by)) for person in people}
        if lacking := [student for student, identity in fields.items() if not identity]:
            raise CourseError(
                f"the gradebook has no {self.identify_by} of {', '.join(lacking)}: the platform "
                f"would not find them; {_remedy(self.identify_by)}, or choose another field "
                "with --by"
            )
        shared = [identity for identity, count in Counter(fields.values()).items() if count > 1]
        if shared:
            raise CourseError(
                f"more than one student has the {self.identify_by} {', '.join(sorted(shared))}: "
                f"expected a different one for each; {_remedy(self.identify_by)}"
            )
        return {
            student: cells.identifier(identity, f"the {self.identify_by} of {student}")
            for student, identity in fields.items()
        }


def _remedy(field: str) -> str:
    """``nbgrader db student add`` would empty all the other fields."""
    return f"import it from a file with the columns id,{field} (nbgrader db student import FILE)"


def who_waits(said: Sequence[tuple[str, str]], assignment: str) -> str:
    """Students, with the claims that each waits for; said once where these are the same."""
    told = [
        few_names(students) + (f" ({claims})" if claims else "")
        for claims, students in by_reason(said).items()
    ]
    where = f"; grader status {assignment} --json names all" if len(said) > MOST else ""
    return few_names(told) + where
