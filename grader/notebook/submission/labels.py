"""Texts of students that answer no question: who they are, and headings above their own code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from grader.notebook.submission.editor_texts import is_editors_own
from grader.notebook.submission.prose import is_prose

_LONGEST = 2_000  # characters that are looked at
_LINE = 150  # characters of a line that names somebody
_WORDS = 8  # of a value
_HEADED = 5  # words of a heading
_NAMES = 4  # words of a name

_WHAT = (
    r"names?|full name|first name|last name|surname|family name|students?|authors?|id|no|number|"
    r"matriculation|matr|matrikelnummer|matrikelnr|matrnr|group|team|partners?|collaborators?|"
    r"class|course|section|semester|date|e-?mail|university|instructor|tutor|"
    r"nachname|vorname|gruppe|datum|kurs|studiengang|studierende|nom|prénom|groupe|nombre|"
    r"apellidos?|grupo|nome|cognome|الاسم|اسم|الطالب|الطالبة|رقم|الرقم|الجامعي|المجموعة|التاريخ|"
    r"姓名|学号|班级|日期"
)
# "Name: Ada", "Student number (Matr.-Nr.): 12345", "Group 4"; the wide colon is the Chinese one.
_LABELLED = re.compile(
    rf"(?:(?:{_WHAT})\b['\u2019s./&-]*(?: (?:and |und |& |/ )?|(?=[:=\uff1a(]))){{1,4}}"
    r"(?:\([^()]*\) ?)?(?:[:=\uff1a](?P<value>.*)|#?\d+)",
    re.IGNORECASE,
)
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_SAYS = re.compile(r":|answer|antwort|إجاب|جواب", re.IGNORECASE)
_MARKS = " \t#*_>|-`"  # of Markdown, around a line
_BOLD = re.compile(r"\*\*|__")


def answers_nothing(cells: Sequence[NotebookNode], place: int, handed_out: str) -> bool:
    """Whether a text can be no answer: an editor wrote it, or it is a label or a heading.

    Args:
        cells: of the notebook.
        place: of the text.
        handed_out: what the course's cell said there; empty for a cell of the student's own.
    """
    cell = cells[place]
    if is_editors_own(cell):
        return True
    if cell.cell_type == "code" or cell.get("attachments"):
        return False
    return is_label(cell.source, handed_out) or is_heading_of_code(cells, place)


def is_label(text: str, handed_out: str = "") -> bool:
    """Whether a text names its author and nothing else: no answer, and no reason to wait for one.

    Args:
        text: of a cell.
        handed_out: what stood there before the student wrote; lines of it do not count.
    """
    if len(text) - len(handed_out) > _LONGEST:
        return False
    known = sorted({_bare(line) for line in handed_out.splitlines()}, key=len)
    added = [bare for line in text.splitlines() if (bare := _added(_bare(line), known))]
    rest = [line for line in added if not _is_labelled(line)]
    if not rest:
        return bool(added or handed_out)
    surely = len(rest) < len(added) or all(map(_has_number, rest))
    return surely and all(map(_is_name, rest))


def is_heading_of_code(cells: Sequence[NotebookNode], place: int) -> bool:
    """Whether a cell is a short heading, and code that does not only say something follows it."""
    text = cells[place].source
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or not all(map(_HEADING.match, lines)):
        return False
    if len(_bare(text).split()) > _HEADED or _SAYS.search(text):
        return False
    follows = cells[place + 1] if place + 1 < len(cells) else None
    if follows is None or follows.cell_type != "code":
        return False
    return bool(follows.source.strip()) and not is_prose(follows.source)


def _bare(line: str) -> str:
    """A line without signs of Markdown, and with one blank for several."""
    return " ".join(_BOLD.sub("", line).strip(_MARKS).split())


def _added(line: str, known: Sequence[str]) -> str:
    """What a line says behind what the course's longest line that it begins with says."""
    begin = next((each for each in reversed(known) if each and line.startswith(each)), "")
    return line.removeprefix(begin).strip(" ,;:|\u2013\u2014-") if begin else line


def _is_labelled(line: str) -> bool:
    """Whether a line is a label with a short value."""
    found = _LABELLED.fullmatch(line) if len(line) <= _LINE else None
    return found is not None and len((found["value"] or "").split()) <= _WORDS


def _is_name(line: str) -> bool:
    """Whether a line may be a name, and a number behind it: "Ada Lovelace, 1234567"."""
    words = re.split(r"[ ,;()]+", line.strip(" ,;()"))
    numbers = [word for word in words if word.lstrip("#").isdigit()]
    return len(words) - len(numbers) <= _NAMES and not any(word[:1].islower() for word in words)


def _has_number(line: str) -> bool:
    return re.search(r"\d{5}", line) is not None
