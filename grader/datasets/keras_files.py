"""Two sources: what Keras has downloaded before, and what it would download now."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from grader.datasets.catalog import DATASETS, FILES, MNIST, Dataset
from grader.datasets.idx import encode_idx
from grader.datasets.source import Report, gunzipped, reading
from grader.errors import DataError

# The addresses that keras/src/datasets/{mnist,fashion_mnist}.py use.
PUBLISHER = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
ARRAYS = ("x_train", "y_train", "x_test", "y_test")  # of mnist.npz, in the order of FILES


class KerasCache:
    """The files that Keras keeps on this machine, in ``$KERAS_HOME`` or ``~/.keras``."""

    title = "Keras' cache"
    offers = tuple(DATASETS)

    def files(
        self, dataset: Dataset, wanted: Collection[str], report: Report
    ) -> Iterator[tuple[str, bytes]]:
        """Read ``mnist.npz``, or the compressed files of Fashion-MNIST. See ``Source``."""
        folder = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
        if dataset is MNIST:
            path = folder / "mnist.npz"
            with reading(path):
                data = path.read_bytes()
            yield from npz_files(data, path)
        else:
            yield from gunzipped(folder / dataset.name.replace("_", "-"), wanted)


class Publisher:
    """The download that Keras makes itself; Keras' cache is left alone.

    Attributes:
        address: the folder on the web, without the closing slash.
        timeout: seconds to connect, and between two bytes; short, for closed networks.
    """

    title = "the publisher"
    offers = tuple(DATASETS)

    def __init__(self, address: str = PUBLISHER, timeout: tuple[float, float] = (5, 20)) -> None:
        self.address = address
        self.timeout = timeout

    def files(
        self, dataset: Dataset, wanted: Collection[str], report: Report
    ) -> Iterator[tuple[str, bytes]]:
        """Download ``mnist.npz``, or the wanted files of Fashion-MNIST. See ``Source``."""
        if dataset is MNIST:
            yield from npz_files(self._download("mnist.npz", report), "mnist.npz")
            return
        for file in wanted:
            compressed = self._download(f"{file}.gz", report)
            with reading(f"{file}.gz"):
                data = gzip.decompress(compressed)
            yield file, data

    def _download(self, name: str, report: Report) -> bytes:
        """Return the bytes of one file of the publisher's."""
        import pooch
        import requests

        whole = io.BytesIO()
        download = pooch.HTTPDownloader(
            progressbar=_PoochProgress(report), chunk_size=1 << 16, timeout=self.timeout
        )
        try:
            download(f"{self.address}/{name}", whole, None)
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else "an error"
            raise DataError(f"{name}: the server answered {status}") from error
        except requests.RequestException as error:  # its own words fill several lines
            raise DataError(f"{self.address} not reached ({type(error).__name__})") from error
        return whole.getvalue()


class _PoochProgress:
    """What pooch calls a progress bar, passed on to a report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.total = 0
        self.done = 0

    def update(self, count: int) -> None:
        """Add ``count`` bytes; pooch counts whole chunks, also where the last one is shorter."""
        self.done = min(self.done + count, self.total or self.done + count)
        self.report(self.done, self.total or None)

    def reset(self) -> None:
        """Begin at zero; pooch does so before it sets the final figure."""
        self.done = 0

    def close(self) -> None:
        """Do nothing: the bar belongs to the reporting code."""


def npz_files(data: bytes, what: str | Path) -> Iterator[tuple[str, bytes]]:
    """Yield the four files of MNIST from the bytes of Keras' ``mnist.npz``."""
    with reading(what), np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        files = [encode_idx(arrays[name]) for name in ARRAYS]
    yield from zip(FILES, files, strict=True)
