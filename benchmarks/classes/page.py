"""Writes the figures into a page between two markers, and leaves the rest of it as it is."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks import marked_page
from benchmarks.classes import requirements, tables
from benchmarks.classes.cases import named
from benchmarks.classes.requirements import Figures

BEGIN = "<!-- figures: begin; written by `make bench` -->"
END = "<!-- figures: end -->"
_QUIET = 0.1  # cores


def write(place: Path, figures: Figures, commits: frozenset[str]) -> None:
    """Put the figures into a page; one that is not there yet gets nothing but them.

    Raises:
        BenchError: the page has not both markers.
    """
    marked_page.write(place, BEGIN, END, content(figures, commits))


def content(figures: Figures, commits: frozenset[str]) -> str:
    """All that stands between the markers."""
    trial = any(summary.students != named(case).count for (case, *_), summary in figures.items())
    parts = (
        ("Ratios", tables.ratios(figures)),
        ("What must hold", tables.requirements(requirements.check_all(figures))),
        ("Figures", tables.everything(figures)),
        ("The limit", tables.limits(figures)),
        ("Trainings", tables.trainings(figures)),
        ("Points", tables.agreement(figures)),
        ("Machine and command", f"{machine()}\n\n{command(figures, commits)}"),
    )
    note = "**A trial with smaller classes: it decides nothing.**\n\n" if trial else ""
    return note + "\n\n".join(f"## {title}\n\n{text}" for title, text in parts)


def machine() -> str:
    """What this machine is, without its name."""
    cores = psutil.cpu_count() or 0
    memory = psutil.virtual_memory().total / (1 << 30)
    return (
        f"{cores} cores ({_processor()}), {memory:.0f} GiB of memory, "
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}."
    )


def command(figures: Figures, commits: frozenset[str]) -> str:
    """How the figures came about, and whether the machine was idle."""
    repetitions = sorted({summary.repetitions for summary in figures.values()})
    others = max((summary.others for summary in figures.values()), default=0.0)
    noise = "The machine did nothing else."
    if others > _QUIET:
        noise = (
            f"**Other processes kept up to {others:.1f} cores busy meanwhile: times on the clock "
            "are worth little.**"
        )
    return (
        f"`make bench`; {_medians(repetitions)}; "
        f"commit {', '.join(sorted(commits)) or 'none'}. {noise}"
    )


def _medians(repetitions: Sequence[int]) -> str:
    """Of how many measurements the figures are medians."""
    if not repetitions or repetitions[-1] == 1:
        return "each measured once"
    most = str(repetitions[-1])
    times = most if repetitions[0] == repetitions[-1] else f"{repetitions[0]} to {most}"
    return f"medians of {times} measurements, interleaved"


def _processor() -> str:
    """The processor's name as Linux knows it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
