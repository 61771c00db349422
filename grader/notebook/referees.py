"""Which referee a class is graded with: one of one's own, or a worker at an address."""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader import datasets
from grader.errors import DataError
from grader.referee import recipe
from grader.settings import Settings

LOCAL = "local"

# Referees of our own, by what they train with; each is started once, when it is first needed.
_local: dict[tuple[Path, Path, str], str] = {}
_open = contextlib.ExitStack()


def address(settings: Settings) -> str:
    """Where the course's referee is; one of one's own is started if none runs yet.

    Raises:
        RefereeError: it does not start.
    """
    if settings.referee != LOCAL:
        return settings.referee
    from grader.referee.local import started

    known = settings.data, settings.runs, settings.backend
    if known not in _local:
        _local[known] = _open.enter_context(started(*known, settings.widest_budget()))
    return _local[known]


def close() -> None:
    """End the referees that ``address`` started; also done when Python ends."""
    _local.clear()
    _open.close()


atexit.register(close)


class Digests(Mapping[str, str]):
    """Data set to the SHA-256 of its arrays in a data folder; read when first asked for.

    Args:
        data: the data folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """The digest; ``KeyError`` where the folder has no such data set."""
        if name not in datasets.DATASETS:
            raise KeyError(name)
        if name not in self._known:
            try:
                self._known[name] = recipe.digest(datasets.load(self._data, name))
            except DataError as error:
                raise KeyError(name) from error
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Names of all data sets that the folder has."""
        return (name for name in datasets.DATASETS if name in self)

    def __len__(self) -> int:
        """How many data sets the folder has."""
        return sum(1 for _ in self)
