"""The referee as a process of its own: a front that listens, and a trainer that it keeps.

``grader grade`` starts one for itself (``grader.referee.local``); ``grader referee`` runs one for
other machines.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import select
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import zmq

from grader.errors import ConfigurationError, GraderError
from grader.referee import addresses
from grader.referee.child import Setup
from grader.referee.front import Front
from grader.referee.keeper import Keeper

LOG = logging.getLogger("grader.referee")


def serve(
    address: str,
    secret_key: str,
    setup: Setup,
    told: Callable[[str], None] = lambda _: None,
    ended: Callable[[], bool] = lambda: False,
) -> None:
    """Serve at ``address`` until ``ended``, SIGTERM or Ctrl-C; nothing is left afterwards.

    Args:
        address: ``ipc://`` and a path in a folder that nobody else may enter, or ``tcp://``.
        secret_key: see ``grader.referee.addresses.key_pair``; needed for ``tcp``.
        setup: what the trainer is made from.
        told: called with a line for whoever watches, and with what the trainer trains with.
        ended: asked ten times a second.

    Raises:
        ConfigurationError: nobody can listen there, or the folder for the store cannot be made.
    """
    addresses.prepare(address, secret_key)
    _make(setup.runs)
    keeper = Keeper(setup)
    with (
        _told_by_signals() as told_to_end,
        contextlib.ExitStack() as ends,
    ):
        try:
            front = Front(address, secret_key, keeper, told)
        except zmq.ZMQError as error:
            raise ConfigurationError(f"the referee cannot listen at {address}: {error}") from error
        ends.callback(_clear_up, front, keeper, address)
        LOG.info("listening at %s", address)
        keeper.start()
        front.serve(lambda: told_to_end.is_set() or ended())


def _clear_up(front: Front, keeper: Keeper, address: str) -> None:
    keeper.end()
    front.close()
    if (file := addresses.socket_file(address)) is not None:
        file.unlink(missing_ok=True)
    LOG.info("ended")


def _make(runs: Path) -> None:
    try:
        runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{runs} cannot be made: {error}; name another folder in c.Course.runs"
        ) from error


@contextlib.contextmanager
def _told_by_signals() -> Iterator[threading.Event]:
    """What SIGTERM and Ctrl-C set; an exception would come at any place, in cleaning up too."""
    told = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        for number in before:
            signal.signal(number, lambda *_: told.set())
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _cut(lifeline: int) -> bool:
    """Whether whoever held the other end of a pipe is gone."""
    return bool(select.select([lifeline], [], [], 0)[0]) and not os.read(lifeline, 1)


def main() -> None:
    """What ``python -m grader.referee.worker`` does."""
    parser = argparse.ArgumentParser(prog="python -m grader.referee.worker")
    parser.add_argument("--address", required=True)
    parser.add_argument("--setup", required=True, type=Setup.load, help="JSON")
    parser.add_argument("--key", type=Path, help="file of the key, for tcp")
    parser.add_argument(
        "--lifeline",
        action="store_true",
        help="end when stdin ends, and remove the socket's folder",
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    secret = addresses.key_pair(arguments.key)[1] if arguments.key else ""
    ended = (lambda: _cut(sys.stdin.fileno())) if arguments.lifeline else (lambda: False)
    serve(arguments.address, secret, arguments.setup, ended=ended)
    if arguments.lifeline and (file := addresses.socket_file(arguments.address)) is not None:
        shutil.rmtree(file.parent, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    except GraderError as error:
        sys.exit(f"grader: {error}")
