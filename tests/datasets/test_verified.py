"""Data sets that are damaged, gone, or fetched again while work is judged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import datasets
from grader.datasets import catalog, verified
from grader.errors import DataError

HERE = "mnist/t10k-labels-idx1-ubyte"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Made-up data sets, whose digests are taken for the publisher's."""
    for dataset in datasets.DATASETS.values():
        (tmp_path / dataset.name).mkdir()
        for file in datasets.FILES:
            content = f"{dataset.name} {file}".encode()
            (tmp_path / dataset.name / file).write_bytes(content)
            monkeypatch.setitem(dataset.md5, file, catalog._md5(content))
    return tmp_path


def damage(file: Path) -> None:
    status = file.stat()
    file.write_bytes(file.read_bytes()[::-1])
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


CHANGES = {"was changed": damage, "is missing": Path.unlink}


@pytest.mark.parametrize(("what", "change"), CHANGES.items())
def test_files_that_change_while_work_is_judged_are_named(
    folder: Path, what: str, change: Callable[[Path], object]
) -> None:
    before = datasets.begin(folder)
    datasets.expect_same(folder, before)
    change(folder / HERE)
    with pytest.raises(DataError, match=f"{HERE} {what} .*`grader data`.*same command again"):
        datasets.expect_same(folder, before)


@pytest.mark.parametrize("change", CHANGES.values())
def test_work_does_not_begin_with_files_that_changed_since_they_were_verified(
    folder: Path, change: Callable[[Path], object]
) -> None:
    content = (folder / HERE).read_bytes()
    datasets.verify(folder)
    change(folder / HERE)
    with pytest.raises(DataError, match=f"{HERE} is .*`grader data` fetches it"):
        datasets.begin(folder)
    (folder / HERE).write_bytes(content)  # as `grader data` does
    datasets.expect_same(folder, datasets.begin(folder))


def test_nothing_rests_on_data_sets_that_are_not_there(folder: Path) -> None:
    (folder / HERE).unlink()
    before = datasets.begin(folder)
    (folder / HERE).write_bytes(b"fetched meanwhile")
    datasets.expect_same(folder, before)


def test_data_sets_that_are_not_real_were_not_verified(folder: Path) -> None:
    damage(folder / HERE)
    with pytest.raises(DataError, match=f"{HERE} is not the real file"):
        datasets.verify(folder)
    assert folder not in verified._verified
