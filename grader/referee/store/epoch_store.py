"""The store of runs: every epoch that was ever trained, found again by its recipe's key.

An entry is a folder, ``<key[:2]>/<key>/``, and holds one epoch: its record, its weights, what was
measured of them, and who used it. Any number of processes may write, and any may be killed at any
moment: an entry is made aside and renamed into place, and what is not whole counts as absent.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from numpy.typing import NDArray

from grader.errors import RefereeError
from grader.referee.spec import fields
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import Observation, canonical_json
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.store import atomic_files
from grader.referee.store import epoch_record as records
from grader.referee.store.epoch_record import Record

LEFT_OVER_SECONDS = 3600.0  # what is still being made is far younger
_KEY = re.compile(r"[0-9a-f]{64}")


class Store:
    """Epochs by key: the trainer writes and reads them, the command line looks and prunes.

    Every method that writes raises ``RefereeError`` where the disk does not take it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder / ".aside"

    def put(self, trained: TrainedEpoch) -> None:
        """Keep an epoch, with the checkpoint that the next one starts from.

        The parent's state is dropped: it is three times the weights, and the end of a chain is
        where trainings go on. Where another process has kept the same epoch, either one stays.
        """
        record = Record(
            key=trained.key,
            parent=trained.parent_key,
            recipe=trained.recipe,
            logs=trained.epoch.logs,
            seconds=trained.epoch.seconds,
            device=trained.epoch.device,
            environment=dict(trained.environment),
            when=_now(),
        )
        with self._writing(), self._making() as made:
            made.mkdir()
            (made / "users").mkdir()
            atomic_files.write(made / "record.json", atomic_files.json_bytes(records.dump(record)))
            atomic_files.write_arrays(made, "weights", trained.epoch.weights)
            state_name = atomic_files.write_arrays(made, "state", trained.state)
            atomic_files.flush_folder(made)
            self._settle(made, trained.key, state_name)
            if trained.parent_key is not None:
                _drop_state(self.place(trained.parent_key))

    def epoch(self, key: str) -> Epoch | None:
        """The epoch of that key, or None where it is not there whole."""
        record, weights = self.record(key), atomic_files.read_arrays(self.place(key), "weights")
        if record is None or weights is None:
            return None
        return Epoch(key, record.logs, record.seconds, record.device, fresh=False, weights=weights)

    def state(self, key: str) -> tuple[NDArray[Any], ...] | None:
        """The checkpoint after that epoch; None where there is none or a later epoch has it."""
        return atomic_files.read_arrays(self.place(key), "state")

    def record(self, key: str) -> Record | None:
        """The record beside the epoch's weights, or None where it is not whole."""
        content = atomic_files.read_json(self.place(key) / "record.json")
        try:
            record = records.parse(content)
        except ValueError:
            return None
        return record if record.key == key else None

    def measures(self, key: str) -> Measures | None:
        """What was measured of the epoch's weights, or None."""
        content = atomic_files.read_json(self.place(key) / "measures.json")
        with contextlib.suppress(ValueError):  # another format's: not measured
            return fields.read(Measures, content)
        return None

    def put_measures(self, key: str, measures: Measures) -> None:
        """Keep what was measured of the epoch's weights."""
        self._add(self.place(key) / "measures.json", msgspec.to_builtins(measures))

    def observed(self, key: str, observation: Observation) -> dict[str, float] | None:
        """What was observed of the epoch, or None."""
        content = atomic_files.read_json(self.place(key) / _observed_name(observation))
        with contextlib.suppress(ValueError):  # not whole, or another format's
            seen = records.parse_seen(content)
            return seen.values() if seen.observation == observation else None
        return None

    def put_observed(self, key: str, observation: Observation, logs: Mapping[str, float]) -> None:
        """Keep what was observed of the epoch."""
        seen = records.dump_seen(observation, logs)
        self._add(self.place(key) / _observed_name(observation), seen)

    def observations(self, key: str) -> list[tuple[Observation, dict[str, float]]]:
        """All that was observed of the epoch besides its loss and accuracy."""
        found = []
        for path in sorted(self.place(key).glob("observed-*.json")):
            with contextlib.suppress(ValueError):
                seen = records.parse_seen(atomic_files.read_json(path))
                found.append((seen.observation, seen.values()))
        return found

    def used(self, key: str, who: str) -> None:
        """Record that ``who`` used the epoch now; each user has a file, so several may write."""
        name = hashlib.sha256(who.encode()).hexdigest()[:32]
        use = records.Use(who, _now())
        self._add(self.place(key) / "users" / f"{name}.json", records.dump_use(use))

    def users(self, key: str) -> dict[str, datetime]:
        """Who used the epoch, and when last, in the order of names."""
        uses = []
        for path in (self.place(key) / "users").glob("*.json"):
            with contextlib.suppress(ValueError):  # not whole, or another format's
                uses.append(fields.read(records.Use, atomic_files.read_json(path)))
        return {use.who: use.when for use in sorted(uses, key=lambda use: use.who)}

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
            atomic_files.flush_folder(folder)

    def _add(self, path: Path, content: Mapping[str, Any]) -> None:
        """Put a small file into an entry; nothing where the entry was pruned meanwhile."""
        with self._writing(), self._making() as made, contextlib.suppress(FileNotFoundError):
            atomic_files.write(made, atomic_files.json_bytes(content))
            made.replace(path)

    @contextlib.contextmanager
    def _making(self) -> Iterator[Path]:
        """A path beside the entries that no other writer has; it is removed afterwards."""
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


def _observed_name(observation: Observation) -> str:
    content = canonical_json(msgspec.to_builtins(observation))
    return f"observed-{hashlib.sha256(content.encode()).hexdigest()[:32]}.json"


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
    for file in [path, *path.rglob("*")]:
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()  # another process has just removed it


def _now() -> datetime:
    return datetime.now(UTC)
