"""Silences SQLAlchemy about how nbgrader writes its relationships, and nbgrader on databases."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator

_API = logging.getLogger("tornado.application")  # where nbgrader's gradebook logs


@contextlib.contextmanager
def ignored() -> Iterator[None]:
    """Ignore what SQLAlchemy 2.1 warns of in nbgrader's relationships, which are as it wants them.

    Filters of warnings belong to the process: another thread may restore its own meanwhile, and a
    warning may be printed after all. nbgrader logs the traceback of an error of the database before
    it raises it: a person reads one line, which whoever catches it writes.
    """
    from sqlalchemy.exc import SAWarning

    _API.addFilter(_is_news)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        _API.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Rolling back session")
