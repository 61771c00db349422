"""Small data folders for tests: real images of the whole data sets, picked by index files."""

from __future__ import annotations

import json
from pathlib import Path

from grader.datasets import FILES, read_idx, write_idx

INDEX_FILES = sorted(Path(__file__).parent.glob("*.json"))


def write_slices(data: Path, folder: Path) -> None:
    """Write the slice of each data set, as files that ``grader.datasets.load`` reads.

    Args:
        data: the data folder, which holds the whole data sets.
        folder: where the slices go, in the same layout; made if it is missing.
    """
    for path in INDEX_FILES:
        chosen = json.loads(path.read_text(encoding="utf-8"))
        for file in FILES:
            part = chosen["train" if file.startswith("train") else "test"]
            write_idx(folder / path.stem / file, read_idx(data / path.stem / file)[part])
