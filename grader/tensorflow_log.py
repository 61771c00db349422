"""Keeps what TensorFlow logs about itself while it is imported out of a student's first cell.

Before TensorFlow has read ``TF_CPP_MIN_LOG_LEVEL``, it logs which instructions it uses, that there
is no graphics card, and a line with the word WARNING that says where it logs. No variable keeps
these lines back, and notebooks show them in red. Errors and warnings are shown.

In the sandbox this module stands beside `grader.kernel`: import nothing of ours here.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from types import ModuleType

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""The variable that says from which severity on TensorFlow logs; who sets it to 0 gets all."""

# "I0000 00:00:1795797230.019413    9246 cudart_stub.cc:31] Could not": I is for information.
_INFORMATION = re.compile(
    rb"^(?:I\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] |WARNING: All log messages before absl::Init).*\n?",
    re.MULTILINE,
)


class QuietImport(importlib.abc.MetaPathFinder):
    """Finds a package as Python does, and drops what it logs for information on its import.

    Args:
        package: its name.
    """

    def __init__(self, package: str = "tensorflow") -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Where the package is; None for all others."""
        if fullname != self._package or os.environ.get(LEVEL, "0") == "0":
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            _make_quiet(spec.loader)
        return spec


def install() -> None:
    """Import TensorFlow quietly from now on."""
    sys.meta_path.insert(0, QuietImport())


def _make_quiet(loader: importlib.abc.Loader) -> None:
    run = loader.exec_module

    def run_quietly(module: ModuleType) -> None:
        with information_dropped():
            run(module)

    loader.exec_module = run_quietly  # type: ignore[method-assign]


@contextlib.contextmanager
def information_dropped() -> Iterator[None]:
    """Write what the body's libraries write to stderr at its end, without such lines."""
    with tempfile.TemporaryFile() as written:
        stderr = os.dup(2)
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            written.seek(0)
            with os.fdopen(2, "wb", buffering=0, closefd=False) as shown:
                shown.write(_INFORMATION.sub(b"", written.read()))
