"""Small data sets as sources hold them, for tests."""

import gzip

import numpy as np

from grader.datasets import FILES, encode_idx


def silent(done, total):
    """Report to nobody."""


def arrays(train=7, test=2):
    """Return train images, train labels, test images, test labels: drawn anew, in FILES' order."""
    draw = np.random.default_rng()
    return [
        draw.integers(0, 256 if len(shape) == 3 else 10, shape, dtype=np.uint8)
        for shape in [(train, 28, 28), (train,), (test, 28, 28), (test,)]
    ]


def idx(parts):
    """Return what a source must give for these arrays."""
    return dict(zip(FILES, map(encode_idx, parts), strict=True))


def save_gzips(folder, parts):
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in idx(parts).items():
        (folder / f"{file}.gz").write_bytes(gzip.compress(data))
