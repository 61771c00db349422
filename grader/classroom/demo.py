"""A small made-up class, graded on real data in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.classroom import course_copy
from grader.classroom.grade_class import Options, grade_class
from grader.notebook import release, samples
from grader.reports.charts import curves, score_bars
from grader.settings import Settings

# Who hands in which sample (tests/submissions/<assignment>/<case>).
# Ada has full marks, Ben some, Cleo two convolutions, Dan a callback that never stops, Eve has not
# begun, and Finn's code crashes. Gwen has Ben's network, which is not trained a second time.
CLASS: dict[str, dict[str, str]] = {
    "ada": {
        "cnn_exploration": "reference",
        "convolution_from_scratch": "reference",
        "mnist_998": "functional",
    },
    "ben": {
        "cnn_exploration": "cnn_on_few_pictures",
        "convolution_from_scratch": "uint8_overflow",
        "mnist_998": "message_misspelt",
    },
    "cleo": {
        "convolution_from_scratch": "scipy_wrapped",
        "mnist_998": "two_convolutions",
    },
    "dan": {
        "convolution_from_scratch": "loops",
        "mnist_998": "never_stops_25_epochs",
    },
    "eve": {
        "cnn_exploration": "untouched",
        "convolution_from_scratch": "untouched",
        "mnist_998": "untouched",
    },
    "finn": {
        "cnn_exploration": "training_crashes",
        "convolution_from_scratch": "pool_syntax_error",
        "mnist_998": "syntax_error",
    },
    "gwen": {
        "mnist_998": "reference_on_slice",
    },
}

# Marks a folder as a demo's, so that no other folder is ever removed.
_MARK = ".demo"


def build(course: Settings, folder: Path) -> Settings:
    """Make ``folder`` a fresh course with the demo's class in ``submitted/``.

    Args:
        course: the course whose sources, configuration and data are used.
        folder: what an earlier demo left there is removed.

    Returns:
        The settings of the demo's course.

    Raises:
        ConfigurationError: the folder holds something else, or cannot be written.
    """
    course_copy.clear(folder, _MARK, "demo")
    demo = course_copy.copy(course, folder)
    for name in demo.assignments:
        release.release(demo, name)
    for student, cases in CLASS.items():
        for assignment, case in cases.items():
            sample = samples.load(course.root / "tests" / "submissions" / assignment / case)
            samples.hand_in(demo, assignment, sample, student)
    return demo


def run(course: Settings, folder: Path, console: Console) -> bool:
    """Build the demo's course in ``folder``, grade its class, and draw the scores per claim.

    Returns:
        Whether every submission got its verdicts.
    """
    demo = build(course, folder)
    console.print(f"A class of {len(CLASS)} students handed in; the course stands in {folder}/\n")
    classes = {
        name: grade_class(demo, name, console, Options(why=True)) for name in handed_in(demo)
    }
    picture = folder / "scores.png"
    score_bars.scores_per_claim(
        {name: (result.assignment.claims, result.graded) for name, result in classes.items()},
        picture,
    )
    console.print(f"Scores per claim: {picture}   gradebook: {folder / 'gradebook.db'}")
    if runs := [run for result in classes.values() for each in result.graded for run in each.runs]:
        drawn = folder / "trainings.png"
        curves.draw(runs, drawn)
        console.print(
            f"Learning curves: {drawn}   every training: grader --course {folder} runs list"
        )
    return all(result.complete for result in classes.values())


def handed_in(course: Settings) -> tuple[str, ...]:
    """The assignments that the class hands in: not one that an instructor added to the course."""
    names = {name for cases in CLASS.values() for name in cases}
    return tuple(name for name in course.assignments if name in names)
