"""The key of a cluster: made once, closed to others, and refused where it is none."""

from __future__ import annotations

import datetime
import importlib.util
import stat
from pathlib import Path
from typing import Any

import pytest

from grader.cluster import credentials
from grader.errors import ConfigurationError


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "cluster.pem"
    credentials.make(file)
    return file


def test_it_is_made_once_and_only_its_owner_may_read_it(key: Path) -> None:
    before = key.read_bytes()
    credentials.make(key)
    assert key.read_bytes() == before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_each_side_shows_the_certificate_and_accepts_no_other(key: Path) -> None:
    security = credentials.load(key)
    assert security.require_encryption
    for role in ("client", "worker"):
        arguments = security.get_connection_args(role)
        assert arguments["ssl_context"].cert_store_stats()["x509"] == 1
    listening: Any = security.get_listen_args("scheduler")["ssl_context"]
    assert listening.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_one_that_others_may_read_is_refused(key: Path, tmp_path: Path, mode: int) -> None:
    file = tmp_path / "cluster.pem"
    file.write_bytes(key.read_bytes())
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        credentials.load(file)


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cluster.pem"
    file.touch(0o600)
    file.write_text(content)
    with pytest.raises(ConfigurationError, match="holds no key of a cluster"):
        credentials.load(file)


def test_a_missing_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="`grader scheduler` makes it"):
        credentials.load(tmp_path / "cluster.pem")


def test_one_that_is_too_old_is_refused(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime.datetime:  # type: ignore[override]
            return super().now(tz) + datetime.timedelta(days=400)

    monkeypatch.setattr(credentials.datetime, "datetime", Later)
    with pytest.raises(ConfigurationError, match="was valid until"):
        credentials.load(key)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"pip install \"grader\[cluster\]\""):
        credentials.require_extra()
