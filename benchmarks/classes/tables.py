"""The figures as tables in Markdown: ratios first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.classes.cases import GRADE, LIMIT, OTTER, OURS, REGRADE, STOCK, named
from benchmarks.classes.requirements import Figures, Finding, Key, ratio
from benchmarks.classes.results import Summary

TITLES = {
    STOCK: "nbgrader",
    OTTER: "Otter, two processes",
    OURS: "this grader",
    LIMIT: "limit",
    "cluster": "this grader, two nodes",
}
_GIB = 1 << 30


def ratios(figures: Figures) -> str:
    """A line for each class and each other grader: what it takes over what we take."""
    rows = [
        (_title(case, figures[case, OURS, step]) + again, f"{TITLES[other]} / ours", *numbers)
        for case, other, step, again in _compared(figures)
        for numbers in [
            [f"{ratio(figures, case, other, measure, step):.1f}x" for measure in _MEASURES]
        ]
    ]
    heads = ("class", "ratio", "wall", "CPU", "peak memory")
    return _table(heads, rows, right=3) if rows else "Nothing to compare was measured."


_MEASURES = ("wall", "cpu", "memory")


def _compared(figures: Figures) -> Iterator[tuple[str, str, str, str]]:
    """Case, other grader, our step, and what to say of a regrade: beside a first grading."""
    for case, other, step in figures:
        if other in (STOCK, OTTER) and step == GRADE:
            if (case, OURS, GRADE) in figures:
                yield case, other, GRADE, ""
            if (case, OURS, REGRADE) in figures:
                yield case, other, REGRADE, ", unchanged, again"


def requirements(findings: Iterable[Finding]) -> str:
    """What must hold, and whether it does."""
    words = {True: "met", False: "**not met**", None: "not measured"}
    rows = [
        (finding.text, finding.measured if finding.met is not None else "", words[finding.met])
        for finding in findings
    ]
    return _table(("what must hold", "measured", ""), rows)


def everything(figures: Figures) -> str:
    """A line for each measurement."""
    return _table(
        ("class", "by", "times", "wall s", "fastest to slowest", "CPU s", "each", "peak", "driver"),
        [_line(key, summary) for key, summary in figures.items() if key[1] != LIMIT],
        right=7,
    )


def _line(key: Key, summary: Summary) -> tuple[str, ...]:
    case, contender, step = key
    return (
        _title(case, summary) + (", again" if step == REGRADE else ""),
        TITLES[contender],
        str(summary.repetitions),
        f"{summary.wall:.1f}",
        f"{summary.fastest:.1f} to {summary.slowest:.1f}",
        f"{summary.cpu:.1f}",
        f"{summary.cpu / summary.students:.2f}",
        f"{summary.memory / _GIB:.2f} GiB",
        f"{summary.driver_memory / _GIB:.2f} GiB",
    )


def limits(figures: Figures) -> str:
    """The limit beside what we take."""
    rows = []
    for (case, contender, _), summary in figures.items():
        if contender == LIMIT:
            own, trainings = summary.facts["own"], summary.facts["trainings"]
            ours = figures.get((case, OURS, GRADE))
            rows.append(
                (
                    _title(case, summary),
                    f"{own:.1f}",
                    f"{own / summary.students:.2f}",
                    f"{trainings:.1f}",
                    f"{ours.cpu:.1f}" if ours else "",
                    f"{ours.cpu / (own + trainings):.2f}x" if ours else "",
                )
            )
    heads = ("class", "own code, CPU s", "each", "different trainings, CPU s", "ours, CPU s", "")
    return _table(heads, rows, right=5) if rows else "The limit was not measured."


def trainings(figures: Figures) -> str:
    """How many epochs were trained for a class."""
    lines = [
        f"- {_title(case, summary)}: {summary.facts['trained_epochs']:g} epochs were trained; "
        f"the longest training has {summary.facts['longest_training']:g}. "
        f"They were trained for {_trained_for(case, summary)}."
        for (case, _, step), summary in figures.items()
        if step == GRADE and "trained_epochs" in summary.facts
    ]
    return "\n".join(lines) or "No class with trainings was measured."


def _trained_for(case: str, summary: Summary) -> str:
    """Whose networks were trained, not found in the store: by their ways, with their epochs."""
    students = named(case).make(summary.students)
    own = {student.way: summary.facts.get(f"for {student.name}", 0) for student in students}
    return ", ".join(f"{way} ({epochs:g})" for way, epochs in own.items() if epochs) or "nobody"


def agreement(figures: Figures) -> str:
    """Who of the class got the same points from another grader as from us."""
    lines = []
    for (case, other, step), summary in figures.items():
        ours = figures.get((case, OURS, GRADE))
        if other in (STOCK, OTTER) and step == GRADE and ours:
            differ = sorted(
                f"{name} ({_points(summary, name)}, ours {_points(ours, name)})"
                for name in ours.points
                if _points(summary, name) != _points(ours, name)
            )
            same = len(ours.points) - len(differ)
            more = f"; not {', '.join(differ)}" if differ else ""
            lines.append(
                f"- {_title(case, summary)}: {TITLES[other]} gives {same} of {len(ours.points)} "
                f"the points that we give{more}."
            )
    return "\n".join(lines) or "Nothing to compare was measured."


def _points(summary: Summary, student: str) -> str:
    return f"{summary.points[student]:g}" if student in summary.points else "none"


def _title(case: str, summary: Summary) -> str:
    known = named(case)
    return f"{summary.students} `{known.assignment}`, {known.about}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0) -> str:
    """A table; its last ``right`` columns are numbers."""
    ruled = ["---"] * (len(heads) - right) + ["---:"] * right
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ruled, *rows))
