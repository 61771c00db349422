"""Slices of the course's images, as a student's kernel finds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import datasets
from grader.sandbox.guest.course_images import images
from tests.conftest import ROOT
from tests.slices import write_slices


@pytest.fixture(scope="module")
def image_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_slices(ROOT / "data", folder)
    return folder


@pytest.fixture
def mnist(image_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The arrays of MNIST; a kernel finds them by the environment."""
    monkeypatch.setenv("COURSE_DATA", str(image_folder))
    images._arrays.cache_clear()
    yield datasets.load(image_folder, "mnist")
    images._arrays.cache_clear()
