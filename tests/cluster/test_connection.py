"""A cluster is reached, or one line says why not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cluster import connection, credentials
from grader.cluster.addresses import Scheduler
from grader.cluster.connection import connected
from grader.cluster.dask_setup import DASHBOARD, set_up
from grader.errors import ConfigurationError


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "cluster.pem"
    credentials.make(file)
    return file


@pytest.fixture(scope="module")
def scheduler(key: Path) -> Iterator[Any]:
    """A cluster with TLS and no node, in this process."""
    import distributed

    set_up()
    with distributed.LocalCluster(
        n_workers=0,
        processes=False,
        protocol="tls://",
        host="127.0.0.1",
        security=credentials.load(key),
        dashboard_address=DASHBOARD,
    ) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "NODE_SECONDS", 0.5)


@pytest.mark.lengthy
def test_a_scheduler_without_nodes_is_named(scheduler: Any, key: Path) -> None:
    where = Scheduler(scheduler.scheduler_address)
    with (
        pytest.raises(ConfigurationError, match="has fewer than 1 nodes"),
        connected(where, key),
    ):
        pass


def test_nobody_joins_with_another_key(scheduler: Any, tmp_path: Path) -> None:
    credentials.make(tmp_path / "other.pem")
    where = Scheduler(scheduler.scheduler_address)
    with (
        pytest.raises(ConfigurationError, match="does not accept this key"),
        connected(where, tmp_path / "other.pem"),
    ):
        pass


@pytest.mark.lengthy
def test_an_address_that_does_not_answer_is_named(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # it accepts, and says nothing
        where = Scheduler(f"tls://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(ConfigurationError, match="no scheduler answers"), connected(where, key):
            pass


@pytest.mark.lengthy
def test_an_address_where_nobody_listens_is_named(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as free:
        where = Scheduler(f"tls://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(ConfigurationError, match="no scheduler answers"), connected(where, key):
        pass
