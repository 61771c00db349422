from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from grader.errors import ConfigurationError
from grader.model import Outcome, Run, Verdict
from grader.reports.class_report import html_page
from grader.reports.class_report.content import ClassReport
from tests.pages import Reader
from tests.reports.classes import made_up
from tests.reports.feedback.test_html_page import EVIL

TABLES = {f"{name}.csv" for name in (
    "scores", "claims", "messages", "trainings", "attention", "alike",
)}  # fmt: skip


def written(report: ClassReport, folder: Path) -> tuple[Reader, set[str]]:
    """The page, and the names of the files beside it."""
    page, *others = html_page.write(report, folder)
    assert {file.name for file in folder.iterdir()} == {file.name for file in (page, *others)}
    return Reader.of(page.read_text(), links=("#",)), {file.name for file in others}


Written = tuple[Path, Reader, set[str]]


@pytest.fixture(scope="module")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Written]:
    """Folder, page and other files of a made-up class's report; figures take seconds to draw."""

    def write(size: int) -> Written:
        folder = tmp_path_factory.mktemp("report")
        return folder, *written(made_up(size), folder)

    return functools.cache(write)


def text(reader: Reader) -> str:
    return " ".join(reader.text.split())


@pytest.mark.parametrize("size", [1, 2, 200])
def test_a_class_of_any_size_has_a_report(report_of: Callable[[int], Written], size: int) -> None:
    folder, reader, others = report_of(size)
    pictures = {"scores.png", "claims.png", "learning_curves.png", "epochs.png"}
    assert others == TABLES | pictures | {"times.svg"}
    for name in pictures:
        with Image.open(folder / name) as picture:
            assert picture.format == "PNG"
            assert len(picture.convert("L").getcolors()) > 10
    assert reader.dangers == []
    assert [tag for tag, _ in reader.tags].count("img") == 5
    assert f"student{size:03}" in reader.text


def test_names_in_any_script_are_text_in_the_figure_of_times(tmp_path: Path) -> None:
    report, names = made_up(3), ["李雷", "Zoë", "<b>&"]
    entries = [
        dataclasses.replace(entry, graded=dataclasses.replace(entry.graded, student=name))
        for entry, name in zip(report.entries, names, strict=True)
    ]
    written(dataclasses.replace(report, entries=tuple(entries)), tmp_path)
    texts = ElementTree.parse(tmp_path / "times.svg").iter("{http://www.w3.org/2000/svg}text")
    assert set(names) < {text.text for text in texts}


def test_it_says_what_needs_a_person_and_what_is_missed(
    report_of: Callable[[int], Written],
) -> None:
    report = made_up(200)
    seen = text(report_of(200)[1])
    fault, _ = report.faults[0]
    for words in (
        "200 graded submissions, 1 not graded",
        "zoe: zoe's work is a symbolic link",
        f"{fault}, ",
        f"{len(report.waiting)} of 200 wait in the formgrader",
        "Alike work is to be expected in a course",
        "does not say who wrote what",
        "trainings that began alike and went on otherwise 100 %",
    ):
        assert words in seen
    worst = max(report.results, key=lambda result: result.missed)
    assert f"{worst.claim.name}: {worst.missed} of 200 did not pass" in seen
    assert f"{len(worst.complaints[0].students)} \N{MULTIPLICATION SIGN} " in seen


def test_where_nothing_needs_a_person_it_says_so(tmp_path: Path) -> None:
    report = dataclasses.replace(made_up(1), left_out=())
    entry = dataclasses.replace(report.entries[0], waiting=())
    reader, _ = written(dataclasses.replace(report, entries=(entry,)), tmp_path)
    assert "Nothing: every submission is graded to its end." in text(reader)


def test_without_trainings_their_figures_are_left_out_and_it_says_so(tmp_path: Path) -> None:
    written(made_up(5), tmp_path)
    reader, others = written(made_up(5, trained=False), tmp_path)
    assert others == TABLES | {"scores.png", "claims.png", "times.svg"}, "no older ones stay"
    assert "No submission trained a network: there are no learning curves." in text(reader)


def test_without_a_target_no_epochs_are_counted_and_it_says_so(tmp_path: Path) -> None:
    reader, others = written(made_up(5, target=None), tmp_path)
    assert "learning_curves.png" in others
    assert "epochs.png" not in others
    assert "This assignment names no target (c.Course.targets" in text(reader)


def test_trainings_without_an_accuracy_are_no_curves(tmp_path: Path) -> None:
    report = made_up(1)
    silent = Run("k", ({"loss": 0.5},), (1,), (), 1, False, parameters=7)
    graded = dataclasses.replace(report.entries[0].graded, runs=(silent,))
    entry = dataclasses.replace(report.entries[0], graded=graded)
    reader, others = written(dataclasses.replace(report, entries=(entry,)), tmp_path)
    assert "No training logged an accuracy" in text(reader)
    assert not {"learning_curves.png", "epochs.png"} & others


def test_trainings_that_nobody_measured_have_no_place_among_weights(tmp_path: Path) -> None:
    report = made_up(1)
    (run,) = report.entries[0].graded.runs
    graded = dataclasses.replace(
        report.entries[0].graded, runs=(dataclasses.replace(run, parameters=0),)
    )
    entry = dataclasses.replace(report.entries[0], graded=graded)
    reader, others = written(dataclasses.replace(report, entries=(entry,)), tmp_path)
    assert "the networks' weights are not known" in text(reader)
    assert "epochs.png" not in others


def test_nothing_that_a_student_wrote_runs(tmp_path: Path) -> None:
    report = made_up(1)
    verdicts = (Verdict("prepared_images", Outcome.FAILED, 2, f"`{EVIL}`"),)
    graded = dataclasses.replace(
        report.entries[0].graded, student=EVIL, notes=(EVIL,), verdicts=verdicts
    )
    entry = dataclasses.replace(report.entries[0], graded=graded)
    hostile = dataclasses.replace(report, entries=(entry,), left_out=((EVIL, EVIL),))
    reader, _ = written(hostile, tmp_path)
    assert reader.dangers == []
    assert text(reader).count(EVIL) >= 5


def test_the_keyboard_alone_reaches_everything(report_of: Callable[[int], Written]) -> None:
    reader = report_of(200)[1]
    wide = [attributes for tag, attributes in reader.tags if attributes.get("class") == "wide"]
    assert len(wide) > 5
    for attributes in wide:  # what scrolls must take the focus, and say what it is
        assert attributes["tabindex"] == "0"
        assert attributes.get("aria-labelledby") or attributes.get("aria-label")
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {
        str(attributes["href"]).removeprefix("#") for tag, attributes in reader.tags if tag == "a"
    }
    assert len(targets) == 6
    assert targets | {
        attributes["aria-labelledby"] for attributes in wide if "aria-labelledby" in attributes
    } <= {*ids}


def test_it_can_be_read_by_everyone(report_of: Callable[[int], Written]) -> None:
    tags = report_of(200)[1].tags
    assert tags[0] == ("html", {"lang": "en"})
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(attributes["alt"] for tag, attributes in tags if tag == "img")
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ConfigurationError, match=r"file.* cannot be written .*--output"):
        html_page.write(made_up(1), file / "report")
