"""A file for Canvas: Grades, Import.

The columns are those of Canvas' own export, described in the Canvas Instructor Guide ("How do I
import grades in the Gradebook?") and read by ``GradebookImporter`` in Canvas' published source:
a student is found by ID (Canvas' own number), else by SIS User ID, else by SIS Login ID, else by
name; a column by the number in parentheses at its end, else by the assignment's title, else it
becomes a new assignment. Section must be there and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import CourseError
from grader.notebook.exports import cells
from grader.notebook.exports.exporter import GradeExporter, Row
from grader.notebook.exports.standings import Person, Standings

_STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


class CanvasExporter(GradeExporter):
    """One row a student, one column an assignment, below the row of points possible.

    ``c.CanvasExporter.columns = {"mnist_998": "99.8 % (4711)"}`` says what Canvas calls them.
    """

    file_name = "canvas.csv"

    def rows(self, standings: Standings) -> Iterator[Row]:
        """The header, the points possible, and the class."""
        identities = self.identities(standings.people)
        yield [*_STUDENT, *(self.title(assignment) for assignment in standings.assignments)]
        maxima = (cells.number(assignment.max_score) for assignment in standings.assignments)
        # Indented as Canvas does it, which keeps the row on top of a sorted file.
        yield ["    Points Possible", *[""] * (len(_STUDENT) - 1), *maxima]
        for person in standings.people:
            login = identities[person.id] if self.identify_by != "lms_user_id" else ""
            scores = (self.points(standings.of[a.name, person.id]) for a in standings.assignments)
            yield [_name(person), _canvas_id(person), "", login, "", *scores]


def _name(person: Person) -> str:
    names = (person.last_name, person.first_name)
    return cells.text(", ".join(name for name in names if name) or person.id)


def _canvas_id(person: Person) -> str:
    """Require a whole number: Canvas takes the leading digits of other text for a number."""
    if not person.lms_user_id or (person.lms_user_id.isascii() and person.lms_user_id.isdigit()):
        return person.lms_user_id
    raise CourseError(
        f"the lms_user_id of {person.id} is {person.lms_user_id!r}: Canvas' ID of a student is a "
        "whole number; correct it (nbgrader db student import FILE, with the columns "
        "id,lms_user_id)"
    )
