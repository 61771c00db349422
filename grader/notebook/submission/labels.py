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

# What names a person.
_WHO = (
    r"names?|full name|first name|last name|surname|family name|students?|authors?|matriculation|"
    r"matr|matrikelnummer|matrikelnr|matrnr|partners?|collaborators?|e-?mail|university|"
    r"instructor|tutor|nachname|vorname|studiengang|studierende|prénom|apellidos?|cognome|"
    r"الاسم|اسم|الطالب|الطالبة|الرقم الجامعي|رقم الطالب|رقم الطالبة|الجامعي|姓名|学号"
)
# What says more of the person, and may be an answer where no person is named: "No: it overfits",
# "Class: Shirt", "Number: 9".
_MORE = (
    r"id|no|number|nr|group|team|class|course|section|semester|date|gruppe|datum|kurs|nom|groupe|"
    r"nombre|grupo|nome|رقم|الرقم|المجموعة|التاريخ|班级|日期"
)
# "Name: Ada", "Student number (Matr.-Nr.): 12345", "Group 4"; the wide colon is the Chinese one.
_LABEL = rf"(?:(?:{_WHO}|{_MORE})\b['\u2019s./&-]*(?: (?:and |und |& |/ )?|(?=[:=\uff1a(]))){{1,4}}"
_LABELLED = re.compile(
    rf"(?P<label>{_LABEL})(?:\([^()]*\) ?)?(?:[:=\uff1a](?P<value>.*)|#?\d+)",
    re.IGNORECASE,
)
_PERSON = re.compile(rf"(?:{_WHO})\b", re.IGNORECASE)
# A word that names no person: Conv2D, ResNet50; but s1234567 is a number, ada99@example.org a mail.
_NO_PERSON = re.compile(r"(?<![\w@.])(?=\w*[^\W\d_])(?=\w*\d)(?!\w*\d{4})\w+(?![\w@.])")
_NUMBERED = re.compile(r"(?P<name>[^,;()]+?) ?[,;(] ?#?\d{5,}\)?")  # "Ada Lovelace, 1234567"
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019.-])*")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
# A heading that answers: it says so, is a sentence, or has a large number.
_SAYS = re.compile(
    r":|=|\d\d|[.!]\s*$|answer|antwort|إجاب|جواب|نعم|لأن|"
    r"\b(?:yes|no|not|is|are|was|were|has|have|does|do|because|since|"
    r"ja|nein|nicht|ist|sind|hat|haben|weil|da)\b",
    re.IGNORECASE | re.MULTILINE,
)
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
    if not added:
        return bool(handed_out)
    labels = list(filter(None, map(_label, added)))
    rest = [line for line in added if _label(line) is None and not _is_numbered_name(line)]
    if len(labels) + len(rest) < len(added):
        return not rest
    if not any(map(_PERSON.match, labels)):
        return False
    return not rest or (rest == added[:1] and _is_name(rest[0]))


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


def _label(line: str) -> str | None:
    """The label of a line that is a label with a short value."""
    found = _LABELLED.fullmatch(line) if len(line) <= _LINE else None
    value = (found["value"] or "") if found is not None else ""
    if found is None or len(value.split()) > _WORDS:
        return None
    if _PERSON.match(found["label"]) and _NO_PERSON.search(value):
        return None
    return found["label"]


def _is_numbered_name(line: str) -> bool:
    """Whether a line is a name and its number. A number alone may be an answer."""
    found = _NUMBERED.fullmatch(line) if len(line) <= _LINE else None
    return found is not None and _is_name(found["name"])


def _is_name(line: str) -> bool:
    """Whether a line may be a person's name: several words, and each begins with a capital."""
    words = line.split()
    proper = (word[0].isupper() and _NAME_WORD.fullmatch(word) for word in words)
    return 1 < len(words) <= _NAMES and all(proper)
