"""The status of a class, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import humanize
from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from grader.model import Score
from grader.reports.few_names import few_names
from grader.reports.reasons import by_reason
from grader.reports.terminal.output_table import OutputTable, indented, tabbed
from grader.reports.terminal.plain import plain

_NAMED = 20  # students in a line


@dataclass(frozen=True)
class StatusRow:
    """A submission in a table.

    Attributes:
        student: nbgrader's id.
        handed_in: when; None where nobody noted it.
        late: by how much; zero if not.
        stage: what it waits for.
        style: of the stage.
        why: more on that.
        score: None before the first grading.
    """

    student: str
    handed_in: datetime | None
    late: timedelta
    stage: str
    style: str
    why: str
    score: Score | None


@dataclass(frozen=True)
class StatusSum:
    """The sums over the submissions of an assignment.

    Attributes:
        assignment: its name.
        heading: its name and title, for a terminal.
        due: when; None for never.
        handed_in: how many submissions there are.
        late: how many of them are late.
        missing: how many students handed in nothing.
        stages: name, number and style of each stage.
    """

    assignment: str
    heading: str
    due: datetime | None
    handed_in: int
    late: int
    missing: int
    stages: Sequence[tuple[str, int, str]]

    def lines(self) -> Iterator[Text]:
        """The numbers in two lines, without those that are 0."""
        late = f" ({self.late} late)" if self.late else ""
        missing = f", missing {self.missing}" if self.missing else ""
        yield Text(f"handed in {self.handed_in}{late}{missing}")
        counted = [Text(f"{name} {count}", style) for name, count, style in self.stages if count]
        if counted:
            yield Text(", ").join(counted)


@dataclass(frozen=True)
class SubmissionsTable:
    """A row for each student who handed in; below, reasons and a summary.

    Attributes:
        total: the summary.
        rows: the submissions.
        missing: students who handed in nothing.
    """

    total: StatusSum
    rows: Sequence[StatusRow]
    missing: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich to draw the table; in a pipe a reason stands in its row."""
        table = OutputTable(
            title=plain(self.total.heading), title_justify="left", title_style="bold",
            box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False,
        )  # fmt: skip
        table.add_column("student", overflow="fold")
        for name in ("handed in", "late", "score", "status"):
            table.add_column(name, justify="right" if name == "score" else "left", no_wrap=True)
        if not options.is_terminal:
            table.add_column("why")
        for row in self.rows:
            why = [] if options.is_terminal else [plain(row.why)]
            table.add_row(*_cells(row), *why)
        yield table
        if options.is_terminal:
            yield from self._reasons()
        yield from _missing(self.missing)
        yield from self.total.lines()

    def _reasons(self) -> Iterator[RenderableType]:
        """Each reason once, with those whom it concerns: many may share one."""
        stages = dict.fromkeys((row.stage, row.style) for row in self.rows if row.why)
        for stage, style in stages:
            said = [(row.student, row.why) for row in self.rows if row.why and row.stage == stage]
            for why, students in by_reason(said).items():
                yield Text(stage, style).append_text(plain(f": {why}", "default not bold"))
                yield indented(plain(_some(students)), 2)
        if stages:
            yield Text()


@dataclass(frozen=True)
class AssignmentsTable:
    """Some lines for each assignment; in a pipe a row, with a column for each number."""

    rows: Sequence[StatusSum]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        if options.is_terminal:
            for row in self.rows:
                due = f", due {moment(row.due)}" if row.due else ""
                yield plain(row.heading, "bold").append(due, "not bold")
                yield from (indented(line, 2) for line in row.lines())
            return
        stages = [name for name, _, _ in self.rows[0].stages] if self.rows else []
        yield tabbed(["assignment", "due", "handed in", "late", "missing", *stages])
        for row in self.rows:
            counts = (row.handed_in, row.late, row.missing, *(count for _, count, _ in row.stages))
            yield tabbed([plain(row.assignment), moment(row.due), *map(str, counts)])


def _cells(row: StatusRow) -> tuple[Text, ...]:
    return (
        plain(row.student),
        Text(moment(row.handed_in)),
        Text(humanize.naturaldelta(row.late) if row.late else ""),
        Text(str(row.score) if row.score else ""),
        Text(row.stage, row.style),
    )


def _missing(students: Sequence[str]) -> Iterator[Text]:
    if students:
        yield plain(f"handed in nothing: {_some(students)}", "dim")


def _some(students: Sequence[str]) -> str:
    return few_names(students, "--json", _NAMED)


def moment(when: datetime | None) -> str:
    """A moment in the local zone; empty where it is not known."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}" if when else ""
