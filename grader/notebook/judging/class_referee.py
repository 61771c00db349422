"""Which referee a class is graded with: a local one that is started here, or a worker elsewhere."""

from __future__ import annotations

import atexit
import contextlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader import datasets
from grader.errors import DataError, GraderError
from grader.referee.spec.images import digest
from grader.settings import Settings

LOCAL = "local"

# Local referees, by what they train with; each is started once, when it is first needed.
_local: dict[tuple[Path, Path, str], str] = {}
_open = contextlib.ExitStack()
_one_at_a_time = threading.Lock()

# Addresses that a judge of this process' has given up: the next one does not wait as long.
_lost: set[str] = set()


def address(settings: Settings) -> str:
    """Where the course's referee is; a local one is started if none runs yet.

    Raises:
        RefereeError: it does not start.
    """
    if settings.referee != LOCAL:
        return settings.referee
    from grader.referee.service.local import started

    known = settings.data, settings.runs, settings.backend
    with _one_at_a_time:
        if known not in _local:
            _local[known] = _open.enter_context(
                started(*known, settings.widest_budget(), settings.referee_trainers)
            )
        return _local[known]


def is_lost(where: str) -> bool:
    """Whether the judge that asked there last has given that referee up."""
    return where in _lost


def note(where: str, lost: bool) -> None:
    """Remember how a judge found the referee at an address."""
    if lost:
        _lost.add(where)
    else:
        _lost.discard(where)


def answers(settings: Settings, seconds: float) -> bool | None:
    """Whether the course's referee answers within ``seconds``; None if none was started."""
    known = settings.data, settings.runs, settings.backend
    where = settings.referee if settings.referee != LOCAL else _local.get(known, "")
    if not where:
        return None
    from grader.referee.service import client

    try:
        with client.connect(where, settings.referee_key, give_up_seconds=seconds) as referee:
            referee.hello()
    except GraderError:
        return False
    return True


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
                self._known[name] = digest(datasets.load(self._data, name))
            except DataError as error:
                raise KeyError(name) from error
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Names of all data sets that the folder has."""
        return (name for name in datasets.DATASETS if name in self)

    def __len__(self) -> int:
        """How many data sets the folder has."""
        return sum(1 for _ in self)
