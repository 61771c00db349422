"""Configurations of older courses go on working, and say what to write instead."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import warnings

import pytest
from traitlets.utils.importstring import import_item

from grader.notebook import moved, plugins
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny

FORMER = [(module, name) for module, names in moved.MOVED.items() for name in names]
GRADING = ("SubmissionExporter", "RebuildNotebook", "JudgeClaims", "SaveVerdicts")
# As course_config.py named them before grader.notebook.plugins.
CONFIGURATION = """
c.ExchangeFactory.collect = "grader.notebook.collecting.CarefulCollect"
c.ZipCollectApp.extractor_plugin = "grader.notebook.extracting.CarefulExtractor"
c.Autograde.exporter_class = "grader.notebook.exporter.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "grader.notebook.preprocessors.RebuildNotebook",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "grader.notebook.preprocessors.JudgeClaims",
    "nbgrader.preprocessors.LimitOutput",
    "grader.notebook.preprocessors.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.exporter_class = "grader.notebook.feedback.FeedbackExporter"
c.HTMLExporter.filters = {"markdown2html": "grader.notebook.formgrader.markdown"}
"""


@pytest.fixture(autouse=True)
def fresh() -> None:
    """The former modules as in a process that has named none of them yet."""
    for name in moved.MOVED:
        sys.modules.pop(name, None)
    moved.register()


@pytest.mark.parametrize(("module", "name"), FORMER)
def test_a_former_name_is_the_same_object_and_warns_once(module: str, name: str) -> None:
    former = f"{module}.{name}"
    with pytest.warns(FutureWarning, match=former) as caught:
        objects = [import_item(former), getattr(importlib.import_module(module), name)]
    assert objects == [getattr(plugins, name)] * 2
    assert len(caught) == 1
    assert f"grader.notebook.plugins.{name}" in str(caught[0].message)


def test_a_name_that_never_was_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        importlib.import_module("grader.notebook.preprocessors").Nothing  # noqa: B018
    with pytest.raises(AttributeError, match="Nothing"):
        plugins.Nothing  # noqa: B018


def test_importing_a_former_module_alone_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        importlib.import_module("grader.notebook.preprocessors")


@pytest.mark.process
def test_collecting_does_not_load_what_judges() -> None:
    code = (
        "import sys; from grader.notebook.plugins import CarefulCollect;"
        "print([m for m in sys.modules if m.startswith('grader.notebook.judging')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", dir(plugins))
def test_the_stable_names_are_there(name: str) -> None:
    assert getattr(plugins, name).__name__ == name


def nbgrader(course: Settings, *arguments: str) -> str:
    """What nbgrader, run as a program in the course's folder, writes on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.kernel
def test_nbgraders_commands_work_with_the_former_configuration(tiny_course: Settings) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(CONFIGURATION)
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    nbgrader(tiny_course, "generate_assignment", "sums", "--force")
    said = nbgrader(tiny_course, "autograde", "sums")
    assert paths.submission(tiny_course, "ada", "sums").verdict_file.is_file()
    for name in GRADING:
        assert said.count(f"name grader.notebook.plugins.{name} instead") == 1
    assert "FeedbackExporter has moved" not in said
