"""Silences SQLAlchemy about how nbgrader writes its relationships."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def ignored() -> Iterator[None]:
    """Ignore what SQLAlchemy 2.1 warns of in nbgrader's relationships, which are as it wants them.

    Filters of warnings belong to the process: another thread may restore its own meanwhile, and a
    warning may be printed after all.
    """
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield
