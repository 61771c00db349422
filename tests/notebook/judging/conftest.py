"""Slices of the course's images, and a referee that is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.referee.fake import FakeReferee
from tests.slices import write_slices


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Slices of the images, where the sandbox's account may read them."""
    folder = tmp_path_factory.mktemp("open")
    write_slices(ROOT / "data", folder / "data")
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o755)
    return folder / "data"


@pytest.fixture(scope="module")
def referee() -> FakeReferee:
    return FakeReferee()
