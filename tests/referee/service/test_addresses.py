from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
import zmq

from grader.errors import ConfigurationError
from grader.referee.service import addresses


@pytest.mark.parametrize("address", ["tcp://gpu:7345", "tcp://[::1]:1", "ipc:///tmp/x/socket"])
def test_addresses_of_referees(address: str) -> None:
    addresses.check(address)


NO_ADDRESSES = """
    gpu:7345 tcp://gpu tcp://:1 tcp://gpu:0 tcp://gpu:65536 tcp://gpu:x http://gpu:80 inproc://x
    ipc:// ipc://here ipc://@abstract
"""


@pytest.mark.parametrize("address", ["", *NO_ADDRESSES.split()])
def test_what_is_no_address_says_what_is_one(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no address .*expected ipc:///"):
        addresses.check(address)


def test_a_path_too_long_for_a_socket_is_said() -> None:
    addresses.check("ipc:///" + "x" * 106)
    with pytest.raises(ConfigurationError, match="107 bytes"):
        addresses.check("ipc:///" + "x" * 107)


def test_a_socket_has_a_folder_of_its_own(tmp_path: Path) -> None:
    address = f"ipc://{os.path.relpath(tmp_path, '/')}"
    address = address.replace("ipc://", "ipc:///") + "/new/socket"
    addresses.prepare(address, "")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    addresses.prepare(address, "")
    (tmp_path / "new").chmod(0o750)
    with pytest.raises(ConfigurationError, match=r"others may enter.*chmod 700"):
        addresses.prepare(address, "")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be made"):
        addresses.prepare(f"ipc://{tmp_path}/file/x/socket", "")


def test_who_listens_is_not_pushed_aside_and_who_is_dead_is(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    address = f"ipc://{folder}/s"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(folder / "s"))
    listening.listen()
    with pytest.raises(ConfigurationError, match="listens at"):
        addresses.prepare(address, "")
    listening.close()
    addresses.prepare(address, "")


def test_a_network_needs_a_key() -> None:
    with pytest.raises(ConfigurationError, match=r"needs a key.*grader referee"):
        addresses.prepare("tcp://127.0.0.1:7345", "")
    addresses.prepare("tcp://127.0.0.1:7345", "secret")


def test_a_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "runs" / "key"
    public, secret = addresses.key_pair(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert addresses.key_pair(file) == (public, secret)
    assert zmq.curve_public(secret.encode()).decode() == public
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match=r"others may read.*chmod 600"):
        addresses.key_pair(file)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40, b"x" * 4000])
def test_a_file_that_holds_no_key_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="holds no key"):
        addresses.key_pair(file)
    assert file.read_bytes() == content


def test_a_key_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be kept"):
        addresses.key_pair(tmp_path)
