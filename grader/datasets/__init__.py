"""MNIST and Fashion-MNIST: found, fetched, verified, read.

The data folder holds ``mnist/`` and ``fashion_mnist/``, each with the publisher's four files,
uncompressed. Nothing here imports keras or tensorflow.

Process: all.
Touches: the data folder, the network to fill it, temporary folders.
"""

from grader.datasets.catalog import DATASETS, FILES, Dataset, load, problems
from grader.datasets.folder import SOURCES, fetch
from grader.datasets.idx import encode_idx, read_idx, write_idx
from grader.datasets.source import Source
from grader.datasets.verified import begin, expect_same, verify

__all__ = [
    "DATASETS",
    "FILES",
    "SOURCES",
    "Dataset",
    "Source",
    "begin",
    "encode_idx",
    "expect_same",
    "fetch",
    "load",
    "problems",
    "read_idx",
    "verify",
    "write_idx",
]
