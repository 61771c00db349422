"""A file for Moodle: Grades, Import, CSV file.

MoodleDocs, "Grade import": one line a student, one column to find the student by, and a grade and a
feedback column for each item; importing one of the two without the other loses what was there. The
column titles are those of Moodle's own export ("Grade export"). In Moodle's published source
(``gradeimport_csv_load_data``) a row without the identifying field is taken for one more of the
student above it, and one unknown student ends the import: so every student must have that field.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Score
from grader.model.scores import points
from grader.notebook.exports import cells
from grader.notebook.exports.exporter import GradeExporter, Row
from grader.notebook.exports.standings import Standing, Standings

IDENTITY = {"id": "Username", "email": "Email address", "lms_user_id": "ID number"}
"""nbgrader's field to the title that Moodle gives it."""


class MoodleExporter(GradeExporter):
    """One row a student; a grade and a feedback column an assignment."""

    file_name = "moodle.csv"

    def rows(self, standings: Standings) -> Iterator[Row]:
        """The header and the class."""
        identities = self.identities(standings.people)
        titles = [self.title(assignment) for assignment in standings.assignments]
        pairs = ((f"Assignment: {t} (Real)", f"Assignment: {t} (Feedback)") for t in titles)
        yield [
            "First name",
            "Last name",
            IDENTITY[self.identify_by],
            *(t for p in pairs for t in p),
        ]
        for person in standings.people:
            row = [
                cells.text(person.first_name),
                cells.text(person.last_name),
                identities[person.id],
            ]
            for assignment in standings.assignments:
                standing = standings.of[assignment.name, person.id]
                row += [self.points(standing), self.feedback(standing, assignment.max_score)]
            yield row

    def feedback(self, standing: Standing, max_score: float) -> str:
        """Why points were lost, in one cell; empty where there is no grade."""
        if self.score(standing) is None:
            return ""
        said = [f"{Score(standing.score, max_score)} points."]
        waiting, lost = set(standing.waiting), standing.lost
        if waiting:
            said.append(f"Not marked yet: {', '.join(standing.waiting)}.")
        if missed := [f"{n} ({Score(s, p)})" for n, s, p in lost if n not in waiting]:
            said.append(f"Not in full: {', '.join(missed)}.")
        if standing.penalty:
            said.append(f"Handed in late: {points(standing.penalty)} points less.")
        return cells.text("\n".join([" ".join(said), *standing.comments]))
