from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.errors import ConfigurationError
from grader.model import Outcome, Run, Verdict
from grader.reports import html
from grader.reports.charts import curves, figure
from grader.reports.class_report import class_figures, epochs_figure, html_page
from grader.reports.class_report.content import ClassReport
from tests.pages import Reader
from tests.reports.class_report.test_hint_uses import with_hints
from tests.reports.classes import made_up
from tests.reports.feedback.pages import EVIL

SVG = "{http://www.w3.org/2000/svg}"
SCRIPT = (Path(html.__file__).parent / "templates" / "class_report.js").read_text()
TABLES = {f"{name}.csv" for name in (
    "scores", "claims", "messages", "trainings", "attention", "alike",
)}  # fmt: skip


def written(report: ClassReport, folder: Path, drawn: bool = False) -> tuple[Reader, set[str]]:
    """The page, and the names of the files beside it; figures are blank unless they are looked at.

    To draw them takes most of the time.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in () if drawn else (class_figures, curves, epochs_figure):
            patch.setattr(module, "save", lambda figure, file: file.write_text("<svg/>"))
        page, *others = html_page.write(report, folder)
    assert {file.name for file in folder.iterdir()} == {file.name for file in (page, *others)}
    reader = Reader.of(page.read_text(), links=("#", "./"), script=SCRIPT)
    return reader, {file.name for file in others}


Written = tuple[Path, Reader, set[str]]


@pytest.fixture(scope="module")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Written]:
    """Folder, page and other files of a made-up class's report."""

    def write(size: int, drawn: bool = False) -> Written:
        folder = tmp_path_factory.mktemp("report")
        return folder, *written(made_up(size), folder, drawn)

    return functools.cache(write)


def text(reader: Reader) -> str:
    return " ".join(reader.text.split())


@pytest.mark.lengthy
@pytest.mark.parametrize("size", [1, 2, 200])
def test_a_class_of_any_size_has_a_report(report_of: Callable[..., Written], size: int) -> None:
    folder, reader, others = report_of(size, drawn=True)
    pictures = {"scores.svg", "learning_curves.svg", "epochs.svg", "times.svg"}
    assert others == TABLES | pictures
    for name in pictures:
        shapes = [shape.tag for shape in ElementTree.parse(folder / name).iter(f"{SVG}path")]
        assert len(shapes) > 5
    assert reader.dangers == []
    assert [tag for tag, _ in reader.tags].count("img") == len(pictures)
    assert f"student{size:03}" in reader.text
    assert "for instructors: mnist_998 Digits & more Ten of them." in text(reader)
    assert (folder / "report.html").stat().st_size < 1_000_000


def test_hints_are_shown_where_the_course_asks_who_has_read_them(
    report_of: Callable[..., Written], tmp_path: Path
) -> None:
    assert "Hints that students have read" not in report_of(2)[1].text
    reader, _ = written(with_hints(made_up(2, trained=False)), tmp_path)
    assert reader.dangers == []
    assert "prepare 1 <i>Look</i> at shape. 2student001, student002" in text(reader)
    assert "train 1 Fit. 0" in text(reader)


def test_names_in_any_script_are_text_of_the_page_and_in_no_picture(tmp_path: Path) -> None:
    report, names = made_up(3), ["李雷", "محمد", "<b>&"]
    entries = [
        dataclasses.replace(
            entry, name=f"Dr. {name}", graded=dataclasses.replace(entry.graded, student=name)
        )
        for entry, name in zip(report.entries, names, strict=True)
    ]
    named = dataclasses.replace(report, entries=tuple(entries))
    reader, _ = written(named, tmp_path, drawn=True)
    assert all(f"{name} Dr. {name}" in text(reader) for name in names)
    for picture in tmp_path.glob("*.svg"):
        told = "".join(each.text or "" for each in ElementTree.parse(picture).iter(f"{SVG}text"))
        assert told
        assert not any(name in told for name in names)


@pytest.mark.lengthy
def test_figures_follow_the_theme_and_hold_no_background(
    report_of: Callable[..., Written],
) -> None:
    for picture in report_of(200, drawn=True)[0].glob("*.svg"):
        drawing = picture.read_text()
        assert "@media screen and (prefers-color-scheme: dark)" in drawing
        assert "fill: #ffffff" not in drawing


@pytest.mark.parametrize("size", [1, 200])
def test_the_axis_of_scores_names_its_maximum(size: int, tmp_path: Path) -> None:
    file = class_figures.scores(made_up(size), tmp_path / "scores.svg").file
    labels = ElementTree.parse(file).iter(f"{SVG}text")
    assert "14" in [label.text for label in labels]


@pytest.mark.parametrize("maximum", [1, 7, 14, 18, 20, 39, 100])
def test_labels_of_an_axis_reach_its_maximum_without_touching(maximum: int) -> None:
    _, axes = figure.blank(2)
    figure.label_to(axes.xaxis, maximum)
    ticks = list(axes.xaxis.get_major_locator()())
    assert (ticks[0], ticks[-1]) == (0, maximum)
    steps = [after - before for before, after in itertools.pairwise(ticks)]
    assert min(steps) > 0.5 * max(steps)


def test_a_students_name_leads_to_the_feedback_page(tmp_path: Path) -> None:
    report = made_up(2, trained=False)
    feedback = tmp_path / "feedback" / "a b#" / "sums" / "sums.html"
    entry = dataclasses.replace(report.entries[0], feedback=feedback)
    report = dataclasses.replace(report, entries=(entry, report.entries[1]))
    reader, _ = written(report, tmp_path / "reports" / "sums")
    links = [str(said["href"]) for tag, said in reader.tags if tag == "a"]
    assert links[-1] == "./../../feedback/a%20b%23/sums/sums.html"
    assert reader.dangers == []


def test_what_is_long_is_folded_and_notes_are_told_once(
    report_of: Callable[..., Written],
) -> None:
    report = made_up(200)
    tags, seen = report_of(200)[1].tags, text(report_of(200)[1])
    assert [tag for tag, _ in tags].count("details") > len(report.claims)
    for note in report.notes:
        assert seen.count(note.message) == 1
        assert f"{len(note.students)} \N{MULTIPLICATION SIGN} {note.message}" in seen


def test_no_script_but_the_pages_own_may_run(report_of: Callable[..., Written]) -> None:
    page = (report_of(1)[0] / "report.html").read_text()
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'; base-uri" in page
    assert page.count("<script") == 1


def test_it_says_what_needs_a_person_and_what_is_missed(
    report_of: Callable[..., Written],
) -> None:
    report = made_up(200)
    seen = text(report_of(200)[1])
    fault, _ = report.faults[0]
    for words in (
        "200 graded submissions, 1 not graded",
        "zoe: zoe's work is a symbolic link",
        f"{fault}, ",
        f"{len(report.waiting)} of 200 submissions wait for a person",
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
    for earlier in ("learning_curves.svg", "epochs.svg", "scores.png"):
        (tmp_path / earlier).touch()
    reader, others = written(made_up(5, trained=False), tmp_path)
    assert others == TABLES | {"scores.svg", "times.svg"}, "no older ones stay"
    assert "No submission trained a network: there are no learning curves." in text(reader)


def test_without_a_target_no_epochs_are_counted_and_it_says_so(tmp_path: Path) -> None:
    reader, others = written(made_up(5, target=None), tmp_path)
    assert "learning_curves.svg" in others
    assert "epochs.svg" not in others
    assert "This assignment names no target (c.Course.targets" in text(reader)


def test_trainings_without_an_accuracy_are_no_curves(tmp_path: Path) -> None:
    report = made_up(1)
    silent = Run("k", ({"loss": 0.5},), (1,), (), 1, False, parameters=7)
    graded = dataclasses.replace(report.entries[0].graded, runs=(silent,))
    entry = dataclasses.replace(report.entries[0], graded=graded)
    reader, others = written(dataclasses.replace(report, entries=(entry,)), tmp_path)
    assert "No training logged an accuracy" in text(reader)
    assert not {"learning_curves.svg", "epochs.svg"} & others


def test_trainings_that_nobody_measured_have_no_place_among_weights(tmp_path: Path) -> None:
    report = made_up(1)
    (run,) = report.entries[0].graded.runs
    graded = dataclasses.replace(
        report.entries[0].graded, runs=(dataclasses.replace(run, parameters=0),)
    )
    entry = dataclasses.replace(report.entries[0], graded=graded)
    reader, others = written(dataclasses.replace(report, entries=(entry,)), tmp_path)
    assert "the networks' weights are not known" in text(reader)
    assert "epochs.svg" not in others


@pytest.mark.lengthy
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


def test_the_keyboard_alone_reaches_everything(report_of: Callable[..., Written]) -> None:
    reader = report_of(200)[1]
    wide = [attributes for tag, attributes in reader.tags if "wide" in attributes.get("class", "")]
    assert len(wide) == 4
    for attributes in wide:  # what scrolls must take the focus, and say what it is
        assert attributes["tabindex"] == "0"
        assert attributes.get("aria-labelledby") or attributes.get("aria-label")
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {
        str(attributes["href"]).removeprefix("#") for tag, attributes in reader.tags if tag == "a"
    }
    assert len(targets) == 7
    assert targets | {
        attributes["aria-labelledby"] for attributes in wide if "aria-labelledby" in attributes
    } <= {*ids}


def test_it_can_be_read_by_everyone(report_of: Callable[..., Written]) -> None:
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
