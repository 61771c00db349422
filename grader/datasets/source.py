"""The contract of a place that data sets come from."""

from __future__ import annotations

import gzip
import pickle
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from grader.datasets.catalog import Dataset
from grader.errors import DataError

Report = Callable[[int, int | None], None]
"""Called by a source as it works: bytes that have come, and bytes in all (None: not known)."""


class Source(Protocol):
    """A place that data sets come from. ``fetch`` asks one after the other, until it has all."""

    @property
    def title(self) -> str:
        """What the terminal calls it."""

    @property
    def offers(self) -> Collection[str]:
        """The names of the data sets that it can have; it is asked for these alone."""

    def files(
        self, dataset: Dataset, wanted: Collection[str], report: Report
    ) -> Iterator[tuple[str, bytes]]:
        """Yield ``(file, its uncompressed IDX bytes)``; files that are not wanted may come too.

        Called with the files that no earlier source could give. The caller verifies what comes, and
        writes it; a source itself writes only into temporary folders that it removes.

        Raises:
            DataError: it cannot give (more of) the data set; the message is the reason, short.
        """


@contextmanager
def reading(what: str | Path) -> Iterator[None]:
    """Turn each error that a damaged file makes its reader raise into one reason."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"no {what}") from error
    except (
        OSError,
        EOFError,
        KeyError,
        ValueError,
        zlib.error,
        zipfile.BadZipFile,
        pickle.UnpicklingError,
    ) as error:
        raise DataError(f"{what} cannot be read ({error})") from error


def gunzipped(folder: Path, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the wanted files of a folder that holds them as the publisher does, compressed."""
    for file in wanted:
        path = folder / f"{file}.gz"
        with reading(path):
            data = gzip.decompress(path.read_bytes())
        yield file, data
