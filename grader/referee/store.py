"""The store of runs: every epoch that was ever trained, found again by its recipe's key.

An entry is a folder, ``<key[:2]>/<key>/``, and holds one epoch: its record, its weights, what was
measured of them, and who used it. Any number of processes may write, and any may be killed at any
moment: an entry is made aside and renamed into place, and what is not whole counts as absent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from grader.errors import DeclarationRefused, RefereeError
from grader.referee import record as records
from grader.referee import sealed
from grader.referee.recipe import Epoch, Measures, Recipe
from grader.referee.record import Record

LEFT_OVER_SECONDS = 3600.0  # what is still being made is far younger
_KEY = re.compile(r"[0-9a-f]{64}")


class Store:
    """Epochs by key: the trainer writes and reads them, the command line looks and prunes.

    Every method that writes raises ``RefereeError`` where the disk does not take it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder / ".aside"

    def put(
        self,
        key: str,
        recipe: Recipe,
        parent_key: str | None,
        epoch: Epoch,
        state: Sequence[NDArray[Any]],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Keep an epoch, with the checkpoint ``state`` that the next one starts from.

        The parent's state is dropped: it is three times the weights, and the end of a chain is
        where trainings go on. Where another process has kept the same epoch, either one stays.

        Args:
            key: the recipe's.
            recipe: what was trained.
            parent_key: the key of the epoch before, or None for a first one.
            epoch: what came of it.
            state: every variable of the trainer's.
            environment: that ``key`` was made with.
        """
        record = Record(
            key=key,
            parent=parent_key,
            recipe=recipe,
            logs=epoch.logs,
            seconds=epoch.seconds,
            device=epoch.device,
            environment=dict(environment or {}),
            when=_now(),
        )
        with self._writing(), self._making() as made:
            made.mkdir()
            (made / "users").mkdir()
            sealed.write(made / "record.json", sealed.json_bytes(records.dump(record)))
            sealed.write_arrays(made, "weights", epoch.weights)
            state_name = sealed.write_arrays(made, "state", state)
            sealed.flush_folder(made)
            self._settle(made, key, state_name)
            if parent_key is not None:
                _drop_state(self.place(parent_key))

    def epoch(self, key: str) -> Epoch | None:
        """The epoch of that key, or None where it is not there whole."""
        record, weights = self.record(key), sealed.read_arrays(self.place(key), "weights")
        if record is None or weights is None:
            return None
        return Epoch(key, record.logs, record.seconds, record.device, fresh=False, weights=weights)

    def state(self, key: str) -> tuple[NDArray[Any], ...] | None:
        """The checkpoint after that epoch; None where there is none or a later epoch has it."""
        return sealed.read_arrays(self.place(key), "state")

    def record(self, key: str) -> Record | None:
        """What is written beside the epoch's weights, or None where that is not whole."""
        found = sealed.read_json(self.place(key) / "record.json")
        try:
            record = records.parse(found)
        except (KeyError, TypeError, ValueError, DeclarationRefused):
            return None
        return record if record.key == key else None

    def measures(self, key: str) -> Measures | None:
        """What was measured of the epoch's weights, or None."""
        found = sealed.read_json(self.place(key) / "measures.json")
        with contextlib.suppress(TypeError, ValueError):  # another format's: not measured
            return Measures(**found)
        return None

    def put_measures(self, key: str, measures: Measures) -> None:
        """Keep what was measured of the epoch's weights."""
        self._add(self.place(key) / "measures.json", dataclasses.asdict(measures))

    def used(self, key: str, who: str) -> None:
        """Write down that ``who`` used the epoch now; several may at once, each has a file."""
        name = hashlib.sha256(who.encode()).hexdigest()[:32]
        found = {"who": who, "when": _now().isoformat()}
        self._add(self.place(key) / "users" / f"{name}.json", found)

    def users(self, key: str) -> dict[str, datetime]:
        """Who used the epoch, and when last, in the order of names."""
        found = [sealed.read_json(path) for path in (self.place(key) / "users").glob("*.json")]
        return dict(sorted((f["who"], datetime.fromisoformat(f["when"])) for f in found if f))

    def entries(self) -> list[str]:
        """Keys of all epochs that are there, whole or not."""
        return sorted(path.name for path in self.folder.glob("??/*") if _KEY.fullmatch(path.name))

    def place(self, key: str) -> Path:
        """The folder of that epoch, whether it is there or not."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"no key of a recipe: {key!r:.80}")
        return self.folder / key[:2] / key

    def remove(self, key: str) -> None:
        """Forget the epoch: gone at once for every reader, then from the disk."""
        with self._writing(), contextlib.suppress(FileNotFoundError), self._making() as made:
            self.place(key).rename(made)

    def left_over(self) -> list[Path]:
        """What writers that were killed have left, and entries whose record is not whole."""
        long_ago = time.time() - LEFT_OVER_SECONDS
        killed = [path for path in self._aside.glob("*") if _changed(path) < long_ago]
        return killed + [self.place(key) for key in self.entries() if self.record(key) is None]

    def _settle(self, made: Path, key: str, state_name: str) -> None:
        """Rename a whole entry into its place; a whole one that is there already stays."""
        place = self.place(key)
        place.parent.mkdir(exist_ok=True)
        while True:
            try:
                made.rename(place)
                break
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
            if self.epoch(key) is None:
                self.remove(key)
                continue
            if self.state(key) is None:
                _drop_state(place)
                with contextlib.suppress(FileNotFoundError):  # pruned this very moment
                    (made / state_name).replace(place / state_name)
            break
        for folder in (place.parent, self.folder):
            sealed.flush_folder(folder)

    def _add(self, path: Path, content: Mapping[str, Any]) -> None:
        """Put a small file into an entry; nothing where the entry was pruned meanwhile."""
        with self._writing(), self._making() as made, contextlib.suppress(FileNotFoundError):
            sealed.write(made, sealed.json_bytes(content))
            made.replace(path)

    @contextlib.contextmanager
    def _making(self) -> Iterator[Path]:
        """A name beside the entries that nobody else has; what is left there is removed."""
        self._aside.mkdir(parents=True, exist_ok=True)
        made = self._aside / uuid.uuid4().hex
        try:
            yield made
        finally:
            discard(made)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RefereeError(
                f"a run cannot be kept in {self.folder}: {error.strerror or error}; make room, for "
                "example with grader runs prune --days 30, or name another folder (c.Course.runs)"
            ) from error


def _drop_state(place: Path) -> None:
    for path in place.glob("state-*.npz"):
        path.unlink(missing_ok=True)


def discard(path: Path) -> None:
    """Delete a file or a folder; another process may be at it, too."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder.

    Blocks would be nearer to what the disk gives up, but some file systems count them late.
    """
    total = 0
    for one in [path, *path.rglob("*")]:
        with contextlib.suppress(FileNotFoundError):
            total += one.stat().st_size
    return total


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()  # somebody else has just removed it


def _now() -> datetime:
    return datetime.now(UTC)
