"""nbgrader's own table, for spreadsheets and scripts: the columns of ``nbgrader export``.

Columns and numbers are nbgrader's. Its own ``CsvExportPlugin`` joins cells with commas and quotes
nothing, so a comma in a name moves the columns; and it exports grades that wait for a person as
final.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.notebook.exports import cells
from grader.notebook.exports.exporter import GradeExporter, Row
from grader.notebook.exports.standings import Assignment, Person, Standing, Standings

_COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class CsvExporter(GradeExporter):
    """One row an assignment and student."""

    file_name = "grades.csv"

    def rows(self, standings: Standings) -> Iterator[Row]:
        """The header, then each assignment with the whole class."""
        yield _COLUMNS
        for assignment in standings.assignments:
            for person in standings.people:
                yield self._row(assignment, person, standings.of[assignment.name, person.id])

    def _row(self, assignment: Assignment, person: Person, standing: Standing) -> Row:
        scores = (standing.raw_score, standing.penalty, standing.score)
        exported = self.score(standing) is not None
        return [
            self.title(assignment),
            str(assignment.due or ""),
            str(standing.handed_in or ""),
            cells.identifier(person.id, "a student's id"),
            cells.text(person.last_name),
            cells.text(person.first_name),
            cells.identifier(person.email, f"the email of {person.id}"),
            *(str(score) if exported else "" for score in scores),
            str(assignment.max_score),
        ]
