"""The index of runs: which whole trainings the store holds, and pruning them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from grader.errors import RefereeError
from grader.model import KeptEpoch, KeptRun
from grader.referee.spec import recipe, summaries
from grader.referee.store.epoch_record import Record
from grader.referee.store.epoch_store import Store, discard, size


@dataclass(frozen=True)
class Pruned:
    """What pruning removed, or would.

    Attributes:
        runs: each with only those epochs that no run that stays has.
        freed: bytes on the disk, of these and of what killed writers had left.
        kept: bytes that the store takes now.
    """

    runs: tuple[KeptRun, ...]
    freed: int
    kept: int


def runs(store: Store) -> tuple[KeptRun, ...]:
    """Every run, last used first."""
    known = _records(store)
    parents = {record.parent for record in known.values()}
    epochs = {key: _epoch(store, record) for key, record in known.items()}
    kept = [_run(store, known, epochs, key) for key in known if key not in parents]
    return tuple(sorted(kept, key=lambda run: (run.last_used, run.key), reverse=True))


def find(store: Store, prefix: str) -> tuple[KeptRun, recipe.Recipe]:
    """The training up to the epoch whose key begins with ``prefix``, and its recipe.

    Raises:
        RefereeError: no key, or more than one, begins so.
    """
    known = _records(store)
    if not re.fullmatch("[0-9a-fA-F]{1,64}", prefix):
        raise RefereeError(
            f"{prefix!r:.80} begins no key: expected hexadecimal digits, as grader runs list shows"
        )
    keys = [key for key in known if key.startswith(prefix.lower())]
    if not keys:
        raise RefereeError(
            f"no key of {len(known)} epochs begins with {prefix}: grader runs list shows the keys"
        )
    if len(keys) > 1:
        raise RefereeError(
            f"the keys of {len(keys)} epochs begin with {prefix}, {keys[0][:12]} and "
            f"{keys[1][:12]} among them: give more digits"
        )
    epochs = {key: _epoch(store, known[key]) for key in _chain(known, keys[0])}
    return _run(store, known, epochs, keys[0]), known[keys[0]].recipe


def prune(
    store: Store,
    older_than_days: float | None = None,
    to_bytes: int | None = None,
    dry_run: bool = False,
) -> Pruned:
    """Remove whole runs, the least recently used first.

    Epochs that another run shares stay with it, and do not count for when a run was used last. An
    end that is removed leaves no epoch behind whose beginning is missing; and one that is kept
    meanwhile by a trainer would still be right, as a key and a record name the whole training.

    Args:
        store: the store.
        older_than_days: remove what was not used for so many days.
        to_bytes: remove until the store takes at most so much.
        dry_run: only say what would go.
    """
    left_over = store.left_over()
    freed = sum(map(size, left_over))
    if not dry_run:
        for path in left_over:
            discard(path)
    kept = list(runs(store))
    total = sum({epoch.key: epoch.size for run in kept for epoch in run.epochs}.values())
    oldest = None
    if older_than_days is not None:
        oldest = datetime.now(UTC) - timedelta(days=older_than_days)
    gone = _to_remove(kept, oldest, None if to_bytes is None else total - to_bytes)
    if not dry_run:
        for run in gone:
            for epoch in reversed(run.epochs):  # from the end, so that what stays is a beginning
                store.remove(epoch.key)
    removed = sum(run.size for run in gone)
    return Pruned(tuple(gone), freed + removed, total - removed)


def _to_remove(
    kept: Iterable[KeptRun], oldest: datetime | None, surplus: int | None
) -> list[KeptRun]:
    """The runs to remove, in this order: each with the epochs that no other run has by then.

    Args:
        kept: all runs.
        oldest: remove what was used last before that time; None: nothing for its age.
        surplus: bytes to free at least; None: none for their size.
    """
    staying = list(kept)
    holders = Counter(epoch.key for run in staying for epoch in run.epochs)
    chosen: list[KeptRun] = []
    while staying:
        first = min((_own(run, holders) for run in staying), key=lambda own: own.last_used)
        is_old = oldest is not None and first.last_used < oldest
        if not is_old and (surplus is None or sum(run.size for run in chosen) >= surplus):
            break
        run = next(run for run in staying if run.key == first.key)
        staying.remove(run)
        holders.subtract(epoch.key for epoch in run.epochs)
        chosen.append(first)
    return chosen


def _records(store: Store) -> dict[str, Record]:
    """Of every epoch whose record is whole, by key."""
    if not store.folder.is_dir():
        raise RefereeError(
            f"there are no runs yet: {store.folder} is made when the referee trains for the first "
            "time (grader grade); another folder can be named in course_config.py (c.Course.runs)"
        )
    return {key: record for key in store.entries() if (record := store.record(key)) is not None}


def _chain(known: dict[str, Record], key: str) -> list[str]:
    """Keys from the first epoch that is kept to that of ``key``."""
    chain = [key]
    parent = known[key].parent
    while parent is not None and parent in known and parent not in chain:
        chain.append(parent)
        parent = known[parent].parent
    return chain[::-1]


def _epoch(store: Store, record: Record) -> KeptEpoch:
    return KeptEpoch(
        key=record.key,
        number=record.recipe.epochs,
        logs=_logs(store, record),
        seconds=record.seconds,
        size=size(store.place(record.key)),
        when=record.when,
        users=store.users(record.key),
    )


def _logs(store: Store, record: Record) -> dict[str, float]:
    """Loss and accuracy, and what else was observed; further validations say on which images."""
    logs = dict(record.logs)
    for observation, seen in store.observations(record.key):
        images = observation.validation
        for name, value in seen.items():
            if logs.setdefault(name, value) != value and images is not None:
                some = f"{images.count} of " if images.rows else ""
                logs[f"{name} ({images.part} {some}{images.first}-{images.last})"] = value
    return logs


def _run(store: Store, known: dict[str, Record], epochs: dict[str, KeptEpoch], key: str) -> KeptRun:
    record, measures = known[key], store.measures(key)
    return KeptRun(
        network=summaries.network(record.recipe.network),
        trainings=tuple(map(summaries.training, record.recipe.fits)),
        fits=tuple(len(fit.learning_rates) for fit in record.recipe.fits),
        datasets=tuple(dict.fromkeys(fit.images.dataset for fit in record.recipe.fits)),
        device=record.device,
        environment=record.environment,
        epochs=tuple(epochs[epoch_key] for epoch_key in _chain(known, key)),
        train_accuracy=measures.train_accuracy if measures else None,
        test_accuracy=measures.test_accuracy if measures else None,
        parameters=measures.parameters if measures else 0,
    )


def _own(run: KeptRun, holders: Counter[str]) -> KeptRun:
    """The end of a run that no other has."""
    return replace(run, epochs=tuple(epoch for epoch in run.epochs if holders[epoch.key] == 1))
