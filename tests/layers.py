"""The layers of docs/design.md: which package may import which."""

from __future__ import annotations

# From the lowest layer to the highest: a package, and what of ours it may import besides itself.
# A row names only rows above it, so that no import runs upward.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "grader": (),  # the package's own __init__.py
    "grader.language": (),
    "grader.errors": ("grader.language",),
    "grader.accuracy": (),
    "grader.tensorflow_log": (),
    "grader.machine": (),
    "grader.parsing": (),
    "grader.whole_files": (),
    "grader.model": ("grader.accuracy", "grader.language"),
    "grader.watch_rules": ("grader.errors", "grader.model"),
    "grader.course_options": (),
    "grader.settings": (
        "grader.errors",
        "grader.language",
        "grader.model",
        "grader.watch_rules",
        "grader.course_options",
    ),
    "grader.course_packages": ("grader.errors", "grader.settings"),
    "grader.datasets": ("grader.errors", "grader.whole_files"),
    "grader.cell_messages": ("grader.errors", "grader.language", "grader.model"),
    "grader.sandbox.guest": (),  # runs beside a student's code: nothing of ours is there
    "grader.checks": (
        "grader.errors",
        "grader.cell_messages",  # how a notebook shows what a check says
        "grader.language",
        "grader.accuracy",
        "grader.model",
        "grader.datasets",  # the images that test cells ask with
        # The walk through a model is the same on both sides.
        "grader.sandbox.guest.keras_models.keras_layers",
        "grader.sandbox.guest.fit.log_errors",  # and so is what a callback's errors mean
    ),
    "grader.sandbox": ("grader.errors", "grader.machine", "grader.model", "grader.sandbox.guest"),
    "grader.referee": (
        "grader.errors",
        "grader.language",
        "grader.accuracy",
        "grader.machine",
        "grader.model",
        "grader.datasets",
    ),
    "grader.examiner": (
        "grader.errors",
        "grader.parsing",
        "grader.language",
        "grader.accuracy",
        "grader.model",
        "grader.checks",
        "grader.referee.spec",
        "grader.sandbox.guest",
    ),
    "grader.reports": (
        "grader.errors",
        "grader.language",
        "grader.accuracy",
        "grader.model",
        "grader.parsing",
    ),
    "grader.engines": (),  # what they carry out is given to them
    "grader.notebook": (
        "grader.errors",
        "grader.whole_files",
        "grader.parsing",
        "grader.language",
        "grader.machine",
        "grader.model",
        "grader.settings",
        "grader.course_packages",
        "grader.datasets",
        "grader.sandbox",
        "grader.referee",
        "grader.examiner",
        "grader.reports",
        "grader.engines",
    ),
    "grader.cluster": (
        "grader.course_packages",
        "grader.errors",
        "grader.model",
        "grader.settings",
        "grader.sandbox",
        "grader.referee",
        "grader.engines",
        "grader.notebook",
    ),
    "grader.kernelspec": ("grader.errors", "grader.language"),
    "grader.student": (
        "grader.errors",
        "grader.parsing",
        "grader.cell_messages",
        "grader.language",
        "grader.model",
        "grader.settings",
        "grader.sandbox.guest",
        "grader.referee",
        "grader.examiner",
        "grader.reports",
        "grader.engines",
        "grader.notebook",
        "grader.kernelspec",
    ),
    # Messages, %check and a training for a student's own kernel are imported where they are called:
    # in a sandbox none of them is there.
    "grader.kernel": (
        "grader.errors",
        "grader.language",
        "grader.cell_messages",
        "grader.datasets",
        "grader.student",
        "grader.tensorflow_log",
    ),
    "grader.classroom": (
        "grader.errors",
        "grader.model",
        "grader.settings",
        "grader.datasets",
        "grader.sandbox",
        "grader.examiner.training.training_progress",  # what a class is told of its trainings
        "grader.reports",
        "grader.engines",
        "grader.notebook",
        "grader.cluster",
    ),
    "grader.watch": (
        "grader.errors",
        "grader.whole_files",
        "grader.language",
        "grader.model",
        "grader.settings",
        "grader.course_packages",
        "grader.datasets",
        "grader.sandbox",
        "grader.reports",
        "grader.engines",
        "grader.notebook",
    ),
    "grader.marking": (
        "grader.errors",
        "grader.settings",
        "grader.reports",
        "grader.notebook",
    ),
    "grader.lab": (
        "grader.errors",
        "grader.settings",
        "grader.datasets",
        "grader.notebook",
        "grader.kernelspec",
        "grader.classroom",
    ),
    "grader.authoring": (
        "grader.errors",
        "grader.whole_files",
        "grader.parsing",
        "grader.model",
        "grader.settings",
        "grader.course_packages",
        "grader.datasets",
        "grader.sandbox",
        "grader.reports",
        "grader.engines",
        "grader.examiner.wanted",  # which names a test reads by their text
        "grader.notebook",
        "grader.student",  # which claims need no training
    ),
    "grader.doctor": (
        "grader.errors",
        "grader.machine",
        "grader.settings",
        "grader.course_packages",
        "grader.datasets",
        "grader.sandbox",
        "grader.referee",
        "grader.reports",
        "grader.notebook",
        "grader.kernelspec",
    ),
    "grader.cli": ("grader",),
}


# Within a package, from low to high: a folder may import what stands on a line before its own,
# and no neighbour on the same line. Modules beside these folders are bound by the circles alone.
LAYERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "grader.referee": (("spec",), ("training", "store"), ("service",)),
    "grader.notebook": (
        ("sanitize",),
        ("submission",),
        ("judging",),
        ("plugins",),
        ("reporting", "exports"),
        ("marking",),
    ),
    "grader.reports": (("charts", "terminal"), ("feedback", "class_report")),
}


# A package of others, and where alone it may be imported.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "nbgrader": ("grader.notebook",),
    "matplotlib": (
        "grader.reports.charts",
        "grader.reports.class_report",
        "grader.checks.figures",
        "grader.sandbox.guest.surroundings.figure_png",
        "grader.sandbox.guest.surroundings.figures",
        "grader.sandbox.guest.surroundings.pictures",
    ),
    "rapidfuzz": ("grader.reports.similar_texts",),
    "distributed": ("grader.engines", "grader.cluster"),
}


# What takes seconds to import, and must not delay a command that does without.
HEAVY = ("dask", "distributed", "jax", "keras", "matplotlib", "scipy", "tensorflow", "torch")
