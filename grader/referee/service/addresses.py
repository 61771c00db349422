"""Addresses of referees, and the key pair that one needs to listen on a network."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path

import zmq

from grader.errors import ConfigurationError

MAX_PATH = 107  # bytes of a socket's path
EXAMPLES = "ipc:///run/user/1000/referee/socket or tcp://gpu.example.org:7345"


def check(address: str) -> None:
    """Raise ``ConfigurationError`` unless ``address`` is one that a referee may have."""
    scheme, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if scheme == "tcp" and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
        return
    if scheme == "ipc" and place.startswith("/"):
        if len(os.fsencode(place)) <= MAX_PATH:
            return
        raise ConfigurationError(
            f"{address} is too long for a socket: its path may have {MAX_PATH} bytes; "
            "name a shorter one, for example in /tmp"
        )
    raise ConfigurationError(f"{address!r} is no address of a referee: expected {EXAMPLES}")


def socket_file(address: str) -> Path | None:
    """The socket's file of an ``ipc`` address; None for others."""
    scheme, _, place = address.partition("://")
    return Path(place) if scheme == "ipc" else None


def prepare(address: str, secret_key: str) -> None:
    """Make sure that a referee may listen at ``address``.

    Raises:
        ConfigurationError: others could reach it there without a key, or somebody listens already.
    """
    check(address)
    file = socket_file(address)
    if file is not None:
        _prepare_folder(file.parent)
        _refuse_occupied(file)
    elif not secret_key:
        raise ConfigurationError(
            f"{address} can be reached from other machines, so it needs a key: start the worker "
            "with `grader referee`, which makes one, or with --key FILE"
        )


def _prepare_folder(folder: Path) -> None:
    """Make the socket's folder, which only its owner may enter."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError as error:
        raise ConfigurationError(
            f"the referee's folder {folder} cannot be made: {error}"
        ) from error
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigurationError(
            f"others may enter {folder}, where the referee's socket is to be: "
            f"name a folder of your own, or: chmod 700 {folder}"
        )


def _refuse_occupied(file: Path) -> None:
    """Raise where a process listens already: ZeroMQ would silently take its place."""
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.connect(str(file))
        raise ConfigurationError(f"a referee listens at {file} already: end it, or name another")


def key_pair(file: Path) -> tuple[str, str]:
    """The public and the secret key of a referee, from its file; made where there is none.

    The file holds the secret one alone, which tells the public one.

    Raises:
        ConfigurationError: others may read the file, or it holds no key.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as new:
                new.write(zmq.curve_keypair()[1] + b"\n")
        with file.open("rb") as old:
            status, secret = os.fstat(old.fileno()), old.read(100).strip()
    except OSError as error:
        raise ConfigurationError(f"the referee's key cannot be kept: {error}") from error
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigurationError(f"others may read the referee's key: chmod 600 {file}")
    try:
        return zmq.curve_public(secret).decode(), secret.decode()
    except (ValueError, zmq.ZMQError) as error:
        raise ConfigurationError(
            f"{file} holds no key of a referee: name another file, or remove it for a new key"
        ) from error
