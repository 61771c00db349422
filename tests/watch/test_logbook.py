"""The lines of the service's log."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime

from grader.watch.logbook import Logbook, LogbookHandler

TIME = datetime(2030, 1, 31, 12, 0, tzinfo=UTC)


def logbook(as_json: bool = False) -> tuple[Logbook, io.StringIO]:
    file = io.StringIO()
    return Logbook(as_json, file, lambda: TIME), file


def test_a_line_for_people_is_one_line_of_printable_text() -> None:
    book, file = logbook()
    book.tell("arrived", "a\x1b[2Jda\nhanded in", student="ada")
    assert file.getvalue() == "2030-01-31 12:00:00 a?[2Jda handed in\n"


def test_a_line_for_programs_is_an_object() -> None:
    book, file = logbook(as_json=True)
    book.tell("arrived", "ada\nhanded in", student="ada")
    (line,) = file.getvalue().splitlines()
    assert json.loads(line) == {
        "time": TIME.timestamp(),
        "event": "arrived",
        "text": "ada\nhanded in",
        "student": "ada",
    }


def test_a_trouble_is_told_once_until_it_changes() -> None:
    book, file = logbook()
    for text in ("gone", "gone", "full", "", "", "gone"):
        book.trouble("the exchange", text)
    said = [line[20:] for line in file.getvalue().splitlines()]
    assert said == ["gone", "full", "the exchange works again", "gone"]


def test_what_is_logged_elsewhere_becomes_a_line() -> None:
    book, file = logbook()
    logger = logging.Logger("grader.nbgrader")
    logger.addHandler(LogbookHandler(book))
    logger.warning("Removing existing assignment")
    logger.error("Not collected: %s", "ada+sums\nb")
    try:
        raise OSError("full")
    except OSError:
        logger.exception("broken")
    said = [line[20:] for line in file.getvalue().splitlines()]
    assert said == ["Not collected: ada+sums b", "broken (OSError: full)"]


def test_what_is_logged_again_and_again_is_told_once_in_a_while() -> None:
    book, file = logbook()
    handler = LogbookHandler(book)
    for seconds, text in ((0, "unwritable"), (1, "unwritable"), (2, "other"), (700, "unwritable")):
        record = logging.LogRecord("grader.nbgrader", logging.ERROR, "", 0, text, None, None)
        record.created = TIME.timestamp() + seconds
        handler.emit(record)
    said = [line[20:] for line in file.getvalue().splitlines()]
    assert said == ["unwritable", "other", "unwritable"]
