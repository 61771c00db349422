"""Data sets on a node: found by path, sent once, compared by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.cluster import node_data
from grader.cluster.node_data import Manifest
from grader.errors import DataError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data" / "mnist").mkdir(parents=True)
    (tmp_path / "data" / "mnist" / "images").write_bytes(b"images")
    (tmp_path / "data" / "mnist" / "labels").write_bytes(b"labels")
    return tmp_path / "data"


def elsewhere(data: Path) -> Manifest:
    """The manifest as a node sees it that has no such folder."""
    return replace(node_data.manifest(data), folder=Path("/nonexistent"))


def test_a_folder_that_the_node_sees_is_used(data: Path) -> None:
    assert node_data.require(node_data.manifest(data)) == data


def test_a_folder_with_other_content_is_not(data: Path) -> None:
    wanted = node_data.manifest(data)
    (data / "mnist" / "labels").write_bytes(b"other")
    with pytest.raises(DataError, match="are not those of the course"):
        node_data.require(wanted)


def test_what_was_sent_is_found_again(data: Path) -> None:
    wanted = elsewhere(data)
    assert node_data.find(wanted) is None
    node_data.receive(wanted, (b"images", b"labels"))
    found = node_data.require(wanted)
    assert (found / "mnist" / "labels").read_bytes() == b"labels"
    assert found.stat().st_mode & 0o055 == 0o055, "student code may run as nobody"
    node_data.receive(wanted, (b"images", b"labels"))
    assert node_data.require(wanted) == found


def test_what_came_damaged_is_not_kept(data: Path) -> None:
    wanted = elsewhere(data)
    with pytest.raises(DataError, match="came damaged"):
        node_data.receive(wanted, (b"images", b"labelz"))
    assert node_data.find(wanted) is None


@pytest.mark.parametrize("name", ["../images", "/tmp/images"])
def test_a_name_that_leads_out_of_the_folder_is_refused(data: Path, name: str) -> None:
    wanted = elsewhere(data)
    crooked = replace(wanted, files=((name, wanted.files[0][1]), wanted.files[1]))
    with pytest.raises(DataError, match="is no file of the course's data sets"):
        node_data.receive(crooked, (b"images", b"labels"))


def test_a_course_without_data_needs_none(tmp_path: Path) -> None:
    wanted = node_data.manifest(tmp_path / "nothing")
    assert node_data.require(wanted) == tmp_path / "nothing"


def test_a_folder_of_anything_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_data, "_MOST_FILES", 1)
    with pytest.raises(DataError, match=r"c\.Course\.data"):
        node_data.manifest(data)
