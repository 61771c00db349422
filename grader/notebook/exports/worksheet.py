"""Moodle's offline grading worksheet of one assignment, filled in.

MoodleDocs, "Assignment settings" and "Using Assignment": with the feedback type *Offline grading
worksheet*, a teacher downloads a worksheet, fills in Grade and Feedback comments, and uploads it.
Its Identifier is Moodle's own, so the file must be the one that was downloaded. In Moodle's
published source (``assignfeedback_offline_grade_importer``) the columns Identifier, Grade and
Last modified (grade) must be there; a grade above the maximum is ignored without a message.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import traitlets

from grader.errors import CourseError
from grader.notebook.exports import cells
from grader.notebook.exports.exporter import Note, Row
from grader.notebook.exports.moodle import IDENTITY, MoodleExporter
from grader.notebook.exports.standings import Assignment, Standings

_NEEDED = ("Identifier", "Grade", "Maximum Grade", "Last modified (grade)")
_FEEDBACK, _CHANGEABLE = "Feedback comments", "Grade can be changed"


class WorksheetExporter(MoodleExporter):
    """The worksheet as it was downloaded, with grades, and feedback where Moodle asks for it.

    Students are found by their email: the worksheet shows no other field unless Moodle is told to.
    """

    worksheet = traitlets.Unicode(help="The worksheet that was downloaded from Moodle.").tag(
        config=True
    )
    identify_by = traitlets.Enum(["id", "email", "lms_user_id"], "email").tag(config=True)
    file_name = "moodle-worksheet.csv"

    def rows(self, standings: Standings) -> Iterator[Row]:
        """The worksheet's rows, those of students with a grade filled in."""
        (assignment,), (titles, *rows) = standings.assignments, self._read(standings)
        filled = self._by_identity(standings)
        yield titles
        for row in rows:
            cell = dict(zip(titles, row, strict=True))
            student = filled.get(cell[self._column].casefold())
            standing = standings.of[assignment.name, student] if student else None
            if standing and self.score(standing) is not None:
                cell["Grade"] = self.points(standing)
                if _FEEDBACK in cell:
                    cell[_FEEDBACK] = self.feedback(standing, assignment.max_score)
            yield [text if title in _NEEDED else cells.text(text) for title, text in cell.items()]

    def notes(self, standings: Standings) -> Iterator[Note]:
        """Also name who is in the class or the worksheet only, and whose grade Moodle will keep."""
        yield from super().notes(standings)
        filled, (titles, *rows) = self._by_identity(standings), self._read(standings)
        column, name = titles.index(self._column), standings.assignments[0].name
        changeable = titles.index(_CHANGEABLE) if _CHANGEABLE in titles else None
        students = {row[column].casefold(): row for row in rows}
        graded = {s for (_, s), its in standings.of.items() if self.score(its) is not None}
        absent = [s for key, s in filled.items() if key not in students and s in graded]
        fixed = [
            filled[key]
            for key, row in students.items()
            if filled.get(key) in graded and changeable is not None and row[changeable] == "No"
        ]
        strangers = [row[column] or row[0] for key, row in students.items() if key not in filled]
        if absent:
            yield Note(f"{name}: graded, not in the worksheet: {', '.join(absent)}", lacking=True)
        if fixed:
            text = f"{name}: Moodle will not change the grade of: {', '.join(fixed)}"
            yield Note(text, lacking=True)
        if strangers:
            text = f"{name}: not in the gradebook, left as it was: {', '.join(strangers)}"
            yield Note(text, lacking=False)

    @property
    def _column(self) -> str:
        return IDENTITY[self.identify_by]

    def _by_identity(self, standings: Standings) -> dict[str, str]:
        """Each student by the worksheet's identifier, in lower case."""
        return {text.casefold(): one for one, text in self.identities(standings.people).items()}

    def _read(self, standings: Standings) -> list[list[str]]:
        """The worksheet, if it is one, and one of this assignment."""
        if len(standings.assignments) != 1:
            raise CourseError(
                f"a worksheet is of one assignment, not of {len(standings.assignments)}: name it"
            )
        try:
            with Path(self.worksheet).open(encoding="utf-8-sig", newline="") as stream:
                titles, *rows = [row for row in csv.reader(stream) if row]
        except (OSError, ValueError, csv.Error) as error:
            raise CourseError(
                f"{self.worksheet or 'no file'} is not a worksheet ({error}): expected the file "
                "that Moodle gives under Download grading worksheet"
            ) from error
        self._require_columns(titles, rows)
        _require_maximum(standings.assignments[0], {row[titles.index(_NEEDED[2])] for row in rows})
        return [titles, *rows]

    def _require_columns(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        needed = (*_NEEDED, self._column)
        if missing := [title for title in needed if title not in titles]:
            raise CourseError(
                f"{self.worksheet} lacks the columns {', '.join(missing)}; found "
                f"{', '.join(titles)}: download the worksheet with Moodle set to English, and "
                "choose a field that it shows with --by"
            )
        if len(set(titles)) < len(titles):
            raise CourseError(
                f"{self.worksheet} has two columns of one title in {', '.join(titles)}: expected "
                "the worksheet as Moodle gives it; download it again"
            )
        if short := [number for number, row in enumerate(rows, 2) if len(row) != len(titles)]:
            raise CourseError(
                f"{self.worksheet}, row {short[0]}: expected {len(titles)} cells as in the first "
                "row; download the worksheet again"
            )


def _require_maximum(assignment: Assignment, maxima: set[str]) -> None:
    """Require the same maximum on both sides; Moodle may write it with a decimal comma."""
    try:
        points = {float(text.replace(",", ".")) for text in maxima}
    except ValueError:
        points = set()
    if maxima and points != {assignment.max_score}:
        raise CourseError(
            f"Moodle's maximum grade is {' and '.join(sorted(maxima))}, that of {assignment.name} "
            f"is {assignment.max_score:g}: set it to {assignment.max_score:g} in Moodle (Settings, "
            "Grade) and download the worksheet again"
        )
