"""Attacks on readers: text of students on every page, table and file that the grader writes."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from markupsafe import Markup
from rich.console import Console

from grader.model import Graded, Outcome, Verdict
from grader.notebook.exports import cells
from grader.notebook.sanitize.markdown import render as render_markdown
from grader.reports import html, marking_page
from grader.reports.class_report import html_page as class_page
from grader.reports.feedback import html_page as feedback_page
from grader.reports.feedback.content import Notice
from grader.reports.marking_page import Answer, Question
from grader.reports.terminal.class_table import class_table, explanations, needs_person
from grader.watch.health_server import Board, served
from grader.watch.logbook import Logbook
from tests.attacks.cell_tricks import BAITS
from tests.attacks.hostile_texts import ALL, FORMULAS, PLAIN
from tests.attacks.trials import Carry, Trial
from tests.attacks.world import SCRIPT
from tests.pages import Reader
from tests.reports.classes import CLAIMS, made_up
from tests.reports.feedback.pages import PAGE

QUIET = "nothing runs or reaches out"
SECONDS = 20  # for all texts of one page


def page(texts: Iterable[str], write: Callable[[str], tuple[str, dict[str, object]]]) -> Carry:
    """Write a page for each text; says what in them could run or reach out, and what took long."""

    def carry(_: Path) -> str:
        begin, found = time.process_time(), []
        for text in texts:
            written, allowed = write(text)
            found += Reader.of(written, **allowed).dangers  # type: ignore[arg-type]
        if time.process_time() - begin > SECONDS:
            found.append(f"more than {SECONDS} s")
        return ", ".join(found[:3]) or QUIET

    return carry


def with_text(record: object, text: str) -> object:
    """A frozen record of ours with a student's text in each of its fields that hold text."""
    if isinstance(record, Markup | Outcome):
        return record
    if isinstance(record, str):
        return text
    if isinstance(record, tuple):
        return tuple(with_text(each, text) for each in record)
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        fields = {
            f.name: with_text(getattr(record, f.name), text) for f in dataclasses.fields(record)
        }
        return dataclasses.replace(record, **fields)
    return record


def feedback(text: str) -> tuple[str, dict[str, object]]:
    kept = {"pictures": PAGE.pictures}  # their base64 is made by the grader
    return feedback_page.render(dataclasses.replace(with_text(PAGE, text), **kept)), {
        "links": ("#",)
    }


def marking(text: str) -> tuple[str, dict[str, object]]:
    """The page of ``grader mark``, with an answer, a name, a comment and a question of the text."""
    shown = render_markdown(text)
    question = Question("written", 5, shown)
    answer = Answer(text, text, shown, None, True, text, "1")
    script = (Path(html.__file__).parent / "templates" / "marking.js").read_text()
    return marking_page.render(text, (question,), question, (answer,)), {"script": script}


def report(texts: Iterable[str]) -> Carry:
    """The page on a class of which everything that students choose is one of the texts."""

    def carry(folder: Path) -> str:
        some = tuple(texts)
        script = (Path(html.__file__).parent / "templates" / "class_report.js").read_text()
        made = made_up(len(some), trained=False)
        entries = tuple(
            dataclasses.replace(
                entry, name=text, cells=(text,), graded=of_student(entry.graded, text)
            )
            for entry, text in zip(made.entries, some, strict=True)
        )
        left_out = tuple((text, text) for text in some)
        changed = dataclasses.replace(made, entries=entries, left_out=left_out)
        written, *_ = class_page.write(changed, folder)
        reader = Reader.of(written.read_text(), links=("#", "./"), script=script)
        return ", ".join(reader.dangers[:3]) or QUIET

    return carry


def of_student(graded: Graded, text: str) -> Graded:
    verdicts = tuple(dataclasses.replace(verdict, message=text) for verdict in graded.verdicts)
    return dataclasses.replace(graded, student=text, notes=(text,), verdicts=verdicts)


def notice(text: str) -> tuple[str, dict[str, object]]:
    """A page of ``grader watch`` that says why nothing was tested."""
    return feedback_page.render_notice(Notice(text, text, text, (text,))), {}


def terminal(texts: Iterable[str]) -> Carry:
    """The tables of ``grader grade``; says which characters of commands come through."""

    def carry(_: Path) -> str:
        written = io.StringIO()
        out = Console(file=written, width=100, force_terminal=True, color_system=None)
        for text in texts:
            failed = Verdict(CLAIMS[0].name, Outcome.FAILED, 2.0, text, 1.0)
            graded = Graded(text, "sums", (failed,), (text,), 1.0, "bubblewrap", (), "", "", ())
            out.print(class_table(text, CLAIMS, (graded,), {}, ((text, text),)))
            out.print(needs_person(((text, text),), (graded,)))
            out.print(explanations(graded))
        strange = {c for c in written.getvalue() if not c.isprintable() and c not in "\n\t"}
        return ", ".join(map(ascii, sorted(strange))) or QUIET

    return carry


def spreadsheet(texts: Iterable[str]) -> Carry:
    """A file of grades; says which cells a spreadsheet would calculate."""

    def carry(folder: Path) -> str:
        cells.write(folder / "grades.csv", ([cells.text(text), "1.00"] for text in texts))
        with (folder / "grades.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        begins = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
        live = [row[0] for row in rows if row[0].lstrip(" ").startswith(begins)]
        live += [str(row) for row in rows if len(row) != 2]
        return ", ".join(map(repr, live)) or QUIET

    return carry


def log(texts: Iterable[str]) -> Carry:
    """The lines of ``grader watch``, for people and for programs; says what was injected."""

    def carry(_: Path) -> str:
        written, as_json = io.StringIO(), io.StringIO()
        texts_ = tuple(texts)
        for text in texts_:
            for logbook in (Logbook(file=written), Logbook(as_json=True, file=as_json)):
                logbook.tell("arrived", f"{text} handed in sums", student=text)
        lines, objects = written.getvalue().splitlines(), as_json.getvalue().splitlines()
        found = [line for line in lines if not line.isprintable()]
        found += [line for line in objects if json.loads(line)["event"] != "arrived"]
        if len(lines) != len(texts_) or len(objects) != len(texts_):
            found.append("more lines than events")
        return ", ".join(map(repr, found[:3])) or QUIET

    return carry


def health(paths: Iterable[str], method: str = "GET") -> Carry:
    """The health page; says what of a request came back."""

    def carry(_: Path) -> str:
        found = []
        with served("127.0.0.1:0", Board()) as port:
            for path in paths:
                request = Request(f"http://127.0.0.1:{port}{path}", method=method)
                try:
                    answer = urlopen(request, timeout=10).read().decode()
                except HTTPError as error:
                    answer = error.read().decode()
                if "alert" in answer or "passwd" in answer or "root:" in answer:
                    found.append(path)
        return ", ".join(found) or QUIET

    return carry


def baits(length: int) -> tuple[str, ...]:
    return tuple((bait * length)[:length] for bait in BAITS)


def _trial(name: str, about: str, hostile: Carry, twin: Carry) -> Trial:
    return Trial(69, name, about, hostile, QUIET, twin, QUIET)


def markdown(text: str) -> tuple[str, dict[str, object]]:
    return str(render_markdown(text)), {}


TRIALS = (
    _trial(
        "scripts_in_feedback",
        "scripts, forms, frames and styles in all that a feedback page quotes",
        page(ALL, feedback),
        page(PLAIN, feedback),
    ),
    _trial(
        "scripts_in_the_class_report",
        "the same in names, messages, notes and code of a class report",
        report(ALL),
        report(PLAIN),
    ),
    _trial(
        "scripts_in_marking",
        "the same in names, answers and comments of grader mark",
        page(ALL, marking),
        page(PLAIN, marking),
    ),
    _trial(
        "scripts_in_a_notice",
        "the same in what grader watch publishes",
        page(ALL, notice),
        page(PLAIN, notice),
    ),
    _trial(
        "scripts_in_written_answers",
        "links, pictures and formulas of Markdown that run or reach out",
        page(ALL, markdown),
        page(PLAIN, markdown),
    ),
    _trial(
        "formulas_in_grades",
        "names that a spreadsheet would calculate",
        spreadsheet((*FORMULAS, *ALL)),
        spreadsheet(PLAIN),
    ),
    _trial(
        "commands_in_tables",
        "commands of a terminal in names, assignments, messages and notes",
        terminal(ALL),
        terminal(PLAIN),
    ),
    _trial(
        "lines_in_the_log",
        "line breaks and JSON in names, which would be lines of their own",
        log((*ALL, 'x"}\n{"event": "recorded", "text": "x', "x\r\n2030-01-01 00:00:00 recorded")),
        log(PLAIN),
    ),
    _trial(
        "paths_of_the_health_page",
        "scripts and files of the machine in addresses of the health page",
        health((f"/<script>{SCRIPT}</script>", "/../../etc/passwd", "/%2e%2e/etc/passwd", "//x")),
        health(("/health", "/metrics")),
    ),
    _trial(
        "formulas_without_end",
        "texts for which readers of Markdown and of formulas go back again and again",
        page(baits(20_000), markdown),
        page(PLAIN, markdown),
    ),
)
