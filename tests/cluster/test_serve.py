"""What a node tells of itself, and what it is refused for before it joins."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from grader.cluster import credentials, serve
from grader.errors import ConfigurationError, SandboxError


def test_gpus_are_found(tmp_path: Path) -> None:
    assert serve.gpus(f"{tmp_path}/nvidia[0-9]*") == {}
    for name in ("nvidia0", "nvidia1", "nvidiactl"):
        (tmp_path / name).touch()
    assert serve.gpus(f"{tmp_path}/nvidia[0-9]*") == {"GPU": 2}


def test_resources_are_read() -> None:
    assert serve.resources_of("") == {}
    assert serve.resources_of("GPU=1, MEMORY=2.5") == {"GPU": 1.0, "MEMORY": 2.5}


@pytest.mark.parametrize("text", ["GPU", "GPU=many", "=1", "GPU=-1"])
def test_other_resources_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="expected NAME=NUMBER"):
        serve.resources_of(text)


def test_a_node_without_a_sandbox_does_not_join(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_sandbox() -> None:
        raise SandboxError("bubblewrap is missing")

    monkeypatch.setattr(serve, "try_sandbox", no_sandbox)
    credentials.make(tmp_path / "cluster.pem")
    with pytest.raises(SandboxError, match="bubblewrap"):
        serve.worker("tls://127.0.0.1:1", tmp_path / "cluster.pem", print)


@pytest.mark.lengthy
def test_a_node_does_not_wait_for_a_scheduler_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "try_sandbox", lambda: None)
    monkeypatch.setattr(serve, "CONNECT_SECONDS", 0.5)
    credentials.make(tmp_path / "cluster.pem")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tls://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ConfigurationError, match="no scheduler answers"):
        serve.worker(address, tmp_path / "cluster.pem", print)


def test_a_scheduler_says_where_it_cannot_listen(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"tls://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigurationError, match="cannot listen at"):
            serve.scheduler(listen, tmp_path / "cluster.pem", print)


def test_an_open_scheduler_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="would be open to everybody"):
        serve.scheduler("tcp://0.0.0.0:8786", tmp_path / "cluster.pem", print)
    assert not (tmp_path / "cluster.pem").exists()
