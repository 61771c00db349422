"""Files of the store: new ones, flushed before their folder is renamed, and checked when read.

A file that is there already is replaced by ``grader.whole_files`` instead.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import RefereeError
from grader.referee.spec.recipe import canonical_json

NUMBERS = "biufc"  # kinds of dtype that are plain numbers; an object could only be pickled


def write(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until the disk has the folder's names: a rename is not safe before that."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def json_bytes(content: Any) -> bytes:
    """JSON with its own SHA-256 beside it; for ``read_json``."""
    checked = {"content": content, "sha256": _digest(content)}
    return (json.dumps(checked, allow_nan=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """What ``json_bytes`` was given, or None where there is no such file or it is not whole."""
    try:
        checked = json.loads(path.read_bytes())
        if checked["sha256"] == _digest(checked["content"]):
            return checked["content"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def write_arrays(folder: Path, kind: str, arrays: Sequence[NDArray[Any]]) -> str:
    """Write ``<kind>-<SHA-256>.npz`` into ``folder`` and return its name; ``numpy.load`` reads it.

    Raises:
        RefereeError: an array is not of plain numbers, so that its bits would not come back.
    """
    arrays = [np.asarray(array) for array in arrays]
    for array in arrays:
        if array.dtype.kind not in NUMBERS or array.dtype.isbuiltin != 1:
            raise RefereeError(
                f"an array of {array.dtype} cannot be kept: expected plain numbers, such as float32"
            )
    file = io.BytesIO()
    np.savez(file, *arrays)
    name = f"{kind}-{hashlib.sha256(file.getbuffer()).hexdigest()}.npz"
    write(folder / name, file.getvalue())
    return name


def read_arrays(folder: Path, kind: str) -> tuple[NDArray[Any], ...] | None:
    """What ``write_arrays`` was given, bit for bit, or None where no such file is whole."""
    for path in sorted(folder.glob(f"{kind}-*.npz")):
        try:
            data = path.read_bytes()
            if path.stem != f"{kind}-{hashlib.sha256(data).hexdigest()}":
                continue
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                return tuple(archive[f"arr_{index}"] for index in range(len(archive.files)))
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            continue  # removed meanwhile, or no archive of arrays
    return None


def _digest(content: Any) -> str:
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
