from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

from grader import tensorflow_log
from grader.tensorflow_log import QuietImport

PLACE = "00:00:1795797230.019413    9246 cudart_stub.cc:31]"
WARNS = "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR"
LOGS = f"""
import os

os.write(2, b'''{WARNS}
I0000 {PLACE} Could not find cuda drivers on your machine, GPU will not be used.
W0000 {PLACE} old driver
E0000 {PLACE} failed call
Illegal instruction
''')
"""
KEPT = f"W0000 {PLACE} old driver\nE0000 {PLACE} failed call\nIllegal instruction\n"


@pytest.fixture
def noisy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package that logs on its import as TensorFlow does."""
    (tmp_path / "noisyflow.py").write_text(LOGS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [QuietImport("noisyflow"), *sys.meta_path])
    monkeypatch.setenv(tensorflow_log.LEVEL, "3")
    monkeypatch.delitem(sys.modules, "noisyflow", raising=False)
    return "noisyflow"


def test_information_is_dropped_and_errors_are_shown(
    noisy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    importlib.import_module(noisy)
    os.write(2, f"I0000 {PLACE} later\n".encode())
    assert capfd.readouterr().err == f"{KEPT}I0000 {PLACE} later\n"


def test_who_asks_for_the_log_gets_it(
    noisy: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(tensorflow_log.LEVEL, "0")
    importlib.import_module(noisy)
    assert WARNS in capfd.readouterr().err


def test_an_import_that_fails_says_what_it_wrote(
    noisy: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / f"{noisy}.py").write_text(f"{LOGS}\nraise ImportError('no such symbol')\n")
    with pytest.raises(ImportError, match="no such symbol"):
        importlib.import_module(noisy)
    assert capfd.readouterr().err == KEPT


def test_what_is_not_there_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tensorflow_log.LEVEL, "3")
    assert QuietImport("missing_flow").find_spec("missing_flow", None) is None
    assert QuietImport("missing_flow").find_spec("json", None) is None
